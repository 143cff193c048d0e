"""What counts as a change of a lesson."""

from pathlib import Path

from crossent.pages.course import Course


def test_a_saved_lesson_has_another_stamp_and_an_editors_hidden_file_changes_nothing(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "01-mine"
    folder.mkdir()
    file = folder / "index.md"
    file.write_text("one")
    place = Course(tmp_path).places()["mine"]
    before = place.stamp
    (folder / ".index.md.swp").write_text("what an editor keeps beside it")
    assert place.stamp == before
    file.write_text("another")
    assert place.stamp != before
