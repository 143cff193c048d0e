"""No lesson says a word of the subject before the course has explained it."""

import re
from collections.abc import Iterator

import pytest

from crossent.content import LESSONS

NAMES = {"en": "index.md", "fr": "index.fr.md"}

# The lesson that explains a word: there it stands in italics where it is said first.
EXPLAINED = {
    "en": {
        "surprise": "model class(es)? nats? perplexity uniform~guess training classifier weights? "
        "bits? network target",
        "information": "cross-entropy entropy KL one-hot",
        "likelihood": "likelihood log-likelihood independent over-fitting underflow seed",
        "binary": "label soft~label binary~cross-entropy logits? sigmoid softmax",
        "mse-vs-ce": "squared~error gradients?",
        "softmax-gradient": "learning~rate gradient~descent temperature label~smoothing batch(es)?",
        "race": "softmax~regression held-out accuracy calibrat(ed|ion) hidden~layer",
        "imbalance": "threshold recall balanced~accuracy class~weights focal~loss "
        "calibration~error",
        "stability": "float(16|32) overflows? inf nan fused",
        "double-softmax": "saturated linear bias",
        "batches": "padding axis transposed",
        "segmentation": "masks? void IoU",
        "language-model": "tokens? vocabulary bigrams? flatten",
        "clinic": "optimizer",
    },
    "fr": {
        "surprise": "modèles? classes? nats? perplexité entraînement classifieur "
        "bits? réseaux?~de~neurones cibles?",
        "information": "entropie~croisée KL one-hot",
        "likelihood": "vraisemblance log-vraisemblance indépendantes? surapprentissage graine",
        "binary": "étiquettes? étiquettes?~souples? logits? sigmoïde softmax",
        "mse-vs-ce": "erreur~quadratique gradients?",
        "softmax-gradient": "taux~d’apprentissage descente~de~gradient température lots?",
        "race": "régression~softmax mis~de~côté exactitude couche~cachée",
        "imbalance": "seuil rappel poids~de~classe perte~focale erreur~de~calibration",
        "stability": "float(16|32) débordement inf nan fusionnée",
        "double-softmax": "saturé linéaire biais",
        "batches": "remplissage axe",
        "segmentation": "masques? IoU",
        "language-model": "jetons? vocabulaire bigrammes?",
        "clinic": "optimiseur",
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
    r"|^:(?!hint|done|verdict)[\w-]+:.*?$|^ +(?:state|look):.*?$|^- label:|^ +see:",
    re.M | re.S,
)


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Each lesson's slug with what it says, in the order of the course."""
    for folder in sorted(LESSONS.glob("[0-9]*-*")):
        whole = (folder / NAMES[language]).read_text(encoding="utf-8")
        yield folder.name.split("-", 1)[1], SILENT.sub(" ", whole)


TEXTS = {language: list(texts(language)) for language in NAMES}


@pytest.mark.parametrize(("language", "slug", "word"), WORDS)
def test_a_word_is_explained_where_it_is_said_first(language: str, slug: str, word: str) -> None:
    spelled = word.replace("~", r"[\s ]+")
    said = re.compile(rf"(?<![\w-])(?:{spelled})(?![\w-])", re.I)
    ahead = re.compile(rf"\[[^\]]*\]\(lesson:{slug}\)")
    for lesson, text in TEXTS[language]:
        told = ahead.sub(" ", text) if lesson != slug else text
        if first := said.search(told):
            around = told[max(0, first.start() - 60) : first.end() + 30]
            assert lesson == slug, around
            marked = re.compile(rf"(?<!\*)\*(?=\w)[^*\n]*?(?:{spelled})[^*\n]*\*(?!\*)", re.I)
            assert any(one.start() < first.start() < one.end() for one in marked.finditer(told)), (
                around
            )
            return
    raise AssertionError(f"no lesson says {word}")
