"""A state means the same to Python and to the page: the same sentences, the same result."""

import json
import re

import pytest
from tests.browser.driving import Site

from crossent.figures import FIGURES

# Values that JSON can hold, most of them wrong.
VALUES = [
    *(0, 1, -1, 2, 3, 9, 10, 0.5, 2.0, -0.0, 99, 1e21, 1.5e300, 1e-7, 123456.789),
    *(None, True, False, "", "x", "bits", "nats", "sigmoid", "logit", "NaN", {}, {"a": [1, None]}),
    *(
        [],
        [1],
        [1, 2],
        [0.5, 0.5],
        [0.5, 0.6],
        [0.1] * 10,
        [0.1] * 11,
        [1, "2"],
        [True, False],
        [[]],
    ),
    *([1, None], [31, 0], [-30.5, 0], [0.25] * 4, [0.2] * 5, [1e-3, 0.999], [0.3, 0.3, 0.4000001]),
    *([0.3, 0.3, 0.40001], [1e-7, 1 - 1e-7]),
    *(
        ["a", "b"],
        ["a", ""],
        ["a", "  "],
        ["a", "x" * 24],
        ["a", "x" * 25],
        ["a", "ä" * 24],
        ["a", 1],
    ),
    *(["a", "\ud800"], ["a", "𝔘" * 24], ["a", "𝔘" * 25], ["a"] * 10, ["a"] * 11, "ab", "x" * 100),
    *([[1, 2]], [[1, 2], [3]], [[0] * 5], [[0] * 5] * 2, [[0] * 5] * 9, [[99] * 5], [[1, "a"]]),
    *([0, 1], [0, 0.5], [-1], [7], [0] * 9, [1.0]),
]
TOGETHER = {
    "prediction-bars": [
        {"probs": [0.5, 0.5], "target": 2},
        {"probs": [0.5, 0.5], "classes": ["a", "b", "c"]},
        {"classes": ["a", "b", "c"]},
        {"classes": ["a"] * 7, "target": 6},
        {"target": 7},
        {"probs": [0.5, 0.6], "target": 9, "unit": "bits"},
        {"prob": [0.5, 0.5]},
        {"tagret": 1},
        {"q": 1},
        {"x" * 60: 1},
        {"__proto__x": 1},
        {"": 1},
    ],
    "logit-gradient": [
        {"logits": [1, 2, 3], "batch_logits": [[1, 2, 3]], "batch_targets": [2]},
        {"logits": [1, 2, 3], "batch_logits": [[1, 2]], "batch_targets": [0]},
        {"logits": [1, 2, 3], "batch_logits": [[1, 2, 3]], "batch_targets": []},
        {"logits": [1, 2, 3], "batch_logits": [[1, 2, 3]], "batch_targets": [3]},
        {"logits": [1, 2, 3], "batch_targets": [1]},
        {"batch_logits": [[0] * 5] * 3},
        {"logits": [1, 2], "target": 4, "temperature": 0, "smoothing": 1},
        {"temprature": 1},
        {"learning-rate": 1},
    ],
}


def cases(name: str) -> list[dict]:
    alone = [{entry: value} for entry in FIGURES[name].parameters() for value in VALUES]
    presets = [preset.state for preset in FIGURES[name].presets]
    return alone + presets + TOGETHER.get(name, [])


@pytest.fixture(scope="module")
def in_browser(browser, site: Site):
    """Resolves states with the module that the pages use."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.index_url())
    assets = re.search(r"/assets/[0-9a-f]+/", page.content())[0]
    module = assets + "runtime/state.js"

    def resolve(name: str, states: list[dict]) -> list:
        text = page.evaluate(
            """async ([module, name, parameters, states]) => {
              const { StateSpace } = await import(new URL(module, location.href));
              const space = new StateSpace(name, JSON.parse(parameters));
              return JSON.stringify(JSON.parse(states).map((state) => space.resolve(state)));
            }""",
            [
                module,
                name,
                json.dumps(FIGURES[name].spec("view")["parameters"]),
                json.dumps(states),
            ],
        )
        return json.loads(text)

    yield resolve
    context.close()


@pytest.mark.parametrize("name", FIGURES)
def test_python_and_the_page_refuse_with_the_same_sentences_and_keep_the_same_state(
    name, in_browser
):
    states = cases(name)
    apart = []
    for given, theirs in zip(states, in_browser(name, states), strict=True):
        state, problems = FIGURES[name].resolve(given)
        ours = {"state": state, "problems": problems}
        apart += [(given, ours[key], theirs[key]) for key in ours if ours[key] != theirs[key]]
    assert not apart, "\n".join(
        f"{given}\n  Python: {a}\n  page:   {b}" for given, a, b in apart[:12]
    )
