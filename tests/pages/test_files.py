"""What a folder of lessons may hold that is no file, or called otherwise: one sentence, no wait."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pages.writing import FRONT, write

from crossent.pages.brand import CROSSENT
from crossent.pages.course import Course

PIXEL = b"\x89PNG\r\n\x1a\n"


def pipe(path: Path) -> None:
    """A pipe at which nobody writes."""
    os.mkfifo(path)


def link_to_nothing(path: Path) -> None:
    """A link that leads nowhere."""
    path.symlink_to(path.parent / "nothing")


def link_to_itself(path: Path) -> None:
    """A link that leads to itself."""
    path.symlink_to(path)


def endless(path: Path) -> None:
    """A device that gives bytes without end."""
    path.symlink_to("/dev/zero")


def ear(path: Path) -> None:
    """A socket's name."""
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's address is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "folder": (Path.mkdir, "Is a directory"),
    "pipe": (pipe, "it is no file"),
    "link to nothing": (link_to_nothing, "it is a link that leads nowhere"),
    "link to itself": (link_to_itself, "cannot be read: "),
    "device": (endless, "it is no file"),
    "socket": (ear, "cannot be read: "),
}
PLACES = [
    *("course.yml", "02-two/index.md", "02-two/index.fr.md"),
    *("02-two/teacher.md", "02-two/teacher.fr.md", "02-two/a.png"),
]
COURSE = "title: Ours\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no such kinds")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_one_sentence_and_the_lesson_beside_it_whole(
    kind: str, place: str, tmp_path: Path
) -> None:
    make, wanted = KINDS[kind]
    write(tmp_path, "Text.\n", "01-one")
    write(tmp_path, "![A](a.png)\n" if place.endswith("png") else "Text.\n", "02-two")
    if place.endswith("teacher.fr.md"):
        (tmp_path / "02-two/index.fr.md").write_text(f"{FRONT}Texte.\n", encoding="utf-8")
    file = tmp_path / place
    file.unlink(missing_ok=True)
    make(file)
    lessons, errors = Course(tmp_path).readable("fr")
    said = [str(error) for error in errors]
    assert len(said) == 1, said
    assert said[0].startswith(f"{tmp_path}/{place.replace('a.png', 'index.md')}"), said
    outside = "must lie in the lesson's own folder"
    assert (outside if place.endswith("png") and kind == "device" else wanted) in said[0]
    assert "one" in [lesson.slug for lesson in lessons]


MISNAMED = {
    "course.yaml": "the course's own file has this name; got 'course.yaml'",
    "Course.yml": "has this name; got 'Course.yml'",
    "course.fr.yml": "has this name; got 'course.fr.yml'",
    "02-two/index.fr.md": "there is no such file",
    "02-two/INDEX.md": "there is no such file",
    "02-two/index.markdown": "there is no such file",
}


@pytest.mark.parametrize("name", MISNAMED)
def test_what_has_nearly_its_name_is_not_passed_over(name: str, tmp_path: Path) -> None:
    write(tmp_path, "Text.\n", "01-one")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(COURSE, encoding="utf-8")
    lessons, errors = Course(tmp_path).readable()
    assert [lesson.slug for lesson in lessons] == ["one"]
    (said,) = map(str, errors)
    assert MISNAMED[name] in said


def test_a_lessons_folder_that_leads_nowhere_is_one_sentence(tmp_path: Path) -> None:
    write(tmp_path, "Text.\n", "01-one")
    link_to_nothing(tmp_path / "02-two")
    (said,) = map(str, Course(tmp_path).readable()[1])
    assert said.startswith(f"{tmp_path}/02-two/index.md")


@pytest.mark.parametrize("name", ["pictures", "02-pictures", "lost+found", ".git"])
def test_a_folder_without_a_lesson_is_nobodys_mistake(name: str, tmp_path: Path) -> None:
    write(tmp_path, "Text.\n", "01-one")
    (tmp_path / name).mkdir()
    (tmp_path / name / "a.png").write_bytes(PIXEL)
    assert Course(tmp_path).readable()[1] == []


def test_what_becomes_a_file_again_is_seen(tmp_path: Path) -> None:
    write(tmp_path, "Text.\n", "01-one")
    course, stamps = Course(tmp_path), set()
    for change in (
        lambda file: file.mkdir(),
        lambda file: (file.rmdir(), link_to_nothing(file)),
        lambda file: (file.unlink(), file.write_text(COURSE)),
        lambda file: file.unlink(),
    ):
        change(tmp_path / "course.yml")
        stamps.add(course.stamp())
    assert len(stamps) == 4 - 1  # a folder and a link to nothing are the same to a reader
    assert course.brand() == CROSSENT


@given(content=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_courses_own_file_holds_it_breaks_itself_only(
    content: bytes, tmp_path: Path
) -> None:
    write(tmp_path, "Text.\n", "01-one")
    (tmp_path / "course.yml").write_bytes(content)
    lessons, errors = Course(tmp_path).readable()
    assert [lesson.slug for lesson in lessons] == ["one"]
    assert all("\n" not in str(error) for error in errors)
    assert Course(tmp_path).brand() == CROSSENT or not errors
