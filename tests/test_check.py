"""``crossent check`` passes, can fail, and says what it needs."""

import datetime
import json
import sys

import numpy as np
import pytest
import torch

from crossent import check, core
from crossent.figures import FIGURES
from crossent.pages.trust import report


@pytest.fixture(scope="module")
def results() -> list[check.Result]:
    """What comes of every check; a quarter of a minute's work."""
    return check.run_checks()


@pytest.fixture
def checked(results, monkeypatch) -> None:
    """Has the command print these results."""
    monkeypatch.setattr(check, "run_checks", lambda: results)


def test_every_public_function_agrees_with_torch_over_200_000_cases(checked, capsys):
    assert check.main() == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.endswith("all within tolerance")
    assert int(last.split()[0]) > 200_000


# A scan is handed a function of its own; tests/test_runs.py holds whole runs against torch's SGD.
COMPARED = set(core.__all__) - {"scan"}


def test_every_public_function_is_checked():
    assert {result.name for result in check._checks()} == COMPARED


def test_the_json_has_every_function_in_every_precision_and_the_versions(checked, capsys):
    assert check.main(json=True) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["versions"]["numpy"] == np.__version__
    figures = {f"figure {name}" for name, f in FIGURES.items() if f.torch_readouts is not None}
    assert {f["function"] for f in report["functions"]} == COMPARED | figures
    assert report["date"] == datetime.datetime.now(datetime.UTC).date().isoformat()
    assert {f["precision"] for f in report["functions"]} == {"float64", "float32", "float16"}
    assert report["cases"] == sum(f["cases"] for f in report["functions"])
    assert report["passed"] is True


def test_the_shipped_report_is_of_the_functions_figures_and_cases_that_there_are(results):
    shipped = report()
    kept = [(row["function"], row["precision"], row["cases"]) for row in shipped["functions"]]
    assert kept == [(r.function, r.precision, r.cases) for r in results], "run make generated"
    release = torch.__version__.partition("+")[0]
    assert shipped["versions"]["torch"].startswith(release), "run make generated"


@pytest.mark.parametrize("name", sorted(COMPARED))
def test_a_function_that_is_slightly_wrong_is_caught(name, monkeypatch):
    right = getattr(core, name)
    off = 1e-4

    def wrong(*arguments, **options):
        result = right(*arguments, **options)
        if isinstance(result, tuple):
            return result[0], result[1] + off
        return result + off

    monkeypatch.setattr(core, name, wrong)
    one = next(made for made in check._checks() if made.name == name)
    for precision, tolerance in check.TOLERANCES.items():
        off = max(1e-4, 4 * tolerance)
        assert not check._run(one, precision, seed=0).passed


def test_disagreement_makes_the_exit_status_1_and_is_named(monkeypatch, capsys):
    of_sigmoid = [one for one in check._checks() if one.name == "sigmoid"]  # others are run above
    monkeypatch.setattr(check, "_checks", lambda: of_sigmoid)
    monkeypatch.setattr(check, "compare_figures", lambda *_: [])
    monkeypatch.setattr(core, "sigmoid", lambda logits: 1 / (1 + np.exp(np.clip(-logits, -9, 9))))
    assert check.main() == 1
    assert "beyond tolerance in sigmoid" in capsys.readouterr().out.splitlines()[-1]


def test_without_torch_it_says_so_in_one_sentence(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert check.main() == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "crossent check needs PyTorch: pip install 'crossent[torch]'\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (1.0, 1.0, 0.0),
        (0.5, 0.25, 0.25),
        (1001.0, 1000.0, 0.001),
        (np.inf, np.inf, 0.0),
        (np.inf, -np.inf, np.inf),
        (np.inf, 1.0, np.inf),
        (1.0, np.nan, np.inf),
        (np.nan, np.nan, 0.0),
        ([1.0, 2.0], [1.0], np.inf),
    ],
)
def test_the_error_is_relative_above_1_and_infinite_for_unequal_infinities(ours, theirs, expected):
    assert check.error(ours, theirs) == expected
