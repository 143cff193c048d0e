"""ServerLink: a state comes over Panel's socket, its columns go back, one message each."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import numpy as np
import param

from .. import accidents
from ..errors import StateError, unknown
from ..figures.figure import Columns, Figure, State
from ..figures.parameters import is_number
from ..internals import Unseen

TorchReadouts = Callable[[str, State], Awaitable[dict[str, Any] | None]]
MakeRun = Callable[[type[Figure], State], Awaitable[bool]]


def encode_columns(columns: Columns) -> dict[str, Any]:
    """Columns as they travel: each one's length, and all numbers as one base64 of float64.

    A length of -1 is a single number; a column with several axes tells the length of each. JSON
    has no infinities and no nan; this has.
    """
    widths: dict[str, dict[str, int | list[int]]] = {}
    parts: list[bytes] = []
    for table, values in columns.items():
        lengths = widths[table] = {}
        for name, value in values.items():
            array = np.asarray(value, dtype=np.float64)
            short = array.size if array.ndim else -1
            lengths[name] = list(array.shape) if array.ndim > 1 else short
            parts.append(array.tobytes())
    return {"tables": widths, "data": base64.b64encode(b"".join(parts)).decode("ascii")}


class Sent:
    """What the page has of one figure: only tables that differ from it are sent again."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Any]] = {}

    def news(self, columns: Columns) -> Columns:
        """The tables that the page does not have yet; from now on it has them."""
        news = {
            name: table for name, table in columns.items() if not same(table, self.tables.get(name))
        }
        self.tables.update(news)
        return news


def same(table: dict[str, Any], other: dict[str, Any] | None) -> bool:
    """Whether two tables hold the same numbers (nan equals nan)."""
    if other is None or table.keys() != other.keys():
        return False
    return all(
        value is other[name] or np.array_equal(value, other[name], equal_nan=True)
        for name, value in table.items()
    )


class ServerLink(Unseen):
    """The socket's end for all figures of one page. It draws nothing."""

    _esm = """
    export function render({ model }) {
      window.crossent.connect(model);
      return document.createElement("span");
    }
    """

    ids = param.List([], item_type=str, doc="The figures that this link answers for.")

    def __init__(
        self,
        figures: Mapping[str, Figure],
        torch_readouts: TorchReadouts | None = None,
        make_run: MakeRun | None = None,
        **params: Any,
    ) -> None:
        super().__init__(ids=list(figures), **params)
        self._figures = dict(figures)
        self._sent = {name: Sent() for name in figures}
        self._torch_readouts = torch_readouts
        self._make_run = make_run
        self._to_check: dict[str, tuple[int, State] | None] = {}
        self._tasks: set[asyncio.Future[None]] = set()
        self._answering = False
        for identity, figure in self._figures.items():
            figure.param.watch(self._tell(identity), list(figure.parameters()))

    def answer(self, message: Any) -> dict[str, Any]:
        """The answer to a page's message: columns, or one sentence on what was wrong with it."""
        try:
            sequence, identity, request = understood(message, self._figures)
        except StateError as error:
            given = message.get("seq") if isinstance(message, dict) else None
            return {"seq": given if isinstance(given, int) else 0, "error": str(error)}
        try:
            return {"seq": sequence} | self._answer(sequence, identity, request)
        except StateError as error:
            return {"seq": sequence, "error": str(error)}
        except Exception as error:  # a page that waits for an answer must get one
            accidents.tell(f"{self._figures[identity].name_of} could not be computed", error)
            return {"seq": sequence, "error": "the server could not work this out"}

    def lacking(self, message: Any) -> tuple[int, type[Figure], State] | None:
        """The message's number, figure and state, if its answer hangs on a run not made yet."""
        if self._make_run is None:
            return None
        try:
            sequence, identity, request = understood(message, self._figures)
            figure = type(self._figures[identity])
            if figure.run is None:
                return None
            state = asked_state(figure, request)
        except StateError:
            return None  # the answer will say so
        return (sequence, figure, state) if figure.lacks_run(state) else None

    async def run(self, figure: type[Figure], state: State) -> bool:
        """Has a long run made where it keeps nobody waiting; whether it could be."""
        assert self._make_run is not None
        return await self._make_run(figure, state)

    def reload(self) -> None:
        """Has the page loaded again, in the state that its address holds."""
        self.send({"reload": True})

    def _answer(self, sequence: int, identity: str, request: dict[str, Any]) -> dict[str, Any]:
        figure, sent = self._figures[identity], self._sent[identity]
        state = asked_state(type(figure), request)
        columns = figure.columns(state)
        self._keep(figure, state)
        if request["whole"]:
            sent.tables.clear()
        answer: dict[str, Any] = {"columns": encode_columns(sent.news(columns))}
        if request["edit"] is not None:
            answer["state"] = state
        if request["torch"] and self._torch_readouts is not None:
            self._ask_torch(identity, sequence, state)
        return answer

    def _ask_torch(self, identity: str, sequence: int, state: State) -> None:
        """Torch's numbers follow when they are there; of states that wait the newest is asked."""
        under_way = identity in self._to_check
        self._to_check[identity] = (sequence, state)
        if not under_way:
            task = asyncio.ensure_future(self._tell_torch(identity))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _tell_torch(self, identity: str) -> None:
        assert self._torch_readouts is not None
        figure = self._figures[identity].name_of
        while asked := self._to_check.get(identity):
            self._to_check[identity] = None
            sequence, state = asked
            found = await self._torch_readouts(figure, state)
            if found is not None:
                self.send({"figure": identity, "seq": sequence, "torch": found})
        del self._to_check[identity]

    def _keep(self, figure: Figure, state: State) -> None:
        """Python sees what the page shows; what comes from the page is not told to it again."""
        changed = {name: value for name, value in state.items() if getattr(figure, name) != value}
        if not changed:
            return
        self._answering = True
        try:
            figure.param.update(**changed)
        finally:
            self._answering = False

    def _tell(self, identity: str) -> Callable[..., None]:
        """What is set in Python moves the page."""

        def tell(*events: param.parameterized.Event) -> None:
            if self._answering:
                return
            figure = self._figures[identity]
            given = {event.name: event.new for event in events}
            state, problems = figure.resolve(figure.state)
            if problems:
                # Set one by one, entries may not go together yet: those just set lead.
                state, problems = figure.resolve(given)
            if problems:
                raise StateError(problems[0])
            self._keep(figure, state)
            columns = encode_columns(self._sent[identity].news(figure.columns(state)))
            self.send({"figure": identity, "state": state, "columns": columns})

        return tell


def asked_state(figure: type[Figure], request: dict[str, Any]) -> State:
    """The state that a page asks for, its edit made.

    Raises
    ------
    StateError
        If the figure has no such state.
    """
    given, known = request["state"], figure.parameters()
    if len(given) > len(known):  # one unknown name is enough to say so
        stranger = next(name for name in given if name not in known)
        raise StateError(unknown(stranger, known, f"{figure.name_of} has no"))
    state, problems = figure.resolve(given)
    if problems:
        raise StateError(problems[0])
    if request["edit"] is None:
        return state
    edit = request["edit"]
    return figure.edited(state, edit["name"], edit["index"], edit["value"])


def understood(message: Any, figures: Mapping[str, Figure]) -> tuple[int, str, dict[str, Any]]:
    """A page's message, checked: its number, its figure, and what it asks.

    Raises
    ------
    StateError
        If it is not a message of ours; nothing of it is used then.
    """
    if not isinstance(message, dict):
        raise StateError("a message must be an object")
    sequence, identity = message.get("seq"), message.get("figure")
    if isinstance(sequence, bool) or not isinstance(sequence, int):
        raise StateError("a message must have a whole number seq")
    if not isinstance(identity, str) or identity not in figures:
        raise StateError("a message must name a figure of its page")
    state, edit = message.get("state"), message.get("edit")
    if not isinstance(state, dict) or not all(isinstance(key, str) for key in state):
        raise StateError("a message's state must be an object")
    if edit is not None and not is_edit(edit):
        raise StateError("a message's edit must have a name, an index and a finite value")
    return (
        sequence,
        identity,
        {
            "state": state,
            "edit": edit,
            "whole": message.get("whole") is True,
            "torch": message.get("torch") is True,
        },
    )


def is_edit(edit: Any) -> bool:
    """Whether a message's edit has the right form."""
    if not isinstance(edit, dict) or not isinstance(edit.get("name"), str):
        return False
    index, value = edit.get("index"), edit.get("value")
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < 1000:
        return False
    return is_number(value)
