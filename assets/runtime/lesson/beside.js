// One figure of all, held in the column beside the text (held.css).

import { h } from "../dom.js";
import { partOf } from "./spoken.js";
import { t } from "../texts.js";

const EDGE = 16; // px kept free above and below
const GROWN = 0.78; // of the room, that a figure may grow to
const HIGHER = [1.45, 1.3, 1.15]; // times what is drawn
const LOWER = [1, 0.9]; // what is lower is dragged less finely
const LOWEST = 0.8; // with small gaps

/** @param {HTMLElement[]} boxes the page's figures */
export function holdBeside(boxes) {
  let held = null;
  let shown = null;
  // A figure that is not held has no place for the keyboard, nor for a screen reader, but this one.
  for (const box of boxes)
    box.prepend(
      h("button", { type: "button", className: "held-call", textContent: t("Show the figure") }),
    );

  /** As high as the window lets it; what is higher even so is scrolled by itself. */
  function fit() {
    const room = innerHeight - 2 * EDGE;
    const set = (height, tight, tooHigh) => {
      held.style.setProperty("--held", String(height));
      held.classList.toggle("tight", tight);
      held.classList.toggle("too-high", tooHigh);
    };
    /** Whether it fits into a room with what is drawn so high, with the usual gaps or with small ones. */
    const fits = (height, tight, within) => {
      set(height, tight, false);
      return held.offsetHeight <= within;
    };
    const found =
      HIGHER.some((height) => fits(height, false, room * GROWN)) ||
      LOWER.some((height) => fits(height, false, room)) ||
      [...LOWER, LOWEST].some((height) => fits(height, true, room));
    if (!found) set(1, true, true); // it is scrolled anyway
    const spare = Math.max(0, innerHeight - held.offsetHeight) / 2;
    held.style.setProperty("--top", `${Math.max(EDGE, Math.min(spare, 5 * EDGE))}px`);
  }

  /** Scrolls what is pointed at into the part of the figure that is seen. */
  function reveal(part) {
    if (!part || part === shown) return;
    shown = part;
    const [whole, here] = [held, part].map((one) => one.getBoundingClientRect());
    if (here.top < whole.top || here.bottom > whole.bottom)
      held.scrollTop += here.top - whole.top - (whole.height - here.height) / 2;
  }
  return {
    hold(box, names) {
      if (box !== held) {
        for (const one of boxes) one.classList.toggle("held", one === box);
        held = box;
        fit();
      }
      if (box.matches(".too-high")) reveal(names.map((name) => partOf(box, name)).find(Boolean));
    },
    refit() {
      if (held) fit();
    },
  };
}
