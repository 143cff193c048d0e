"""Exercises: what is drawn, what is right, the same here and in the page; and what is refused."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.course import lessons
from tests.node import in_node
from tests.pages.writing import BODY, FIGURE, lesson, mistake, write

from crossent.figures import FIGURES
from crossent.pages.directives.exercises import Exercise
from crossent.pages.drawing import drawn
from crossent.pages.lesson import Practice

SEEDS = 25


def exercises(language: str = "en") -> Iterator[tuple[str, Exercise]]:
    """Those of the course, with their places."""
    for one in lessons(language):
        for practice in one.practice:
            if practice.spec:
                yield f"{one.slug}-{practice.identity}", Exercise.of(practice.spec)


@cache
def course() -> dict[str, Exercise]:
    """All of them; not while tests are collected, for it takes seconds."""
    return dict(exercises())


def practised(folder: Path, options: str, task: str = "Do.\n---\nSo.") -> Practice:
    """The exercise that some options make."""
    found = lesson(folder, f"{FIGURE}:::{{exercise}} One\n{options}\n\n{task}\n:::\n")
    return found.practice[0]


def test_each_seed_has_a_draw_that_its_figure_takes() -> None:
    for name, exercise in course().items():
        for seed in range(1, SEEDS if exercise.figure.run is None else 3):
            found = exercise.drawn(seed)
            assert found is not None, (name, seed)
            assert exercise.figure.resolve(found[0])[1] == [], (name, seed)


def test_another_seed_draws_other_numbers() -> None:
    for name, exercise in course().items():
        states = [drawn(exercise.draws, seed, exercise.number, 0) for seed in range(1, SEEDS)]
        assert len({repr(state) for state in states}) > 2, name


def test_the_page_draws_the_same_numbers_to_the_last_bit() -> None:
    specs = {name: exercise.spec() for name, exercise in course().items()}
    seeds = [1, 2, 3, 1_000_007, 4_294_967_295]
    asked = {"specs": specs, "seeds": seeds, "attempts": [0, 1, 59]}
    for name, found in in_node("drawing.js", asked).items():
        exercise = course()[name]
        ours = [
            drawn(exercise.draws, seed, exercise.number, attempt)
            for seed in seeds
            for attempt in (0, 1, 59)
        ]
        assert found == ours, name


def test_shares_sum_to_one_and_keep_to_their_range(tmp_path: Path) -> None:
    practice = practised(
        tmp_path, ":draw: {probs: 0.05 to 0.6 by 0.05, target: any}\n:answer: loss"
    )
    exercise = Exercise.of(practice.spec)
    for seed in range(200):
        found = exercise.drawn(seed)
        assert found
        probs = found[0]["probs"]
        assert sum(probs) == pytest.approx(1, abs=1e-9)
        assert min(probs) >= 0.05
        assert max(probs) <= 0.6


def test_the_answer_is_the_figures_own_number(tmp_path: Path) -> None:
    practice = practised(tmp_path, ":draw: {target: any}\n:answer: 2 * loss_nats")
    state, _, answer = Exercise.of(practice.spec).drawn(5) or (None, None, None)
    readouts = FIGURES["prediction-bars"].columns(state)["readout"]
    assert answer == 2 * readouts["loss_nats"]


def test_every_lesson_has_four_exercises_at_least() -> None:
    for one in lessons("en"):
        assert sum(bool(practice.spec) for practice in one.practice) >= 4, one.slug


def test_a_translation_has_the_same_exercises() -> None:
    french = dict(exercises("fr"))
    assert {name: (e.kind, e.asked, e.number) for name, e in course().items()} == {
        name: (e.kind, e.asked, e.number) for name, e in french.items()
    }


def test_what_a_text_shows_of_a_draw_is_a_number_and_never_markup(tmp_path: Path) -> None:
    found = lesson(
        tmp_path,
        ":::{figure} prediction-bars\n:state: {classes: ['a & b', c, d, e]}\n:::\n"
        ":::{exercise} One\n:draw: {target: [0, 1]}\n:answer: loss\n\n{value}`@target`\n---\nSo.\n"
        ":::\n",
    )
    assert "a &amp; b" in found.body or ">c</span>" in found.body


EXERCISE = FIGURE + ":::{exercise} One\n%s\n\n%s\n:::\n"
WHOLE = "Do.\n---\nSo."
MISTAKES: dict[str, tuple[str, int, str]] = {
    "nothing drawn": (EXERCISE % (":answer: loss", WHOLE), 2, "an exercise needs a :draw:"),
    "nothing asked": (EXERCISE % (":draw: {target: any}", WHOLE), 2, "asks for one thing"),
    "two things asked": (
        EXERCISE % (":draw: {target: any}\n:answer: loss\n:goal: loss < 1", WHOLE),
        2,
        "asks for one thing",
    ),
    "no way": (EXERCISE % (":draw: {target: any}\n:answer: loss", "Do."), 2, "below a line ---"),
    "no task": (EXERCISE % (":draw: {target: any}\n:answer: loss", "---\nSo."), 2, "its task"),
    "an unknown readout": (
        EXERCISE % (":draw: {target: any}\n:answer: los", WHOLE),
        4,
        "no readout or state entry 'los'; did you mean 'loss'?",
    ),
    "a list for a number": (
        EXERCISE % (":draw: {target: any}\n:answer: probs", WHOLE),
        4,
        "'probs' is not one number",
    ),
    "an unknown entry": (
        EXERCISE % (":draw: {loss: 1 to 2 by 1}\n:answer: loss", WHOLE),
        3,
        "prediction-bars has no entry to draw 'loss'",
    ),
    "a range that is none": (
        EXERCISE % (":draw: {probs: 0 to 1}\n:answer: loss", WHOLE),
        3,
        "probs must be 'LOW to HIGH by STEP'",
    ),
    "shares that cannot be": (
        EXERCISE % (":draw: {probs: 0.3 to 0.5 by 0.1}\n:answer: loss", WHOLE),
        3,
        "4 numbers from 0.3 in steps of 0.1 cannot sum to 1",
    ),
    "any of what is no class": (
        EXERCISE % (":draw: {probs: any}\n:answer: loss", WHOLE),
        3,
        "only a class is drawn as 'any'",
    ),
    "an option out of bounds": (
        EXERCISE % (":draw: {target: [0, 12]}\n:answer: loss", WHOLE),
        3,
        "target must be a whole number from 0 to 9; got 12",
    ),
    "draws of which none is fit": (
        EXERCISE % (":draw: {target: any}\n:when: loss < 0\n:answer: loss", WHOLE),
        4,
        "of 60 draws none is fit",
    ),
    "a choice without a condition": (
        EXERCISE % (":draw: {target: any}", "Do.\n\n- [loss > 1] A\n- [] B\n---\nSo."),
        8,
        "the condition is wrong",
    ),
    "a tolerance that is none": (
        EXERCISE % (":draw: {target: any}\n:answer: loss\n:within: near", WHOLE),
        5,
        "within is a number or a per cent; got 'near'",
    ),
    "a heading that is none": (
        EXERCISE % (":draw: {target: any}\n:answer: loss\n:read: there", WHOLE),
        5,
        "no heading on this page is 'there'",
    ),
    "a value that is none": (
        EXERCISE % (":draw: {target: any}\n:answer: loss", "{value}`lss`\n---\nSo."),
        6,
        "the value is wrong: no readout or state entry 'lss'; did you mean 'loss'?",
    ),
    "a figure that trains": (
        EXERCISE % (":figure: training-race\n:draw: {seed: 1 to 9 by 1}\n:answer: loss", WHOLE),
        3,
        "training-race trains, which takes too long",
    ),
    "a goal of a figure elsewhere": (
        EXERCISE % (":figure: bce-curves\n:draw: {p: 0 to 1 by 0.1}\n:goal: loss < 0", WHOLE),
        5,
        "a goal is of a figure on this page",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_an_exercise_is_one_sentence_with_its_line(name: str, tmp_path: Path) -> None:
    body, line, said = MISTAKES[name]
    write(tmp_path, body)
    found = mistake(tmp_path)
    assert found.startswith(f"01-trial/index.md:{BODY + line}: "), found
    assert said in found


def test_a_spec_is_read_back_as_it_was_written() -> None:
    for exercise in course().values():
        again: Any = Exercise.of(exercise.spec())
        assert again == exercise
