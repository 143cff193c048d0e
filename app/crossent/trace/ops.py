"""What each NumPy ufunc is in JavaScript, and how a result is rounded to its dtype.

A template is an expression with {0}, {1}, ... for its arguments, each used once; names that are
not JavaScript's own are functions of runtime.js. A new ufunc is a line here.
Bools are the numbers 0 and 1; an integer is never -0.
"""

from typing import Any

import numpy as np

CHOICE = "({0} ? {1} : {2})"  # np.where
AS_NUMBER = " ? 1 : 0)"  # the end of a test
_ALL = "biuf"
Templates = dict[str, str]


def _math(name: str, arity: int = 1) -> Templates:
    arguments = ", ".join(f"{{{i}}}" for i in range(arity))
    return {"f": f"{name}({arguments})"}


def _test(condition: str) -> Templates:
    return {_ALL: f"({condition}{AS_NUMBER}"}


UFUNCS: dict[np.ufunc, Templates] = {
    np.add: {"fiu": "({0} + {1})", "b": "({0} | {1})"},
    np.subtract: {"fiu": "({0} - {1})"},
    np.multiply: {"f": "({0} * {1})", "iu": "({0} * {1} + 0)", "b": "({0} & {1})"},
    np.true_divide: {"f": "({0} / {1})"},
    np.floor_divide: {"f": "floorDivide({0}, {1})", "iu": "intDivide({0}, {1})"},
    np.remainder: {"f": "remainder({0}, {1})", "iu": "intRemainder({0}, {1})"},
    np.fmod: {"f": "({0} % {1})", "iu": "({0} % {1} || 0)"},
    np.power: {"f": "power({0}, {1})", "iu": "intPower({0}, {1})"},
    np.float_power: {"f": "power({0}, {1})"},
    np.negative: {"f": "(-{0})", "iu": "(0 - {0})"},
    np.positive: {"fiu": "{0}"},
    np.absolute: {"fiu": "Math.abs({0})", "b": "{0}"},
    np.fabs: _math("Math.abs"),
    np.sign: {"fiu": "sign({0})"},
    np.reciprocal: {"f": "(1 / {0})"},
    np.conjugate: {"fiu": "{0}"},
    np.sqrt: _math("Math.sqrt"),
    np.cbrt: _math("Math.cbrt"),
    np.exp: _math("Math.exp"),
    np.exp2: {"f": "Math.pow(2, {0})"},
    np.expm1: _math("Math.expm1"),
    np.log: _math("Math.log"),
    np.log2: _math("Math.log2"),
    np.log10: _math("Math.log10"),
    np.log1p: _math("Math.log1p"),
    np.logaddexp: _math("logaddexp", 2),
    np.logaddexp2: _math("logaddexp2", 2),
    np.sin: _math("Math.sin"),
    np.cos: _math("Math.cos"),
    np.tan: _math("Math.tan"),
    np.arcsin: _math("Math.asin"),
    np.arccos: _math("Math.acos"),
    np.arctan: _math("Math.atan"),
    np.arctan2: _math("Math.atan2", 2),
    np.sinh: _math("Math.sinh"),
    np.cosh: _math("Math.cosh"),
    np.tanh: _math("Math.tanh"),
    np.arcsinh: _math("Math.asinh"),
    np.arccosh: _math("Math.acosh"),
    np.arctanh: _math("Math.atanh"),
    np.hypot: _math("Math.hypot", 2),
    np.deg2rad: {"f": f"({{0}} * {np.pi / 180!r})"},
    np.radians: {"f": f"({{0}} * {np.pi / 180!r})"},
    np.rad2deg: {"f": f"({{0}} * {180 / np.pi!r})"},
    np.degrees: {"f": f"({{0}} * {180 / np.pi!r})"},
    np.floor: {"f": "Math.floor({0})", "iub": "{0}"},
    np.ceil: {"f": "Math.ceil({0})", "iub": "{0}"},
    np.trunc: {"f": "Math.trunc({0})", "iub": "{0}"},
    np.rint: {"f": "rint({0})"},
    np.maximum: {"fiu": "Math.max({0}, {1})", "b": "({0} | {1})"},
    np.minimum: {"fiu": "Math.min({0}, {1})", "b": "({0} & {1})"},
    np.fmax: {"fiu": "fmax({0}, {1})", "b": "({0} | {1})"},
    np.fmin: {"fiu": "fmin({0}, {1})", "b": "({0} & {1})"},
    np.copysign: _math("copysign", 2),
    np.heaviside: _math("heaviside", 2),
    np.signbit: {"f": "signbit({0})"},
    np.isnan: _test("Number.isNaN({0})"),
    np.isfinite: _test("Number.isFinite({0})"),
    np.isinf: _test("Math.abs({0}) === Infinity"),
    np.less: _test("{0} < {1}"),
    np.less_equal: _test("{0} <= {1}"),
    np.greater: _test("{0} > {1}"),
    np.greater_equal: _test("{0} >= {1}"),
    np.equal: _test("{0} === {1}"),
    np.not_equal: _test("{0} !== {1}"),
    np.logical_and: {"b": "({0} & {1})", "iuf": "({0} !== 0 && {1} !== 0 ? 1 : 0)"},
    np.logical_or: {"b": "({0} | {1})", "iuf": "({0} !== 0 || {1} !== 0 ? 1 : 0)"},
    np.logical_xor: {"b": "({0} ^ {1})", "iuf": "(({0} !== 0) !== ({1} !== 0) ? 1 : 0)"},
    np.logical_not: {"b": "(1 - {0})", "iuf": "({0} === 0 ? 1 : 0)"},
    np.bitwise_and: {"biu": "({0} & {1})"},
    np.bitwise_or: {"biu": "({0} | {1})"},
    np.bitwise_xor: {"biu": "({0} ^ {1})"},
    np.invert: {"b": "(1 - {0})", "iu": "(~{0})"},
    np.left_shift: {"iu": "shiftLeft({0}, {1})"},
    np.right_shift: {"i": "shiftRight({0}, {1})", "u": "shiftRightUnsigned({0}, {1})"},
}

_BITWISE = frozenset(
    (np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift)
)
# Their result is one of their arguments, or an integer that the dtype holds exactly.
_NEEDS_NO_ROUNDING = frozenset(
    (np.maximum, np.minimum, np.fmax, np.fmin, np.positive, np.copysign, np.conjugate, np.sign)
)
_NO_ROUNDING_OF_FLOATS = _NEEDS_NO_ROUNDING | frozenset(
    (np.negative, np.absolute, np.fabs, np.floor, np.ceil, np.trunc, np.rint)
)
_ROUND = {
    "float32": "Math.fround({0})",
    "float16": "f16({0})",
    "int32": "({0} | 0)",
    "int16": "({0} << 16 >> 16)",
    "int8": "({0} << 24 >> 24)",
    "uint32": "({0} >>> 0)",
    "uint16": "({0} & 65535)",
    "uint8": "({0} & 255)",
}


def template(ufunc: np.ufunc, loop: np.dtype[Any], result: np.dtype[Any]) -> str | None:
    """The JavaScript of `ufunc` for arguments of dtype `loop`, rounded to `result`, if any."""
    if ufunc in _BITWISE and loop.kind in "iu" and loop.itemsize == 8:
        return None
    if ufunc is np.floor_divide and loop == np.float32:
        return "floorDivide32({0}, {1})"
    if ufunc is np.multiply and loop.kind in "iu" and loop.itemsize == 4:
        return rounded("Math.imul({0}, {1})", result)
    for kinds, text in UFUNCS.get(ufunc, {}).items():
        if loop.kind in kinds:
            exact = _NO_ROUNDING_OF_FLOATS if result.kind == "f" else _NEEDS_NO_ROUNDING
            return text if ufunc in exact or result.kind == "b" else rounded(text, result)
    return None


def by_a_number(text: str, second: object) -> str:
    """The template where its second argument is this text: a shift by a number needs no help."""
    if text == _SHIFT and isinstance(second, str) and second.isdigit() and int(second) < 32:
        return "({0} >>> {1})"
    return text


def rounded(expression: str, dtype: np.dtype[Any]) -> str:
    """`expression`, brought to the nearest value that `dtype` holds."""
    return _ROUND.get(dtype.name, "{0}").replace("{0}", expression)


def cast_template(source: np.dtype[Any], target: np.dtype[Any]) -> str:
    """The JavaScript that turns a `source` into a `target`; "{0}" where the number stays."""
    if target.kind == "b":
        return "({0} !== 0 ? 1 : 0)" if source.kind != "b" else "{0}"
    if np.can_cast(source, target, "safe"):
        return "{0}"
    if source.kind == "f" and target.kind in "iu":
        return rounded("(Math.trunc({0}) + 0)", target)
    return rounded("{0}", target)


_SHIFT = rounded("shiftRightUnsigned({0}, {1})", np.dtype(np.uint32))
