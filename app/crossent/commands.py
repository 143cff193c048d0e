"""What the command line takes, and what it does."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path

from . import __version__
from .content import LESSONS
from .errors import CrossentError, ExportError, readable

# Options of `build` that say what is made, and those that such output has no use for.
APART = {
    "--elements": ("--scorm", "--single-file", "--only", "--url", "--no-offline"),
    "--scorm": ("--single-file", "--url", "--no-offline"),
    "--single-file": ("--no-offline",),
}


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    top = argparse.ArgumentParser(
        prog="crossent", description="Cross-entropy loss that you can grab."
    )
    top.add_argument("--version", action="version", version=f"crossent {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    add_serve(commands.add_parser("serve", help="serve the figures on this machine"))
    add_room(commands.add_parser("room", help="open a live classroom on this machine"))
    add_build(commands.add_parser("build", help="write everything as static files"))
    add_extension(commands.add_parser("myst-plugin", help="write a plugin for MyST documents"))
    add_extension(commands.add_parser("quarto-extension", help="write an extension for Quarto"))
    add_new_lesson(commands.add_parser("new-lesson", help="write a first lesson to edit"))
    add_check_lessons(commands.add_parser("check-lessons", help="say what is wrong with lessons"))
    add_check_work(commands.add_parser("check-work", help="say what students have handed in"))
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
        help="who computes: this server (default), or each page, with no traffic per drag",
    )
    command.add_argument(
        "--rooms",
        type=redis_address,
        nargs="?",
        const=True,
        default=False,
        metavar="REDIS",
        help="live classrooms: a page can be opened as a room, which phones join by a code; pages "
        "compute by themselves. With the address of a Redis, such as redis://localhost:6379/0, "
        "rooms are kept there, for several processes or machines",
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


def add_room(command: argparse.ArgumentParser) -> None:
    """What `crossent room` takes."""
    command.add_argument(
        "page",
        nargs="?",
        metavar="PAGE",
        help="a lesson, such as surprise, or a figure, such as figures/bce-curves; default: the "
        "first lesson",
    )
    command.add_argument("--port", type=whole("a port", 65_535), default=5006, help="default: 5006")
    command.add_argument("--no-open", action="store_true", help="do not open the lecturer's page")
    add_lessons(command)


def add_build(command: argparse.ArgumentParser) -> None:
    """What `crossent build` takes."""
    command.add_argument("out", type=folder, metavar="OUT", help="the folder to write")
    command.add_argument(
        "--single-file", action="store_true", help="each page as one file that needs no other"
    )
    command.add_argument(
        "--only",
        metavar="SLUG",
        action="append",
        default=[],
        help="this lesson and its figures, no other; of a SCORM package it may be repeated",
    )
    command.add_argument(
        "--scorm",
        choices=["1.2", "2004"],
        help="a package for learning platforms, each lesson a unit of it; OUT is a .zip file",
    )
    command.add_argument(
        "--url",
        default="",
        metavar="ADDRESS",
        help="the address that the site will have: pages have pictures where they are shared, and "
        "there is a sitemap",
    )
    command.add_argument(
        "--no-offline",
        action="store_true",
        help="browsers keep no visited page for when there is no network, and forget those that an "
        "earlier build had them keep",
    )
    command.add_argument(
        "--elements",
        action="store_true",
        help="only what <crossent-figure> needs on pages of other sites; every site has it too",
    )
    add_lessons(command)


def add_extension(command: argparse.ArgumentParser) -> None:
    """What `crossent myst-plugin` and `crossent quarto-extension` take."""
    command.add_argument("out", type=folder, metavar="OUT", help="the folder to write")
    command.add_argument(
        "--only",
        metavar="SLUG",
        action="append",
        default=[],
        help="a lesson that documents can show too; may be repeated",
    )
    add_lessons(command)


def add_lessons(command: argparse.ArgumentParser) -> None:
    """The folders of lessons, which both take."""
    command.add_argument(
        "--lessons",
        type=folder,
        action="append",
        default=[],
        metavar="DIR",
        help="a folder of lessons of your own, in place of the course; may be repeated",
    )
    add_with_course(command)


def add_with_course(command: argparse.ArgumentParser) -> None:
    """Whether one's own lessons stand beside the course."""
    command.add_argument(
        "--with-course", action="store_true", help="the course too, before lessons of your own"
    )


def add_new_lesson(command: argparse.ArgumentParser) -> None:
    """What `crossent new-lesson` takes."""
    command.add_argument("slug", metavar="SLUG", help="its address, such as cross-entropy-at-work")
    command.add_argument(
        "--lessons",
        type=folder,
        default=Path("lessons"),
        metavar="DIR",
        help="the folder of lessons that it is written into; default: lessons",
    )


def add_check_lessons(command: argparse.ArgumentParser) -> None:
    """What `crossent check-lessons` takes."""
    command.add_argument(
        "folders", type=folder, nargs="+", metavar="DIR", help="a folder of lessons"
    )
    add_with_course(command)


def add_check_work(command: argparse.ArgumentParser) -> None:
    """What `crossent check-work` takes."""
    command.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="a file that a lesson's page has saved"
    )
    add_lessons(command)


def course_folders(own: list[Path], with_course: bool) -> list[Path]:
    """The folders of a course: one's own and the course, or the course where none is given."""
    return [*([LESSONS] if with_course or not own else []), *own]


def folder(text: str) -> Path:
    """What reads a folder's name; an empty one, as of a variable that is not set, is none."""
    if not text.strip():
        raise argparse.ArgumentTypeError("a folder must have a name")
    return Path(text)


def check_together(options: argparse.Namespace) -> None:
    """Refuses options of `build` of which one would not be heard beside the other."""
    for kind, others in APART.items():
        for other in others:
            if all(vars(options)[name.strip("-").replace("-", "_")] for name in (kind, other)):
                raise ExportError(
                    f"{other} says nothing of what {kind} makes; leave one of them out"
                )


def redis_address(text: str) -> str:
    """What reads the address of a Redis; an empty one, as of a variable not set, is none."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the address of a Redis is empty")
    return text.strip()


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
                rooms=options.rooms,
                lessons=course_folders(options.lessons, options.with_course),
                secret=options.secret,
                trusted_proxy=options.trusted_proxy,
                open_browser=not options.no_open,
            )
            return 0
        if options.command == "room":
            from .rooms.begin import lead_room

            lead_room(
                options.page,
                port=options.port,
                lessons=course_folders(options.lessons, options.with_course),
                open_browser=not options.no_open,
            )
            return 0
        if options.command == "build":
            from .build import build, build_elements, build_package

            check_together(options)
            folders = course_folders(options.lessons, options.with_course)
            if options.elements:
                build_elements(options.out)
                return 0
            if options.scorm:
                build_package(options.out, options.scorm, only=options.only, lessons=folders)
                return 0
            if len(options.only) > 1:
                raise ExportError("--only names one lesson; a SCORM package may have several")

            build(
                options.out,
                single_file=options.single_file,
                only=next(iter(options.only), None),
                url=options.url,
                offline=not options.no_offline,
                lessons=folders,
            )
            return 0
        if options.command in ("myst-plugin", "quarto-extension"):
            from .build import build_extension

            folders = course_folders(options.lessons, options.with_course)
            build_extension(options.command, options.out, only=options.only, lessons=folders)
            return 0
        if options.command == "new-lesson":
            from .authoring import new_lesson

            return new_lesson(options.slug, options.lessons)
        if options.command == "check-lessons":
            from .authoring import check_lessons

            return check_lessons(course_folders(options.folders, options.with_course))
        if options.command == "check-work":
            from .handed_in import check_work

            return check_work(options.files, course_folders(options.lessons, options.with_course))
        from .check import main as check

        return check(json=options.json)
    except CrossentError as error:
        print(f"crossent: {readable(str(error))}", file=sys.stderr)
        return 2
