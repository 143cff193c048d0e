"""Every number that a lesson has to teach is on its page, or is shown by one of its buttons."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.driving import FigurePage
from tests.course import text_of

# As the curriculum writes them, in its order; with its digits.
NUMBERS = {
    "surprise": """
        0.99 0.01005  0.9 0.10536  0.7 0.35667  0.6 0.51083  0.5 0.69315
        0.3 1.20397  0.1 2.30259  0.05 2.99573  0.01 4.60517  1 0
        2 0.6931  5 1.6094  10 2.3026  1000 6.9078
        0.1 0.2 0.6 0.1 0.5108  0.05 0.10 0.80 0.05 0.2231
        0.70 0.3567  0.05 2.9957
        0.105
    """,
    "information": "0 1948",
    "likelihood": "2000 0",
    "binary": "0 0.5 1 -100",
    "mse-vs-ce": """
        0.99 0.01  0.0001 0.9801 9801  0.01005 4.605 458
        -1.98 0.01  -0.0196 0.01 -0.99
        .7 .2 .1  0.14 0.0467 0.3567
        .4 .3 .3  0.54 0.18 0.9163  -0.196 -0.432  -0.3 -0.6
        .001 .998 .001  -0.999 -0.00399
    """,
    "softmax-gradient": """
        2.0 1.2 0.3 -0.8 -2.0  .5844 .2626 .1068 .0355 .0107  0.537159
        -.4156 .2626 .1068 .0355 .0107  2 1 .1  .6590 .2424 .0986
        -1 -.5 2 .1 -.3  .5  .537159 .323314 1.609438  0.823304
        -1 1
    """,
    "race": "90 1.8 1.4 1.875 4.303 3.848 4.783 1.583 1.474 1.68 1.1 0.88 1.95 66.5 27.5 0",
    "label-smoothing": """
        0.1 4 .025 .025 .925 .025  5 .92 .02 .9 .025
        5 .1 .1 0.0148 0.34145 0.5048
    """,
    "imbalance": """
        1 3 10  .241311 .436829 .221048  .299730 0.268734
        98 45 95 72 92.7  71.5 83.5
    """,
    "stability": """
        88.72 709.78 11.09  100 0  104 95 745  27.631 0 1000
    """,
    "double-softmax": """
        2 1 .1  0.41703 0.42985  0.80212 0.23771 55.3
        0.0024 -5 5 0  -20 20 0  0.5514  10 1.4612 2.4612
    """,
    "batches": "0.241311 0.436829 0.221048 0.299730 1 3 10 0.268734",
    "multilabel": "1 0",
    "segmentation": "0.036 4.036 112 0.301 0.037 0.278 1.058 90 255 12 576 98 0.137 47 564",
    "language-model": """
        2.0 7.389  32 3.466 5  84.97 37 2.296 9.938  18.84 5.729 12.01 72.69
        14.15 25 3.823 95.6 2.583  122.6 3.313  2.854 1.734  3.699 2.255
    """,
    "myths": """
        .01 6.46 .49  51 0.7133 0.6931  -0.6 -0.3 0.7 -1.43 -0.126  0.99
        10000 500 9801 458 -0.99 -0.0196  0.1 0.933 0.987 40  1.10
        0.03333 0.05 0.3415 0.5048  0.5514 1.5514 -20 20.7  0.5898
        0.0025 1.202 80  2 1.2 .3 -0.8 -2 .6439 .5844  1.204 0
    """,
    "clinic": "2.30 1.46 10 1.4612",
    "cheatsheet": """
        1948 2019 2017  0.99 0.01005  0.9 0.10536  0.7 0.35667  0.5 0.69315
        0.3 1.20397  0.1 2.30259  0.05 2.99573  0.01 4.60517  88.72 709.78 11.09  27.631
    """,
}
# Facts that are more than one number: what a figure shows at once, at one of the lesson's buttons.
TOGETHER = {
    "surprise": [
        "p_target=0.6 loss=0.5108",
        "p_target=0.8 loss=0.2231",
        "p_target=0.70 loss=0.3567",
        "p_target=0.05 loss=2.9957",
        "p_target=1 loss=0",
    ],
    "information": ["entropy=0 kl=0.5108 cross_entropy=0.5108"],
    "likelihood": [
        "mean_nll=1.0297 empirical_entropy=1.0297",
        "likelihood=0.00003375",  # and as the text has it, for the one rounds as the other
    ],
    "binary": ["p=0 loss=inf"],
    "mse-vs-ce": [
        "squared=0.0001 ce=0.01005",
        "squared=0.9801 ce=4.605 squared_ratio=9801 ce_ratio=458",
        "squared_grad=-0.0196 ce_grad=-0.99",
        "squared=0.14 mean=0.0467 ce=0.3567 squared_grad=-0.196 ce_grad=-0.3",
        "squared=0.54 mean=0.18 ce=0.9163 squared_grad=-0.432 ce_grad=-0.6",
        "ce_grad=-0.999 squared_grad=-0.00399",
    ],
    "softmax-gradient": [
        "loss=0.537159 prob_0=.5844 prob_1=.2626 prob_2=.1068 prob_3=.0355 prob_4=.0107",
        "grad_0=-.4156 grad_1=.2626 grad_2=.1068 grad_3=.0355 grad_4=.0107",
        "prob_0=.6590 prob_1=.2424 prob_2=.0986",
        "batch_loss_0=.537159 batch_loss_1=.323314 batch_loss_2=1.609438 batch_mean=0.823304",
    ],
    # What the race lesson says of speed, at the buttons that say it.
    "race": [
        "ratio_squared=1.8 ratio_squared_least=1.4 ratio_squared_most=1.875",
        "ratio_squared=4.303 ratio_squared_least=3.848 ratio_squared_most=4.783",
        "ratio_squared=1.583 ratio_squared_least=1.474 ratio_squared_most=1.68",
        "ratio_squared=1.1 ratio_squared_least=0.88 ratio_squared_most=1.95",
        "ratio_squared=66.5 ratio_squared_least=27.5",
        "ratio_squared=0 ratio_squared_least=0",
    ],
    # What the lesson on imbalance says of each treatment, at the buttons that say it.
    "imbalance": [
        "recall_rare=0.67 calibration=0.0114",
        "recall_rare=0.88 recall_common=0.901 calibration=0.108",
        "recall_rare=0.88 recall_common=0.9",
        "recall_rare=0.52",
        "recall_rare=0.89 calibration=0.225",
        "recall_rare=0.91 recall_common=0.892 calibration=0.0114",
    ],
    "label-smoothing": [
        "y_target=.925 y_rest=.025",
        "y_target=.92 y_rest=.02 y_target_others=.9 y_rest_others=.025",
        "loss_hard=0.0148 loss=0.34145 loss_others=0.5048",
    ],
    "stability": [
        "loss=0 lse_loss=inf fused_loss=0",
        "softmax_loss=95.0 softmax_grad_0=nan",
        "softmax_p_0=0 softmax_loss=inf",
        "loss=1000 clipped_loss=27.631 clipped_grad_0=0",
    ],
    "double-softmax": [
        "loss_a=0.41703 norm_a=0.42985 loss_b=0.80212 norm_b=0.23771 ratio=0.553",
        "norm_a=1.4094 ratio=0.0024",
        "norm_a=1.4142 ratio=0.00000000075",
    ],
    "batches": [
        "plain_mean=0.299730 mean=0.268734 count=14",
        "mean=0.339070 count=2 ignored=1",
        "mean=nan sum=0 count=0 ignored=3",
    ],
    "multilabel": ["bce=0.018 ce=0.693 softmax_total=1"],
    # What the lesson on pixels says of its images, at the buttons that say it.
    "segmentation": [
        "mean=0.278 band=1.058 accuracy=0.90",
        "mean=0.088 band=0.301 n_band=112 accuracy=1",
        "mean=0.021 accuracy=1",
        "mean=0.502 accuracy=0.90",
        "mean=0.037 band=nan n_void=112",
        "mean=nan n_void=576",
        "mean=0.137 accuracy=0.979 iou_ball=0 loss_ball=4.036",
        "mean=2.045 n_ball=12 n_sky=348 n_ground=216",
        "mean=0.066 iou_ball=1",
    ],
    "language-model": [
        "loss=3.466 perplexity=32 bits_token=5",
        "perplexity=18.84",
        "loss=2.296 perplexity=9.938 bits_token=3.313 bits_character=3.313",
        "loss=1.746 perplexity=5.729",
        "perplexity=14.15 bits_token=3.823 bits_character=2.583",
        "perplexity=12.01",
        "perplexity=72.69",
        "loss=2.296 sum=84.97 count=37",
        "loss=2.854 count=49",
        "loss=2.255",
    ],
    # Where each claim is settled.
    "myths": [
        "loss_fold=6.46 p_fold=49",
        "loss_p=0.7133 loss_coin=0.6931",
        "squared_on_p=-0.6 loss_on_p=-1.43 squared_on_z=-0.126 loss_on_z=-0.3",
        "squared_times=9801 loss_times=458 squared_on_z=-0.0196 loss_on_z=-0.99",
        "y=0.933 p_lead=0.987 grad=0.053",
        "low=0.5514 high=1.5514 loss=20.7",
        "loss_plain=0.537159 loss_shifted=0.537159",
        "y_other=0.03333 y_other_claimed=0.05 loss_torch=0.3415 loss_claimed=0.5048",
        "loss=4.1151 loss_row=4.1151",  # of a class, and of its row of floats
        "weighted=0.5898 plain=0.5898",
        "h_qp=1.204 h_pq=0.6931 h_q=0.6931",
        "heart=0.0025 unseen=1.202 confidence=0.998 q=0.8",
        "loss=2.3026 log_k=2.3026",
        "first_p=0.5844 claimed=0.6439",
    ],
    "clinic": ["k=10 floor=1.4612 least=1.465", "k=10 log_k=2.3026"],
    "cheatsheet": [
        "loss=0.2997 plain=0.2997",
        "loss=0.6151",
        "loss=0.6237",
        "loss=0.2687 plain=0.2997",
        "loss=0.4264 plain=0.2997",
    ],
}
# What a lesson has to name: the shapes that its call takes, and whom its reader is sent to.
NAMED = {
    "segmentation": ["[B, K, H, W]", "[B, H, W]"],
    "language-model": ["[B, T, V]", "[B, V, T]", "[B, T]"],
    "clinic": ["[B, K]", "[B]"],
    "cheatsheet": [
        *("PyTorch", "NumPy", "Keras", "JAX"),
        *("Shannon", "Zhang", "Lipton", "Li", "Smola", "d2l.ai"),
        *("Müller", "Kornblith", "Hinton", "Lin"),
    ],
}
LANGUAGES = ["index.md", "index.fr.md"]
# Lessons of which some is shown only where a question has been answered.
ANSWERED = ("language-model", "myths")

NUMBER = re.compile(r"(-?)(\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3})+(?![.\d])|\d*\.\d+|\d+)")
SHOWN = """() => Object.fromEntries(
  [...document.querySelectorAll("[data-readout]")].map((e) => {
    const figure = e.closest("crossent-figure")?.dataset.slot ?? e.dataset.live;
    return [`${figure} ${e.dataset.readout}`, Number(e.dataset.value)];
  }))"""
FIELDS = """() => [...document.querySelectorAll("crossent-figure input[type=text]")]
  .filter((field) => field.offsetWidth).map((field) => field.value)"""


def number(written: str) -> float:
    return float(written.replace("−", "-"))


def agrees(shown: float, written: str) -> bool:
    """Whether what is shown, rounded to the digits written, is what is written."""
    wanted, digits = number(written), len(written.partition(".")[2])
    if shown != shown or wanted != wanted:
        return shown != shown and wanted != wanted
    return shown == wanted or abs(shown - wanted) <= 0.5 * 10**-digits * (1 + 1e-9)


def numbers_in(text: str) -> set[float]:
    """The numbers of a text; one after a minus sign is there with the sign and without."""
    found = set()
    for sign, digits in NUMBER.findall(text.replace("−", "-")):
        value = float(re.sub(r"[^\d.]", "", digits))
        found |= {value, -value} if sign else {value}
    return found


class Taught:
    """What a lesson's page says, and what its figures show at each of its buttons."""

    def __init__(self, page: Page, *, answered: bool) -> None:
        figure = FigurePage(page).ready()
        self.said = numbers_in(page.locator("main").evaluate("main => main.textContent"))
        self.states: list[dict[str, float]] = [page.evaluate(SHOWN)]
        self.typed: set[float] = set()
        pressed = page.locator(".try [data-state]").all()
        if answered:
            pressed += page.locator(".question[data-state] li:first-child .choice-button").all()
        for button in [None, *pressed]:
            if button:
                button.click()
                figure.idle()
                self.states.append(page.evaluate(SHOWN))
            for text in page.evaluate(FIELDS):
                self.typed |= numbers_in(text)

    def has(self, written: str) -> bool:
        if number(written) in self.said | self.typed:
            return True
        return "." in written and any(
            agrees(value, written) for state in self.states for value in state.values()
        )

    def shows(self, fact: str) -> bool:
        """Whether one figure shows all the numbers of a fact at once."""
        wanted = dict(part.split("=") for part in fact.split())
        figures = {key.split()[0] for state in self.states for key in state}
        return any(
            all(agrees(state.get(f"{figure} {name}", -9e9), text) for name, text in wanted.items())
            for state in self.states
            for figure in figures
        )


@pytest.fixture(scope="module", params=NUMBERS)
def taught(
    request: pytest.FixtureRequest, browser: Browser, built_folder: Path
) -> Iterator[tuple[str, Taught]]:
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.goto((built_folder / f"{request.param}.html").as_uri())
    yield request.param, Taught(page, answered=request.param in ANSWERED)
    page.close()


def test_every_number_of_the_curriculum_is_on_its_page(taught: tuple[str, Taught]) -> None:
    slug, lesson = taught
    missing = [written for written in NUMBERS[slug].split() if not lesson.has(written)]
    assert missing == []


def test_numbers_that_belong_together_are_shown_together(taught: tuple[str, Taught]) -> None:
    slug, lesson = taught
    missing = [fact for fact in TOGETHER[slug] if not lesson.shows(fact)]
    assert missing == []


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize("slug", NAMED)
def test_what_a_lesson_has_to_name_is_named_in_every_language(slug: str, name: str) -> None:
    text = text_of(slug, name)
    assert [
        each for each in NAMED[slug] if not re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text)
    ] == []


@pytest.mark.parametrize("slug", NUMBERS)
def test_a_translation_says_the_same_numbers(slug: str) -> None:
    original, translated = (numbers_in(text_of(slug, name)) for name in LANGUAGES)
    assert len(original) > 20
    assert translated == original
