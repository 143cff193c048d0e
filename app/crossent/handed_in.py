"""What students hand in from a SCORM package's pages where no platform answers: it is checked.

A file begins with a line that holds the SHA-256 of the rest (assets/runtime/hand-in.js). That shows
that nobody has changed it by hand, and no more: whoever reads a page's script can make one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .content import LESSONS
from .errors import ExportError, readable
from .pages.course import Course

HEAD = "crossent work 1"  # of the first line, as the page writes it
LONGEST = 1_000_000  # bytes
WRONG = 1  # the command's status where a file is not as it was saved


def check_work(
    files: Sequence[Path],
    lessons: Path | Sequence[Path] = LESSONS,
    say: Callable[[str], None] = print,
) -> int:
    """Says of each file what was done, or that it was changed; the exit status.

    Raises
    ------
    ExportError
        If a file cannot be read.
    """
    steps = {lesson.slug: lesson.steps for lesson in Course(lessons).lessons()}
    changed = False
    for file in files:
        work = work_in(file)
        changed = changed or work is None
        say(f"{readable(str(file))}: {said_of(work, steps)}")
    return WRONG if changed else 0


def work_in(file: Path) -> dict[str, Any] | None:
    """What a file says was done; None if it is not as a page has saved it."""
    try:
        with file.open("rb") as opened:
            text = opened.read(LONGEST).decode("utf-8", "replace")
    except OSError as error:
        problem = f"{readable(str(file))}: it cannot be read: {error.strerror or error}"
        raise ExportError(problem) from error
    # What is sent from one system to another may come with other ends of lines, and of the file.
    first, _, body = text.removeprefix("\ufeff").replace("\r\n", "\n").partition("\n")
    body = body.rstrip("\n") + "\n"
    code = hashlib.sha256(f"{HEAD}\n{body}".encode()).hexdigest()
    if first.strip() != f"{HEAD} {code}":
        return None
    try:
        work = json.loads(body)
    except ValueError:
        return None
    return work if isinstance(work, dict) else None


def said_of(work: dict[str, Any] | None, steps: dict[str, list[str]]) -> str:
    """A file's content in one line."""
    if work is None:
        return "not as it was saved"
    done, lesson = work.get("done"), work.get("lesson")
    known = steps.get(str(lesson))
    if known is None or not isinstance(done, dict):
        return f"of a lesson that is not here: {readable(str(lesson))[:40]}"
    count = sum(step in done for step in known)
    name = readable(str(work.get("name") or "no name"))[:80]
    saved = readable(str(work.get("saved")))[:16].replace("T", " ")
    return f"{name}, {lesson}: {count} of {len(known)} done, saved {saved}"
