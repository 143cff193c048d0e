import os
import re
import time
from pathlib import Path

import pytest
from tests.pages.writing import FIGURE, lesson, write

from crossent.content import LESSONS
from crossent.pages.course import Course, parts
from crossent.pages.lesson import Lesson
from crossent.pages.lesson_page import lesson_slots, lesson_words
from crossent.pages.page import page_json
from crossent.pages.reference import GUIDE, renewed


def address(kind: str, name: str) -> str:
    return f"/{kind}/{name}"


def html(lesson: Lesson) -> str:
    return lesson.html(address)


def test_the_guide_holds_the_reference_as_it_is_now() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    assert renewed(guide) == guide, "run make generated"


def test_the_guides_lesson_can_be_read(tmp_path: Path) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    text = re.search(r"````markdown\n(.*?)````", guide, re.S)
    assert text
    write(tmp_path, text[1], front="")
    (found,) = Course(tmp_path).lessons()
    assert found.steps == ["question-1", "challenge-1"]
    assert [tab.label for tab in found.code] == ["PyTorch", "NumPy"]


def test_every_lesson_of_the_course_can_be_read() -> None:
    lessons = Course(LESSONS).lessons()
    assert [one.number for one in lessons] == sorted(one.number for one in lessons)
    assert sum(len(group) for _, group in parts(lessons)) == len(lessons)
    for one in lessons:
        assert one.figures, one.path
        assert one.steps, one.path


def test_markup_in_a_lesson_is_text(tmp_path: Path) -> None:
    found = html(lesson(tmp_path, "A <script>x</script> <b>b</b>\n\n<div onclick=x>\n"))
    assert "<script" not in found
    assert "<b>" not in found
    assert "<div onclick" not in found
    assert "&lt;script&gt;" in found


def test_markup_in_arguments_and_formulas_is_text(tmp_path: Path) -> None:
    body = f"{FIGURE}\n:::{{note}} A <img src=x>\nText $\\text{{<b>x}}$.\n:::\n"
    body += ":::{try}\n- {label: '<i>a', state: {target: 1}, see: '<u>b'}\n:::\n"
    found = html(lesson(tmp_path, body))
    for tag in ("<img", "<b>", "<i>", "<u>"):
        assert tag not in found


def test_a_javascript_link_is_text(tmp_path: Path) -> None:
    assert "<a" not in html(lesson(tmp_path, "[a](javascript:alert(1))\n"))


def test_links_between_lessons_resolve(tmp_path: Path) -> None:
    write(tmp_path, "## A heading\n", "02-other")
    body = "[a](lesson:other) [b](../02-other/index.md#a-heading) [c](figure:bce-curves)\n"
    found = html(lesson(tmp_path, body))
    assert 'href="/lesson/other"' in found
    assert 'href="/lesson/other#a-heading"' in found
    assert 'href="/figure/bce-curves"' in found


def test_a_link_that_spells_its_address_is_marked_for_print(tmp_path: Path) -> None:
    spelled = "[doi:10.1214/aoms](https://doi.org/10.1214/aoms)"
    named = "[the docs](https://example.org/docs) [docs](https://example.org/docs)"
    assert html(lesson(tmp_path, f"{spelled} {named}\n")).count('class="spelled"') == 1


def test_headings_have_ids_of_their_own(tmp_path: Path) -> None:
    found = lesson(tmp_path, "## One\n\n## One\n\n### $p - y$\n")
    assert [h.identity for h in found.headings] == ["one", "one-2", "section"]
    assert "<math" in found.headings[2].html


def test_a_value_is_formatted_as_in_its_figure(tmp_path: Path) -> None:
    found = html(lesson(tmp_path, FIGURE + "\n{value}`p_target` {value}`loss:percent`\n"))
    assert 'data-shows="p_target" data-format="probability"' in found
    assert 'data-shows="loss" data-format="percent"' in found


def test_text_above_a_figure_may_speak_of_it(tmp_path: Path) -> None:
    assert 'data-live="prediction-bars"' in html(lesson(tmp_path, "{value}`loss`\n\n" + FIGURE))


def test_code_is_filled_with_the_figures_state(tmp_path: Path) -> None:
    body = ":::{figure} prediction-bars\n:state: {target: 1}\n:::\n"
    body += ":::{code}\n```python NumPy\nx = {{target}}, {{probs}}, {{unit}}\n```\n:::\n"
    (tab,) = lesson(tmp_path, body).code
    assert tab.text == 'x = 1, [0.1, 0.2, 0.6, 0.1], "nats"\n'


def test_yaml_words_are_words(tmp_path: Path) -> None:
    body = ":::{figure} prediction-bars\n:state: {classes: [yes, no], probs: [0.999, 1e-3]}\n:::\n"
    state = lesson(tmp_path, body).figures[0].state
    assert state["classes"] == ["yes", "no"]
    assert state["probs"] == [0.999, 0.001]


def test_a_long_option_goes_on_indented(tmp_path: Path) -> None:
    body = ":::{figure} prediction-bars\n:state: {target: 1,\n  unit: bits}\n:::\n"
    state = lesson(tmp_path, body).figures[0].state
    assert (state["target"], state["unit"]) == (1, "bits")


def test_a_figure_shares_what_both_states_have(tmp_path: Path) -> None:
    body = ":::{figure} prediction-bars\n:state: {target: 0, classes: [a, b, c, d]}\n:::\n"
    body += ":::{figure} logit-gradient\n:shares: prediction-bars\n:::\n"
    first, second = lesson(tmp_path, body).figures
    assert second.state["classes"] == first.state["classes"] == ["a", "b", "c", "d"]
    assert len(second.state["logits"]) == 4


def test_slots_keep_their_state_under_their_own_prefix(tmp_path: Path) -> None:
    body = ":::{figure} prediction-bars\n:id: mine\n:hide: csv\n:::\n"
    (slot,) = lesson_slots(lesson(tmp_path, body), address)
    assert (slot.prefix, slot.hide, slot.own) == ("mine.", ("presets", "csv"), True)
    assert '"prefix":"mine."' in page_json([slot], served=False)


def test_lessons_lead_to_each_other(tmp_path: Path) -> None:
    write(tmp_path, "Text.\n", "02-next")
    lesson(tmp_path, "Text.\n")
    first, second = Course(tmp_path).lessons()
    words = lesson_words(first, [first, second], address)
    assert words["previous"] is None
    assert words["next"]["href"] == "/lesson/next"
    assert lesson_words(second, [first, second], address)["previous"]["href"] == "/lesson/trial"


def test_a_picture_travels_with_the_page(tmp_path: Path) -> None:
    write(tmp_path, "![A dot](dot.png)\n")
    (tmp_path / "01-trial/dot.png").write_bytes(b"PNG")
    (found,) = Course(tmp_path).lessons()
    assert 'src="data:image/png;base64,UE5H"' in lesson_words(found, [found], address)["body"]


def test_a_lesson_is_read_again_when_its_file_is_saved(tmp_path: Path) -> None:
    course = Course(write(tmp_path, "Before.\n"))
    before = course.lesson("trial")
    assert course.lesson("trial") is before
    write(tmp_path, "After..\n")
    later = time.time() + 2
    os.utime(tmp_path / "01-trial/index.md", (later, later))
    assert "After" in course.lesson("trial").body


def test_what_can_be_read_is_there_beside_what_cannot(tmp_path: Path) -> None:
    write(tmp_path, "Text.\n")
    write(tmp_path, ":::{figure} none\n:::\n", "02-broken")
    lessons, errors = Course(tmp_path).readable()
    assert [one.slug for one in lessons] == ["trial"]
    assert len(errors) == 1


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_directives_inside_code_are_code(fence: str, tmp_path: Path) -> None:
    found = html(lesson(tmp_path, f"{fence}\n:::{{figure}} none\n:::\n{fence}\n"))
    assert ":::{figure} none" in found


def test_a_formula_heads_a_column_by_name(tmp_path: Path) -> None:
    assert '<th aria-label="p">' in html(lesson(tmp_path, "| $p$ | b |\n|---|---|\n| 1 | 2 |\n"))
