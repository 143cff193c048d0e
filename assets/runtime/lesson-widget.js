// A whole lesson within a page of others', from one script: as a widget of a MyST theme (an anywidget),
// or in the elements that name it.

import { h } from "./dom.js";
import { themeBehind, watchBehind } from "./site-theme.js";

const ELSEWHERE = 'href="crossent-site:'; // a link as sites/myst.py leaves it
const HEIGHT = 900; // px, until the lesson has told its own

/** The widget that shows a lesson: a whole page in one file, given as HTML. */
export const lessonWidget = (html) => ({
  render({ model, el }) {
    const page = leadingTo(html, model.get("site"));
    const address = URL.createObjectURL(new Blob([page], { type: "text/html" }));
    const frame = /** @type {HTMLIFrameElement} */ (h("iframe", { title: model.get("title") }));
    frame.style.cssText = `display:block;width:100%;height:${model.get("height") ?? HEIGHT}px;border:0`;
    frame.allow = "clipboard-write";
    frame.src = address;
    el.append(frame);
    const forget = mind(frame, model.get("theme")); // in its place: what is around it is watched
    return () => {
      forget();
      frame.remove();
      URL.revokeObjectURL(address);
    };
  },
});

/** Shows a lesson in each element that names it; what they say more is in their data. */
export function lessonsHere(name, html) {
  const { render } = lessonWidget(html);
  const show = () => {
    /** @type {NodeListOf<HTMLElement>} */
    const places = document.querySelectorAll(`[data-crossent-lesson="${name}"]`);
    for (const el of places) render({ model: { get: (key) => el.dataset[key] }, el });
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", show);
  else show();
}

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

/** The page, its links to other pages of the course led to its site; without one, they are none. */
function leadingTo(html, site) {
  const place = site && new URL(site, document.baseURI).href.replace(/\/$/, "");
  return html.replaceAll(ELSEWHERE, place ? `target="_blank" href="${place}/` : 'data-page="');
}
