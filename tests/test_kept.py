"""What the code alone says is made once for its sources; anything else is made anew."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crossent import kept as keeping
from crossent.kept import kept


class Maker:
    """Makes a text that says how often it was made."""

    times = 0

    def __call__(self) -> str:
        self.times += 1
        return f"π, made {self.times}"


@pytest.fixture
def make() -> Maker:
    return Maker()


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only source that there is, saved long ago; what is made of it lies beside it."""
    (tmp_path / "sources").mkdir()
    source = tmp_path / "sources/a.py"
    saved(source, "1", 3600)
    monkeypatch.setattr(keeping, "SOURCES", {source.parent: ("*.py",)})
    monkeypatch.setattr(keeping, "digest_of_sources", keeping.digest_of_sources.__wrapped__)
    monkeypatch.setenv("CROSSENT_CACHE", str(tmp_path / "kept"))
    return source


def saved(source: Path, text: str, ago: float) -> None:
    source.write_text(text)
    os.utime(source, (time.time() - ago,) * 2)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_was_made_of_these_sources_is_taken_again(source: Path, make: Maker):
    assert [kept("a", make) for _ in range(3)] == ["π, made 1"] * 3


def test_a_source_that_has_changed_has_all_made_anew(source: Path, make: Maker):
    kept("a", make)
    saved(source, "2", 3600)
    assert kept("a", make) == "π, made 2"


def test_of_sources_saved_just_now_nothing_is_kept(source: Path, make: Maker, tmp_path: Path):
    saved(source, "1", 0)
    assert [kept("a", make) for _ in range(2)] == ["π, made 1", "π, made 2"]
    assert files(tmp_path / "kept") == []


@pytest.mark.parametrize(
    "tear",
    [
        lambda file: file.write_bytes(file.read_bytes()[:-1]),
        lambda file: file.write_bytes(b"\xff"),
        lambda file: file.write_bytes(b""),
    ],
)
def test_a_torn_file_is_made_anew(
    source: Path, make: Maker, tmp_path: Path, tear: Callable[[Path], object]
):
    kept("a", make)
    (file,) = files(tmp_path / "kept")
    tear(file)
    assert kept("a", make) == kept("a", make) == "π, made 2"


@pytest.mark.parametrize("folder", ["", os.devnull, f"{os.devnull}/a"])
def test_where_nothing_can_be_kept_all_is_made(
    source: Path, make: Maker, monkeypatch: pytest.MonkeyPatch, folder: str
):
    monkeypatch.setenv("CROSSENT_CACHE", folder)
    assert [kept("a", make) for _ in range(2)] == ["π, made 1", "π, made 2"]


def test_what_is_kept_of_old_sources_goes_and_nothing_else(
    source: Path, make: Maker, tmp_path: Path
):
    (tmp_path / "kept/mine").mkdir(parents=True)
    for i in range(6):
        saved(source, str(i), 3600)
        kept("a", make)
    assert len(files(tmp_path / "kept")) == keeping.GENERATIONS
    assert (tmp_path / "kept/mine").is_dir()


def test_whatever_the_package_is_made_of_counts_as_a_source():
    package = Path(keeping.__file__).parent
    patterns = keeping.SOURCES[package]
    ours = [path for path in files(package) if path.suffix not in (".pyc", ".md", ".typed")]
    assert [path for path in ours if not any(path.match(one) for one in patterns)] == []
