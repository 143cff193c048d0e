import json

import pytest
from playwright.sync_api import Browser

from crossent.content import asset_text
from crossent.pages.goals import GoalError, evaluate, holds, parse_goal

SHOWN = {
    "loss": 0.5,
    "p": 0.6,
    "target": 2,
    "probs": [0.1, 0.2, 0.6, 0.1],
    "unit": "bits",
    "on": True,
}
FIRST = SHOWN | {"loss": 0.51, "probs": [0.1, 0.1, 0.6, 0.2]}

# Goals that SHOWN reaches, having been FIRST.
TRUE = [
    "loss <= 0.5",
    "loss < 1 and p > 0.5",
    "loss > 1 or p >= .6",
    "not loss > 1",
    "not (loss > 1 or p < 0.1) and on",
    "near(loss, log(2), 0.2)",
    "abs(loss - 1) == 0.5",
    "2 * loss + 1 == 4 / 2",
    "-loss < -0.4",
    "1 - loss - 0.25 == 0.25",
    "probs[2] == p",
    "unit == 'bits'",
    'unit != "nats"',
    "max(loss, p) == 0.6 and min(loss, p) == 0.5",
    "near(loss, first.loss, 0.02)",
    "apart(probs, first.probs) > 0.05",
    "probs != first.probs",
    "target == 2.0",
    "on == true",
]


@pytest.mark.parametrize("text", TRUE)
def test_a_goal_that_is_reached_holds(text: str) -> None:
    assert evaluate(parse_goal(text, SHOWN, pair=True), SHOWN, FIRST) is True


@pytest.mark.parametrize(
    "text", ["loss > 1", "not loss < 1", "p < 0.5 or loss >= 1", "1 / 0.5 < loss"]
)
def test_a_goal_that_is_not_reached_does_not(text: str) -> None:
    assert not holds(parse_goal(text, SHOWN), SHOWN)


def test_and_binds_more_tightly_than_or() -> None:
    assert parse_goal("on or on and loss < 1", SHOWN)[0] == "or"


WRONG = {
    "": "ends too early",
    "loss": "not a condition",
    "loss + 1": "not a condition",
    "loss < 1 < 2": "do not chain",
    "loss < 1 p": "'p' is not expected",
    "(loss < 1": "')' is missing",
    "loss < (1": "')' is missing",
    "lss < 1": "did you mean 'loss'",
    "near(loss, 1) ": "takes 3 values; got 2",
    "nea(loss, 1, 2)": "did you mean 'near'",
    "log(loss) < 1": "takes a number only",
    "log(0) < loss": "is not a number",
    "1 / 0 < loss": "divides by 0",
    "loss ; 1": "cannot be read",
    "probs[a] > 1": "whole number",
    "probs[1.5] > 1": "whole number",
    "first.loss > 1": "needs ':pair: true'",
    "loss and p > 1 + ": "ends too early",
    "loss and (1 + 2)": "join conditions",
    "__import__('os')": "no function",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_goal_that_is_wrong_says_how(text: str) -> None:
    with pytest.raises(GoalError, match=WRONG[text].replace("(", r"\(").replace(")", r"\)")):
        parse_goal(text, SHOWN)


def test_the_page_evaluates_goals_as_python_does(browser: Browser) -> None:
    trees = [parse_goal(text, SHOWN, pair=True) for text in TRUE]
    trees += [["not", tree] for tree in trees]
    wanted = [bool(evaluate(tree, SHOWN, FIRST)) for tree in trees]
    goals = asset_text("runtime/lesson/goals.js").replace("export ", "")
    goals = goals.replace('import { same } from "./shown.js";', "")
    script = f"""([trees, shown, first]) => {{
      const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
      {goals}
      return trees.map((tree) => evaluate(tree, shown, first));
    }}"""
    page = browser.new_page()
    got = page.evaluate(script, json.loads(json.dumps([trees, SHOWN, FIRST])))
    page.close()
    assert got == wanted
