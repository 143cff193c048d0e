"""What students hand in, as it comes from mail and learning platforms."""

import hashlib
import json
from pathlib import Path

import pytest

from crossent.handed_in import HEAD, work_in

WORK = {"lesson": "surprise", "name": "Ada", "done": {}}
BODY = json.dumps(WORK, indent=1) + "\n"
CODE = hashlib.sha256(f"{HEAD}\n{BODY}".encode()).hexdigest()
SAVED = f"{HEAD} {CODE}\n{BODY}".encode()


@pytest.mark.parametrize(
    "on_its_way",
    [
        lambda file: file,
        lambda file: b"\xef\xbb\xbf" + file,
        lambda file: file.replace(b"\n", b"\r\n"),
        lambda file: file.rstrip(b"\n"),
        lambda file: file + b"\r\n\r\n",
    ],
)
def test_other_ends_of_lines_and_of_the_file_are_no_change(on_its_way, tmp_path: Path) -> None:
    file = tmp_path / "surprise.crossent.txt"
    file.write_bytes(on_its_way(SAVED))
    assert work_in(file) == WORK


@pytest.mark.parametrize("change", [(b"Ada", b"Bob"), (b"}", b"} "), (b"work 1", b"work 2")])
def test_every_other_change_is_one(change, tmp_path: Path) -> None:
    file = tmp_path / "surprise.crossent.txt"
    file.write_bytes(SAVED.replace(*change))
    assert work_in(file) is None
