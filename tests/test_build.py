"""crossent build: reproducible, complete, and careful with what was there."""

import gzip
import re

import numpy as np
import pytest

from crossent import build as building
from crossent.__main__ import main
from crossent.errors import ExportError
from crossent.figures import FIGURES
from crossent.figures.prediction_bars import PredictionBars
from crossent.links.browser import compiled

MORE = 80_000  # bytes, compressed: what a figure that trains may weigh beyond all that do not


def quiet(line):
    """Says nothing."""


@pytest.fixture
def site(built_folder):
    """The whole course's, which others read too."""
    return built_folder


def files_of(folder):
    """Every file's bytes, by its path below the folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_two_builds_are_identical_byte_for_byte(site, tmp_path):
    building.build(tmp_path / "again", say=quiet)
    assert files_of(tmp_path / "again") == files_of(site)


def test_two_single_file_builds_are_identical_byte_for_byte(tmp_path):
    for name in ("one", "two"):
        building.build(tmp_path / name, single_file=True, only="surprise", say=quiet)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_every_figure_has_a_page(site):
    for name in FIGURES:
        assert (site / "figures" / f"{name}.html").is_file()
    assert (site / "index.html").is_file()
    assert (site / "how-we-know.html").is_file()


def test_every_asset_is_named_by_a_page_a_style_sheet_or_the_elements(site):
    texts = [p.read_text() for p in site.rglob("*") if p.suffix in (".html", ".css")]
    texts.append((site / "crossent.js").read_text())  # which asks for them on pages of others
    for path in (site / "assets").rglob("*"):
        if path.is_file():
            assert any(path.name in text for text in texts), f"nothing uses {path.name}"


def test_every_relative_link_leads_to_a_file(site):
    for page in site.rglob("*.html"):
        for kind, link in re.findall(r'(href|src)="([^"#?]+)"', page.read_text()):
            if kind == "href" and link.startswith("https://"):
                continue  # a reference, for the reader to follow
            assert not link.startswith(("/", "http")), f"{page.name} leaves the site: {link}"
            assert (page.parent / link).is_file(), f"{page.name}: {link}"


def test_asset_names_hold_a_digest_of_their_content(site):
    for path in (site / "assets").rglob("*"):
        if path.is_file():
            assert re.search(r"\.[0-9a-f]{10}\.\w+$", path.name)


def test_pages_name_no_path_of_the_machine_that_built_them(site):
    for name, content in files_of(site).items():
        assert str(building.ASSETS.parent).encode() not in content, name


def weight_of(page):
    """The bytes of a page with all that it loads, as a host that compresses sends them."""
    loaded = re.findall(r'<(?:script src|link rel="stylesheet" href)="([^"]+)"', page.read_text())
    assert loaded
    files = [page, *(page.parent / path for path in loaded)]
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


def test_a_figure_that_trains_is_hardly_heavier_than_another_digits_and_all(site):
    weights = {name: weight_of(site / "figures" / f"{name}.html") for name in FIGURES}
    trains = {name for name, figure in FIGURES.items() if figure.run is not None}
    assert "training-race" in trains
    heaviest = max(weight for name, weight in weights.items() if name not in trains)
    over = {name: weights[name] for name in trains if weights[name] > heaviest + MORE}
    assert not over, heaviest


def broken(probs, target, unit):
    """A compute function that cannot be traced."""
    return {"readout": {"loss": -np.log(np.median(probs))}}


def test_a_figure_that_cannot_be_traced_stops_the_build_and_leaves_the_old_one(
    tmp_path, monkeypatch, capsys
):
    out = tmp_path / "site"
    building.build(out, only="surprise", say=quiet)
    before = files_of(out)
    monkeypatch.setattr(PredictionBars, "compute", staticmethod(broken))
    monkeypatch.setattr(building, "compile_figure", compiled)
    assert main(["build", str(out), "--only", "surprise"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("crossent: prediction-bars cannot be built: ")
    assert "median" in error
    assert files_of(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_with_other_files_is_not_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("the only copy")
    with pytest.raises(ExportError, match="files that crossent did not build"):
        building.build(tmp_path, say=quiet)
    assert (tmp_path / "thesis.txt").read_text() == "the only copy"


def test_progress_names_each_figure(tmp_path, capsys):
    assert main(["build", str(tmp_path / "site")]) == 0
    said = capsys.readouterr().out
    for name in FIGURES:
        assert name in said
