"""Files that a folder of lessons may hold, read as far as they are files, and never waited for."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def within(folder: Path, file: Path) -> bool:
    """Whether a file lies in a folder, wherever links may lead; no file has some names."""
    try:
        return file.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return True


def is_there(file: Path) -> bool:
    """Whether there is such a file; none has a name with a NUL in it, or one that is too long."""
    try:
        return file.is_file()
    except (OSError, ValueError):
        return False


def is_named(path: Path) -> bool:
    """Whether anything has this name: a folder, a pipe, a link that leads nowhere.

    Whoever gave it that name meant it to be read, and reading it says what is wrong.
    """
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError as error:
        return error.errno != errno.ENAMETOOLONG
    return True


def content_of(file: Path, most: int) -> bytes:
    """The first bytes of a file, so many at most.

    Raises
    ------
    OSError
        If it is no file, or cannot be read, with the reason as its ``strerror``.
    """
    try:
        with open(file, "rb", opener=without_waiting) as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise OSError(errno.EINVAL, "it is no file")
            return opened.read(most)
    except FileNotFoundError as error:
        problem = (
            "it is a link that leads nowhere" if file.is_symlink() else "there is no such file"
        )
        raise FileNotFoundError(error.errno, problem) from None


def without_waiting(path: str, flags: int) -> int:
    """Opens a file; a pipe at which nobody writes would be waited for without end."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
