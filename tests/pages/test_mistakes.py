"""Every mistake in a lesson is one line that names the file, the line, and what would be right."""

from pathlib import Path

import pytest
from tests.pages.writing import BODY, FIGURE, FRONT, mistake, write

from crossent.__main__ import main
from crossent.build import build

CHALLENGE = ":::{challenge} Reach it\n:goal: %s\n\nDo.\n:::\n"
QUESTION = ":::{question} Which?\n%s\n:::\n"

# What is wrong: the text, the line counted from the first of the text, what is said.
MISTAKES = {
    "unknown figure": (
        "Text.\n\n:::{figure} prediction-bar\n:::\n",
        2,
        "no figure 'prediction-bar'; did you mean 'prediction-bars'?",
    ),
    "state out of bounds": (
        ":::{figure} prediction-bars\n:id: a\n:state: {target: 12}\n:::\n",
        2,
        "target must be a whole number from 0 to 9; got 12",
    ),
    "state of another name": (
        ":::{figure} prediction-bars\n:state: {targt: 1}\n:::\n",
        1,
        "prediction-bars has no 'targt'; did you mean 'target'?",
    ),
    "state that is no YAML": (
        ":::{figure} prediction-bars\n:state: {target: [1}\n:::\n",
        1,
        "the state is not YAML",
    ),
    "goal over an unknown readout": (
        FIGURE + CHALLENGE % "lss <= 0.1",
        3,
        "the goal is wrong: no readout or state entry 'lss'; did you mean 'loss'?",
    ),
    "goal that cannot be read": (
        FIGURE + CHALLENGE % "loss <= ",
        3,
        "the goal is wrong: it ends too early",
    ),
    "goal reached already": (FIGURE + CHALLENGE % "loss > 0", 3, "reached before"),
    "goal of a pair that compares nothing": (
        FIGURE + ":::{challenge} Two\n:pair: true\n:goal: loss < 1\n\nDo.\n:::\n",
        4,
        "a pair's goal compares with what was remembered",
    ),
    "challenge without a goal": (FIGURE + ":::{challenge} A\n\nDo.\n:::\n", 2, "needs a :goal:"),
    "unclosed at the end": (
        "One.\n\n:::{note} A\nText.\n",
        2,
        "this directive is not closed; end it with a line :::",
    ),
    "unclosed before another": (
        ":::{note} A\nText.\n\n:::{note} B\nText.\n:::\n",
        0,
        f"this directive is not closed before line {BODY + 3}",
    ),
    "closed twice": (FIGURE + ":::\n", 2, "::: closes a directive, but none is open"),
    "unclosed code": ("```python\nx\n", 0, "the block begun by ``` is not closed"),
    "indented directive": (
        "- one\n\n  :::{figure} prediction-bars\n  :::\n",
        2,
        "a directive's lines start at the margin; this one is 2 columns in",
    ),
    "indented option": (
        ":::{figure} prediction-bars\n  :state: {target: 1}\n:::\n",
        1,
        "an option starts at the margin",
    ),
    "indented text": ("One.\n\n    two\n", 2, "text indented by four columns or more"),
    "wrong indent in a list to try": (
        FIGURE + ":::{try}\n- label: A\n  state: {target: 1}\n see: B\n:::\n",
        5,
        "the list of things to try is not YAML",
    ),
    "missing image": ("One.\n\n![A picture](none.png)\n", 2, "no image 'none.png'"),
    "image without a description": ("![](none.png)\n", 0, "needs a description"),
    "image from elsewhere": ("![A](../../secret.png)\n", 0, "in the lesson's own folder"),
    "unknown TeX": ("One\ntwo $\\foo x$.\n", 1, r"the formula '\foo x' is wrong: no command \foo"),
    "open TeX": ("$$\n\\frac{1\n$$\n", 0, "a { has no }"),
    "half a fraction": ("$\\frac{1}$\n", 0, "too few arguments"),
    "link in TeX": ("$\\href{javascript:x}{a}$\n", 0, r"\href is not allowed"),
    "markup in a class name": (
        ":::{figure} prediction-bars\n:state: {classes: ['<b>a</b>', b, c, d]}\n:::\n",
        1,
        "classes is plain text; '<b>a</b>' holds markup",
    ),
    "unknown directive": (":::{figur} a\n:::\n", 0, "no directive 'figur'; did you mean 'figure'?"),
    "directive without braces": (":::figure a\n:::\n", 0, "a directive is written :::{name}"),
    "unknown option": (
        ":::{figure} prediction-bars\n:stat: {}\n:::\n",
        1,
        "figure has no option 'stat'; did you mean 'state'?",
    ),
    "option given twice": (":::{figure} prediction-bars\n:id: a\n:id: b\n:::\n", 2, "given twice"),
    "figure twice": (FIGURE + FIGURE, 2, "give this one an :id:"),
    "hide what is not there": (
        ":::{figure} prediction-bars\n:hide: unt\n:::\n",
        1,
        "no control 'unt'; did you mean 'unit'?",
    ),
    "share with none": (":::{figure} prediction-bars\n:shares: other\n:::\n", 1, "no figure"),
    "question about no figure": (
        ":::{question} Why?\n:figure: none\n\n- [x] a\n- [ ] b\n\nSo.\n:::\n",
        1,
        "no figure on this page is 'none'",
    ),
    "code about no figure": (
        ":::{code}\n:figure: none\n\n```python NumPy\nprint(1)\n```\n:::\n",
        1,
        "no figure on this page is 'none'",
    ),
    "value of nothing": ("One.\n\n{value}`loss`\n", 2, "there is no figure on this page"),
    "value unknown": (
        FIGURE + "\nIt is {value}`los`.\n",
        3,
        "shows no 'los'; did you mean 'loss'?",
    ),
    "format unknown": (FIGURE + "\n{value}`loss:percnt`\n", 3, "no format 'percnt'"),
    "colour unknown": ("A [word]{.los}.\n", 0, "no colour 'los'; did you mean 'loss'?"),
    "attribute": ("A [word]{#id onclick=x}.\n", 0, "takes a class only"),
    "dead lesson": ("[a](lesson:trail)\n", 0, "no lesson 'trail'; did you mean 'trial'?"),
    "dead folder": ("[a](../02-trial/index.md)\n", 0, "no lesson folder '02-trial'"),
    "dead path": ("[a](other.html)\n", 0, "'other.html' leads nowhere"),
    "dead heading": ("## One\n\n[a](#two)\n", 2, "no heading on this page is 'two'"),
    "dead heading elsewhere": ("[a](lesson:trial#none)\n", 0, "has no heading 'none'"),
    "title twice": ("# Title\n", 0, "headings begin with ##"),
    "heading skipped": ("## One\n\n#### Two\n", 2, "skips one"),
    "one choice": (QUESTION % "- [x] A\n\nWhy.", 0, "at least two choices"),
    "no right choice": (QUESTION % "- [ ] A\n- [ ] B\n\nWhy.", 0, "no choice is right"),
    "no wrong choice": (QUESTION % "- [x] A\n- [x] B\n\nWhy.", 0, "every choice is right"),
    "choice without a mark": (QUESTION % "- [x] A\n- B\n\nWhy.", 2, "begins with [ ] or [x]"),
    "no explanation": (QUESTION % "- [x] A\n- [ ] B", 0, "no explanation"),
    "try without see": (
        FIGURE
        + ":::{try}\n- {label: A, state: {target: 1}, see: B}\n- {label: A, state: {}}\n:::\n",
        4,
        "this thing to try has no 'see'",
    ),
    "code without a name": (":::{code}\n```python\nx\n```\n:::\n", 1, "needs its tab's name"),
    "code with an unknown slot": (
        FIGURE + ":::{code}\n```python NumPy\nx = 1\ny = {{prob}}\n```\n:::\n",
        5,
        "shows no 'prob'",
    ),
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_names_its_line_and_what_would_be_right(kind: str, tmp_path: Path) -> None:
    body, offset, wanted = MISTAKES[kind]
    said = mistake(write(tmp_path, body))
    assert said.startswith(f"01-trial/index.md:{BODY + offset}: "), said
    assert wanted in said


FRONTS = {
    "none": ("Text.\n", 1, "begins with its front matter"),
    "not closed": ("---\ntitle: A\n", 1, "not closed"),
    "not YAML": (FRONT.replace("title: Trial", "title: [a"), 3, "the front matter is not YAML"),
    "unknown key": (FRONT.replace("minutes", "minuts"), 5, "no 'minuts'; did you mean 'minutes'?"),
    "missing key": (FRONT.replace("part: Part\n", ""), 1, "has no 'part'"),
    "wrong kind": (FRONT.replace("5", "long"), 5, "'minutes' must be a whole number; got 'long'"),
    "key twice": (FRONT.replace("part: Part", "title: B"), 4, "'title' is given twice"),
    "needs a stranger": (FRONT.replace("---\n", "---\nneeds: [none]\n", 1), 2, "no lesson 'none'"),
}


@pytest.mark.parametrize("kind", FRONTS)
def test_front_matter_that_is_wrong_names_its_line(kind: str, tmp_path: Path) -> None:
    front, line, wanted = FRONTS[kind]
    said = mistake(write(tmp_path, "Text.\n", front=front))
    assert said.startswith(f"01-trial/index.md:{line}: "), said
    assert wanted in said


def test_two_lessons_cannot_have_one_slug(tmp_path: Path) -> None:
    write(tmp_path, "Text.\n", "01-trial")
    write(tmp_path, "Text.\n", "02-trial")
    assert mistake(tmp_path).startswith("02-trial/index.md:1: there is a lesson 'trial' already")


@pytest.mark.parametrize("name", ["Trial", "1_trial", "01-Trial"])
def test_a_folder_is_a_number_and_a_slug(name: str, tmp_path: Path) -> None:
    assert "must be named like 01-surprise" in mistake(write(tmp_path, "Text.\n", name))


def test_a_slug_cannot_be_an_address_of_the_site(tmp_path: Path) -> None:
    assert "the site uses it" in mistake(write(tmp_path, "Text.\n", "01-figures"))


def test_a_file_must_be_text(tmp_path: Path) -> None:
    write(tmp_path, "")
    (tmp_path / "01-trial/index.md").write_bytes(FRONT.encode() + b"One\n\xff\n")
    assert mistake(tmp_path) == f"01-trial/index.md:{BODY + 1}: the file must be UTF-8 text"


def test_a_broken_lesson_leaves_the_site_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lessons = write(tmp_path / "lessons", "Text.\n")
    out = tmp_path / "site"
    build(out, lessons=lessons, only="trial", say=lambda line: None)
    before = (out / "trial.html").read_bytes()
    write(lessons, ":::{figure} none\n:::\n")
    assert main(["build", str(out), "--lessons", str(lessons)]) == 2
    said = capsys.readouterr().err
    assert said == f"crossent: {lessons}/01-trial/index.md:{BODY}: no figure 'none'\n"
    assert (out / "trial.html").read_bytes() == before


def test_a_folder_that_is_not_there_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", str(tmp_path / "site"), "--lessons", str(tmp_path / "none")]) == 2
    assert "there is no such folder of lessons" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()
