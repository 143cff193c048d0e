"""Building harms nothing: what a build did not write stays, whatever ends the build."""

import base64
import errno
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.pages.writing import write

from crossent import build as building
from crossent import serve as serving
from crossent.__main__ import main
from crossent.build import build
from crossent.errors import ExportError
from crossent.rooms import begin
from crossent.site_folder import FRESH, HEAD, MARK, site_folder

APP = Path(__file__).parents[1] / "app"
PAGES = {"index.html": "new index", "a.html": "a", "assets/x.123.js": "x"}


def make(out: Path, pages: dict[str, str] = PAGES) -> None:
    """A site of a few files, written as a build writes one."""
    with site_folder(out) as fresh:
        for name, text in pages.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_text(text)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file's bytes by its path; a link's are where it leads."""
    return {
        str(path.relative_to(folder)): os.readlink(path).encode()
        if path.is_symlink()
        else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() or path.is_symlink()
    }


def sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence that was said."""
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("crossent: ")
    return line


# -- only what a build wrote -----------------------------------------------------------------------


def test_what_a_build_did_not_write_stays(tmp_path: Path) -> None:
    make(tmp_path / "site")
    own = {
        "CNAME": "x.org",
        ".git/HEAD": "ref",
        "notes/mine.html": "mine",
        "assets/logo.png": "png",
    }
    for name, text in own.items():
        (tmp_path / "site" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "site" / name).write_text(text)
    make(tmp_path / "site", {"index.html": "newer"})
    found = contents(tmp_path / "site")
    assert {name: found[name].decode() for name in own} == own
    assert set(found) == {*own, "index.html", MARK}
    assert found["index.html"] == b"newer"


def test_what_a_build_no_longer_writes_goes_and_so_do_its_empty_folders(tmp_path: Path) -> None:
    make(tmp_path / "site")
    make(tmp_path / "site", {"index.html": "newer"})
    assert {path.name for path in (tmp_path / "site").iterdir()} == {"index.html", MARK}


def test_a_page_that_was_edited_is_ours_still(tmp_path: Path) -> None:
    make(tmp_path / "site")
    (tmp_path / "site/a.html").write_text("edited")
    make(tmp_path / "site")
    assert (tmp_path / "site/a.html").read_text() == "a"


@pytest.mark.parametrize("kind", ["file", "folder", "link", "link in place of ours"])
def test_what_lies_in_the_way_is_said_and_left(kind: str, tmp_path: Path) -> None:
    site, other = tmp_path / "site", tmp_path / "other"
    other.write_text("the only copy")
    make(site, {"index.html": "old"} | ({"a.html": "old"} if "ours" in kind else {}))
    if kind == "file":
        (site / "a.html").write_text("a teacher's own")
    elif kind == "folder":
        (site / "a.html").mkdir()
    else:
        (site / "a.html").unlink(missing_ok=True)
        (site / "a.html").symlink_to(other)
    before = contents(site)
    with pytest.raises(ExportError, match=r"a.html is in the way, and no build wrote it"):
        make(site)
    assert contents(site) == before
    assert other.read_text() == "the only copy"


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_folder_of_the_site_that_is_something_else_is_said(kind: str, tmp_path: Path) -> None:
    site, other = tmp_path / "site", tmp_path / "other"
    make(site, {"index.html": "old"})
    other.mkdir()
    if kind == "file":
        (site / "assets").write_text("mine")
    else:
        (site / "assets").symlink_to(other)
    with pytest.raises(ExportError, match="assets is in the way"):
        make(site)
    assert list(other.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        *("../thesis.txt", "{}/thesis.txt", "sub/../../thesis.txt", "", ".", "down/thesis.txt"),
        *(
            "./index.html",
            "index.html/",
            "index.html/.",
            "x/" * 3000 + "x",
            "x" * 300,
            "a\0b",
            "<<<<",
        ),
    ],
)
def test_a_list_that_was_tampered_with_takes_nothing_away(name: str, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("the only copy")
    make(tmp_path / "site", {"index.html": "old"})
    (tmp_path / "site/down").symlink_to(tmp_path)
    listed = f"{HEAD}\n{name.format(tmp_path)}\nindex.html\n"
    (tmp_path / "site" / MARK).write_text(listed)
    make(tmp_path / "site", {"index.html": "new"})
    assert (tmp_path / "thesis.txt").read_text() == "the only copy"
    assert (tmp_path / "site/down").is_symlink()
    assert (tmp_path / "site/index.html").read_text() == "new"


@pytest.mark.parametrize("text", ["", "A site", HEAD[:-1], HEAD.replace("\n", ""), "\0" * 100])
def test_of_a_list_that_is_not_whole_nothing_is_taken_for_ours(text: str, tmp_path: Path) -> None:
    site = tmp_path / "site"
    make(site, {"index.html": "old"})
    (site / "a.html").write_text("a teacher's own")
    (site / MARK).write_text(text)
    before = contents(site)
    with pytest.raises(ExportError, match="is in the way, and no build wrote it"):
        make(site)
    assert contents(site) == before


def test_a_list_longer_than_any_is_not_read(tmp_path: Path) -> None:
    make(tmp_path / "site", {"index.html": "old"})
    with (tmp_path / "site" / MARK).open("ab") as file:
        file.truncate(50_000_000)
    with pytest.raises(ExportError, match="is no list that a build wrote"):
        make(tmp_path / "site")
    assert (tmp_path / "site/index.html").read_text() == "old"


def test_a_site_of_an_older_version_is_built_over_and_nothing_else_goes(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    for name in ("index.html", "CNAME"):
        (site / name).write_text("old")
    (site / MARK).write_text("A site built by crossent; building again replaces it.\n")
    make(site)
    assert (site / "index.html").read_text() == "new index"
    assert (site / "CNAME").read_text() == "old"


# -- where it cannot be written --------------------------------------------------------------------


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "site").symlink_to(tmp_path / "real")
    for _ in range(2):
        make(tmp_path / "site")
        assert (tmp_path / "site").is_symlink()
    assert (tmp_path / "real/index.html").is_file()


def test_the_folder_that_one_is_in_can_be_built_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        make(Path("."))
    assert set(contents(tmp_path)) == {*PAGES, MARK}


def odd(folder: Path) -> dict[str, Path]:
    """Places where no site can be, made in a folder."""
    (folder / "file").write_text("mine")
    (folder / "dangling").symlink_to(folder / "nowhere")
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "full").mkdir()
    (folder / "full/thesis.txt").write_text("mine")
    return {
        "a file": folder / "file",
        "below a file": folder / "file/site",
        "far below a file": folder / "file/a/b/site",
        "a link to nowhere": folder / "dangling",
        "a link to itself": folder / "loop",
        "below a link to itself": folder / "loop/site",
        "a folder of others": folder / "full",
        "a long name": folder / ("a" * 300),
        "a system's folder": Path("/proc/crossent/site"),
        "a device": Path("/dev/null"),
        "the root": Path("/"),
    }


ODD = (
    "a file",
    "below a file",
    "far below a file",
    "a link to nowhere",
    "a link to itself",
    "below a link to itself",
    "a folder of others",
    "a long name",
    "a system's folder",
    "a device",
    "the root",
)


@pytest.mark.parametrize("kind", ODD)
def test_a_place_where_no_site_can_be_is_one_sentence(kind: str, tmp_path: Path) -> None:
    place = odd(tmp_path)[kind]
    before = contents(tmp_path)
    with pytest.raises(ExportError) as caught:
        make(place)
    assert len(str(caught.value).splitlines()) == 1
    assert contents(tmp_path) == before
    assert not Path("/proc/crossent").exists()


def trap(site: Path, kind: str, other: Path) -> None:
    """Puts something unexpected where a build writes."""
    listed = f"{HEAD}\nindex.html\n"
    if kind == "the list is a folder":
        (site / MARK).unlink()
        (site / MARK).mkdir()
    elif kind == "the list is a link":
        (site / MARK).unlink()
        (site / MARK).symlink_to(other / "list")
        (other / "list").write_text(listed)
    elif kind == "the list is a pipe":
        (site / MARK).unlink()
        os.mkfifo(site / MARK)
    elif kind == "the new folder is a link":
        (site / FRESH).symlink_to(other)
    elif kind == "the new folder is a file":
        (site / FRESH).write_text("mine")
    elif kind == "the new folder is a dangling link":
        (site / FRESH).symlink_to(other / "nowhere")
    elif kind == "a page is a pipe":
        (site / "index.html").unlink()
        os.mkfifo(site / "index.html")
    elif kind == "a page is a folder":
        (site / "index.html").unlink()
        (site / "index.html").mkdir()
    elif kind == "a page is a link":
        (site / "index.html").unlink()
        (site / "index.html").symlink_to(other / "kept")
    elif kind == "the assets are a link":
        (site / "assets").symlink_to(other)
    else:
        (site / "assets").symlink_to(site)


@pytest.mark.parametrize(
    "kind",
    [
        *("the list is a folder", "the list is a link", "the list is a pipe"),
        *("the new folder is a link", "the new folder is a file"),
        *("the new folder is a dangling link", "a page is a pipe", "a page is a folder"),
        *("a page is a link", "the assets are a link", "the assets are the site"),
    ],
)
def test_a_trap_is_one_sentence_and_nothing_beside_the_site_changes(
    kind: str, tmp_path: Path
) -> None:
    site, other = tmp_path / "site", tmp_path / "other"
    make(site, {"index.html": "old"})
    other.mkdir()
    (other / "kept").write_text("mine")
    trap(site, kind, other)
    before = contents(other)
    with pytest.raises(ExportError) as caught:
        make(site)
    assert len(str(caught.value).splitlines()) == 1
    assert contents(other) == before


def test_two_names_of_one_file_part_when_it_is_built_again(tmp_path: Path) -> None:
    make(tmp_path / "site", {"index.html": "old"})
    os.link(tmp_path / "site/index.html", tmp_path / "copy.html")
    make(tmp_path / "site", {"index.html": "new"})
    assert (tmp_path / "copy.html").read_text() == "old"


@pytest.mark.parametrize("folder", ["assets", "gone"])
def test_a_folder_that_cannot_be_changed_is_said_before_anything_is(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, real = tmp_path / "site", os.access
    make(site, PAGES | {"gone/b.html": "old"})
    before = contents(site)
    with monkeypatch.context() as patch:
        # Permissions do not bind whoever may do everything, as in many a container.
        patch.setattr(os, "access", lambda path, mode: path != site / folder and real(path, mode))
        with pytest.raises(ExportError, match=f"{folder} cannot be written; nothing was changed"):
            make(site, dict.fromkeys(PAGES, "newer"))
    assert contents(site) == before


def test_a_folder_on_another_disk_is_said_before_anything_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, real = tmp_path / "site", Path.stat
    make(site)
    before = contents(site)

    def stat(path: Path, **given: bool) -> os.stat_result:
        found = list(real(path, **given))
        found[2] += path == site / "assets"
        return os.stat_result(found)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", stat)
        with pytest.raises(ExportError, match="assets is on another disk than the site"):
            make(site, dict.fromkeys(PAGES, "newer"))
    assert contents(site) == before


def test_a_new_spelling_of_a_name_that_the_disk_takes_for_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such disks are those of macOS and Windows; here the old name is a second one of the file."""
    site, real = tmp_path / "site", os.replace
    make(site, {"assets/Picture.png": "old"})
    os.link(site / "assets/Picture.png", site / "assets/picture.png")

    def replace(source: Path, target: Path) -> None:
        real(source, target)
        if target.name == "picture.png":
            (site / "assets/Picture.png").unlink()
            os.link(target, site / "assets/Picture.png")

    monkeypatch.setattr(os, "replace", replace)
    make(site, {"assets/picture.png": "new"})
    assert (site / "assets/Picture.png").read_text() == "new"


def test_a_readers_file_is_none_of_ours_though_its_name_differs_in_case_alone(
    tmp_path: Path,
) -> None:
    site = tmp_path / "site"
    make(site, {"Index.html": "ours"})
    (site / "index.html").write_text("the only copy")
    with pytest.raises(ExportError, match=r"index.html is in the way, and no build wrote it"):
        make(site, {"index.html": "new"})
    make(site, {"a.html": "ours"})
    assert (site / "index.html").read_text() == "the only copy"
    assert not (site / "Index.html").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("call", ["mkdir", "write_text"])
def test_a_disk_that_refuses_is_one_sentence_and_the_old_site_whole(
    number: int, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    make(site, {"index.html": "old"})
    before = contents(site)

    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, call, refuse)
        with pytest.raises(ExportError, match=os.strerror(number)):
            make(site)
    assert contents(site) == before


def test_a_build_that_fails_leaves_no_folder_behind(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), site_folder(tmp_path / "a/b/site") as fresh:
        (fresh / "x.html").write_text(str(1 / 0))
    assert list(tmp_path.iterdir()) == []


def test_two_builds_into_one_folder_do_not_meet(tmp_path: Path) -> None:
    with site_folder(tmp_path / "site") as fresh:
        (fresh / "index.html").write_text("one")
        with pytest.raises(ExportError, match="another build is writing"):
            make(tmp_path / "site")
    assert (tmp_path / "site/index.html").read_text() == "one"


def test_what_a_killed_build_left_goes_with_the_next(tmp_path: Path) -> None:
    (tmp_path / "site" / FRESH / "assets").mkdir(parents=True)
    (tmp_path / "site" / FRESH / "assets/half.js").write_text("ha")
    make(tmp_path / "site")
    assert set(contents(tmp_path / "site")) == {*PAGES, MARK}


# -- builds that are ended -------------------------------------------------------------------------


# What is written does not depend on what the figures' programs are, and to trace them takes long.
UNTRACED = """
import sys
from crossent import build
from crossent.__main__ import main
build.compile_figure = lambda figure: "// its program"
sys.exit(main(sys.argv[1:]))
"""


def start_build(site: Path, lessons: Path, **given: object) -> subprocess.Popen[str]:
    """`crossent build` in a process of its own."""
    command = [sys.executable, "-c", UNTRACED, "build", str(site), "--lessons", str(lessons)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=APP, stdout=pipe, stderr=pipe, text=True, **given)


def heed_interruptions() -> None:
    """Whoever runs the tests in the background may have told their processes not to."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of one short lesson."""
    return write(tmp_path_factory.mktemp("small"), "Text.\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_build_that_is_ended_leaves_the_old_site_and_nothing_for_long(
    number: signal.Signals, small: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    make(site, {"index.html": "old", "old.html": "old"})
    before = contents(site)
    with start_build(site, small, preexec_fn=heed_interruptions) as process:
        while process.poll() is None and not (site / FRESH).exists():
            time.sleep(0.002)
        time.sleep(0.01)
        process.send_signal(number)
        _, said = process.communicate(timeout=300)
    left = contents(site)
    assert {name: left[name] for name in left if not name.startswith(FRESH)} == before
    if number != signal.SIGKILL:
        assert process.returncode == 128 + number
        assert said == "crossent: interrupted\n"
        assert left == before
    make(site, {"index.html": "next"})
    assert set(contents(site)) == {"index.html", MARK}


def test_a_full_disk_is_one_sentence_and_the_old_site_whole(small: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    make(site, {"index.html": "old"})
    before = contents(site)
    limit = 50_000  # bytes of a file: less than a script has

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    with start_build(site, small, preexec_fn=bounded) as process:
        _, said = process.communicate(timeout=300)
    assert process.returncode == 2
    assert said.startswith("crossent: the site cannot be written: ")
    assert len(said.splitlines()) == 1
    assert contents(site) == before


def test_an_interruption_while_files_take_their_places_comes_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, moved = os.replace, []

    def interrupted(source: Path, target: Path) -> None:
        signal.raise_signal(signal.SIGINT)
        real(source, target)
        moved.append(target)

    monkeypatch.setattr(os, "replace", interrupted)
    # What runs in the background may have been told to take no notice of it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            make(tmp_path / "site")
    finally:
        signal.signal(signal.SIGINT, before)
    assert set(contents(tmp_path / "site")) == {*PAGES, MARK}
    assert len(moved) == len(PAGES) + 2


def test_a_build_killed_while_files_take_their_places_is_mended_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    real = os.replace

    def killed(source: Path, target: Path) -> None:
        if target.name == "a.html":
            raise SystemExit
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", killed)
        with pytest.raises(SystemExit):
            make(site)
    make(site, {"index.html": "next"})
    assert set(contents(site)) == {"index.html", MARK}


# -- pictures --------------------------------------------------------------------------------------

NAMES = [
    *("a/p.png", "b/p.png", "a-p.png", "a#b.png", "loss&grad.png", "ünï (1).png", "50%.png"),
    *("q?x=1.png", "<b>.png", "quote'.png", 'double".png', "sp ace.PNG", ".dot.png"),
    "long" * 50 + ".png",
]


@pytest.mark.parametrize("single_file", [False, True])
def test_each_picture_of_a_lesson_is_on_its_page(single_file: bool, tmp_path: Path) -> None:
    body = "\n\n".join(f"![picture {i}](<{quote(name)}>)" for i, name in enumerate(NAMES))
    lessons = write(tmp_path / "lessons", body)
    for i, name in enumerate(NAMES):
        file = lessons / "01-trial" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(f"picture {i}".encode())
    site = tmp_path / "site"
    build(site, lessons=lessons, only="trial", single_file=single_file, say=lambda line: None)
    page = (site / "trial.html").read_text()
    shown = dict(re.findall(r'<img src="([^"]*)" alt="([^"]*)"', page))
    assert sorted(shown.values()) == sorted(f"picture {i}" for i in range(len(NAMES)))
    for address, alt in shown.items():
        if single_file:
            assert base64.b64decode(address.partition("base64,")[2]) == alt.encode()
        else:
            assert (site / address).read_bytes() == alt.encode()


def test_an_interruption_of_the_server_is_no_failure_and_of_a_build_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(building, "build", interrupted)
    assert main(["build", str(tmp_path / "site")]) == 130
    assert sentence(capsys) == "crossent: interrupted"
    monkeypatch.setattr(serving, "serve", interrupted)
    monkeypatch.setattr(begin, "lead_room", interrupted)
    assert main(["serve"]) == main(["room"]) == 0
    assert capsys.readouterr().err == ""


# -- several folders -------------------------------------------------------------------------------


def test_lessons_of_several_folders_add_up(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write(first, "Text.\n", "02-b")
    write(second, "[to b](lesson:b)\n", "01-a")
    site = tmp_path / "site"
    given = ["--lessons", str(first), "--lessons", str(second)]
    assert main(["build", str(site), *given]) == 0
    assert (site / "b.html").is_file()
    assert 'href="b.html"' in (site / "a.html").read_text()
    index = (site / "index.html").read_text()
    assert index.index('href="b.html"') < index.index('href="a.html"')


def test_a_slug_in_two_folders_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("first", "second"):
        write(tmp_path / name, "Text.\n")
    given = ["--lessons", str(tmp_path / "first"), "--lessons", str(tmp_path / "second")]
    assert main(["build", str(tmp_path / "site"), *given]) == 2
    assert "there is a lesson 'trial' already, in" in sentence(capsys)
