"""The Quarto extension. Quarto itself comes from no package registry: the shortcodes run in
pandoc's own Lua, in a real document, with what Quarto gives them in quarto.lua beside this file."""

import os
import re
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pypandoc
import pytest
import yaml

from crossent import __version__
from crossent.build import build_extension
from crossent.content import asset_text
from crossent.sites.quarto import parts_text

FILTER = Path(__file__).with_name("quarto.lua")
SITE = "https://course.example.org/losses"
DOCUMENT = """---
title: Losses
lang: en
crossent-url: {site}/
---

# Pull a logit

```{{=shortcode}}
{figure}
```

```{{=shortcode}}
crossent-lesson surprise caption="A lesson"
```
"""
LINE = """crossent-figure logit-gradient state='{"logits": [2, 1, 0.1], "target": 0}'"""
FIGURE = f"""{LINE} hide="temperature" caption="Pull a logit & see." """


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What crossent quarto-extension writes."""
    out = tmp_path_factory.mktemp("project") / "_extensions" / "crossent"
    build_extension("quarto-extension", out, only=["surprise"], say=lambda line: None)
    return out


def rendered(
    extension: Path, out: Path, figure: str = FIGURE, site: str = SITE
) -> subprocess.CompletedProcess[str]:
    """A document, written in the format that the file's name says."""
    command = [pypandoc.get_pandoc_path(), "-s", "--lua-filter", str(FILTER), "-o", str(out)]
    return subprocess.run(
        command,
        input=DOCUMENT.format(site=site, figure=figure),
        env=os.environ | {"EXTENSION": str(extension)},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def test_a_page_has_a_living_figure_and_a_living_lesson_from_their_file(
    extension, tmp_path, browser
):
    assert rendered(extension, tmp_path / "page.html").stderr == ""
    page = browser.new_page()
    page.set_default_timeout(60_000)
    complaints, asked = [], []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda one: asked.append(one.url))
    page.goto((tmp_path / "page.html").as_uri())
    figure = page.locator("[data-figure=logit-gradient][data-ready]")
    figure.wait_for()
    cat = figure.get_by_role("slider", name="cat").first
    assert cat.get_attribute("aria-valuenow") == "2"
    assert figure.get_by_role("slider", name="temperature").count() == 0
    assert page.get_by_text("Pull a logit & see.").count() == 1
    cat.press("ArrowUp")
    loss = figure.locator('[data-readout="loss"]').first
    assert float(loss.get_attribute("data-value")) < 0.417
    lesson = page.frame_locator("iframe[title='Crossent: The surprise at the truth']")
    lesson.locator("[data-figure][data-ready]").first.wait_for()
    assert lesson.locator(f"a[href^='{SITE}/']").count() > 0
    page.close()
    assert complaints == []
    assert {url.partition(":")[0] for url in asked} <= {"file", "data", "blob"}


def test_links_of_a_lesson_lead_to_a_site_beside_the_page_too(extension, tmp_path, browser):
    assert rendered(extension, tmp_path / "page.html", site="course").stderr == ""
    page = browser.new_page()
    page.set_default_timeout(60_000)
    page.goto((tmp_path / "page.html").as_uri())
    lesson = page.frame_locator("iframe[title='Crossent: The surprise at the truth']")
    links = lesson.locator(f"a[href^='{(tmp_path / 'course').as_uri()}/']")
    links.first.wait_for(state="attached")
    page.close()


def test_slides_in_powerpoint_have_a_picture_that_leads_to_the_figure(extension, tmp_path):
    assert rendered(extension, tmp_path / "slides.pptx").stderr == ""
    with zipfile.ZipFile(tmp_path / "slides.pptx") as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    assert any(content.startswith(b"\x89PNG") for content in parts.values())
    links = b"".join(content for name, content in parts.items() if name.endswith(".rels"))
    assert f"{SITE}/figures/logit-gradient.html".encode() in links


def test_latex_has_a_picture_that_leads_to_the_figure(extension, tmp_path):
    assert rendered(extension, tmp_path / "page.tex").stderr == ""
    tex = (tmp_path / "page.tex").read_text(encoding="utf-8")
    found = re.search(r"\\href\{([^}]*)\}\{\\pandocbounded\{\\includegraphics.*\{(.*?)\}", tex)
    assert found[1] == f"{SITE}/figures/logit-gradient.html"
    assert Path(found[2]).is_file()


def test_of_a_lesson_without_figures_latex_has_the_title(tmp_path):
    lesson = SimpleNamespace(slug="surprise", title="Words alone", figures=[])
    (tmp_path / "parts.lua").write_text(parts_text([lesson]), encoding="utf-8")
    (tmp_path / "crossent.lua").write_text(asset_text("templates/quarto.lua"), encoding="utf-8")
    assert rendered(tmp_path, tmp_path / "page.tex", "crossent-lesson surprise").stderr == ""
    tex = (tmp_path / "page.tex").read_text(encoding="utf-8")
    assert f"\\href{{{SITE}/surprise.html}}{{Words alone}}" in tex
    assert ".png" not in tex


@pytest.mark.parametrize(
    ("figure", "problem"),
    [
        ("crossent-figure logit-gradiant", "crossent: no figure 'logit-gradiant'; there are"),
        ("crossent-lesson suprise", "crossent: no lesson 'suprise'; there are surprise"),
        ("crossent-figure bce-curves state='{logit: 1}'", "crossent: the state is JSON such as"),
        ("crossent-figure bce-curves state='7'", "crossent: the state is JSON such as"),
    ],
)
def test_a_mistake_is_one_sentence(extension, tmp_path, figure, problem):
    done = rendered(extension, tmp_path / "page.html", figure)
    assert done.returncode != 0
    assert problem in done.stderr


def test_the_extension_says_what_it_is(extension):
    said = yaml.safe_load((extension / "_extension.yml").read_text(encoding="utf-8"))
    assert said["version"] == __version__
    assert all((extension / file).is_file() for file in said["contributes"]["shortcodes"])
