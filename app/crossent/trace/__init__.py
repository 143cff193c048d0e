"""NumPy to JavaScript: a compute function is run once on traced arrays, and emitted.

>>> import numpy as np
>>> def compute(logits, target):
...     exps = np.exp(logits - np.max(logits))
...     return {"readout": {"loss": -np.log(exps[target] / np.sum(exps))}}
>>> taken = trace(compute, {"logits": [2.0, 1.0, 0.1], "target": 0})
>>> taken.expected["readout"]["loss"].round(3)
np.float64(0.417)
>>> print(emit(taken)[:19])
const compute = (()
"""

from crossent.trace import functions as _functions
from crossent.trace import loops as _loops  # noqa: F401  gives traced arrays their loop
from crossent.trace.array import Traced
from crossent.trace.emit import emit, emit_all
from crossent.trace.tracer import Input, Output, Trace, as_inputs, trace

traceable_functions = _functions.table

__all__ = [
    "Input",
    "Output",
    "Trace",
    "Traced",
    "as_inputs",
    "emit",
    "emit_all",
    "trace",
    "traceable_functions",
]
