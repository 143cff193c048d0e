"""crossent.sphinx: a real document, built by the real Sphinx and opened from its file."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

CONF = """
project = "Losses"
extensions = ["myst_parser", "crossent.sphinx"]
html_theme = "basic"
html_baseurl = "https://course.example.org/"
latex_documents = [("index", "losses.tex", "Losses", "Us", "howto")]
"""
INDEX = """
Losses
======

.. crossent-figure:: logit-gradient
   :state: {logits: [2, 1, 0.1], target: 0}
   :hide: temperature

   Pull a *logit*, and the gradient answers.

.. toctree::

   in-myst
"""
IN_MYST = """
# In MyST

```{crossent-figure} prediction-bars
:state: {probs: [0.2, 0.5, 0.3], target: 1}
:caption: Drag a bar.
```

```{crossent-lesson} surprise
:height: 700
```
"""


def sphinx(source: Path, out: Path, builder: str) -> str:
    """Builds a document; all that is said of it."""
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, str(source), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return done.stdout + done.stderr


def written(folder: Path, index: str) -> Path:
    """A document's source."""
    (folder / "conf.py").write_text(CONF)
    (folder / "index.rst").write_text(index)
    (folder / "in-myst.md").write_text(IN_MYST)
    return folder


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return written(tmp_path_factory.mktemp("document"), INDEX)


def test_a_document_is_built_with_living_figures_that_follow_its_theme(source, tmp_path, browser):
    assert sphinx(source, tmp_path, "html") == ""
    page = browser.new_page(color_scheme="light")
    complaints, asked = [], []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda one: asked.append(one.url))
    page.goto((tmp_path / "index.html").as_uri())
    within = page.frame_locator("iframe.crossent")
    figure = within.locator("[data-figure=logit-gradient][data-ready]")
    figure.wait_for(timeout=60_000)
    assert figure.get_by_role("slider", name="cat").first.get_attribute("aria-valuenow") == "2"
    assert figure.get_by_role("slider", name="temperature").count() == 0
    figure.get_by_role("slider", name="cat").first.press("ArrowUp")
    loss = figure.locator('[data-readout="loss"]').first
    assert float(loss.get_attribute("data-value")) < 0.417
    tall = "(frame) => frame.style.height !== '640px'"
    page.wait_for_function(f"({tall})(document.querySelector('iframe.crossent'))")
    page.evaluate("document.body.style.background = '#101010'; document.body.className = 'dark'")
    within.locator("html[data-theme=dark]").wait_for(timeout=60_000)
    page.goto((tmp_path / "in-myst.html").as_uri())
    lesson = page.frame_locator("iframe.crossent >> nth=1")
    lesson.get_by_role("heading", name="The surprise at the truth").wait_for(timeout=60_000)
    page.close()
    assert complaints == []
    assert {url.partition(":")[0] for url in asked} <= {"file", "data", "blob"}


def test_paper_has_a_figures_picture_with_a_link_to_the_living_one(source, tmp_path):
    assert sphinx(source, tmp_path, "latex") == ""
    tex = (tmp_path / "losses.tex").read_text()
    place = r"https://course.example.org/\_static/crossent/figures/logit-gradient.html"
    link = re.search(r"\\sphinxhref{([^?]*)[?].*includegraphics.*{{logit-gradient}.png}", tex)
    assert link[1] == place
    assert (tmp_path / "logit-gradient.png").is_file()


MISTAKES = [
    (".. crossent-figure:: logit-gradiant", "no figure 'logit-gradiant'; did you mean"),
    (".. crossent-lesson:: suprise", "no lesson 'suprise'; did you mean 'surprise'?"),
    (".. crossent-figure:: bce-curves\n   :hide: none", "bce-curves has no control 'none'"),
    (".. crossent-figure:: bce-curves\n   :state: {p: 7}", "p must be"),
    (".. crossent-figure:: bce-curves\n   :state: [", "the state is not YAML"),
]


def test_each_mistake_is_one_sentence_with_its_file_and_line(tmp_path):
    index = "Losses\n======\n\n"
    lines = []
    for directive, _ in MISTAKES:
        lines.append(index.count("\n") + 1)
        index += f"{directive}\n\n"
    said = sphinx(written(tmp_path, index), tmp_path / "out", "dummy").splitlines()
    for line, (_, problem) in zip(lines, MISTAKES, strict=True):
        assert problem in next(one for one in said if f"index.rst:{line}:" in one)
