"""No lesson says a word of the subject, nor shows it in a figure, before the course explains it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from crossent.content import LESSONS
from crossent.figures import figure_named
from crossent.i18n import translated_spec, translator

NAMES = {"en": "index.md", "fr": "index.fr.md"}

# The lesson that explains a word: there it stands in italics where it is said first.
EXPLAINED = {
    "en": {
        "surprise": "model class(es)? nats? perplexity uniform~guess training classifier weights? "
        "bits? library network target",
        "information": "cross-entropy entropy KL one-hot",
        "likelihood": "likelihood log-likelihood independent over-fitting underflow seed",
        "binary": "label soft~label binary~cross-entropy logits? sigmoid softmax",
        "mse-vs-ce": "squared~error gradients?",
        "softmax-gradient": "learning~rate gradient~descent temperature label~smoothing batch(es)?",
        "race": "softmax~regression held-out accuracy calibrat(ed|ion) calibration~error "
        "hidden~layer diverged blobs",
        "imbalance": "threshold recall balanced~accuracy class~weights focal~loss reliability",
        "stability": "float(16|32|64) overflows? inf nan fused log-sum-exp",
        "double-softmax": "saturated linear bias",
        "batches": "padding tensors? dtype axis transposed",
        "segmentation": "masks? void IoU",
        "language-model": "tokens? vocabulary bigrams? unigrams? trigrams? pieces flatten",
        "clinic": "optimizer neighbours?",
    },
    "fr": {
        "surprise": "modèles? classes? nats? perplexité entraînement classifieur "
        "bits? bibliothèques? réseaux?~de~neurones cibles?",
        "information": "entropie~croisée KL one-hot",
        "likelihood": "vraisemblance log-vraisemblance indépendantes? surapprentissage graine",
        "binary": "étiquettes? étiquettes?~souples? logits? sigmoïde softmax",
        "mse-vs-ce": "erreur~quadratique gradients?",
        "softmax-gradient": "taux~d’apprentissage descente~de~gradient température lots?",
        "race": "régression~softmax mis~de~côté exactitude "
        "couche~cachée erreur~de~calibration divergé amas",
        "imbalance": "seuil rappel poids~de~classe exactitude~équilibrée perte~focale fiabilité",
        "stability": "float(16|32|64) débordement inf nan fusionnée log-sum-exp",
        "double-softmax": "saturé linéaire biais",
        "batches": "remplissage tensor dtype axe",
        "segmentation": "masques? IoU",
        "language-model": "jetons? vocabulaire bigrammes? unigrammes? trigrammes? morceaux",
        "clinic": "optimiseur voisins?",
    },
}
WORDS = [
    (language, slug, word)
    for language, lessons in EXPLAINED.items()
    for slug, words in lessons.items()
    for word in words.split()
]
# What is not said to the reader: headings, code, formulas, states and goals.
SILENT = re.compile(
    r"\A---\n.*?\n---\n|^## (?:References|Références)$.*|^#.*?$|^```.*?^```$"
    r"|\$\$.*?\$\$|\$[^$\n]*\$|`[^`\n]*`"
    r"|^:::\{show\}.*?$|^:(?!hint|done|verdict)[\w-]+:.*?$"
    r"|^ +(?:state|look):.*?$|^- label:|^ +see:",
    re.M | re.S,
)


# A figure in a lesson: its name, its options and its caption.
FIGURE = re.compile(
    r"^:::\{figure\} (?P<name>\S+)\n(?P<options>(?::.*\n)*)(?P<caption>[\s\S]*?)^:::$", re.M
)
OPTION = re.compile(r"^:(\w+): (.*)$", re.M)
# What lets parts of a figure appear: their names, and the figure if it is not the nearest above.
STAGE = re.compile(
    r"^:::\{(?:show\} (?P<names>.*)|\w+\} ?(?P<on>.*))\n"
    r"(?P<options>(?::(?!::).*\n)*)",
    re.M,
)


def sources(language: str) -> Iterator[tuple[str, str]]:
    """Each lesson's slug with its source, in the order of the course."""
    for folder in sorted(LESSONS.glob("[0-9]*-*")):
        whole = (folder / NAMES[language]).read_text(encoding="utf-8")
        yield folder.name.split("-", 1)[1], whole


SOURCES = {language: dict(sources(language)) for language in NAMES}
TEXTS = {
    language: [(slug, SILENT.sub(" ", whole)) for slug, whole in lessons.items()]
    for language, lessons in SOURCES.items()
}


def identity(found: re.Match[str]) -> str:
    """What a lesson calls a figure."""
    return dict(OPTION.findall(found["options"])).get("id", found["name"])


def stages(figure: re.Match[str]) -> list[tuple[int, set[str]]]:
    """Where the text comes to further parts of a figure, and which these are."""
    found = []
    for stage in STAGE.finditer(figure.string, figure.end()):
        options = dict(OPTION.findall(stage["options"]))
        names = stage["names"] or options.get("show", "")
        above = [identity(one) for one in FIGURE.finditer(figure.string[: stage.start()])]
        on = options.get("figure") or (stage["on"] if stage["on"] in above else above[-1])
        if names and on == identity(figure):
            found.append((stage.end(), set(re.split(r",\s*", names.strip()))))
    return found


PLACED = [
    pytest.param(language, slug, found, id=f"{language}-{slug}-{found['name']}-{found.start()}")
    for language, lessons in SOURCES.items()
    for slug, whole in lessons.items()
    for found in FIGURE.finditer(whole)
]


def says(word: str) -> str:
    """The pattern of a word in the list, whole."""
    return rf"(?<![\w-])(?:{spelled(word)})(?![\w-])"


def marks(word: str) -> str:
    """The pattern of italics with the word in them."""
    return rf"(?<!\*)\*(?=\w)[^*\n]*?(?:{spelled(word)})[^*\n]*\*(?!\*)"


def spelled(word: str) -> str:
    """The pattern of the word itself."""
    return word.replace("~", r"[\s ]+")


@pytest.mark.parametrize(("language", "slug", "word"), WORDS)
def test_a_word_is_explained_where_it_is_said_first(language: str, slug: str, word: str) -> None:
    said = re.compile(says(word), re.I)
    ahead = re.compile(rf"\[[^\]]*\]\(lesson:{slug}\)")
    for lesson, text in TEXTS[language]:
        told = ahead.sub(" ", text) if lesson != slug else text
        if first := said.search(told):
            around = told[max(0, first.start() - 60) : first.end() + 30]
            assert lesson == slug, around
            marked = re.compile(marks(word), re.I)
            assert any(one.start() < first.start() < one.end() for one in marked.finditer(told)), (
                around
            )
            return
    raise AssertionError(f"no lesson says {word}")


@pytest.mark.parametrize(("language", "slug", "found"), PLACED)
def test_a_figure_shows_words_that_are_explained_by_then(
    language: str, slug: str, found: re.Match[str]
) -> None:
    slugs = list(SOURCES[language])
    later = stages(found)
    hidden = set().union(*(names for _, names in later))
    seen: set[str] = set()
    for end, names in [(found.end(), set()), *later]:
        hidden -= names
        before, seen = seen, set(labels(found, language, hidden))
        assert seen
        # Said in an earlier lesson, above the figure, or in its caption: in italics, if only to say
        # where it is explained. Or the caption links the lesson to come. What appears later may be
        # explained, or linked, in the rest of its section.
        section = found.string.find("\n## ", end) if names else end
        told = SILENT.sub(" ", found.string[:section])
        beside = found.string[end:section] if names else found["caption"]
        early = {
            word: label
            for lesson, words in EXPLAINED[language].items()
            if slugs.index(lesson) >= slugs.index(slug) and f"(lesson:{lesson})" not in beside
            for word in words.split()
            if lesson != slug or not re.search(marks(word), told, re.I)
            for label in seen - before
            if re.search(says(word), label, re.I)
        }
        assert not early


def labels(found: re.Match[str], language: str, later: set[str]) -> list[str]:
    """The texts of a figure as a lesson shows it, in a language, before what is to come later."""
    figure = figure_named(found["name"])
    options = dict(OPTION.findall(found["options"]))
    hide = {"presets", *re.split(r",\s*", options.get("hide", "")), *later}
    spec = figure.spec("view")
    view = shown(spec["view"], hide, figure.resolve(yaml.safe_load(options["state"]))[0])
    named = {node["param"]: node.get("label", "") for node in nodes(view) if node.get("param")}
    parameters = [
        {
            "kind": "shown",
            "label": schema["label"] if named[schema["name"]] is None else "",
            "options": schema.get("options", {}),
        }
        for schema in spec["parameters"]
        if schema["name"] in named
    ]
    t = translator(language)
    said = []

    def heard(text: str) -> str:
        said.append(t(text))
        return text

    apart = {"title": "", "summary": "", "presets": []}
    translated_spec(spec | apart | {"parameters": parameters, "view": view}, heard)
    return said


def shown(node: Any, hide: set[str], state: dict[str, Any]) -> Any:
    """A view without the parts that a page hides, or that no choice on it leads to."""

    def stays(part: Any) -> bool:
        if not isinstance(part, dict):
            return True
        entry, *values = part.get("only") or [None]
        unreached = entry in hide and state[entry] not in values
        return not unreached and hide.isdisjoint(part.get("called", ()))

    if isinstance(node, list):
        return [shown(part, hide, state) for part in node if stays(part)]
    if isinstance(node, dict):
        return {name: shown(part, hide, state) for name, part in node.items() if stays(part)}
    return node


def nodes(view: Any) -> Iterator[dict[str, Any]]:
    """All objects of a view."""
    if isinstance(view, dict):
        yield view
    for part in view.values() if isinstance(view, dict) else view if isinstance(view, list) else ():
        yield from nodes(part)
