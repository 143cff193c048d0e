"""What the command line takes, and what it does."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path

from . import __version__
from .content import LESSONS
from .errors import CrossentError


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    top = argparse.ArgumentParser(
        prog="crossent", description="Cross-entropy loss that you can grab."
    )
    top.add_argument("--version", action="version", version=f"crossent {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    add_serve(commands.add_parser("serve", help="serve the figures on this machine"))
    add_build(commands.add_parser("build", help="write everything as static files"))
    check = commands.add_parser("check", help="compare every function with torch")
    check.add_argument("--json", action="store_true", help="as JSON instead of a table")
    return top


def add_serve(command: argparse.ArgumentParser) -> None:
    """What `crossent serve` takes."""
    command.add_argument("--port", type=whole("a port", 65_535), default=5006, help="default: 5006")
    command.add_argument("--address", default="127.0.0.1", help="default: 127.0.0.1, this machine")
    command.add_argument("--no-open", action="store_true", help="do not open a browser")
    command.add_argument(
        "--dev",
        action="store_true",
        help="start again when code or an asset is saved",
    )
    processes = whole("--num-procs", 256)
    command.add_argument("--num-procs", type=processes, default=1, metavar="N", help="processes")
    command.add_argument(
        "--compute",
        choices=["server", "browser"],
        default="server",
        help="who computes: this server (default), or each page, with no traffic per drag",
    )
    command.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="HOST",
        help="a further host whose pages may use this server; may be repeated",
    )
    command.add_argument(
        "--trusted-proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a reverse proxy of yours, whose X-Forwarded-For says who asks; may be repeated",
    )
    command.add_argument(
        "--secret",
        help="what sessions are signed with, the same on each of several machines that serve one "
        "page; better given as CROSSENT_SECRET in the environment",
    )
    add_lessons(command)


def add_build(command: argparse.ArgumentParser) -> None:
    """What `crossent build` takes."""
    command.add_argument("out", type=folder, metavar="OUT", help="the folder to write")
    command.add_argument(
        "--single-file", action="store_true", help="each page as one file that needs no other"
    )
    command.add_argument("--only", metavar="SLUG", help="this lesson and its figures, no other")
    add_lessons(command)


def add_lessons(command: argparse.ArgumentParser) -> None:
    """The folder of lessons, which both take."""
    command.add_argument(
        "--lessons",
        type=folder,
        action="append",
        metavar="DIR",
        help="a folder of lessons of your own, in place of the course; may be repeated",
    )


def folder(text: str) -> Path:
    """What reads a folder's name; an empty one, as of a variable that is not set, is none."""
    if not text.strip():
        raise argparse.ArgumentTypeError("a folder must have a name")
    return Path(text)


def whole(what: str, most: int) -> Callable[[str], int]:
    """What reads a whole number from 1 on."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not 0 < int(text) <= most:
            problem = f"{what} is a number from 1 to {most}; got '{text[:40]}'"
            raise argparse.ArgumentTypeError(problem)
        return int(text)

    return read


def run(argv: list[str] | None = None) -> int:
    """Runs one command; its exit status."""
    options = parser().parse_args(argv)
    try:
        if options.command == "serve" and options.dev:
            from .dev import serve_again

            given = sys.argv[1:] if argv is None else argv
            serve_again([argument for argument in given[1:] if argument != "--dev"])
            return 0
        if options.command == "serve":
            from .serve import serve

            serve(
                port=options.port,
                address=options.address,
                num_procs=options.num_procs,
                allow_origin=options.allow_origin,
                compute=options.compute,
                lessons=options.lessons or LESSONS,
                secret=options.secret,
                trusted_proxy=options.trusted_proxy,
                open_browser=not options.no_open,
            )
            return 0
        if options.command == "build":
            from .build import build

            build(
                options.out,
                single_file=options.single_file,
                only=options.only,
                lessons=options.lessons or LESSONS,
            )
            return 0
        from .check import main as check

        return check(json=options.json)
    except CrossentError as error:
        print(f"crossent: {error}", file=sys.stderr)
        return 2
