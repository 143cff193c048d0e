"""A page as the template needs it: its figures with their first states, its words, its colours."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any

from ..content import palette
from ..figures import FIGURES, Figure
from ..figures.figure import State
from ..i18n import (
    SOURCE,
    browser_texts,
    interface_language,
    languages,
    own_name,
    translated_spec,
    translator,
)
from .first import First, first_of, kept_first
from .scripts import script_json
from .without_script import without_script


@dataclass(frozen=True)
class Slot:
    """A figure on a page.

    `own` figures keep their state in the page's address, each name after `prefix`; one that
    `shares` another's state follows it, and is followed. What is to come `later` is hidden until
    the page's script lets it appear.
    """

    identity: str
    figure: type[Figure]
    state: State = field(default_factory=dict)
    form: str = "view"
    href: str = ""
    own: bool = False
    torch: bool = False
    prefix: str = ""
    hide: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    shares: str = ""
    language: str = SOURCE

    def given(self) -> dict[str, Any]:
        """What the browser needs to show it at once, as JSON values."""
        state = self.first_state()
        return {
            "id": self.identity,
            "spec": spec_in(self.language, self.figure, self.form)  # type: ignore[arg-type]
            | {"torch": self.torch},
            "initial": {"state": state, "columns": self.first(state)[0]},
            "own": self.own,
            "cardView": self.card_view(),
            "card": self.form == "card",
            "page": self.href,
            "prefix": self.prefix,
            "hide": list(self.hide),
            "later": list(self.later),
            "shares": self.shares,
        }

    def first(self, state: State) -> First:
        """The columns of its first state, as they travel, and its readouts.

        They are kept, but for those of states that an address asks for: there is no end of these.
        """
        asked = self.own and not self.prefix and self.state
        return (first_of if asked else kept_first)(self.figure, state)

    def first_state(self) -> State:
        """The whole state shown first; names that nobody gave are in the page's language."""
        state, _ = self.figure.resolve(self.state)
        t = translator(self.language)
        own = spec_in(self.language, self.figure, self.form)["parameters"]  # type: ignore[arg-type]
        for parameter in own:
            name = parameter["name"]
            if parameter["kind"] != "names" or name in self.state:
                continue
            count = len(state[name])
            if state[name] == self.figure.parameters()[name].fit(count):
                given = parameter["default"][:count]
                further = [t("class {n}", n=i + 1) for i in range(len(given), count)]
                state[name] = given + further
        return state

    def without_script(self) -> str:
        """What stands in its place where no script runs, as HTML."""
        readouts = self.first(self.first_state())[1]
        return without_script(self.figure, readouts, translator(self.language))

    def card_view(self) -> dict[str, Any] | None:
        """On a figure's own page, its small form too: an embedding page may ask for it."""
        if not self.own or self.prefix:
            return None
        return spec_in(self.language, self.figure, "card")["view"]  # type: ignore[arg-type]


@cache
def spec_in(language: str, figure: type[Figure], form: str) -> dict[str, Any]:
    """A figure's spec with its texts in a language."""
    spec = figure.spec(form)
    return spec if language == SOURCE else translated_spec(spec, translator(language))


def language_words(language: str, addresses: Mapping[str, str]) -> dict[str, Any]:
    """What a template needs to speak a language, and to lead to the page's other ones.

    `addresses` are those of the page, by the languages that it is in.
    """
    spoken = interface_language(language)
    t = translator(spoken)
    return {
        "language": spoken,
        "_": lambda text, **slots: escape(t(text, **slots)),
        "lang_of": lambda written: "" if written == spoken else f' lang="{written}"',
        "alternates": [{"language": other, "href": href} for other, href in addresses.items()],
        "other_languages": [
            {
                "language": other,
                "href": href,
                "name": own_name(other),
                "offer": offer(other),
            }
            for other, href in addresses.items()
            if other != language
        ],
    }


def offer(language: str) -> str:
    """What is said to those who prefer a language, in it: a catalogue's says its own name there."""
    t = translator(language)
    return t("Read this page in English") if language in languages() else own_name(language)


def page_json(slots: list[Slot], *, served: bool, language: str = SOURCE, **more: Any) -> str:
    """The page's figures, and more, as JSON that can stand inside a script element."""
    page = more | {
        "language": language,
        "texts": browser_texts(language),
        "palette": palette(),
        "served": served,
        "figures": [slot.given() for slot in slots],
    }
    return script_json(page)


HERO = "prediction-bars"  # it opens the index, whose words beside it are of its four animals
# What it does without there: there is one thing to grab.
FIRST_GLANCE = ("add_class", "remove_class", "type_row")


def index_slots(
    href: Callable[[str], str],
    figures: Mapping[str, type[Figure]] = FIGURES,
    language: str = SOURCE,
) -> list[Slot]:
    """Every figure as a card, which leads to the figure's own page."""
    return [
        Slot(
            f"card-{name}",
            figure,
            form="card",
            href=href(name),
            hide=FIRST_GLANCE if name == HERO else (),
            language=language,
        )
        for name, figure in figures.items()
    ]


def opening(slots: list[Slot]) -> dict[str, Any]:
    """What opens the index, if it is among its figures, and the cards below."""
    hero = next((slot for slot in slots if slot.figure.name_of == HERO), None)
    return {"hero": hero, "cards": [slot for slot in slots if slot is not hero]}


def page_words(kind: str, slots: list[Slot], language: str = SOURCE) -> dict[str, str]:
    """A page's title and description."""
    t = translator(language)
    if kind == "index":
        return {
            "page_title": t("Crossent: cross-entropy loss that you can grab"),
            "description": t(
                "Drag logits and predicted bars, and watch the loss and its gradient follow."
            ),
        }
    if kind == "lesson-error":
        return {"page_title": t("A mistake in a lesson")}
    figure = slots[0].figure
    return {"page_title": t(figure.title), "description": t(figure.summary)}


def state_from_query(figure: type[Figure], query: dict[str, list[str]]) -> State:
    """The entries of a figure's state in a query, unchecked: the browser says what was refused."""
    return {
        name: query_value(values[-1])
        for name, values in query.items()
        if name in figure.parameters()
    }


def query_value(text: str) -> Any:
    """A query's value: JSON, or else the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # nested so deep that it is nobody's state
        return text
