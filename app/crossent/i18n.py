"""The interface in other languages: one gettext catalogue a language, assets/locale/fr.po.

What a catalogue lacks is shown in English. ``python -m crossent.i18n`` collects the messages from
figures, templates, the browser's modules and the lessons' directives into crossent.pot, and brings
the catalogues up to date with it; ``python -m crossent.i18n de`` begins a new one.

Numbers keep their decimal point in every language: they are typed, pasted and copied into code as
they are shown, and a comma separates the numbers of a row.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .components.meanings import text_fields
from .content import ASSETS, asset_text

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LOCALE = ASSETS / "locale"
TEMPLATE = LOCALE / "crossent.pot"
SOURCE = "en"
TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

# `t("Lesson {n}", n=3)`: the text in a language, with its slots filled.
Translate = Callable[..., str]

SLOT = re.compile(r"\{(\w+)\}")

# Where a language's lines must not break: French sets signs of two parts apart from their word.
UNBROKEN = {"fr": re.compile(r"[ \u00a0\u202f](?=[;:!?%»])|(?<=«)[ \u00a0\u202f]")}
NARROW = "\u202f"


def bound(text: str, language: str) -> str:
    """A text with narrow no-break spaces where its language binds a sign to a word.

    >>> bound("Oui : « 90 % » !", "fr").count(NARROW)
    5
    >>> bound("Yes: a : b", "en")
    'Yes: a : b'
    """
    found = UNBROKEN.get(language.partition("-")[0])
    return found.sub(NARROW, text) if found else text


@cache
def languages() -> tuple[str, ...]:
    """The languages that the interface can speak, English first."""
    return (SOURCE, *sorted(path.stem for path in LOCALE.glob("*.po")))


@cache
def catalogue(language: str) -> dict[str, str]:
    """A language's texts by their English ones; empty for English, and where there is none."""
    if language not in languages() or language == SOURCE:
        return {}
    messages = read_catalogue(LOCALE / f"{language}.po")
    said = (m for m in messages if m.id and m.string and not m.fuzzy)
    return {str(m.id): bound(str(m.string), language) for m in said}


def interface_language(language: str) -> str:
    """The language itself, or English where there is no catalogue in it."""
    return language if language in languages() else SOURCE


def translator(language: str) -> Translate:
    """The function that says a text in a language.

    >>> translator("en")("Lesson {n}", n=3)
    'Lesson 3'
    >>> translator("fr")("Lesson {n}", n=3)
    'Leçon 3'
    """
    texts = catalogue(language)

    def t(text: str, **slots: object) -> str:
        found = texts.get(text, text)
        return SLOT.sub(lambda s: str(slots.get(s[1], s[0])), found) if slots else found

    return t


def marked(text: str) -> str:
    """A text that is said in a visitor's language later; as ``_`` the catalogues find it."""
    return text


def own_name(language: str) -> str:
    """What a language calls itself.

    >>> own_name("fr")
    'Français'
    """
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(language, sep="-").get_display_name() or language
    except (UnknownLocaleError, ValueError):
        return language
    return name[0].upper() + name[1:]


def chosen_language(asked: str | None, accepted: str | None, available: Iterable[str]) -> str:
    """The language of a page: the link's, else the browser's first that there is, else English.

    >>> chosen_language(None, "fr-CA,fr;q=0.9,en;q=0.8", ["en", "fr"])
    'fr'
    >>> chosen_language("en", "fr", ["en", "fr"]), chosen_language("xx", None, ["en", "fr"])
    ('en', 'en')
    """
    known = {language.lower(): language for language in available}
    for wish in [asked or "", *preferences(accepted or "")]:
        tag = wish.lower()
        while tag:
            if tag in known:
                return known[tag]
            tag = tag.rpartition("-")[0]
    return SOURCE


def preferences(accepted: str) -> list[str]:
    """The languages of an Accept-Language header, the most wanted first."""
    weighed = []
    for entry in accepted.split(","):
        tag, _, rest = entry.strip().partition(";")
        found = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", rest)
        weight = float(found[1]) if found else 1.0
        if TAG.fullmatch(tag.strip()) and weight > 0:
            weighed.append((weight, tag.strip()))
    return [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]


# -- figures -------------------------------------------------------------------------------------

# In a Bokeh document: the names of axes, and the words of a text glyph.
PLOT_TEXTS = ("axis_label", "text")


@cache
def texts_of(kind: str) -> tuple[str, ...]:
    """The texts among a component's fields; all others are names, of columns or colours."""
    from . import components

    return text_fields(getattr(components, kind)) if kind in components.__all__ else ()


def translated_spec(spec: Mapping[str, Any], t: Callable[[str], str]) -> dict[str, Any]:
    """A figure's spec with its texts said by `t`; names, numbers and slots stay as they are."""

    def say(text: Any) -> Any:
        if isinstance(text, list):
            return [say(entry) for entry in text]
        spoken = isinstance(text, str) and any(map(str.isalpha, text)) and not text.startswith("@")
        return t(text) if spoken else text

    def view(node: Any) -> Any:
        if isinstance(node, list):
            return [view(entry) for entry in node]
        if not isinstance(node, dict):
            return node
        texts = texts_of(node.get("kind", ""))
        new = {name: say(v) if name in texts else view(v) for name, v in node.items()}
        if node.get("kind") == "Plot":
            new["plot"] = drawing(node["plot"])
        if node.get("kind") == "LiveTable":
            new["rows"] = [[say(label), *cells] for label, *cells in node["rows"]]
        return new

    def drawing(node: Any) -> Any:
        if isinstance(node, list):
            return [drawing(entry) for entry in node]
        if not isinstance(node, dict):
            return node
        return {n: words(v) if n in PLOT_TEXTS else drawing(v) for n, v in node.items()}

    def words(value: Any) -> Any:
        if isinstance(value, dict) and value.get("type") == "value":
            return value | {"value": say(value["value"])}
        return say(value) if isinstance(value, str) else value

    def parameter(schema: Mapping[str, Any]) -> dict[str, Any]:
        new = {**schema, **{n: say(schema[n]) for n in ("label", "doc", "unit") if n in schema}}
        if schema["kind"] == "names":
            new["default"] = say(schema["default"])
        if "options" in schema:
            new["options"] = {value: say(text) for value, text in schema["options"].items()}
        return new

    def preset(entry: Mapping[str, Any]) -> dict[str, Any]:
        names = {n: say(v) for n, v in entry["state"].items() if n == "classes"}
        texts = {n: say(entry[n]) for n in ("label", "see")}
        return {**entry, **texts, "state": entry["state"] | names}

    return {
        **spec,
        "title": say(spec["title"]),
        "summary": say(spec["summary"]),
        "parameters": [parameter(schema) for schema in spec["parameters"]],
        "presets": [preset(p) for p in spec["presets"]],
        "view": view(spec["view"]),
    }


# -- the browser's texts -------------------------------------------------------------------------

_CALL = re.compile(r"""\b(?:t|_)\(\s*(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|(?=`|f["']))""")
MODULES = "runtime/**/*.js"
ROOM_MODULES = "rooms/*.js"  # which only pages of a server with rooms have


def messages_of(text: str, name: str) -> list[str]:
    r"""The texts of t("...") and _("...") in a source; a template string is refused.

    >>> messages_of('t("Undo"); _("{n} of {m}", n=1, m=2)', "a.js")
    ['Undo', '{n} of {m}']
    """
    found = []
    for call in _CALL.finditer(text):
        message = call[1] if call[1] is not None else call[2]
        if message is None:
            line = text.count("\n", 0, call.start()) + 1
            raise ValueError(f'{name}:{line}: write t("a text with {{slots}}", ...)')
        found.append(re.sub(r"\\(.)", r"\1", message))
    return found


@cache
def browser_messages() -> tuple[str, ...]:
    """The messages of the browser's modules."""
    return tuple(dict.fromkeys(m for _, m in collected(ASSETS.glob(MODULES), ASSETS)))


def browser_texts(language: str) -> dict[str, str]:
    """What the browser's modules say in a language, by the English text; empty for English."""
    texts = catalogue(language)
    return {m: texts[m] for m in browser_messages() if m in texts}


def room_texts(language: str) -> dict[str, str]:
    """The same of the modules that pages of a server with rooms have beside those."""
    texts = catalogue(language)
    said = (m for _, m in collected(ASSETS.glob(ROOM_MODULES), ASSETS))
    return {m: texts[m] for m in said if m in texts}


# -- the catalogues' upkeep ----------------------------------------------------------------------


def collected(paths: Iterable[Path], root: Path) -> Iterator[tuple[str, str]]:
    """Each message of some files, with the file that has it."""
    for path in sorted(paths):
        name = path.relative_to(root).as_posix()
        for message in messages_of(path.read_text(encoding="utf-8"), name):
            yield f"{root.name}/{name}", message


def all_messages() -> dict[str, list[str]]:
    """Every message that there is, with the names of what says it."""
    from .figures import FIGURES

    found: dict[str, list[str]] = {}

    def note(message: str, place: str) -> str:
        places = found.setdefault(message, [])
        if place not in places:
            places.append(place)
        return message

    package = Path(__file__).parent
    spoken = (package / folder for folder in ("pages", "rooms", "serving"))
    python = [*chain(*(folder.rglob("*.py") for folder in spoken)), package / "serve.py"]
    templates = ASSETS.glob("templates/*.html")
    scripts = [*ASSETS.glob(MODULES), *ASSETS.glob(ROOM_MODULES)]
    for paths, root in ((templates, ASSETS), (scripts, ASSETS), (python, package)):
        for place, message in collected(paths, root):
            note(message, place)
    for definition in json.loads(asset_text("checks.json"))["definitions"].items():
        for text in definition:
            note(text, "assets/checks.json")
    for name, figure in FIGURES.items():
        for form in ("view", "card"):
            translated_spec(figure.spec(form), lambda m, name=name: note(m, f"figures/{name}"))  # type: ignore[misc]
    return found


def untranslated(language: str) -> dict[str, int]:
    """How many texts a language has no words for, by the name of what says them."""
    texts = catalogue(language)
    places = [said_by for message, said_by in all_messages().items() if message not in texts]
    return dict(Counter(place.removeprefix("figures/") for said_by in places for place in said_by))


def shown_in_english() -> list[str]:
    """A sentence on each language that has no words for some texts yet."""
    missing = {language: untranslated(language) for language in languages()[1:]}
    return [
        f"{language}: without a translation, shown in English: "
        + ", ".join(f"{place} ({count})" for place, count in counts.items())
        for language, counts in missing.items()
        if counts
    ]


HEADER = "# Kept up to date by python -m crossent.i18n."


def template() -> Catalog:
    """The catalogue without translations."""
    from babel.messages.catalog import Catalog

    catalog = Catalog(project="Crossent", version="1", header_comment=HEADER, fuzzy=False)
    for message, places in all_messages().items():
        catalog.add(message, locations=[(place, 0) for place in places])
    return catalog


def read_catalogue(path: Path) -> Catalog:
    """A .po file."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        locale = None if path == TEMPLATE else path.stem.replace("-", "_")
        return read_po(file, locale=locale, abort_invalid=True)


UNUSED = ("Last-Translator", "Language-Team", "Report-Msgid-Bugs-To")


def po_text(catalog: Catalog) -> str:
    """A catalogue as text that says the same whenever and wherever it is written."""
    from babel.messages.pofile import write_po

    out = BytesIO()
    write_po(out, catalog, width=100, include_lineno=False, ignore_obsolete=True)
    changing = ("POT-Creation-Date", "PO-Revision-Date", "Generated-By", *UNUSED)
    lines = out.getvalue().decode("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(tuple(f'"{n}' for n in changing))]
    return "\n".join(kept).rstrip("\n") + "\n"


def main(arguments: list[str]) -> None:
    """Writes the template and brings every catalogue up to date; begins those that are named."""
    LOCALE.mkdir(exist_ok=True)
    fresh = template()
    TEMPLATE.write_text(po_text(fresh), encoding="utf-8")
    from babel.messages.catalog import Catalog

    for language in [*languages()[1:], *(a for a in arguments if a not in languages())]:
        path = LOCALE / f"{language}.po"
        locale = language.replace("-", "_")
        catalog = read_catalogue(path) if path.exists() else Catalog(locale, project="Crossent")
        catalog.update(fresh, no_fuzzy_matching=True)
        catalog.header_comment, catalog.fuzzy, catalog.version = HEADER, False, "1"
        path.write_text(po_text(catalog), encoding="utf-8")
        print(f"{path.name}: {len(catalog)} messages")
    languages.cache_clear()
    catalogue.cache_clear()
    for sentence in shown_in_english():
        print(sentence)


if __name__ == "__main__":
    main(sys.argv[1:])
