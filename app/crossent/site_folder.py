"""The folder of a built site: a build replaces what builds wrote there, and nothing else.

A site may share its folder with files that are not ours: CNAME, .git/, a teacher's own pages. So a
list of what was written is kept beside the pages, and a new site is made whole in a folder within,
from which its files take the old ones' places at the very end.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from .endings import undisturbed
from .errors import ExportError

MARK = ".crossent-site"
FRESH = ".crossent-new"
LONGEST_NAME, LONGEST_PATH = 255, 1_000  # bytes, of a file; characters, below the site
LONGEST_LIST = 4_000_000  # bytes; of our own course it has thirty thousand
HEAD = "A site built by crossent. Building again replaces the files named here, and no others."
WITHOUT_LIST = "A site built by crossent; building again replaces it."  # by an older version


@contextmanager
def site_folder(out: Path) -> Iterator[Path]:
    """An empty folder for a new site, which becomes the one in `out` when it is left.

    When it is left by an error or an interruption, `out` is as it was. What a process that was
    killed has left behind goes at the next time.

    Raises
    ------
    ExportError
        If `out` cannot be written, or holds something that no build wrote.
    """
    missing: list[Path] = []
    done = False
    try:
        check_folder(out)
        missing = [folder for folder in (out, *out.parents) if not folder.exists()]
        out.mkdir(parents=True, exist_ok=True)
        with alone(out):
            fresh = out / FRESH
            try:
                clear(fresh)
                fresh.mkdir()
                yield fresh
                publish(fresh, out)
                done = True
            finally:
                with undisturbed():
                    clear(fresh)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        problem = f"{where}{error.strerror or error}"
        raise ExportError(f"the site cannot be written: {problem}") from error
    finally:
        for folder in [] if done else missing:
            with suppress(OSError):  # it is not empty: another build's
                folder.rmdir()


def check_folder(out: Path) -> None:
    """Refuses what is no folder, and a folder that holds other files and no site."""
    try:
        if not out.is_dir():
            if out.exists() or out.is_symlink():
                raise ExportError(f"{out} is no folder; name one for the site")
            return
        foreign = {path.name for path in out.iterdir()} - {FRESH}
    except OSError as error:
        raise ExportError(f"{out} cannot be looked at: {error.strerror or error}") from error
    if foreign and MARK not in foreign:
        raise ExportError(f"{out} holds files that crossent did not build; name another folder")


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Lets one build at a time write to a folder."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:  # Windows has no such locks
        yield
        return
    folder = os.open(out, os.O_RDONLY)
    try:
        try:
            flock(folder, LOCK_EX | LOCK_NB)
        except BlockingIOError as error:
            raise ExportError(f"another build is writing to {out}") from error
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(folder)


def clear(folder: Path) -> None:
    """Takes away a folder of ours, if it is there."""
    if folder.is_symlink():
        raise ExportError(f"{folder} is a link; take it away")
    if folder.exists():
        shutil.rmtree(folder)


# -- what builds wrote -----------------------------------------------------------------------------


def written_before(out: Path) -> set[str] | None:
    """The files that builds have written to a folder: none that a list names which is not whole.

    None if all may be theirs: an older version kept no list.

    Raises
    ------
    ExportError
        If the list is larger than any that a build writes.
    """
    mark = out / MARK
    if not mark.is_file():
        return set()
    if mark.stat().st_size > LONGEST_LIST:
        raise ExportError(f"{mark} is no list that a build wrote; name another folder")
    head, *names = mark.read_text(encoding="utf-8", errors="replace").split("\n")
    if head == WITHOUT_LIST:
        return None
    return {name for name in names if is_within(name)} if head == HEAD else set()


def is_within(name: str) -> bool:
    """Whether a name is a path below the folder: the list is a file that anyone can change."""
    path = PurePosixPath(name)
    plain = path.as_posix() == name and not path.is_absolute() and ".." not in path.parts
    short = all(len(part.encode()) <= LONGEST_NAME for part in path.parts)
    return plain and short and name != "." and len(name) <= LONGEST_PATH


def write_list(fresh: Path, out: Path, names: set[str]) -> None:
    """Puts the list of what builds wrote in its place, at once."""
    text = "\n".join([HEAD, *sorted(names)])
    (fresh / MARK).write_text(f"{text}\n", encoding="utf-8")
    os.replace(fresh / MARK, out / MARK)


# -- putting the new in the old one's place --------------------------------------------------------


def publish(fresh: Path, out: Path) -> None:
    """Puts a whole new site in the old one's place; files that no build wrote stay as they are."""
    new = {path.relative_to(fresh).as_posix() for path in fresh.rglob("*") if path.is_file()}
    old = written_before(out)
    spelt = {folded(name): name for name in old or ()}
    for name in sorted(new | {MARK}):
        ours = old is None or name in old or name == MARK
        check_place(out, name, name if ours else spelt.get(folded(name)))
    gone = sorted(name for name in (old or set()) - new if is_file_of(out, name))
    check_folders(out, [*new, *gone])
    with undisturbed():
        # The list comes first: whatever ends this halfway, the next build knows what is ours.
        write_list(fresh, out, new | (old or set()))
        # Pages last: what they ask for is there by then.
        for name in sorted(new, key=lambda name: (name.endswith(".html"), name)):
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(fresh / name, out / name)
        spelt = {folded(name): name for name in new}
        for name in gone:
            if not same_file(out, name, spelt.get(folded(name))):
                take_away(out, name)
        write_list(fresh, out, new)


def check_place(out: Path, name: str, before: str | None) -> None:
    """Refuses to put a file where something of others lies, or to write through a link.

    `before` is how a build that wrote this file has spelt its name.
    """
    path = out / name
    for folder in folders_of(out, name):
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise ExportError(f"{folder} is in the way; move it away")
    if path.is_symlink() or (path.exists() and not same_file(out, name, before)):
        raise ExportError(f"{path} is in the way, and no build wrote it; move it away")


def folded(name: str) -> str:
    """What all spellings of a name have in common that some file systems take for one."""
    return unicodedata.normalize("NFC", name).casefold()


def same_file(out: Path, name: str, other: str | None) -> bool:
    """Whether two spellings name one file."""
    if other is None or not (out / name).is_file() or not (out / other).is_file():
        return False
    return (out / name).samefile(out / other)


def is_file_of(out: Path, name: str) -> bool:
    """Whether a name leads to a file through no link."""
    path = out / name
    linked = path.is_symlink() or any(folder.is_symlink() for folder in folders_of(out, name))
    return path.is_file() and not linked


def check_folders(out: Path, names: Iterable[str]) -> None:
    """Refuses folders in which nothing can be changed, before anything is."""
    found = {folder for name in names for folder in folders_of(out, name)}
    disk = out.stat().st_dev
    for folder in sorted(folder for folder in found if folder.exists()):
        if not os.access(folder, os.W_OK | os.X_OK):
            raise ExportError(f"{folder} cannot be written; nothing was changed")
        if folder.stat().st_dev != disk:
            raise ExportError(f"{folder} is on another disk than the site; nothing was changed")


def folders_of(out: Path, name: str) -> list[Path]:
    """The folders within the site that a file lies in, the innermost first."""
    return [parent for parent in (out / name).parents if out in parent.parents]


def take_away(out: Path, name: str) -> None:
    """Takes away a file that an older build wrote, and the folders that are empty then."""
    (out / name).unlink()
    for folder in folders_of(out, name):
        with suppress(OSError):  # it is not empty
            folder.rmdir()
