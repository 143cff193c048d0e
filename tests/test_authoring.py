"""What a lesson's author asks for: a first lesson, a check, a course of one's own beside ours."""

import pytest
from tests.pages.writing import FRONT, write

from crossent.__main__ import main
from crossent.content import LESSONS
from crossent.pages.course import Course, parts


def said_by(capsys, *command):
    """The exit status of a command, and all that it says."""
    status = main([str(word) for word in command])
    told = capsys.readouterr()
    return status, told.out + told.err


def front(**entries):
    """Front matter with further entries, or others."""
    known = {"title": "Trial", "summary": "One sentence.", "part": "Part", "minutes": "5"}
    rows = "".join(f"{name}: {value}\n" for name, value in (known | entries).items())
    return f"---\n{rows}---\n"


# -- a first lesson, and a check ----------------------------------------------------------------


def test_a_new_lesson_is_written_behind_the_others_and_nothing_is_wrong_with_it(tmp_path, capsys):
    for slug in ("priors", "base-rates"):
        assert said_by(capsys, "new-lesson", slug, "--lessons", tmp_path)[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01-priors", "02-base-rates"]
    assert Course(tmp_path).lessons()[1].title == "Base rates"
    status, said = said_by(capsys, "check-lessons", tmp_path)
    assert (status, said) == (0, "2 lessons: nothing is wrong\n")


@pytest.mark.parametrize(
    ("slug", "problem"),
    [
        ("priors", "there is a lesson 'priors' already"),
        ("Base Rates", "the folder must be named like 01-surprise"),
        ("index", "a lesson cannot be named 'index'"),
        ("../away", "the folder must be named like 01-surprise"),
    ],
)
def test_a_new_lesson_takes_no_name_that_a_page_cannot_have(tmp_path, capsys, slug, problem):
    said_by(capsys, "new-lesson", "priors", "--lessons", tmp_path / "mine")
    status, said = said_by(capsys, "new-lesson", slug, "--lessons", tmp_path / "mine")
    assert status == 2
    assert problem in said
    assert said.count("\n") == 1
    assert [path.name for path in tmp_path.rglob("*.md")] == ["index.md"]


def test_a_check_says_every_mistake_once_with_its_file_and_line(tmp_path, capsys):
    write(tmp_path, "[gone](lesson:gone)\n", name="01-one")
    write(tmp_path, ":::{figur} prediction-bars\n:::\n", name="02-two")
    status, said = said_by(capsys, "check-lessons", tmp_path)
    assert status == 1
    assert said.splitlines() == [
        f"{tmp_path}/01-one/index.md:7: no lesson 'gone'; did you mean 'one'?",
        f"{tmp_path}/02-two/index.md:7: no directive 'figur'; did you mean 'figure'?",
        "0 lessons: mistakes: 2",
    ]


def test_a_check_knows_the_course_if_it_is_told_to(tmp_path, capsys):
    write(tmp_path, "[first](lesson:surprise#in-code) and [two](lesson:information)\n")
    assert said_by(capsys, "check-lessons", tmp_path)[0] == 1
    assert said_by(capsys, "check-lessons", tmp_path, "--with-course")[0] == 0


# -- one course of several folders --------------------------------------------------------------


def test_own_lessons_follow_the_course_and_are_counted_on(tmp_path):
    count = len(Course().lessons())
    write(tmp_path, "", name="01-mine")
    course = Course([LESSONS, tmp_path]).lessons()
    assert [one.number for one in course] == list(range(1, count + 2))
    assert course[-1].slug == "mine"


def test_a_lesson_stands_behind_the_one_that_it_names_and_keeps_its_part_together(tmp_path):
    write(tmp_path / "a", "", name="01-one", front=front(part="First"))
    write(tmp_path / "a", "", name="02-two", front=front(part="Second"))
    write(tmp_path / "b", "", name="01-far", front=front(part="Third"))
    write(tmp_path / "b", "", name="02-more", front=front(part="First"))
    write(tmp_path / "b", "", name="03-new", front=front(part="Own", after="one"))
    write(tmp_path / "b", "", name="04-newer", front=front(part="Own", after="new"))
    course = Course([tmp_path / "a", tmp_path / "b"]).lessons()
    assert [(title, [one.slug for one in group]) for title, group in parts(course)] == [
        ("First", ["one", "more"]),
        ("Own", ["new", "newer"]),
        ("Second", ["two"]),
        ("Third", ["far"]),
    ]


def test_folders_numbers_are_kept_where_they_rise(tmp_path):
    write(tmp_path, "", name="03-one")
    write(tmp_path, "", name="10-two")
    assert [one.number for one in Course(tmp_path).lessons()] == [3, 10]


def test_lessons_that_stand_behind_each_other_are_a_mistake_and_still_shown(tmp_path):
    write(tmp_path, "", name="01-one", front=front(after="two"))
    write(tmp_path, "", name="02-two", front=front(after="one"))
    write(tmp_path, "", name="03-three", front=front(after="one"))
    lessons, errors = Course(tmp_path).readable()
    assert len(lessons) == 3
    assert [str(error) for error in errors] == [
        f"{tmp_path}/01-one/index.md:6: after goes in a circle: one after two after one"
    ]


def test_a_translation_stands_where_its_original_does(tmp_path):
    for name, after in (("01-one", ""), ("02-two", ""), ("03-new", "one")):
        entries = {"after": after} if after else {}
        write(tmp_path, "", name=name, front=front(**entries))
    (tmp_path / "03-new" / "index.fr.md").write_text(front(title="Neuf", part="Partie"))
    assert [one.slug for one in Course(tmp_path).lessons("fr")] == ["one", "new", "two"]


# -- a course's own title and mark --------------------------------------------------------------


def test_a_course_has_a_title_and_a_mark_in_each_language(tmp_path):
    write(tmp_path, "")
    (tmp_path / "course.yml").write_text("title: Loss & Co\nmark: L<3\n")
    (tmp_path / "course.fr.yml").write_text("title: Pertes\n")
    course = Course([LESSONS, tmp_path])
    assert (course.brand().title, course.brand().mark) == ("Loss & Co", "L&lt;3")
    assert (course.brand("fr").title, course.brand("fr").language) == ("Pertes", "fr")
    assert Course(LESSONS).brand().title == "Crossent"


def test_a_picture_as_a_mark_stands_in_the_page(tmp_path):
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "course.yml").write_text("title: Loss\nmark: logo.svg\n")
    mark = Course(tmp_path).brand().mark
    assert mark.startswith('<img src="data:image/svg+xml;base64,')
    assert mark.endswith('" alt="Loss">')


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("mark: x\n", "course.yml:1: the course has no 'title'"),
        ("title: T\ntitel: x\n", "course.yml:2: a course has no 'titel'; did you mean 'title'?"),
        ("title: T\n\nmark: lgo.svg\n", "course.yml:3: no picture 'lgo.svg'"),
        ("title: T\nmark: ../logo.svg\n", "course.yml:2: the picture '../logo.svg' must lie in"),
        ("title: [1]\n", "course.yml:1: 'title' must be text; got [1]"),
        ("title: T\nmark: " + "x" * 50, "course.yml:2: a mark has at most 40 letters"),
    ],
)
def test_a_mistake_in_a_courses_file_has_its_line_and_leaves_the_pages(tmp_path, text, problem):
    write(tmp_path, "")
    (tmp_path / "course.yml").write_text(text)
    lessons, errors = Course(tmp_path).readable()
    assert len(lessons) == 1
    assert problem in str(errors[0])
    assert Course(tmp_path).brand().title == "Crossent"


def test_a_saved_course_file_is_something_new_to_read(tmp_path):
    write(tmp_path, "")
    course = Course(tmp_path)
    before = course.stamp()
    (tmp_path / "course.yml").write_text("title: Loss\n")
    assert course.stamp() != before


# -- notes for teachers -------------------------------------------------------------------------


def test_notes_lie_beside_a_lesson_and_are_none_of_its_contents(tmp_path):
    write(tmp_path, "## Plan\n\nText.\n")
    notes = "## Plan\n\nSee [the plan](#plan).\n\n:::{note} Time\nTen minutes.\n:::\n"
    (tmp_path / "01-trial" / "teacher.md").write_text(notes)
    (lesson,) = Course(tmp_path).lessons()
    assert [heading.identity for heading in lesson.headings] == ["plan"]
    assert "Ten minutes." in lesson.teacher
    assert "Ten minutes." not in lesson.body
    assert 'id="plan-2"' in lesson.teacher
    assert " hidden>" in lesson.teacher


def test_notes_in_the_pages_language_stand_before_the_english_ones(tmp_path):
    write(tmp_path, "")
    folder = tmp_path / "01-trial"
    (folder / "index.fr.md").write_text(FRONT)
    (folder / "teacher.md").write_text("Ten minutes.\n")
    assert 'lang="en"' in Course(tmp_path).lesson("trial", "fr").teacher
    (folder / "teacher.fr.md").write_text("Dix minutes.\n")
    french = Course(tmp_path).lesson("trial", "fr").teacher
    assert "Dix minutes." in french
    assert "Pour les enseignants" in french


@pytest.mark.parametrize(
    ("notes", "problem"),
    [
        ("One.\n\n[x](lesson:gone)\n", "teacher.md:3: no lesson 'gone'"),
        ("[x](lesson:trial#gone)\n", "teacher.md:1: lesson trial has no heading 'gone'"),
        ("[x](#gone)\n", "teacher.md:1: no heading on this page is 'gone'"),
        (":::{figure} prediction-bars\n:::\n", "teacher.md:1: no directive 'figure'"),
    ],
)
def test_a_mistake_in_the_notes_has_their_file_and_line(tmp_path, notes, problem):
    write(tmp_path, "")
    (tmp_path / "01-trial" / "teacher.md").write_text(notes)
    _, errors = Course(tmp_path).readable()
    assert problem in str(errors[0])
