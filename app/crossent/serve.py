"""The server: pages in Panel's shell, figures computed by NumPy.

What is open and to whom is said in serving/: this puts it together, starts it and stops it.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import gc
import os
import pickle
import shutil
import tempfile
import threading
import time
import webbrowser
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import panel as pn
from bokeh.settings import settings
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.process import task_id
from tornado.routing import Rule

from .build import build
from .content import ASSETS, LESSONS
from .endings import end_at_once
from .errors import CrossentError
from .figures import FIGURES, Figure
from .figures.figure import RUNS
from .i18n import languages
from .internals import (
    answer_only,
    application_of,
    connections_of,
    end_one_by_one,
    socket_context,
)
from .links.server import MakeRun, ServerLink, TorchReadouts
from .pages.course import Course
from .pages.lesson_page import lesson_slots
from .pages.page import index_slots, spec_in
from .rooms.memory import MemoryStore
from .rooms.rooms import Rooms
from .rooms.site import JoinPage, add_rooms
from .rooms.socket import RoomSocket
from .rooms.store import Store
from .saves import Saves
from .serving import crowd, log
from .serving.allowance import Turns
from .serving.assets import PROGRAM, SAMPLES, Programs, generated_assets
from .serving.doors import NotFound, Refusal, Unwelcome
from .serving.files import Assets, BuiltSite, GeneratedAssets, Icon, Libraries, ProgramFiles
from .serving.helper import Asker, Helper, HelperError
from .serving.hosts import EVERYWHERE, Hosts, Proxies, address_on_network, listening_address
from .serving.packing import pack_folder
from .serving.pages import (
    FigurePage,
    IndexPage,
    LessonPage,
    PracticePage,
    Shelf,
    TestPage,
    TrustPage,
    Visit,
    WithoutSlash,
    has_torch,
    trust_page,
)
from .serving.sessions import Sessions
from .serving.sockets import FigureSocket
from .serving.tickets import Ticket, Tickets, server_secret

# A session is made with its socket and goes with it; one whose socket never came about, so soon.
UNUSED_SESSION_LIFETIME = 10_000  # ms
CHECK_SESSIONS = 250  # ms
COLLECTIONS = 2  # of the younger objects, until the collector looks at all that sessions made

LONGEST_FRAME = 65_536  # bytes of a page's message; one of ten classes has two thousand
LONGEST_HEADERS = 24_576
MOST_RUNS = 1  # nobody waits for another's: the page works its own out, and sooner
PING, PONG = 25, 20  # s between looks whether a page is there still, and until it must say so
EXPIRE = 60_000  # ms between looks for rooms whose day is over
PARTING = 2.0  # s that what keeps rooms may take to let go, when the server ends
BODY_TIME = 2  # s that is waited for a body; no request for a page has one
HEADERS_TIME = 20  # s in which a request's headers must come, and that a connection may be idle

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"


def torch_asker(helper: Helper) -> Callable[[Asker], TorchReadouts] | None:
    """Torch's numbers for a figure's state, where torch is installed; another process's work."""
    if not has_torch():
        return None

    async def readouts(asker: Asker, name: str, state: dict[str, Any]) -> dict[str, Any] | None:
        with contextlib.suppress(HelperError):
            return dict(await helper.ask({"torch": [name, state]}, asker))
        return None

    return lambda asker: partial(readouts, asker)


def run_maker(helper: Helper) -> MakeRun:
    """Has a figure's run made by another process, and kept here; whether it could be."""

    async def make(figure: type[Figure], state: dict[str, Any]) -> bool:
        try:
            made = await helper.ask({"run": [figure.name_of, state]})
        except HelperError:
            return False
        RUNS.keep(figure.run_key(state), pickle.loads(made))  # it is our own process's
        return True

    return make


def build_server(
    *,
    port: int = 5006,
    address: str = "127.0.0.1",
    num_procs: int = 1,
    allow_origin: list[str] | None = None,
    compute: str | None = None,
    rooms: bool | str = False,
    lessons: Path | Sequence[Path] = LESSONS,
    secret: str | None = None,
    trusted_proxy: list[str] | None = None,
) -> Any:
    """A server that has bound its port and is not started yet.

    With `compute` "browser" it serves the built site: no session, and no traffic per drag. So it
    does with `rooms`, whose pages compute by themselves; otherwise `compute` is "server". Rooms are
    kept in this process, or in the Redis whose address `rooms` is.
    `secret` signs the tickets to sessions; without one, and without CROSSENT_SECRET in the
    environment, each start makes its own. `trusted_proxy` are the addresses of reverse proxies
    that say in X-Forwarded-For who asks.

    Raises
    ------
    CrossentError
        If the port is taken, or an option says what cannot be.
    """
    address = listening_address(address)
    if rooms:
        check_for_rooms(rooms, compute, num_procs)
    settings.resources = "server"  # nothing from any other origin
    pn.config.reconnect = False  # the page takes a new session by itself
    pn.config.browser_info = False  # nothing asks for it, and it is a second component a session
    log.quiet_libraries()
    hosts, proxies = Hosts(address, allow_origin or []), Proxies(trusted_proxy or [])
    tickets = Tickets(server_secret(secret))  # made before processes part, so that all have it
    course = Course(lessons)
    helper, saves = Helper(), Saves(course)

    def watch(link: ServerLink, ticket: Ticket) -> None:
        if ticket.lesson is not None:
            saves.watch(link, ticket.lesson, ticket.stamp)

    # Runs have a process of their own: they wait for no program to be traced, nor for torch.
    sessions = Sessions(torch_asker(helper), watch, run_maker(Helper(MOST_RUNS)))
    served = not rooms and compute != "browser"
    if served and num_procs > 1:
        warm()  # once, for all processes
    classroom = Rooms(store_of(rooms), course) if rooms else None
    pages = page_doors(course, tickets) if served else built_doors(course, hosts, classroom)
    try:
        server = pn.io.server.get_server(
            {"/": sessions.document},
            port=port,
            address=address,
            num_procs=num_procs,
            location=False,
            title="Crossent",
            use_index=False,
            keep_alive_milliseconds=0,  # Tornado's own pings follow, which see who does not answer
            websocket_ping_interval=PING,
            websocket_ping_timeout=PONG,
            websocket_max_message_size=LONGEST_FRAME,
            unused_session_lifetime_milliseconds=UNUSED_SESSION_LIFETIME,
            check_unused_sessions_milliseconds=CHECK_SESSIONS,
            http_server_kwargs={
                "idle_connection_timeout": HEADERS_TIME,
                "body_timeout": BODY_TIME,
                "max_header_size": LONGEST_HEADERS,
                "max_body_size": 0,
                "max_buffer_size": 4 * LONGEST_FRAME,
            },
            default_handler_class=NotFound,
            log_function=log.request,
        )
    except OSError as error:
        problem = f"cannot listen on {address}:{port} ({error.strerror})"
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            problem += f"; try --port {max(5006, (port + 1) % 65_536)}"
        raise CrossentError(problem) from error
    application = application_of(server)
    application.turns, application.proxies = Turns(), proxies
    application.rooms = classroom
    application.further = partial(warm_further, course) if served else None
    ours = {"hosts": hosts, "tickets": tickets, "sessions": sessions}
    socket = [(r"/ws", FigureSocket, socket_context(application) | ours)] if served else []
    refused = Rule(Unwelcome(hosts), Refusal, {"hosts": hosts})
    answer_only(application, [*socket, *file_doors(), *pages], refused)
    end_one_by_one(application)
    crowd.bound(connections_of(server), proxies)
    return server


def warm() -> None:
    """Makes what every page shares, once."""
    generated_assets()
    for figure in FIGURES.values():
        for form in ("card", "view"):
            figure.spec(form)
            time.sleep(0.002)  # a page that waits for another one goes first


def beside(work: Callable[[], None]) -> None:
    """Starts some work beside the loop; a server that ends does not wait for it."""
    threading.Thread(target=work, daemon=True).start()


def warm_further(course: Course) -> None:
    """Makes what pages in each language share; beside the loop, for it takes some seconds.

    Whoever asks for a page before has that page's part made at once.
    """
    warm()
    for language in languages():
        trust_page(Visit(language, languages()), course.brand(language))
        for slot in index_slots(nowhere, language=language):
            slot.given(), spec_in(language, slot.figure, "view")  # type: ignore[arg-type]
        with contextlib.suppress(CrossentError):
            for lesson in course.readable(language)[0]:
                for slot in lesson_slots(lesson, nowhere, language=language):
                    slot.given()
    keep_for_good()


def nowhere(*names: str) -> str:
    """An address where none is needed."""
    return ""


Doors = list[tuple[Any, ...]]


def file_doors() -> Doors:
    """Where styles, scripts, fonts and the libraries' scripts are."""
    root, programs = r"/assets/[0-9a-f]{12}", {"programs": Programs()}
    return [
        (rf"{root}/(crossent\.css|crossent\.js)", GeneratedAssets),
        (rf"{root}/programs/({SLUG})\.js", ProgramFiles, programs | {"kind": PROGRAM}),
        (rf"{root}/samples/({SLUG})\.json", ProgramFiles, programs | {"kind": SAMPLES}),
        (rf"{root}/library/([a-z0-9.-]+\.min\.js)", Libraries),
        (rf"{root}/(favicon\.svg|fonts/[a-z0-9-]+\.woff2)", Assets, {"path": str(ASSETS)}),
        (r"/favicon\.ico()", Icon, {"path": str(ASSETS / "favicon.ico")}),
    ]


def page_doors(course: Course, tickets: Tickets) -> Doors:
    """The pages whose figures this server computes, by address."""
    ours = {"course": course, "tickets": tickets, "shelf": Shelf(course)}
    return [
        (r"/", IndexPage, ours),
        (r"/practice", PracticePage, ours),
        (r"/how-we-know", TrustPage, {"course": course}),
        (rf"/figures/({SLUG})", FigurePage, ours),
        (rf"/test/({SLUG})", TestPage, ours),
        (rf"/({SLUG})", LessonPage, ours),
        (rf"/((?:figures/|test/)?{SLUG})/", WithoutSlash, {"course": course}),
    ]


def store_of(rooms: bool | str) -> Store:
    """What keeps rooms: this process, or a Redis.

    Raises
    ------
    CrossentError
        If it is no address of a Redis, or the package that speaks with one is not installed.
    """
    if not isinstance(rooms, str):
        return MemoryStore()
    try:
        from .rooms.redis import RedisStore
    except ModuleNotFoundError as error:
        raise CrossentError(
            "rooms in Redis need the package redis: pip install 'crossent[redis]'"
        ) from error
    store = RedisStore(rooms)
    store.check()
    return store


def check_for_rooms(rooms: bool | str, compute: str | None, num_procs: int) -> None:
    """Says what rooms cannot go with.

    Raises
    ------
    CrossentError
        If pages were to be computed by the server, or rooms of one process to be in several.
    """
    if compute == "server":
        raise CrossentError(
            "pages in rooms compute by themselves: leave out --compute server, or --rooms"
        )
    if num_procs > 1 and not isinstance(rooms, str):
        raise CrossentError(
            "--rooms keeps rooms in one process: for --num-procs give it a Redis, such as "
            f"--rooms redis://localhost:6379/0; got --num-procs {num_procs}"
        )


def built_doors(course: Course, hosts: Hosts, rooms: Rooms | None) -> Doors:
    """The built site, made now, under the addresses of the served one; rooms, if there are any.

    Raises
    ------
    CrossentError
        If the temporary folder cannot hold it.
    """
    try:
        folder = tempfile.mkdtemp(prefix="crossent-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        site, packed = f"{folder}/site", f"{folder}/packed"
        # The course's lessons are read once. Browsers keep none of a server's pages: what stays at
        # its address is in the way of whatever is served there next.
        build(Path(site), lessons=course, offline=False, say=lambda line: None)
        if rooms is not None:
            add_rooms(Path(site), course)
        pack_folder(Path(site), Path(packed))
    except OSError as error:
        problem = f"no temporary folder can hold the pages: {error.strerror or error}"
        raise CrossentError(problem) from error
    files = {"path": site, "packed": packed}
    doors: Doors = []
    if rooms is not None:
        doors = [
            (r"/ws/room", RoomSocket, {"hosts": hosts, "rooms": rooms}),
            (r"/join()", JoinPage, files),
        ]
    return [
        *doors,
        (rf"/((?:figures/|test/)?{SLUG})/", WithoutSlash, {"course": course}),
        (r"/(.*)", BuiltSite, files),
    ]


def serve(*, open_browser: bool = True, **options: Any) -> None:
    """Runs the server until it is interrupted, or told to end."""
    crowd.allow_files()
    begin(build_server(**options), open_browser=open_browser)


def begin(server: Any, *, open_browser: bool = False) -> None:
    """Starts a server, and returns when it has ended."""
    server.start()
    keep_for_good()
    if further := application_of(server).further:
        server.io_loop.add_callback(beside, further)
    if rooms := application_of(server).rooms:
        PeriodicCallback(rooms.store.expire, EXPIRE).start()
    task = task_id()  # None unless there are several processes, which were forked just now
    if task is not None:
        end_at_once()  # another takes its place
        stop_with_parent(server.io_loop, os.getppid())
    if task in (None, 0):
        say_where(server.address, server.port)
        here = f"http://{at(server.address)}:{server.port}/"
        if open_browser:
            server.io_loop.add_callback(open_page, here)
    try:
        server.io_loop.start()
    finally:
        if rooms:
            with contextlib.suppress(Exception):
                server.io_loop.run_sync(rooms.store.stop, timeout=PARTING)


def open_page(address: str) -> None:
    """Shows a page to whoever started the server, who is nobody where tests run."""
    if not os.environ.get("CI"):
        webbrowser.open(address)


def at(address: str) -> str:
    """An address of this machine as a browser on it is told."""
    if address in EVERYWHERE:
        return "localhost"
    return f"[{address}]" if ":" in address else address


def say_where(address: str, port: int) -> None:
    """Says where the server is: for the others of its network too, if it listens to them."""
    found = address_on_network() if address in EVERYWHERE else None
    if found:
        print(f"Others on this network find Crossent at http://{found}:{port}/", flush=True)
    print(f"Crossent is at http://{at(address)}:{port}/ (Ctrl+C stops it)", flush=True)


def keep_for_good() -> None:
    """Python's collector need not look again at what there is now: modules, figures, templates.

    What is left to look at is what sessions make, a thousandth of a second's work for each dozen,
    so all of it is looked at often: what closed pages leave in cycles does not pile up.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, COLLECTIONS)


def stop_with_parent(loop: IOLoop, parent: int) -> None:
    """Stops one of several processes when the one that was started, and forked them, is gone."""

    def look() -> None:
        if os.getppid() != parent:
            loop.stop()

    PeriodicCallback(look, 500).start()
