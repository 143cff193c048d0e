"""The clinic: each mistake's run, the tests on it, and what is said to a wrong answer."""

import re
from functools import cache

import numpy as np
import pytest
import torch
from tests.course import text_of
from tests.figures.running import output

from crossent.components import Sentence, Stack
from crossent.core.kernels.faults import BATCH, FAULTS, case
from crossent.figures import figure_named
from crossent.figures.bug_clinic import (
    ANSWERS,
    CASES,
    REASONS,
    SOLVED,
    TESTS,
    BugClinic,
    fault,
    reply,
    start,
)

NUMBER = {FAULTS[int(which)]: place for place, which in enumerate(CASES, 1)}
SEEDS = (1, 2)
EVERYTHING = dict.fromkeys(TESTS, True)
WRONG = [(answer, truth) for answer in FAULTS for truth in FAULTS if answer != truth]


@cache
def readout(name, seed=1, **given):
    state, problems = BugClinic.resolve({"case": NUMBER[name], "seed": seed} | given)
    assert not problems
    return BugClinic.columns(state)["readout"]


def seed_of(name, num_classes):
    """A seed of which a case has so many classes."""
    found = (
        s for s in range(500) if case(fault(name), np.float64(s))["num_classes"] == num_classes
    )
    return next(found)


def test_it_is_in_the_index():
    assert figure_named("bug-clinic") is BugClinic


def test_every_mistake_has_one_case_one_answer_and_a_last_word():
    assert sorted(CASES) == list(range(len(FAULTS)))
    assert list(ANSWERS) == list(FAULTS) == list(SOLVED)


def test_the_cases_do_not_stand_in_the_order_of_the_answers():
    assert sum(NUMBER[name] == place for place, name in enumerate(FAULTS, 1)) <= 1


@pytest.mark.parametrize("name", FAULTS)
def test_a_seed_changes_the_data_the_weights_and_the_rate(name):
    one, other = (case(fault(name), np.float64(seed)) for seed in SEEDS)
    for entry in ("inputs", "weights", "rate", "rows"):
        assert not np.array_equal(one[entry], other[entry]) or (entry, name) == (
            "rows",
            "one_class",
        )


# -- what each test shows, of each mistake ---------------------------------------------------------

# Whether a test shows what an answer says, from the figure's own numbers.
LOOKS = {
    "double": lambda r: np.allclose([r["sum_low"], r["sum_high"]], 1.0, rtol=1e-12),
    "log_zero": lambda r: np.isinf(r["printed"]) and np.isfinite(r["hand"]),
    "sum": lambda r: r["ran"] and abs(r["ratio"] / r["counting"] - 1) < 0.2,
    "axis": lambda r: r["stopped_axis"],
    "one_hot": lambda r: r["stopped_one_hot"],
    "multilabel": lambda r: r["most_labels"] > 1,
    "ignored": lambda r: r["none_count"],
    "one_class": lambda r: r["most_classes"] == 1,
    "shuffled": lambda r: r["agree"] < 1.8 * r["chance"],
    "fast": lambda r: r["ran"] and r["end_slower"] <= r["end_run"] / 2,
    "slow": lambda r: r["ran"] and 0 < r["way"] < r["length"],
    "frozen": lambda r: r["ran"] and r["way"] == 0,
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", LOOKS)
def test_the_mistake_is_seen_in_the_test_for_it(name, seed):
    assert LOOKS[name](readout(name, seed))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("answer", "truth"), WRONG)
def test_a_wrong_answer_is_ruled_out_by_what_is_said_of_it(answer, truth, seed):
    why, test = reply(answer, truth)
    found = readout(truth, seed)
    if why == answer != "healthy":
        assert not LOOKS[answer](found)
        assert test == REASONS[answer][0]
    elif why == "stops":
        assert found["stopped"]
    elif why == "nan":
        assert found["lost"]
    elif why == "early":
        assert found["ratio"] > 2
    else:
        assert why == "healthy"


def test_a_healthy_run_begins_at_log_k_comes_down_and_learns_one_batch():
    found = readout("healthy")
    assert found["first"] == pytest.approx(found["log_k"], rel=0.15)
    assert found["end_run"] < 0.4 * found["first"]
    assert found["end_one_batch"] < 0.15


def test_softmax_twice_stands_just_above_1_4612_with_ten_classes():
    found = readout("double", seed_of("double", 10.0))
    assert found["floor"] == pytest.approx(1.4612, abs=5e-5)
    assert found["floor"] < found["least"] < 1.48
    assert found["right_share"] > 0.95


def test_weights_on_batches_of_one_class_change_no_digit():
    found = readout("one_class")
    assert found["weight"] > 1
    assert found["difference"] == 0
    assert readout("healthy", 1)["weights"] == 0 or readout("healthy", 1)["difference"] > 0.01


@pytest.mark.parametrize("name", ["log_zero", "ignored"])
def test_one_step_with_nan_and_every_loss_after_it_is_nan(name):
    state = BugClinic.resolve({"case": NUMBER[name], "seed": 2})[0]
    columns = BugClinic.columns(state)
    lost = int(columns["readout"]["lost_at"])
    losses = columns["curve"]["run"]
    assert np.all(np.isnan(losses[lost:]))
    assert np.all(
        np.isfinite(losses[: min(lost, int(min(columns["readout"]["infinite_at"], 1e3)))])
    )


# -- the lesson's own patients ---------------------------------------------------------------------

# What the lesson says of each one besides, from the figure's own numbers.
SEEN = {
    "double": lambda r: (
        (r["k"], f"{r['first']:.2f}") == (10, "2.30") and r["last"] < 1.47 and r["hand"] < 0.01
    ),
    "log_zero": lambda r: r["infinite_at"] < r["lost_at"] < np.inf,
    "sum": lambda r: r["first"] > 4 * r["log_k"] and r["last"] < r["first"] / 2,
    "axis": lambda r: r["stopped"],
    "one_hot": lambda r: r["stopped"],
    "multilabel": lambda r: (
        r["last"] < 0.9 * r["first"] and r["least"] > 0.5 and r["right_share"] > 0.9
    ),
    "ignored": lambda r: 0 < r["lost_at"] < np.inf and np.isinf(r["infinite_at"]),
    "one_class": lambda r: r["weight"] > 1 and r["difference"] == 0,
    "shuffled": lambda r: (
        r["end_one_batch"] < 0.1
        and r["end_run"] > 0.9 * r["first"]
        and abs(r["held_share"] - r["chance"]) < 0.05
        and r["agree"] < r["chance"] + 0.05
    ),
    "fast": lambda r: r["most"] > 3 * r["log_k"],
    "slow": lambda r: abs(r["end_run"] / r["first"] - 1) < 0.1,
    "frozen": lambda r: abs(r["end_run"] / r["first"] - 1) < 0.1,
}
PATIENTS = {
    (FAULTS[int(CASES[int(case) - 1])], int(seed))
    for case, seed in re.findall(r"case: ([1-9]\d*), seed: (\d+)", text_of("clinic"))
}


def test_every_mistake_is_a_patient_of_the_lesson():
    assert {name for name, _ in PATIENTS} == {*FAULTS} - {"healthy"}


@pytest.mark.parametrize(("name", "seed"), sorted(PATIENTS))
def test_a_patient_of_the_lesson_shows_what_the_lesson_says(name, seed):
    found = readout(name, seed)
    assert LOOKS[name](found)
    assert SEEN[name](found)


# -- against torch ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FAULTS)
def test_the_run_is_torchs_own_with_the_same_mistake(name):
    state = BugClinic.resolve({"case": NUMBER[name], "seed": 3})[0]
    ours = BugClinic.columns(state)["readout"]
    theirs = BugClinic.torch_readouts(torch, state)
    assert bool(theirs) == (name not in ("axis", "one_hot"))
    for key, value in theirs.items():
        assert ours[key] == pytest.approx(value, rel=1e-12), key


def said_by(when):
    """The sentence in quotation marks that the figure says while a readout is true."""
    held = [node.children[0] for node in view_stacks() if node.when == when]
    found = [node.text for node in held if isinstance(node, Sentence) and "“" in node.text]
    assert len(found) == 1
    return found[0].partition("“")[2].partition("”")[0]


def test_the_errors_are_torchs_word_for_word():
    found = readout("axis", 2)
    rows, tokens, k = (int(found[name]) for name in ("rows", "tokens", "k"))
    sentence = re.sub(
        r"\{(\w+):integer\}", lambda m: str(int(found[m[1]])), said_by("stopped_axis")
    )
    with pytest.raises(RuntimeError, match=re.escape(sentence)):
        torch.nn.functional.cross_entropy(
            torch.zeros(rows, tokens, k), torch.zeros(rows, tokens, dtype=torch.long)
        )
    with pytest.raises(RuntimeError, match=f"^{re.escape(said_by('stopped_one_hot'))}"):
        torch.nn.functional.cross_entropy(
            torch.zeros(BATCH, k), torch.zeros(BATCH, k, dtype=torch.long)
        )


# -- what is said ----------------------------------------------------------------------------------


def sentences(node=None, shown=lambda node: True):
    """The sentences of the view, of those parts that are shown."""
    node = BugClinic.drawn("view") if node is None else node
    if not shown(node):
        return
    if isinstance(node, Sentence):
        yield node
    for child in getattr(node, "children", ()):
        yield from sentences(child, shown)


@pytest.mark.parametrize("diagnosis", range(0, len(FAULTS) + 1, 4))
@pytest.mark.parametrize("name", FAULTS)
def test_no_sentence_says_nan_in_the_place_of_a_number(name, diagnosis):
    found = readout(name, 2, diagnosis=diagnosis, **EVERYTHING)

    def shown(node):
        when = getattr(node, "when", None)
        return when is None or bool(found[when])

    said = [node.text for node in sentences(shown=shown)]
    assert len(said) > 12
    for text in said:
        for slot in re.findall(r"\{(\w+)", text):
            assert not np.isnan(found[slot]), text


@pytest.mark.parametrize("name", FAULTS)
def test_before_an_answer_nothing_is_said_of_it(name):
    found = readout(name)
    assert not any(
        value for key, value in found.items() if key.startswith(("not_", "rule_", "solved_"))
    )
    right = readout(name, diagnosis=fault(name) + 1)
    said = {key for key, value in right.items() if key.startswith("solved_") and value}
    assert said == {f"solved_{name}"}
    assert right["score"] == 1


def view_stacks(node=None):
    node = BugClinic.drawn("view") if node is None else node
    if isinstance(node, Stack):
        yield node
    for child in getattr(node, "children", ()):
        yield from view_stacks(child)


# -- edits -----------------------------------------------------------------------------------------


def state_of(**given):
    return BugClinic.resolve(start(0, 5) | given)[0]


def test_the_test_that_rules_an_answer_out_is_ordered_by_one_press():
    state = state_of(case=NUMBER["fast"], diagnosis=fault("slow") + 1, given=True)
    ordered = BugClinic.edited(state, "order", 0, 1.0)
    assert ordered == state | {REASONS["slow"][0]: True}
    right = state | {"diagnosis": fault("fast") + 1}
    assert BugClinic.edited(right, "order", 0, 1.0) == right


def test_a_wrong_answer_counts_and_a_right_one_does_not():
    state = state_of(case=NUMBER["fast"])
    assert BugClinic.edited(state | {"diagnosis": 1.0}, "judge", 0, 0.0)["missed"] == 1
    right = state | {"diagnosis": fault("fast") + 1}
    assert BugClinic.edited(right, "judge", 0, 0.0) == right


@pytest.mark.parametrize("edit", ["next", "pick", "draw"])
def test_another_case_begins_with_nothing_known_and_keeps_what_was_solved(edit):
    name = "fast"
    state = state_of(case=NUMBER[name], diagnosis=fault(name) + 1, missed=2.0, **EVERYTHING)
    after = BugClinic.edited(state, edit, 0, 3.0)
    assert (after["solved"], after["missed"], after["diagnosis"]) == (1, 2, 0)
    assert not any(after[test] for test in TESTS)
    assert (after["case"], after["seed"]) != (state["case"], state["seed"])
    assert BugClinic.edited(state | {"diagnosis": 1.0}, edit, 0, 3.0)["solved"] == 0


def test_the_next_case_of_a_seed_is_the_next_seeds_and_the_last_ones_the_first():
    after = BugClinic.edited(state_of(seed=9999), "next", 0, 1.0)
    assert (after["case"], after["seed"]) == (0, 0)
    after = BugClinic.edited(state_of(case=len(CASES)), "next", 0, 1.0)
    assert after["case"] == 1


def test_seeds_draw_every_mistake():
    drawn = {FAULTS[int(BugClinic.run(np.float64(0), np.float64(s))["which"])] for s in range(3)}
    assert len(drawn) >= 2


def test_its_code_learns_the_first_batch_by_heart():
    assert float(output(BugClinic, "PyTorch", state_of(case=2))) < 0.2
