// Beside the iframes of a site that is not ours: each is as high as its page, and as light or dark as
// what is behind it. Works from a file, too: a classic script, and messages alone.

import { themeAsked, themeBehind, watchBehind } from "./site-theme.js";

/** @type {() => NodeListOf<HTMLIFrameElement>} */
const frames = () => document.querySelectorAll("iframe.crossent");

/** Tells a frame its theme, unless its address has one; it answers with its height. */
function tell(frame) {
  const theme = themeAsked(frame.src) ?? themeBehind(frame);
  frame.contentWindow?.postMessage({ crossent: "theme", theme }, "*");
}

const known = new WeakSet();
const heard = new WeakSet();

function mind(frame) {
  if (known.has(frame)) return;
  known.add(frame);
  watchBehind(frame, () => tell(frame));
  tell(frame);
}

addEventListener("message", ({ source, data }) => {
  if (data?.crossent !== "height") return;
  for (const frame of frames()) {
    if (source !== frame.contentWindow) continue;
    frame.style.height = `${data.height}px`;
    if (!known.has(frame)) mind(frame);
    else if (!heard.has(frame)) tell(frame); // what it was told before it listened is lost
    heard.add(frame);
  }
});

frames().forEach(mind);
