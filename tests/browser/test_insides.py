"""Canaries: each use of what BokehJS and Panel's script do not promise says when it has moved.

The uses are all in assets/runtime/insides.js. Some are looked at, most are tried; and that each
canary sings is tried by renaming what it watches in BokehJS itself.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route
from tests.browser.driving import Site

MODES = ["served", "built"]

# What is used, with what must hold for the view of a plot; a name may be looked at in several.
CANARIES = {
    "embed_item": """[...(await Bokeh.embed.embed_item(item, place))][0].model.type
        === view.model.type""",
    "throttled_paint": """await new Promise((resolve) => {
        const { throttled_paint } = view;
        const tell = (called) => {
          view.throttled_paint = throttled_paint;
          resolve(called);
        };
        view.throttled_paint = async () => tell(true);
        setTimeout(tell, 500, false);
        const turned = ([name, values]) => [name, [...values].reverse()];
        for (const source of sources)
          source.data = Object.fromEntries(Object.entries(source.data).map(turned));
    })""",
    "repaint": 'typeof view.repaint === "function"',
    "is_destroyed": "view.is_destroyed === false",
    "visuals": "[...view.visuals].length > 1",
    "_get_css_value": '"_get_css_value" in Object.getPrototypeOf([...view.visuals][0])',
    "computed_renderer_views": "view.computed_renderer_views.some(({ position }) => position.el)",
    "_update": '"_update" in Object.getPrototypeOf(view.style)',
    "_all_models": "view.model.document._all_models.get(view.model.id) === view.model",
    "is_unset": "typeof property().is_unset === 'boolean'",
    "get_value": "property().get_value() === view.model.min_border_left",
    "attr": "property() !== undefined",
    "setv": """(view.model.setv({ min_border_left: 7 }), view.model.min_border_left === 7)""",
    "x_scale": "near(view.frame.x_scale.invert(view.frame.x_scale.compute(0.25)), 0.25)",
    "y_scale": "near(view.frame.y_scale.invert(view.frame.y_scale.compute(0.25)), 0.25)",
    "compute": "Number.isFinite(view.frame.x_scale.compute(0.25))",
    "invert": "Number.isFinite(view.frame.x_scale.invert(100))",
    "after_resize": """(() => {
        box.style.width = "320px";
        view.after_resize();
        const { width } = view.bbox;
        box.style.width = "";
        return near(width, 320);
    })()""",
    "update_bbox": """(() => {
        box.style.transform = "scale(0.5)";
        box.style.width = "310px";
        view.update_bbox();
        const { width } = view.bbox;
        box.style.width = box.style.transform = "";
        return near(width, 310);
    })()""",
    "root": "view.root.el === view.el",
    "bbox": "view.bbox.width > 100 && view.bbox.height > 100",
    "export": 'typeof view.export("svg") === "object"',
    "ctx": 'view.export("svg").ctx !== undefined',
    "get_serialized_svg": 'view.export("svg").ctx.get_serialized_svg(true).startsWith("<svg")',
}
# What a served page uses for its session, in order: the last ends its socket.
SESSION_CANARIES = {
    "embed_items": "await connected",
    "msg:custom": "await answered",
    "send_msg": "await answered",
    "views_manager": 'typeof link.document.views_manager.clear === "function"',
    "on_event": 'typeof link.document.on_event === "function"',
    "connection_lost": """await new Promise((resolve) => {
        link.document.on_event("connection_lost", () => resolve(true));
        setTimeout(resolve, 3000, false);
        for (const socket of sockets) socket.close();
    })""",
}
# Counts a page's sockets, so that a canary can end them.
SOCKETS = """
  window.sockets = [];
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      sockets.push(this);
    }
  };
"""
SING_OF_SESSION = """async (canaries) => {
  const { link } = window.crossent;
  const until = async (holds) => {
    for (let i = 0; i < 60 && !holds(); i++) await new Promise((next) => setTimeout(next, 50));
    return Boolean(holds());
  };
  const connected = until(() => link.model);
  const figure = document.querySelector("crossent-figure");
  let heard = false;
  const answered = connected.then(async () => {
    link.ask(figure, { state: figure.state }).then(() => (heard = true));
    return until(() => heard && !link.lost);
  });
  const moved = [];
  for (const [name, holds] of canaries) {
    const Async = (async () => {}).constructor;
    const song = new Async("link", "connected", "answered", "sockets", `return ${holds}`);
    const right = await song(link, connected, answered, sockets).catch(() => false);
    if (right !== true) moved.push(name);
  }
  return moved;
}"""
# A plot's own entries have these names as well: only what reads them is renamed.
READ_AS = {"x_scale": r"get x_scale\b", "y_scale": r"get y_scale\b"}

SING = """async ([item, canaries]) => {
  const box = document.querySelector(".plot");
  const place = document.body.appendChild(document.createElement("div"));
  const near = (a, b) => Math.abs(a - b) < 1;
  let view;
  try {
    view = await Promise.race([box.drawn, new Promise((resolve) => setTimeout(resolve, 1000))]);
  } catch {}
  const models = [...(view?.model.document._all_models?.values() ?? [])];
  const sources = models.filter(({ type }) => type === "ColumnDataSource");
  const property = () => [...view.model].find(({ attr }) => attr === "min_border_left");
  const moved = [];
  for (const [name, holds] of canaries) {
    const Async = (async () => {}).constructor;
    const names = ["view", "box", "sources", "property", "near", "item", "place"];
    const song = new Async(...names, `return ${holds}`);
    const right = await song(view, box, sources, property, near, item, place).catch(() => false);
    if (right !== true) moved.push(name);
  }
  place.remove();
  return moved;
}"""


def sentence(name: str) -> str:
    return f"BokehJS or Panel has moved {name}, which assets/runtime/insides.js uses"


def moved(page: Page) -> list[str]:
    """The uses that do not hold on a page with a plot."""
    page.wait_for_selector(".plot-canvas")
    item = page.evaluate(
        """() => {
          const { figures } = JSON.parse(
            document.querySelector('#crossent-page, [data-crossent="page"]').textContent);
          const plots = (node) => node.plot ? [node.plot] : (node.children ?? []).flatMap(plots);
          return plots(figures[0].spec.view)[0];
        }"""
    )
    return page.evaluate(SING, [item, list(CANARIES.items())])


def renaming(page: Page, scripts: str, name: str) -> None:
    """Has a page get libraries in which a thing has another name."""

    def renamed(route: Route) -> None:
        response = route.fetch()
        body = re.sub(READ_AS.get(name, rf"\b{name}\b"), r"\g<0>_moved", response.text())
        route.fulfill(response=response, body=body)

    page.route(re.compile(scripts), renamed)


def test_what_is_used_of_bokehjs_is_where_it_was(visit: Any) -> None:
    page = visit.figure("prediction-bars")
    assert not moved(page.page), "\n".join(map(sentence, moved(page.page)))


@pytest.mark.parametrize("name", CANARIES)
def test_a_canary_sings_when_what_it_watches_is_renamed(
    name: str, built_site: Site, browser: Browser
) -> None:
    page = browser.new_page()
    renaming(page, r"bokeh.*\.js", name)
    page.goto(built_site.figure_url("prediction-bars"))
    sung = moved(page)
    page.close()
    assert name in sung


def moved_of_session(page: Page) -> list[str]:
    page.wait_for_function("() => document.querySelector('crossent-figure')?.link")
    return page.evaluate(SING_OF_SESSION, list(SESSION_CANARIES.items()))


def test_what_a_session_uses_is_where_it_was(served_site: Site, browser: Browser) -> None:
    page = browser.new_page()
    page.add_init_script(SOCKETS)
    page.goto(served_site.figure_url("prediction-bars"))
    sung = moved_of_session(page)
    page.close()
    assert not sung, "\n".join(map(sentence, sung))


@pytest.mark.parametrize("name", SESSION_CANARIES)
def test_a_sessions_canary_sings_when_what_it_watches_is_renamed(
    name: str, served_site: Site, browser: Browser
) -> None:
    page = browser.new_page()
    page.add_init_script(SOCKETS)
    renaming(page, r"(bokeh|panel)[^/]*\.js", name)
    page.goto(served_site.figure_url("prediction-bars"))
    sung = moved_of_session(page)
    page.close()
    assert name in sung
