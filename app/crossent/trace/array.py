"""The traced array: it carries its NumPy value, and remembers how it was made.

Operators and ufuncs come in through ``__array_ufunc__``, other NumPy functions through
``__array_function__``; `functions` holds what those become. Anything that would lose the trace
raises `TraceError` with the way round it.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from crossent.errors import TraceError
from crossent.trace import indexing, ops, primitives
from crossent.trace.graph import DTYPES, Array, Graph, Node, Shape, check_dtype
from crossent.trace.where import fail

# NumPy's function: what it is on traced arrays. `functions` fills it.
FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {}

_SCALAR_WAY_ROUND = (
    "an input has no one value while it is traced: stay with arrays and NumPy's functions "
    "(np.where for a choice, np.stack to join, .astype for a dtype)"
)
_UFUNC_WAYS_ROUND: dict[str, str] = {
    "modf": "use np.trunc, and x - np.trunc(x)",
    "frexp": "use np.log2 and np.floor",
    "bitwise": "cast to np.uint32 or np.int32 first: 64 bits do not fit in JavaScript's numbers",
}


class Traced(NDArrayOperatorsMixin):
    """An array that depends on the inputs; `value` is what it is for the example."""

    __slots__ = ("graph", "node")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, graph: Graph, node: Node) -> None:
        """Wrap a node of a graph."""
        self.graph, self.node = graph, node

    @property
    def value(self) -> Array:
        """The NumPy array for the example."""
        return self.node.value

    @property
    def shape(self) -> Shape:
        """As in NumPy: the same for every input."""
        return self.node.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """As in NumPy."""
        return self.node.dtype

    @property
    def ndim(self) -> int:
        """As in NumPy."""
        return len(self.node.shape)

    @property
    def size(self) -> int:
        """As in NumPy."""
        return self.node.size

    @property
    def T(self) -> "Traced":  # noqa: N802
        """As in NumPy."""
        return self.transpose()

    def __repr__(self) -> str:
        """Name, shape and dtype; no value, which is only the example's."""
        return f"<traced {self.node.op}, shape {self.shape}, {self.dtype}>"

    def __len__(self) -> int:
        """The length of the first axis."""
        if not self.shape:
            fail("len() of a traced scalar", "a scalar has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator["Traced"]:
        """Along the first axis, which has the same length for every input."""
        if not self.shape:
            fail("iteration over a traced scalar", "iterate over range(n) with a fixed n")
        return (self[i] for i in range(self.shape[0]))

    def __getitem__(self, key: Any) -> "Traced":
        """Basic and advanced indexing, with constants and with traced integers."""
        return Traced(self.graph, indexing.getitem(self.graph, self.node, plain(key)))

    def __setitem__(self, _key: Any, _value: Any) -> None:
        """Not traceable."""
        fail(
            "assignment into a traced array",
            "make a new one with np.where, np.stack or np.concatenate",
        )

    def __bool__(self) -> bool:
        """Not traceable: the truth is known only for the example."""
        fail(
            "the truth of a traced value (if, while, and, or, not, assert, in, max(), min())",
            "use np.where for a choice, np.logical_and, np.logical_or, np.logical_not, np.maximum",
        )

    def __float__(self) -> float:
        """Not traceable."""
        fail(
            "float() of a traced value, a function of math, or assignment into a NumPy array",
            _SCALAR_WAY_ROUND,
        )

    def __int__(self) -> int:
        """Not traceable."""
        fail("int() of a traced value", _SCALAR_WAY_ROUND)

    def __complex__(self) -> complex:
        """Not traceable."""
        fail("complex() of a traced value", _SCALAR_WAY_ROUND)

    def __index__(self) -> int:
        """Not traceable: a length, a range or an index into a list would be frozen."""
        fail(
            "a traced value used as a length, a range, a slice's end or an index into a list",
            "keep lengths fixed and mask with np.arange(n) < k; look up with np.take_along_axis",
        )

    def __array__(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Not traceable: NumPy asked for plain numbers."""
        fail(
            "np.array, np.asarray, np.arange, np.full or assignment into a NumPy array would "
            "freeze a traced value",
            "leave np.asarray out, keep lengths fixed, join with np.stack or np.concatenate, "
            "repeat with np.broadcast_to, choose with np.where, convert with .astype",
        )

    def __round__(self, digits: int = 0) -> "Traced":
        """As in NumPy."""
        rounded: Traced = FUNCTIONS[np.round](self, digits)
        return rounded

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """NumPy calls this for every ufunc and operator that meets a traced array."""
        for name in ("out", "where"):
            if kwargs.pop(name, None) is not None:
                fail(
                    f"np.{ufunc.__name__} with {name}= (or +=, -= and the like)",
                    "write x = x + 1, not x += 1, and use np.where",
                )
        if method == "__call__" and ufunc not in FUNCTIONS:
            return apply(self.graph, ufunc, inputs, **kwargs)
        handler = FUNCTIONS.get(ufunc if method == "__call__" else getattr(np.ufunc, method))
        if handler is None:
            fail(f"np.{ufunc.__name__}.{method} has no JavaScript counterpart", "write it out")
        args = inputs if method == "__call__" else (ufunc, *inputs)
        with np.errstate(all="ignore"):
            real = getattr(ufunc, method)(*values(inputs), **values(kwargs))
        return checked(_call(handler, f"np.{ufunc.__name__}", args, kwargs), real)

    def __array_function__(
        self, func: Callable[..., Any], _types: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """NumPy calls this for every other function of its own that meets a traced array."""
        name = f"np.{func.__name__}"
        handler = FUNCTIONS.get(func)
        if handler is None:
            fail(f"{name} has no JavaScript counterpart", WAYS_ROUND.get(func.__name__, WAY_ROUND))
        with np.errstate(all="ignore"):
            real = func(*values(args), **values(kwargs))
        return checked(_call(handler, name, args, dict(kwargs)), real)

    def astype(self, dtype: Any, **_how: Any) -> "Traced":
        """As in NumPy; float32 and float16 round, floats become integers by truncation."""
        check_dtype(np.dtype(dtype))
        return Traced(self.graph, primitives.cast(self.graph, self.node, np.dtype(dtype)))

    def reshape(self, *shape: Any, order: str = "C") -> "Traced":
        """As in NumPy, in C order."""
        wanted = shape[0] if len(shape) == 1 else shape
        reshaped: Traced = FUNCTIONS[np.reshape](self, wanted, order)
        return reshaped

    def transpose(self, *axes: Any) -> "Traced":
        """As in NumPy."""
        order: Any = axes[0] if len(axes) == 1 else axes
        transposed: Traced = FUNCTIONS[np.transpose](self, order or None)
        return transposed

    def __getattr__(self, name: str) -> Any:
        """Methods of ndarray that have no counterpart say so; other names are not there."""
        if not name.startswith("__") and hasattr(np.ndarray, name):
            fail(
                f"the method or attribute .{name} of a traced array",
                WAYS_ROUND.get(name, f"use np.{name}, if there is one"),
            )
        raise AttributeError(name)


WAY_ROUND = "write it with ufuncs, np.where, np.sum, np.stack, indexing and the like"
WAYS_ROUND = {
    "copyto": "np.full, np.zeros and the like hold constants: use np.broadcast_to(x, shape)",
    "full": "use np.broadcast_to(x, shape)",
    "einsum": "write it with @ and np.transpose, or np.sum of a product",
    "tensordot": "write it with @ and np.reshape",
    "nonzero": "its shape would depend on values: keep the shape, and choose with np.where",
    "unique": "its shape would depend on values: count with np.sum(x == np.arange(n)[:, None], -1)",
    "bincount": "write np.sum(x == np.arange(n)[:, None], axis=-1)",
    "histogram": "write np.sum((x >= left[:, None]) & (x < right[:, None]), axis=-1)",
    "put_along_axis": "write np.where(np.arange(n) == index, value, x)",
    "put": "write np.where(np.arange(n) == index, value, x)",
    "median": "take the middle of np.sort(x)",
    "item": _SCALAR_WAY_ROUND,
    "tolist": _SCALAR_WAY_ROUND,
    "fill": "use np.full_like",
    "sort": "x = np.sort(x) gives a sorted copy",
    "interp": "find the interval with np.searchsorted and write the line between its ends",
}


def _method(func: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Traced, *args: Any, **kwargs: Any) -> Any:
        return func(self, *args, **kwargs)

    method.__name__ = func.__name__
    method.__doc__ = f"As np.{func.__name__}."
    return method


for _func in (
    *(np.sum, np.prod, np.mean, np.var, np.std, np.max, np.min, np.any, np.all, np.argmax),
    *(np.argmin, np.cumsum, np.cumprod, np.ravel, np.squeeze, np.swapaxes, np.take, np.repeat),
    *(np.clip, np.round, np.copy, np.dot, np.diagonal, np.argsort, np.searchsorted),
):
    setattr(Traced, "max" if _func is np.max else _func.__name__, _method(_func))
setattr(Traced, "min", _method(np.min))  # noqa: B010
setattr(Traced, "flatten", _method(np.ravel))  # noqa: B010
setattr(Traced, "conj", _method(np.conjugate))  # noqa: B010


def apply(graph: Graph, ufunc: np.ufunc, inputs: tuple[Any, ...], dtype: Any = None) -> Any:
    """The ufunc on its inputs, brought to the dtype of NumPy's inner loop first."""
    if ufunc is np.square:
        ufunc, inputs = np.multiply, (inputs[0], inputs[0])
    if ufunc.nout > 1:
        fail(f"np.{ufunc.__name__} has no JavaScript counterpart", _ufunc_way_round(ufunc))
    wanted = (*(None,) * ufunc.nin, None if dtype is None else np.dtype(dtype))
    loop = ufunc.resolve_dtypes((*map(promotion, inputs), None), signature=wanted)
    if not DTYPES.issuperset(loop):
        fail(f"np.{ufunc.__name__} on {loop[0]}", "use bool, an integer dtype or a float dtype")
    template: Any = ops.template(ufunc, loop[0], loop[-1])
    if template is None:
        fail(
            f"np.{ufunc.__name__} of {loop[0]} has no JavaScript counterpart",
            _ufunc_way_round(ufunc),
        )
    args = tuple(
        primitives.cast(graph, lift(graph, x, dt), dt) for x, dt in zip(inputs, loop, strict=False)
    )
    with np.errstate(all="ignore"):
        value = ufunc(*(arg.value for arg in args), dtype=loop[-1] if dtype is not None else None)
    if template == "{0}":
        return Traced(graph, primitives.cast(graph, args[0], loop[-1]))
    if ufunc is np.power and args[1].op == "const" and np.all(args[1].value == 2):
        args = (args[0], primitives.broadcast(graph, args[0], value.shape))
        template = ops.template(np.multiply, loop[0], loop[-1])
    return Traced(graph, primitives.map_(graph, template, args, value))


def _ufunc_way_round(ufunc: np.ufunc) -> str:
    kind = "bitwise" if "bitwise" in ufunc.__name__ or "shift" in ufunc.__name__ else ufunc.__name__
    kind = "bitwise" if kind == "invert" else kind
    return _UFUNC_WAYS_ROUND.get(kind, "write it with the ufuncs that crossent.trace.ops lists")


def promotion(x: Any) -> Any:
    """What decides the dtype: a Python number's type (weak), or the dtype."""
    if isinstance(x, Traced):
        return x.dtype
    return type(x) if type(x) in (int, float) else np.asarray(x).dtype


def lift(graph: Graph, x: Any, dtype: np.dtype[Any] | None = None) -> Node:
    """The node of a traced array, or of a constant."""
    if isinstance(x, Traced):
        return x.node
    return graph.const(np.asarray(x, dtype=dtype if type(x) in (int, float) else None))


def _call(
    handler: Callable[..., Any], name: str, args: Sequence[Any], kwargs: dict[str, Any]
) -> Any:
    """The handler's answer; an argument that it does not know is a `TraceError`."""
    try:
        inspect.signature(handler).bind(*args, **kwargs)
    except TypeError as error:
        fail(
            f"{name} with {error}", "leave that argument out, and write what it does with np.where"
        )
    return handler(*args, **kwargs)


def checked(result: Any, real: Any) -> Any:
    """`result`, which must have NumPy's shape and dtype, carrying NumPy's own value."""
    if isinstance(result, list | tuple):
        return type(real)(checked(a, b) for a, b in zip(result, real, strict=True))
    if isinstance(result, Traced):
        real = np.asarray(real)
        if (result.shape, result.dtype) != (real.shape, real.dtype):
            raise TraceError(
                f"the tracer gives {result.shape} {result.dtype} where NumPy gives "
                f"{real.shape} {real.dtype}: a mistake of the tracer's, please report it"
            )
        if result.node.op != "input":
            result.node.value = real
    return result


def values(x: Any) -> Any:
    """`x` with every traced array in it replaced by its value."""
    if isinstance(x, Traced):
        return x.value
    if type(x) in (list, tuple):
        return type(x)(map(values, x))
    if isinstance(x, Mapping):
        return {key: values(item) for key, item in x.items()}
    return x


def plain(key: Any) -> Any:
    """`key` with nodes for its traced arrays, for indexing."""
    if isinstance(key, Traced):
        return key.node
    return tuple(map(plain, key)) if isinstance(key, tuple) else key


def find_graph(*candidates: Any) -> Graph | None:
    """The graph of the first traced array found, in lists and tuples too."""
    for item in candidates:
        if isinstance(item, Traced):
            return item.graph
        if isinstance(item, list | tuple) and (graph := find_graph(*item)):
            return graph
    return None
