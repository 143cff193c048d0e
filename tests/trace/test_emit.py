"""What the emitted JavaScript is like: deterministic, self-contained, safe to hand to a page."""

import re
import subprocess
import sys

import numpy as np
import pytest

from crossent.errors import TraceError
from crossent.trace import as_inputs, emit, emit_all, trace, traceable_functions

STRICT = "default-src 'none'; script-src 'nonce-x'"


def compute(logits, target, temperature):
    """A softmax with its cross-entropy, and a curve."""
    shifted = logits / temperature - np.max(logits / temperature)
    log_probs = shifted - np.log(np.sum(np.exp(shifted)))
    probs = np.exp(log_probs)
    truth = np.where(np.arange(logits.shape[-1]) == target, 1.0, 0.0)
    x = np.linspace(-5, 5, 200)
    return {
        "classes": {"prob": probs, "grad": probs - truth, "again": probs, "logit": logits},
        "curve": {"x": x, "loss": np.logaddexp(0.0, -x * temperature)},
        "readout": {"loss": -log_probs[target], "right": np.argmax(probs) == target},
    }


EXAMPLE = {"logits": [2.0, 1.0, 0.1], "target": 0, "temperature": 1.0}
PROGRAM = """
import sys; sys.path.insert(0, "tests/trace")
from test_emit import *
print(emit(trace(compute, EXAMPLE)))
"""


@pytest.fixture(scope="module")
def source():
    return emit(trace(compute, EXAMPLE))


def call(page, source, expression):
    return page.evaluate(f"() => {{ {source}\nreturn {expression}; }}")


def test_the_text_is_the_same_in_every_process(source):
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    texts = {
        subprocess.run(
            command,
            env={"PYTHONHASHSEED": s, "PYTHONPATH": "app:."},
            check=True,
            text=True,
            capture_output=True,
        ).stdout
        for s in ("1", "2")
    }
    assert texts == {source + "\n"}


def test_it_agrees_for_every_number_of_classes(agree):
    rng = np.random.default_rng(0)
    for num_classes in range(2, 11):
        states = [
            {
                "logits": rng.normal(size=num_classes) * 5,
                "target": int(rng.integers(num_classes)),
                "temperature": float(rng.uniform(0.1, 4)),
            }
            for _ in range(20)
        ]
        agree(compute, *states, atol=1e-15)


def test_it_runs_in_a_module_and_in_a_classic_script_without_eval(page, source):
    loss = "compute({logits: [2, 1, 0.1], target: 0, temperature: 1}).readout.loss"
    body = f"""<meta http-equiv="Content-Security-Policy" content="{STRICT}">
    <script nonce="x">{source} window.classic = {loss};</script>
    <script nonce="x" type="module">{source}
    export {{ compute }};
    window.module = {loss};</script>"""
    page.set_content(body)
    page.wait_for_function("window.module !== undefined", timeout=30_000)
    assert page.evaluate("[window.classic, window.module]") == pytest.approx(
        [0.41703, 0.41703], abs=1e-5
    )
    page.goto("about:blank")


def test_each_call_gives_columns_of_its_own(page, source):
    script = """(() => {
      const a = compute({logits: [2, 1, 0], target: 0, temperature: 1});
      const before = Array.from(a.classes.prob).join();
      a.classes.again[0] = 7;
      a.curve.x[0] = 7;
      const b = compute({logits: [0, 1, 2], target: 1, temperature: 2});
      return [
        before === Array.from(a.classes.prob).join(),
        b.curve.x[0],
        b.classes.again[0] === b.classes.prob[0],
        a.classes.prob !== b.classes.prob,
      ];
    })()"""
    assert call(page, source, script) == [True, -5, True, True]


@pytest.mark.parametrize(
    "logits", ["[2, 1, 0.1]", "Float64Array.of(2, 1, 0.1)", "[[2, 1, 0.1]]", "[[2], [1], [0.1]]"]
)
def test_arrays_come_nested_or_typed(page, source, logits):
    loss = call(
        page, source, f"compute({{logits: {logits}, target: 0, temperature: 1}}).readout.loss"
    )
    assert loss == pytest.approx(0.41703, abs=1e-5)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (
            "{logits: [1, 2], target: 0, temperature: 1}",
            "logits has 2 values; this was traced for 3",
        ),
        ("{target: 0, temperature: 1}", "logits should be an array; got undefined"),
        ("{logits: [1, 2, 3], target: 0}", "temperature should be a number; got undefined"),
        ("{logits: [1, 2, 3], target: '0', temperature: 1}", "target should be a number; got 0"),
        ("{logits: [1, null, 3], target: 0, temperature: 1}", "logits should hold numbers"),
    ],
)
def test_wrong_inputs_are_refused(page, source, inputs, message):
    script = f"(() => {{ try {{ compute({inputs}) }} catch (error) {{ return error.message }} }})()"
    assert message in call(page, source, script)


def test_bools_are_numbers_0_and_1(page):
    source = emit(trace(lambda x, f: {"t": {"y": x > 1, "f": ~f}}, {"x": [1.0, 2], "f": True}))
    script = (
        "((r) => [r.t.y instanceof Float64Array, ...r.t.y, r.t.f])(compute({x: [1, 2], f: false}))"
    )
    assert call(page, source, script) == [True, 0, 1, 1]


def test_several_traces_share_one_runtime(page):
    traces = {str(k): trace(compute, EXAMPLE | {"logits": np.zeros(k)}) for k in (2, 3, 4)}
    source = emit_all(traces, "byClasses")
    assert source.count("function load(") == 1
    assert source.count("spaced(200,") == 2
    script = "byClasses[4]({logits: [0, 0, 0, 0], target: 3, temperature: 1}).readout.loss"
    assert call(page, source, script) == pytest.approx(np.log(4))


def test_only_what_outputs_need_is_emitted():
    def wasteful(x, idle):
        np.sin(x)
        return {"y": np.exp(x) + np.exp(x)}

    taken = trace(wasteful, {"x": np.ones(3), "idle": 2.0})
    source = emit(taken)
    assert source.count("Math.exp") == 1
    assert "Math.sin" not in source
    assert taken.unused == ("idle",)


def test_elementwise_operations_of_one_shape_share_a_loop():
    def chain(x, scale):
        y = np.exp(x) * scale
        return {"y": y, "z": np.sqrt(y) + x, "w": np.where(y > 1, y, x)}

    source = emit(trace(chain, {"x": np.ones((4, 5)), "scale": 2.0}))
    body = source[source.index("(inputs) =>") :]
    assert len(re.findall(r"\bfor \(", body)) == 1
    assert "i < 20" in body


def test_constants_are_folded_and_made_once():
    def constants(x):
        grid = np.linspace(-3, 3, 200)
        return {"a": x * grid, "b": np.exp(grid) * 0 + grid + x, "c": np.full((4, 50), 2.5) * x[0]}

    source = emit(trace(constants, {"x": np.ones(1)}))
    assert source.count("= spaced(200, -3, ") == 1
    assert "Math.exp" not in source
    assert "2.5 * " in source


def test_the_trace_brings_its_expected_result():
    taken = trace(compute, EXAMPLE)
    assert taken.expected["readout"]["loss"] == compute(**as_inputs(EXAMPLE))["readout"]["loss"]
    assert [".".join(out.path) for out in taken.outputs][-1] == "readout.right"
    assert taken.outputs[0].shape == (3,)


def test_static_arguments_are_frozen(agree):
    def shown(x, unit):
        return {"y": x / np.log(2) if unit == "bits" else x}

    assert trace(shown, {"x": 1.0}, {"unit": "bits"}).expected["y"] == pytest.approx(1 / np.log(2))


def test_a_names_markup_is_inert():
    assert "</script>" not in emit(trace(lambda x: {"</script>": x}, {"x": 1.0}))


def test_the_name_must_be_an_identifier():
    with pytest.raises(ValueError, match="identifier"):
        emit(trace(compute, EXAMPLE), "a;b")


def test_the_supported_functions_can_be_listed():
    assert {"where", "sum", "cumsum", "take_along_axis", "linspace"} <= set(traceable_functions())


def test_a_choice_inside_a_sum_keeps_its_parentheses(agree):
    agree(
        lambda x: {"y": np.sum(np.where(x > 0, x, 1.0)), "z": np.cumsum(np.where(x > 0, x, 1.0))},
        {"x": np.array([1.0, -2.0, 3.0])},
    )


def test_a_number_read_from_a_column_that_nothing_else_reads(agree):
    agree(lambda x: {"y": (np.exp(x) + 1)[1], "z": np.exp(x)[:2] * 2}, {"x": np.arange(5.0)})


def test_a_trace_may_have_constants_alone_or_nothing_at_all(agree):
    agree(lambda x: {"y": np.arange(3), "z": 2.0}, {"x": 1.0})
    agree(lambda x: {"t": {}}, {"x": 1.0})


def test_an_input_may_be_empty(agree):
    def batched(row, rows, k):
        every = np.concatenate([row[None], rows])
        lost = {"total": np.sum(rows, axis=0), "none": rows * 2, "taken": rows[:, k]}
        return {"rows": {"mean": np.mean(every, axis=1)}, "lost": lost}

    taken = agree(batched, {"row": np.arange(3.0), "rows": np.zeros((0, 3)), "k": 1})
    assert taken.unused == ("k",)


def test_only_functions_written_in_python_are_traced():
    with pytest.raises(TraceError, match="not written in Python"):
        trace(dict, {"x": 1.0})
