// A figure, or a whole lesson, as a widget of a MyST theme (an anywidget): it is given a model, which
// holds what the directive said, and a place on the page.

import { h } from "./dom.js";
import { begin } from "./elements.js";
import { themeBehind, watchBehind } from "./site-theme.js";

/** The widget that shows the figure of its model; `what` is what `begin` is given. */
export function figureWidget(what) {
  begin(document.baseURI, what);
  return { render };
}

function render({ model, el }) {
  const figure = document.createElement("crossent-figure");
  for (const name of ["name", "state", "hide", "theme"])
    if (model.get(name)) figure.setAttribute(name, model.get(name));
  el.append(figure);
  return () => figure.remove();
}

/** The widget that shows a lesson: a whole page in one file, given as HTML. */
export const lessonWidget = (html) => ({
  render({ model, el }) {
    const address = URL.createObjectURL(new Blob([html], { type: "text/html" }));
    const frame = /** @type {HTMLIFrameElement} */ (h("iframe", { title: model.get("title") }));
    frame.style.cssText = `display:block;width:100%;height:${model.get("height")}px;border:0`;
    frame.allow = "clipboard-write";
    frame.src = address;
    const forget = mind(frame, model.get("theme"));
    frame.addEventListener("load", () => leadTo(frame.contentDocument, model.get("site")));
    el.append(frame);
    return () => {
      forget();
      frame.remove();
      URL.revokeObjectURL(address);
    };
  },
});

/** Keeps a frame as high as its page, and as light or dark as what is behind it. */
function mind(frame, theme) {
  const tell = () =>
    frame.contentWindow?.postMessage(
      { crossent: "theme", theme: theme ?? themeBehind(frame) },
      "*",
    );
  let heard = false;
  const hear = ({ source, data }) => {
    if (source !== frame.contentWindow || data?.crossent !== "height") return;
    frame.style.height = `${data.height}px`;
    if (!heard) tell(); // what it was told before it listened is lost
    heard = true;
  };
  addEventListener("message", hear);
  const unwatch = theme ? () => {} : watchBehind(frame, tell);
  return () => {
    removeEventListener("message", hear);
    unwatch();
  };
}

/** Links to other pages of the course lead to its site; where there is none they are no links. */
function leadTo(page, site) {
  for (const link of page?.querySelectorAll("a[href]") ?? []) {
    const href = link.getAttribute("href");
    if (/^(#|\w+:)/.test(href)) continue;
    if (!site) link.removeAttribute("href");
    else Object.assign(link, { href: new URL(href, `${site}/`).href, target: "_blank" });
  }
}
