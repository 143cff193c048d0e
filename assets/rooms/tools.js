// Buttons of a room's bar.

import { h } from "../runtime/dom.js";

export const tool = (text, title, onclick) =>
  h("button", { type: "button", className: "tool", textContent: text, title, onclick });
