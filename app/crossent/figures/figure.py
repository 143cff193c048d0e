"""A figure: what can be set, what is computed, what is drawn.

A subclass declares its state as parameters, `compute` as a pure NumPy function from that state
to columns, and `view` as a tree of components and Bokeh plots that name those columns. Where the
numbers are computed, by the server or by the page itself, is a link's business.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar, Protocol

import numpy as np
from bokeh.models import ColumnDataSource
from panel.viewable import Viewer

from ..components import BatchTable, ClassBars, Node, Sources, all_nodes, spec_of
from ..core.kernels import move_probability
from ..errors import CrossentError, FigureError, StateError, unknown
from ..kept import kept
from ..places import Place, Placed, line_of
from .checks import check_figure, check_view
from .parameters import (
    ClassIndex,
    ClassNames,
    Distribution,
    Mask,
    Rows,
    RowTargets,
    StateParameter,
    Writing,
    page_order,
)
from .runs import Key, Ran, Runs, Work, key_of

State = dict[str, Any]
Columns = dict[str, dict[str, Any]]
RUNS = Runs()
WORK = Work()
MAKING = RLock()


@dataclass(frozen=True)
class Preset(Placed):
    """A state worth a button: its label, the entries that it sets, and what there is to see."""

    label: str
    state: State
    see: str = ""

    def spec(self) -> dict[str, Any]:
        """It as JSON values."""
        return {"label": self.label, "state": self.state, "see": self.see}


class Compute(Protocol):
    """A pure NumPy function of entries of the state, which it asks for by their names."""

    def __call__(self, *args: Any, **state: Any) -> Columns: ...


class Edit(Protocol):
    """One from entries of the state, `index` and `value` to the entries that it changes."""

    def __call__(self, *args: Any, **state: Any) -> State: ...


class Drawing(Protocol):
    """A tree of components, from the figure's tables as Bokeh sources."""

    def __call__(self, *columns: Any, **named: Any) -> Node: ...


class TorchReadouts(Protocol):
    """Torch's numbers for readouts, by name; the module torch is handed in."""

    def __call__(self, *torch_and_state: Any, **named: Any) -> dict[str, float]: ...


class Figure(Viewer):
    """A living picture: state in, columns out, components and plots that show them.

    A figure that trains declares `run` beside `compute`: a pure function of those entries of the
    state that the training hangs on, the playhead not among them. It returns a nested dict of
    arrays, and `compute` asks for it by the name ``run``::

        @staticmethod
        def run(learning_rate, seed):
            ...
            return {"loss": losses, "weights": weights}  # what scan stacked

        @staticmethod
        def compute(run, step):
            return {"readout": {"loss": run["loss"][step]}, ...}

    While the playhead moves, `run` is not computed again. In a page a long run goes on beside the
    page, and `compute` is given what has come of it, nan where nothing has: so what is worked
    out from a scan's results belongs in `compute`.
    """

    place: ClassVar[Place]  # where it is written, for errors
    name_of: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    # Random checks draw such a share of their usual states, and these entries within these bounds:
    # for runs, which take long, and in which rounding grows with the learning rate.
    checked_share: ClassVar[float] = 1.0
    checked_within: ClassVar[dict[str, tuple[float, float]]] = {}
    # Whether nan among its numbers is only what is not there, or not yet: it then reads as a dash.
    nan_is_blank: ClassVar[bool] = False
    presets: ClassVar[list[Preset]] = []
    # Code that prints the loss shown: language -> template whose {names} are state entries.
    code: ClassVar[dict[str, str]] = {}
    # A pure function of entries of the state, whose result compute asks for as `run`.
    run: ClassVar[Callable[..., Ran] | None] = None
    # Pure functions (state..., index, value) -> the entries they change; traced like compute.
    # Each Distribution brings one of its own name, which sets one of its probabilities.
    edits: ClassVar[Mapping[str, Edit]] = {}
    __abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.place = line_of(cls.__module__)
        shared = [name for name, value in vars(cls).items() if isinstance(value, Distribution)]
        cls.edits = {name: move_share(name) for name in shared} | dict(cls.edits)

    def __init__(self, **given: Any) -> None:
        state, problems = self.resolve(given)
        if problems:
            raise StateError(problems[0])
        super().__init__(**state)

    # The columns of every table, from the state's values as numbers and arrays.
    compute: ClassVar[Compute]
    # The whole figure, as a tree of components; plots draw from the given sources.
    view: ClassVar[Drawing]
    # The figure in small, for the index: one thing to drag and what follows.
    card: ClassVar[Drawing]
    # Torch's numbers for readouts of a state: what `crossent check` compares, and a served page
    # shows beside its own.
    torch_readouts: ClassVar[TorchReadouts | None] = None
    # What shows a figure in a notebook and in Panel apps: crossent.notebook puts itself here.
    shown_by: ClassVar[Callable[[Figure], Any] | None] = None

    @classmethod
    def error(cls, problem: str) -> FigureError:
        """An error of the figure as a whole: the line where its class begins, and a sentence."""
        return cls.place.error(f"{cls.name_of}: {problem}")

    # -- state ---------------------------------------------------------------------------------

    @classmethod
    @cache
    def parameters(cls) -> dict[str, StateParameter]:
        """The entries of the state, by name, in the order they were declared."""
        declared = (p for p in cls.param.objects("existing").values())
        return {p.name: p for p in declared if isinstance(p, StateParameter)}

    @classmethod
    def resolve(cls, given: Mapping[str, Any]) -> tuple[State, list[str]]:
        """The whole state for some given entries, and a sentence for each that was refused.

        What is refused or not given takes its default, fitted to the number of classes that
        the given entries speak of.
        """
        parameters = cls.parameters()
        accepted: State = {}
        problems: list[str] = []
        for name in page_order(given):  # as the page does: sentences come in one order
            value = given[name]
            try:
                if name not in parameters:
                    raise StateError(unknown(name, parameters, f"{cls.name_of} has no"))
                accepted[name] = parameters[name].check(value)
            except StateError as error:
                problems.append(str(error))
        num_classes = cls.num_classes(accepted)
        state = {name: p.fit(num_classes) for name, p in parameters.items()}
        for name, value in accepted.items():
            problem = misfit(parameters[name], value, num_classes, accepted)
            if problem:
                problems.append(problem)
            else:
                state[name] = value
        cls._match_rows(state, problems)
        return state, problems

    @classmethod
    def num_classes(cls, accepted: State) -> int:
        """The number of classes that some entries speak of, or else the default's; 0 if none do."""
        per_class = [n for n, p in cls.parameters().items() if p.per_class]
        given = [n for n in per_class if n in accepted]
        numbers = [n for n in given if not isinstance(cls.parameters()[n], ClassNames)]
        if given:
            return len(accepted[(numbers or given)[0]])
        return len(cls.parameters()[per_class[0]].default) if per_class else 0

    @classmethod
    def _match_rows(cls, state: State, problems: list[str]) -> None:
        for name, parameter in cls.parameters().items():
            if not isinstance(parameter, RowTargets):
                continue
            rows, targets = len(state[parameter.rows]), state[name]
            if len(targets) != rows:
                problems.append(
                    f"{name} must have one entry for each of the {rows} rows of "
                    f"{parameter.rows}; got {len(targets)}"
                )
                state[name] = (targets + [0] * rows)[:rows]

    @property
    def state(self) -> State:
        """The state as a plain dict of JSON values: what a link, a preset or a test holds."""
        return {name: getattr(self, name) for name in self.parameters()}

    @classmethod
    def columns(cls, state: State) -> Columns:
        """The columns of a state that has been checked."""
        arrays = cls.arrays(state)
        with np.errstate(all="ignore"):  # infinities and nan are answers here, not accidents
            return cls.compute(**arguments(cls.compute, arrays | cls.ran(arrays)))

    @classmethod
    def ran(cls, arrays: Mapping[str, Any]) -> dict[str, Ran]:
        """What compute is given beside the state, as arrays: the run, if the figure has one."""
        if cls.run is None:
            return {}
        given = arguments(cls.run, arrays)
        key = key_of(cls.name_of, given)
        kept = RUNS.get(key)
        if kept is None:
            with WORK.making(run=True), np.errstate(all="ignore"):
                kept = RUNS.keep(key, cls.run(**given))
        return {"run": kept}

    @classmethod
    def lacks_run(cls, state: State) -> bool:
        """Whether the columns of a checked state hang on a run that is not kept: long work."""
        return cls.run is not None and RUNS.get(cls.run_key(state)) is None

    @classmethod
    def run_key(cls, state: State) -> Key:
        """What the run of a checked state is kept under."""
        assert cls.run is not None, f"{cls.name_of} has no run"
        return key_of(cls.name_of, arguments(cls.run, cls.arrays(state)))

    @classmethod
    def arrays(cls, state: State) -> dict[str, Any]:
        """The state as compute receives it: float64 numbers and arrays; names and options as is."""
        num_classes = cls.num_classes(state)
        return {
            name: as_array(parameter, state[name], num_classes)
            for name, parameter in cls.parameters().items()
        }

    @classmethod
    def edited(cls, state: State, edit: str, index: int, value: float) -> State:
        """The state after an edit: a pure function of where it began, however it was reached.

        Raises
        ------
        StateError
            If there is no such edit, or its result leaves the parameters' bounds.
        """
        if edit not in cls.edits:
            raise StateError(unknown(edit, cls.edits, f"{cls.name_of} has no edit"))
        function = cls.edits[edit]
        arrays = cls.arrays(state) | {"index": np.int64(index), "value": np.float64(value)}
        with np.errstate(all="ignore"):
            changed = function(**arguments(function, arrays))
        parameters = cls.parameters()
        entries = {name: as_value(parameters.get(name), new) for name, new in changed.items()}
        state, problems = cls.resolve(state | entries)
        if problems:
            raise StateError(problems[0])
        return state

    @classmethod
    @cache
    def part_names(cls) -> tuple[str, ...]:
        """The names by which a page can hide parts: what they set, ask for or show, their own."""

        def found() -> list[str]:
            names = [name for node in all_nodes(cls.drawn("view")) for name in hiding_names(node)]
            return list(dict.fromkeys(names))

        return tuple(cls.kept("parts", found))

    def __panel__(self) -> Any:
        """The figure as a Panel component: in a notebook's output, or in any Panel app."""
        show = type(self).shown_by
        if show is None:
            raise CrossentError("figures are shown by crossent.notebook; import it first")
        return show(self)

    # -- what a page needs ---------------------------------------------------------------------

    @classmethod
    @cache
    def drawn(cls, form: str) -> Node:
        """The view or the card, every name in it checked.

        Raises
        ------
        FigureError
            With the file and the line of what names something that there is not.
        """
        check_figure(cls)
        columns = cls.columns(cls.resolve({})[0])
        sources = Sources((name, source_of(name, table)) for name, table in columns.items())
        node: Node = getattr(cls, form)(sources)
        check_view(cls, node, columns)
        return node

    @classmethod
    def spec(cls, form: str) -> dict[str, Any]:
        """Everything but the state, as JSON: parameters, presets, code, and the view's tree."""
        with MAKING, WORK.making():  # who asks for what another just makes makes no second
            return cls.spec_made(form)

    @classmethod
    @cache
    def spec_made(cls, form: str) -> dict[str, Any]:
        """The spec, made once in a process."""
        made: dict[str, Any] = cls.kept(form, partial(cls.spec_drawn, form))
        return made

    @classmethod
    def kept(cls, name: str, make: Callable[[], Any]) -> Any:
        """What is made of the figure's code alone, as JSON values, by a name of its own.

        Of the package's figures, whose sources are known, it is made once for these.
        """

        def text() -> str:
            return json.dumps(make())

        ours = Path(cls.place.path).parent == Path(__file__).parent
        return json.loads(kept(f"{cls.name_of}.{name}.json", text) if ours else text())

    @classmethod
    def spec_drawn(cls, form: str) -> dict[str, Any]:
        """The spec, made now."""
        made = {
            "name": cls.name_of,
            "title": cls.title,
            "summary": cls.summary,
            "parameters": [p.schema() for p in cls.parameters().values()],
            "presets": [preset.spec() for preset in cls.presets],
            "edits": sorted(cls.edits),
            "code": cls.code,
            "blank": cls.nan_is_blank,
            "view": spec_of(cls.drawn(form)),
        }
        return with_own_ids(made, f"{cls.name_of}-{form}")


MODEL_ID = re.compile(r'"((?:root_)?id)": "(p\d+)"')  # as Bokeh numbers what a process makes


def with_own_ids(spec: dict[str, Any], name: str) -> dict[str, Any]:
    """A spec whose Bokeh models are numbered under a name: none of another process has their ids.

    Panel finds what it shows by such an id among all that a page has.
    """
    numbers: dict[str, int] = {}

    def own(found: re.Match[str]) -> str:
        return f'"{found[1]}": "{name}-{numbers.setdefault(found[2], len(numbers))}"'

    numbered: dict[str, Any] = json.loads(MODEL_ID.sub(own, json.dumps(spec)))
    return numbered


def hiding_names(node: Node) -> tuple[str, ...]:
    """The names by which a page hides a node, or a row of it that is no node."""
    if isinstance(node, ClassBars):
        tools = ("add_class", "remove_class", "type_row") if node.resizable else ()
        return tuple(name for name in (node.target, node.names, *tools) if name)
    if isinstance(node, BatchTable):
        return (node.rows,)
    return node.part_names()


def move_share(entry: str) -> Edit:
    """The edit of a distribution: one probability is set, the others keep their proportions."""

    def edit(index: Any, value: Any, **state: Any) -> State:
        return {entry: move_probability(state[entry], index, value)}

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    names = (entry, "index", "value")
    edit.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, kind) for name in names]
    )
    return edit


def arguments(function: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that the function asks for by name."""
    return {name: values[name] for name in argument_names(function)}


@cache
def argument_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's parameters."""
    return tuple(inspect.signature(function).parameters)


def as_array(parameter: StateParameter, value: Any, num_classes: int) -> Any:
    """A state's value as compute receives it."""
    if not parameter.traced:
        return value
    if isinstance(parameter, Mask):
        return parameter.pixels(value)
    if isinstance(parameter, Rows):  # with no rows, an array still has its number of columns
        return np.array(value, dtype=np.float64).reshape(len(value), num_classes)
    if isinstance(parameter, Writing):
        return np.array(parameter.codes(value), dtype=np.int64)
    integral = isinstance(parameter, ClassIndex | RowTargets)
    array = np.array(value, dtype=np.int64 if integral else np.float64)
    return array if array.ndim else array[()]


def as_value(parameter: StateParameter | None, array: Any) -> Any:
    """What an edit gives, as the state holds it."""
    return parameter.text(array) if isinstance(parameter, Mask) else np.asarray(array).tolist()


def misfit(parameter: StateParameter, value: Any, num_classes: int, accepted: State) -> str | None:
    """Why a value, right in itself, does not go with the number of classes."""
    name = parameter.name
    if isinstance(parameter, ClassIndex) and value >= num_classes:
        return f"{name} must be from 0 to {num_classes - 1}; got {value}"
    if isinstance(parameter, RowTargets) and any(v >= num_classes for v in value):
        return f"{name} must be from 0 to {num_classes - 1}; got {max(value)}"
    if isinstance(parameter, ClassNames) and len(value) != num_classes:
        return f"{name} has {len(value)} names, but there are {num_classes} classes"
    if parameter.per_class and len(value) != num_classes:
        return f"{name} has {len(value)} entries, but there are {num_classes} classes"
    if parameter.kind == "rows" and any(len(row) != num_classes for row in value):
        return f"a row of {name} has {len(value[0])} entries, but there are {num_classes} classes"
    return None


def source_of(name: str, table: Mapping[str, Any]) -> ColumnDataSource:
    """A Bokeh source with a table's columns, still empty: the page fills it."""
    return ColumnDataSource(data={column: [] for column in table}, name=name)
