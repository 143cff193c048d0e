"""Whatever a lesson holds, it breaks itself only: a sentence with its line, never another page."""

import json
import re
from functools import wraps
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pages.writing import BODY, FIGURE, FRONT, lesson, mistake, write

from crossent.content import LESSONS, page_template
from crossent.errors import LessonError
from crossent.figures import FIGURES, Figure, runs
from crossent.figures import figure as figure_module
from crossent.pages import source
from crossent.pages.brand import CROSSENT
from crossent.pages.course import Course
from crossent.pages.lesson import Lesson
from crossent.pages.lesson_page import course_words, lesson_json, lesson_slots, lesson_words
from crossent.pages.page import language_words, page_json
from crossent.pages.reference import GUIDE
from crossent.pages.source import LARGEST, LONGEST, LONGEST_BLOCK, MOST_LINES, lines_of

PIXEL = b"\x89PNG\r\n\x1a\n"
ALIAS_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in pairwise("abcdefghi")
)
CHALLENGE = FIGURE + ":::{challenge} Reach it\n:goal: %s\n\nDo.\n:::\n"
STATE = ":::{figure} prediction-bars\n:state: %s\n:::\n"
TRY = FIGURE + ":::{try}\n- {label: A, state: {target: 1}, see: B}\n- %s\n:::\n"
CODE = FIGURE + ":::{code}\n```python NumPy\n%s\n```\n:::\n"

# What was seen to blank a page, hang the server or be counted wrong, and more of each kind:
# the text, the line counted from its first, what is said.
BODIES = {
    "number as a name of the state": (STATE % "{1: 2}", 1, "before a colon must be a name"),
    "list as a name of the state": (STATE % "{[a]: 2}", 1, "before a colon must be a name"),
    "nothing as a name": (STATE % "{null: 2}", 1, "before a colon must be a name"),
    "truth as a name": (STATE % "{true: 2}", 1, "before a colon must be a name"),
    "number as a name in a list": (
        TRY % "{label: A, state: {1: 2}, see: B}",
        4,
        "before a colon must be a name",
    ),
    "list of lists to look at": (
        TRY % "{label: A, state: {target: 1}, see: B, look: [[a]]}",
        4,
        "'look' holds names; got [\"a\"]",
    ),
    "mapping to look at": (
        TRY % "{label: A, state: {target: 1}, see: B, look: [{a: b}]}",
        4,
        "'look' holds names",
    ),
    "list as a label": (TRY % "{label: [A], state: {}, see: B}", 4, "'label' cannot be"),
    "tag": (STATE % "{target: !!bool abc}", 1, "(a tag) is not known here"),
    "tag of Python": (STATE % "!!python/object:os.system {}", 1, "(a tag) is not known here"),
    "state that holds itself": (STATE % "&a {target: *a}", 1, "(aliases) are not known here"),
    "alias": (STATE % "{target: *a}", 1, "(aliases) are not known here"),
    "deep state": (STATE % ("[" * 500 + "]" * 500), 1, "nested too deep"),
    "deep state, not closed": (STATE % ("{a: " * 2000), 1, "nested too deep"),
    "control character in a state": (STATE % "{target: '\x01'}", 1, "U+0001 cannot stand there"),
    "state of a huge number": (STATE % f"{{target: {'9' * 5000}}}", 1, "the state is not YAML"),
    "state of 1e999": (STATE % "{target: 1e999}", 1, "target must be a whole number"),
    "deep goal": (CHALLENGE % ("(" * 1000 + "loss"), 3, "nested too deep"),
    "deep calls": (CHALLENGE % ("abs(" * 50 + "loss"), 3, "nested too deep"),
    "long goal": (CHALLENGE % ("loss < 0.1 or " * 500 + "loss < 0"), 3, "more than 200 words"),
    "goal of negations": (CHALLENGE % ("not " * 1000 + "loss < 0"), 3, "more than 200 words"),
    "goal of minus signs": (CHALLENGE % ("-" * 1000 + "1 > loss"), 3, "more than 200 words"),
    "goal with 1e999": (CHALLENGE % "loss > 1e999", 3, "a number in it is too large"),
    "goal that grows to infinity": (CHALLENGE % "loss > 1e300 * 1e300", 3, "is too large"),
    "goal with nan": (CHALLENGE % "loss > exp(1e999)", 3, "is too large"),
    "goal with a far index": (CHALLENGE % f"probs[{'9' * 5000}] > 1", 3, "a whole number, at most"),
    "goal with a superscript index": (CHALLENGE % "probs[²] > 1", 3, "cannot be read"),
    "slot over two lines": (CODE % "x = {{'a': 1,\n'b': 2}}", 4, "shows no ''a': 1, 'b': 2'"),
    "slot of a mapping": (CODE % "\nx = {{'a': 1}}", 5, "shows no ''a': 1'"),
    "image with a NUL": ("One\n\n![A](a%00.png)\n", 2, "no image"),
    "image with 300 letters": (f"![A]({'a' * 300}.png)\n", 0, "no image"),
    "image of a folder": ("![A](../01-trial.png)\n", 0, "in the lesson's own folder"),
    "deep formula": (f"${'{' * 3000}x{'}' * 3000}$\n", 0, "cannot be read"),
    "formula of roots": ("$" + r"\sqrt{" * 900 + "x" + "}" * 900 + "$\n", 0, "cannot be read"),
    "figure with a long name": (f":::{{figure}} {'a' * 5000}\n:::\n", 0, "no figure"),
    "block of text": ("a\n\n" + "b " * LONGEST_BLOCK, 2, "a block of text without an empty line"),
    "lines": ("a\n" * 2 * MOST_LINES, MOST_LINES - BODY, f"at most {MOST_LINES} lines"),
    "after U+2028": ("One\u2028two\n\n{value}`loss`\n", 2, "there is no figure on this page"),
    "after a form feed": ("One\ftwo\n\n{value}`loss`\n", 2, "there is no figure on this page"),
    "after U+0085 and a file separator": (
        "One\x85\x1ctwo\n{value}`loss`\n",
        1,
        "no figure on",
    ),
    "after a carriage return": ("One\r\rtwo\r\n{value}`loss`\n", 3, "no figure on this page"),
    "after a formula of two lines": ("$a\nb$ c\n{value}`loss`\n", 2, "no figure on this page"),
    "U+2028 in the YAML": (
        FIGURE + ":::{try}\n- {label: 'A\u2028B', state: {target: 1}, see: B}\n- {label: C}\n:::\n",
        4,
        "has no 'state'",
    ),
    "state of a set": (STATE % "{target}", 1, ""),
    "state that is a text": (STATE % "target", 1, "must be entries such as"),
    "state with a merge": (STATE % "{<<: {target: 1}}", 1, ""),
    "state of an octal": (STATE % "{target: 0o7}", 1, "target must be a whole number"),
    "state of a time": (STATE % "{target: 1:30}", 1, "target must be a whole number"),
    "state in two documents": (STATE % "{target: 1}\n  --- \n  {target: 2}", 2, ""),
    "state of a figure's method": (STATE % "{compute: 1}", 1, "has no"),
    "goal of an attribute": (CHALLENGE % "loss.__class__ > 1", 3, ""),
    "goal of a call": (CHALLENGE % "__import__(1) > 1", 3, ""),
    "goal of a power": (CHALLENGE % "9 ** 9 ** 9 > loss", 3, ""),
    "goal of a division by nothing": (CHALLENGE % "1 / 0 > loss", 3, ""),
    "image of a drive": ("![A](C:/a.png)\n", 0, ""),
    "role of a method": (FIGURE + "{value}`__class__`\n", 2, "shows no"),
    "form feed in code": (CODE % "a\f\u2028b\n{{prob}}", 5, "shows no 'prob'"),
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_hostile_text_is_a_sentence_with_its_line(kind: str, tmp_path: Path) -> None:
    body, offset, wanted = BODIES[kind]
    said = mistake(write(tmp_path, body))
    assert said.startswith(f"01-trial/index.md:{BODY + offset}: "), said
    assert wanted in said
    assert len(said) < 300


FRONTS = {
    "tag": (FRONT.replace("5", "!!bool abc"), 5, "(a tag) is not known here"),
    "alias bomb": (FRONT.replace("---\n", f"---\n{ALIAS_BOMB}\n", 1), 2, "(aliases)"),
    "aliased title": (FRONT.replace("Trial", "&a Trial"), 2, "(aliases) are not known here"),
    "title that holds itself": (FRONT.replace("Trial", "&a [*a]"), 2, "(aliases)"),
    "deep title": (FRONT.replace("Trial", "[" * 3000), 2, "nested too deep"),
    "list as a name": (FRONT.replace("title", "? [a]\n"), 2, "before a colon must be a name"),
    "number as a name": (FRONT.replace("title", "7"), 2, "before a colon must be a name"),
    "minutes without end": (FRONT.replace("5", "9" * 4000), 5, "must be a whole number"),
    "minutes as a truth": (FRONT.replace("5", "true"), 5, "must be a whole number; got true"),
    "needs a list": (FRONT.replace("---\n", "---\nneeds: [[a]]\n", 1), 2, "a list of slugs"),
    "two documents": (FRONT.replace("part: Part", "part: Part\n--- \nx: 1"), 1, ""),
    "U+2028 in the title": (
        FRONT.replace("Trial", "'a\u2028b'").replace("5", "x"),
        5,
        "'minutes' must be a whole number",
    ),
    "control character": (FRONT.replace("Trial", "'\x07'"), 2, "U+0007 cannot stand there"),
}


@pytest.mark.parametrize("kind", FRONTS)
def test_hostile_front_matter_is_a_sentence_with_its_line(kind: str, tmp_path: Path) -> None:
    front, line, wanted = FRONTS[kind]
    said = mistake(write(tmp_path, "Text.\n", front=front))
    assert said.startswith(f"01-trial/index.md:{line}: "), said
    assert wanted in said


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    assert "at most 64 kB" in mistake(write(tmp_path, "word " * LARGEST))


def races(first: int) -> str:
    """Five figures that train, each in a way of its own."""
    return "\n".join(
        f":::{{figure}} double-softmax\n:id: race-{i}\n:state: {{learning_rate: 0.{i}}}\n:::\n"
        for i in range(first, first + 5)
    )


def test_what_figures_make_first_for_a_lesson_takes_none_of_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0

    def slow(real: Any) -> Any:
        @wraps(real)
        def made(*given: Any, **named: Any) -> Any:
            nonlocal now
            now += 2 * LONGEST  # as on a machine with other work
            return real(*given, **named)

        return made

    race = FIGURES["double-softmax"]
    for module in (source, runs):
        monkeypatch.setattr(module, "thread_time", lambda: now)
    monkeypatch.setattr(Figure, "spec_made", classmethod(slow(Figure.spec_made.__func__)))
    monkeypatch.setattr(race, "run", staticmethod(slow(race.run)))
    monkeypatch.setattr(figure_module, "RUNS", runs.Runs())
    assert "<crossent-figure" in lesson(tmp_path, races(11) + "Text.\n").body
    assert now > 10 * LONGEST


def test_a_lesson_begins_so_many_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_RUNS", 3)
    monkeypatch.setattr(figure_module, "RUNS", runs.Runs())
    said = mistake(write(tmp_path, races(21)))
    assert said.endswith("train in more than 3 different ways; set fewer states")


@pytest.mark.parametrize("slug", ["race", "clinic"])
def test_a_lesson_of_ours_needs_a_small_part_of_the_budget(
    slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow machine must never lose one; these two train most."""
    monkeypatch.setattr(source, "LONGEST", LONGEST / 8)
    monkeypatch.setattr(source, "MOST_RUNS", source.MOST_RUNS // 4)
    Course().lesson(slug)


@pytest.mark.parametrize("mark", ["", "!"])
@pytest.mark.parametrize(
    "place",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert", "vbscript:x", "data:text/html,x", "file:///x"),
        *("&#106;avascript:alert", "java\tscript:alert", "<javascript:alert>", " javascript:x"),
    ],
)
def test_an_address_that_runs_something_is_no_link(place: str, mark: str, tmp_path: Path) -> None:
    try:
        body = lesson(tmp_path, f"{mark}[A]({place})\n").body
    except LessonError:
        return
    assert "<a " not in body
    assert "<img" not in body


def test_a_title_that_another_language_cannot_spell_is_said_in_one_line() -> None:
    said = str(LessonError("a\nb\udc80/index.md", 1, "no\n 'x\u202ey'"))
    assert said == "a b\N{REPLACEMENT CHARACTER}/index.md:1: no 'x\N{REPLACEMENT CHARACTER}y'"


# -- beside it ------------------------------------------------------------------------------------


def trouble(folder: Path) -> tuple[list[str], list[str]]:
    """The slugs of the lessons that can be read, and what is said of the others."""
    lessons, errors = Course(folder).readable()
    return [lesson.slug for lesson in lessons], [str(error) for error in errors]


def test_a_folder_with_another_name_leaves_the_lessons_beside_it(tmp_path: Path) -> None:
    for name in ("01-one", "Bad Name", "3-three", "04_four"):
        write(tmp_path, "Text.\n", name)
    slugs, said = trouble(tmp_path)
    assert slugs == ["one", "three"]
    assert len(said) == 2
    assert "Bad Name/index.md:1: the folder must be named like 01-surprise" in said[1]


def test_a_slug_given_twice_leaves_the_first(tmp_path: Path) -> None:
    for name in ("01-one", "02-two", "03-one"):
        write(tmp_path, "Text.\n", name)
    slugs, said = trouble(tmp_path)
    assert slugs == ["one", "two"]
    assert [line.partition(tmp_path.name)[2] for line in said] == [
        f"/03-one/index.md:1: there is a lesson 'one' already, in {tmp_path}/01-one/index.md"
    ]


@pytest.mark.parametrize(
    "name", ["1-" + "a" * 200, "9" * 200 + "-a", "01-é", "01-a\nb", "٣-a", "01-", "-a", "01-a--b"]
)
def test_a_strange_folder_is_one_sentence(name: str, tmp_path: Path) -> None:
    write(tmp_path, "Text.\n", "01-one")
    write(tmp_path, "Text.\n", name)
    slugs, said = trouble(tmp_path)
    assert slugs == ["one"]
    assert len(said) == 1
    assert "must be named like 01-surprise" in said[0]
    assert "\n" not in said[0]


def test_a_folder_that_is_taken_away_while_it_is_read_is_one_sentence(tmp_path: Path) -> None:
    folder = write(tmp_path / "all", "Text.\n")
    course = Course(folder)
    folder.rename(tmp_path / "other")
    assert course.places() == {}
    assert course.languages() == Course(LESSONS).languages()
    lessons, (error,) = course.readable()
    assert lessons == []
    assert "the folder of lessons cannot be read" in str(error)
    with pytest.raises(LessonError, match="no such lesson any more"):
        course.lesson("trial")


def test_lessons_that_are_moved_renamed_and_added_are_found(tmp_path: Path) -> None:
    for name in ("01-one", "02-two"):
        write(tmp_path, "Text.\n", name)
    course = Course(tmp_path)
    course.lessons()
    (tmp_path / "01-one").rename(tmp_path / "05-uno")
    write(tmp_path, "[back](lesson:uno)\n", "03-three")
    assert [lesson.slug for lesson in course.lessons()] == ["two", "three", "uno"]
    (tmp_path / "05-uno/index.md").unlink()
    lessons, errors = course.readable()
    assert [lesson.slug for lesson in lessons] == ["two"]
    assert "no lesson 'uno'" in str(errors[0])


def test_a_broken_file_is_read_once_until_it_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crossent.pages import course as module

    read: list[str] = []
    real = module.read_lesson

    def counting(folder: Path, *given: Any) -> Lesson:
        read.append(folder.name)
        return real(folder, *given)

    monkeypatch.setattr(module, "read_lesson", counting)
    course = Course(write(tmp_path, ":::{figure} none\n:::\n"))
    for _ in range(5):
        assert len(course.readable()[1]) == 1
    assert read == ["01-trial"]
    write(tmp_path, "Whole again, and longer.\n" * 3)
    assert course.readable()[1] == []
    assert read == ["01-trial"] * 2


def needing(slug: str, *needs: str) -> str:
    return FRONT.replace("title: Trial", f"title: {slug}\nneeds: [{', '.join(needs)}]")


def test_lessons_that_need_each_other_are_said_and_shown(tmp_path: Path) -> None:
    needs = {"a": ["b"], "b": ["c"], "c": ["a"], "d": ["d"], "e": ["a", "f"], "f": []}
    for i, (slug, needed) in enumerate(needs.items()):
        write(tmp_path, "Text.\n", f"{i}-{slug}", needing(slug, *needed))
    slugs, said = trouble(tmp_path)
    assert slugs == list(needs)
    assert [line.partition("index.md:")[2] for line in said] == [
        "3: needs goes in a circle: a needs b needs c needs a",
        "3: needs goes in a circle: d needs d",
    ]
    with pytest.raises(LessonError, match="goes in a circle"):
        Course(tmp_path).lessons()


def test_a_link_to_a_heading_of_a_broken_lesson_is_no_further_mistake(tmp_path: Path) -> None:
    write(tmp_path, "[there](lesson:two#part)\n", "01-one")
    write(tmp_path, "# Title\n", "02-two")
    slugs, said = trouble(tmp_path)
    assert slugs == ["one"]
    assert len(said) == 1


def test_a_picture_that_goes_after_it_was_read_is_one_sentence(tmp_path: Path) -> None:
    folder = write(tmp_path, "![A](a.png)\n") / "01-trial"
    (folder / "a.png").write_bytes(PIXEL)
    lessons = Course(tmp_path).lessons()
    (folder / "a.png").unlink()
    with pytest.raises(LessonError, match=r"'a.png' cannot be read"):
        lesson_words(lessons[0], lessons, address)


# -- mutated lessons ------------------------------------------------------------------------------


def address(kind: str, name: str) -> str:
    return f"/{kind}/{name}"


GUIDES = re.search(r"````markdown\n(.*?)````", GUIDE.read_text(encoding="utf-8"), re.S)
assert GUIDES
TEXTS = [
    GUIDES[1],
    FRONT + CHALLENGE % "loss < 0.1 and probs[0] > 0.5",
    FRONT + CODE % "{{probs}}",
]
STRANGE = r"""
--- | :::{note} A | :::{figure} prediction-bars | :::{try} | :goal: | ``` | ::: | $$
{1: 2} | [[a]] | !!bool abc | {{'a':1, | &a | *a | <<: *a | &a [*a] | ? | - | : | %
![a](a.png) | ![a](a%00.png) | ![a](a#b.png) | [a](lesson:trial#x) | [a]{.x} | [a]{.loss}
1e999 | -1e999 | .nan | 0x1 | 2001-01-01 | null | ~ | true | ' | " | '' | \ | > | # A | ## A
\frac{1} | \begin{matrix} | \href{a}{b} | {value}`loss` | {value}`x.y:z` | {math}`x` | a|b
first.loss | near( | probs[ | ] | } | { | <script> | </script> | &#0; | <a:b> | -- | é | 𝟘
"""
PIECES = [
    *("", "\n", "\n\n", "\r", "\t", "    ", "|-|\n", " | "),
    *(f"\n{piece}\n" for piece in (":::", "---", "```", "$$")),
    *(piece.strip() for line in STRANGE.strip().splitlines() for piece in line.split(" | ")),
    *("\0", "\x01", "\x0c", "\x1c", "\x85", "\u2028", "\ufeff", "\u202e"),
    *(sign * 60 for sign in ("(", ")", "[", "]", "{", "}", "not ", "$", "`", "*", "#", ":")),
    f"![a]({'a' * 300}.png)",
]
CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(PIECES), st.integers(1, 3)),
    min_size=1,
    max_size=5,
)


def mutated(text: str, changes: list[tuple[float, int, str, int]]) -> str:
    """A text with some places cut out and something strange put there."""
    for where, length, piece, times in changes:
        place = int(where * len(text))
        text = text[:place] + piece * times + text[place + length :]
    return text


def no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def check_page(lesson: Lesson, lessons: list[Lesson]) -> None:
    """The page of a lesson can be made, and its script can read what it is given."""
    words = lesson_words(lesson, lessons, address)
    slots = lesson_slots(lesson, address)
    given = page_json(slots, served=False, lesson=lesson_json(lesson))
    json.loads(given, parse_constant=no_constant)
    whole = page_template("lesson").render(
        brand=CROSSENT,
        **words, **language_words("en", {}), served=False, home="/", trust="/", head="", scripts="",
        page_json=lambda: given,
    )  # fmt: skip
    assert "\0" not in words["body"]
    assert "<script>" not in words["body"]
    assert 'class="lesson-end"' in whole
    for text in re.findall(r' data-(?:goal|start|state|whole|look)="([^"]*)"', words["body"]):
        json.loads(unescape(text), parse_constant=no_constant)


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course of a lesson to be broken and one that stays whole."""
    folder = write(tmp_path_factory.mktemp("mutated"), "Whole.\n", "02-whole")
    (write(folder, "") / "01-trial/a.png").write_bytes(PIXEL)
    return Course(folder)


@settings(max_examples=2_000, suppress_health_check=list(HealthCheck))
@given(text=st.sampled_from(TEXTS), changes=CHANGES)
def test_a_mutated_lesson_is_a_page_or_a_sentence_and_the_one_beside_it_whole(
    beside: Course, text: str, changes: list[tuple[float, int, str, int]]
) -> None:
    content = mutated(text, changes)
    file = beside.folders[0] / "01-trial/index.md"
    file.write_bytes(content.encode())
    beside.read.pop(("trial", "en"), None)
    lessons, errors = beside.readable()
    assert [lesson.slug for lesson in lessons][-1] == "whole"
    assert "<p>Whole.</p>" in lessons[-1].body
    assert len(lessons) == 2 or len(errors) == 1
    for error in errors:
        assert str(error).isprintable()
        assert 1 <= error.line <= len(lines_of(content)), error
        assert "cannot be read (" not in error.problem, "it is caught, but nothing says it better"
    course_words(lessons, address, errors)
    if len(lessons) == 2:
        check_page(lessons[0], lessons)
