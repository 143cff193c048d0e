"""A link holds the whole state; opening it gives the same picture; what is wrong in it is said."""

import pytest
from tests.browser.driving import FigurePage, differences

from crossent.figures import FIGURES

MODES = ["served", "built"]
pytestmark = pytest.mark.in_turn


@pytest.mark.parametrize("name", FIGURES)
def test_a_link_opened_elsewhere_shows_the_very_same(visit, name):
    page = visit.figure(name)
    page.button(FIGURES[name].presets[-1].label).click()
    page.idle()
    page.press_on(page.sliders().first, "ArrowUp", "PageDown")
    page.ready()  # plots that the preset has brought to light are drawn
    assert set(page.address) == set(FIGURES[name].parameters())
    assert page.state == page.address
    shown = all_shown(page)
    assert all_shown(FigurePage(visit.elsewhere(page.page.url)).ready()) == shown


def all_shown(page: FigurePage) -> tuple[object, ...]:
    """A figure's state, its numbers as text, for nan is nan there, and where its sliders are."""
    sliders = """all => all.filter((slider) => slider.checkVisibility())
      .map((slider) => slider.getAttribute('aria-valuenow'))"""
    found = page.root.locator("[role=slider]").evaluate_all(sliders)
    return page.state, str(page.readouts()), found


def test_a_part_of_the_state_is_enough_and_the_rest_is_fitted_to_it(visit):
    page = visit.figure("logit-gradient", {"logits": [2, 1, 0.1], "target": 1})
    assert (page.state["logits"], page.state["target"]) == ([2, 1, 0.1], 1)
    assert page.state["classes"] == ["cat", "dog", "fox"]
    assert page.notice == ""
    assert differences(page, page.state) == {}


def test_ten_classes_come_from_an_address(visit):
    probs = [0.19, 0.01, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]
    page = visit.figure("prediction-bars", {"probs": probs, "target": 9})
    assert page.root.locator(".cb-grip").count() == 10
    assert differences(page, page.state) == {}


def test_bits_come_from_an_address(visit):
    page = visit.figure("prediction-bars", {"probs": [0.5, 0.5], "target": 0, "unit": "bits"})
    assert page.readout("loss") == 1
    assert page.root.locator(".readout-unit").first.inner_text() == "bits"


def test_named_controls_are_hidden_and_stay_so_in_the_address(visit):
    page = visit.figure("logit-gradient", {"hide": "temperature,code,presets"})
    hidden = page.root.get_by_role("slider", name="temperature T")
    assert hidden.count() == 0
    assert not page.button("Code").is_visible()
    assert not page.button("Confidently wrong").is_visible()
    page.drag("cat", -1)
    assert page.address["hide"] == "temperature,code,presets"
    assert page.address["logits"][0] == -1


def test_the_theme_of_an_address_wins_over_the_systems(visit):
    dark = visit.figure("prediction-bars", {"theme": "dark"}, color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = visit.figure("prediction-bars", {"theme": "light"}, color_scheme="dark")
    assert dark.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert dark.page.evaluate(ground) != light.page.evaluate(ground)


def test_presenting_shows_larger_numbers_and_can_be_dragged(visit):
    plain, present = (visit.figure("prediction-bars", s) for s in ({}, {"present": 1}))
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    number = "[data-readout=loss]"
    assert present.page.locator(number).first.evaluate(size) > plain.page.locator(
        number
    ).first.evaluate(size)
    present.drag("fox", 0.9)
    assert present.readout("p_target") == 0.9


REFUSED = {
    "a wrong sum": ("prediction-bars", {"probs": [0.5, 0.6]}, "probs must sum to 1"),
    "broken JSON": ("prediction-bars", {"probs": "[0.5,"}, "probs must be a list of 2 to 10"),
    "out of range": (
        "logit-gradient",
        {"temperature": 99},
        "temperature must be a number from 0.1 to 10; got 99",
    ),
    "an unknown key": (
        "logit-gradient",
        {"temprature": 2},
        "no 'temprature'; did you mean 'temperature'?",
    ),
    "a target too far": (
        "logit-gradient",
        {"logits": [1, 2], "target": 2},
        "target must be from 0 to 1; got 2",
    ),
    "no such unit": (
        "prediction-bars",
        {"unit": "bans"},
        "unit must be one of nats, bits; got 'bans'",
    ),
    "nan": ("logit-gradient", {"temperature": "NaN"}, "temperature must be a number"),
    "infinity": ("logit-gradient", {"temperature": "1e999"}, "temperature must be a number"),
    "a huge whole number": (
        "logit-gradient",
        {"temperature": "9" * 400},
        "temperature must be a number",
    ),
    "deep nesting": ("logit-gradient", {"logits": "[" * 3000}, "logits must be a list"),
    "half a character": ("logit-gradient", {"classes": r'["\ud800","b","c","d","e"]'}, ""),
    "eleven classes": ("logit-gradient", {"logits": [0] * 11}, "got 11 of them"),
    "a prototype's name": ("logit-gradient", {"__proto__": 1}, "no '__proto__'"),
    "a method's name": ("logit-gradient", {"constructor": 1}, "no 'constructor'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_in_an_address_is_said_and_the_default_shown(visit, case):
    name, state, sentence = REFUSED[case]
    page = visit.figure(name, state)
    default = FIGURES[name].resolve(
        {k: v for k, v in state.items() if k == "logits" and case == "a target too far"}
    )[0]
    if sentence:
        assert sentence in page.notice
        assert page.state == default
        assert page.notice.endswith("The default is shown instead.")
    page.press_on(page.sliders().first, "ArrowUp")
    assert differences(page) == {}


def test_markup_in_a_refused_value_stays_text(visit):
    page = visit.figure("prediction-bars", {"unit": "<img src=x onerror=alert(1)>"})
    assert "<img src=x" in page.notice
    assert page.page.locator("img").count() == 0


def test_an_embedded_page_tells_its_height(visit):
    url = visit.site.figure_url("prediction-bars")
    page = visit.open(visit.site.index_url())
    height = page.evaluate(
        """url => new Promise((resolve) => {
          addEventListener("message", ({ data }) =>
            data.crossent === "height" && resolve(data.height));
          const frame = document.createElement("iframe");
          frame.src = url;
          document.body.append(frame);
        })""",
        url,
    )
    assert 300 < height < 3000
