// One thing that can be dragged, by mouse, touch, pen and keyboard alike: role="slider".

import { setAttribute } from "./dom.js";
import { parseNumber, snap, spokenNumber } from "./numbers.js";
import { t } from "./texts.js";

const FINE = 0.1; // of a step, with Shift held
const PAGE = 10; // steps
const KEY_PAUSE = 700; // ms without a key that end one undoable gesture

/**
 * Makes `grip` a slider that is dragged on `surface`.
 *
 * `place(event)` gives the value under a pointer, unrounded. `source` is asked for the current
 * `value()`, told `begin()` at the start of a gesture, `move(value)` at each new value and `end()`
 * at its close. A press on the grip keeps its distance to the pointer; a press elsewhere on the
 * surface brings the grip there. An `eager` slider hears of a move when it happens, not at the next
 * frame: an answer that comes from afar can then be in time for that frame.
 */
export function slider(
  grip,
  surface,
  { label, bounds, step, orientation, format, place, source, eager = false },
) {
  let held = null; // {pointer, offset}
  let keyTimer = 0;

  grip.setAttribute("role", "slider");
  grip.tabIndex = 0;
  setAttribute(grip, "aria-orientation", orientation);
  setAttribute(grip, "aria-label", label);
  setAttribute(grip, "aria-valuemin", bounds[0]);
  setAttribute(grip, "aria-valuemax", bounds[1]);
  surface.classList.add("draggable");

  const exact = (value) => snap(value, step, bounds);

  function press(event) {
    if (event.button !== 0 || held) return;
    event.preventDefault(); // no text selection, no scrolling, no synthetic mouse events
    endKeys();
    surface.setPointerCapture(event.pointerId);
    const onGrip = event.composedPath().includes(grip);
    held = {
      pointer: event.pointerId,
      offset: onGrip ? source.value() - place(event) : 0,
      last: null,
    };
    grip.focus({ preventScroll: true }); // a number typed elsewhere is taken now and may move this grip
    grip.classList.add("held");
    if (eager) surface.addEventListener("pointerrawupdate", follow);
    source.begin();
    if (!onGrip) follow(event);
  }

  function follow(event) {
    if (!held || event.pointerId !== held.pointer) return;
    const value = exact(place(event) + held.offset);
    if (value === held.last) return;
    held.last = value;
    source.move(value);
  }

  function release(event) {
    if (!held || event.pointerId !== held.pointer) return;
    if (event.type === "pointerup" && held.last !== null) follow(event);
    held = null;
    surface.removeEventListener("pointerrawupdate", follow);
    grip.classList.remove("held");
    source.end();
  }

  function endKeys() {
    if (!keyTimer) return;
    clearTimeout(keyTimer);
    keyTimer = 0;
    source.end();
  }

  function key(event) {
    const size = step * (event.shiftKey && !Number.isInteger(step) ? FINE : 1);
    const moves = {
      ArrowUp: size,
      ArrowRight: size,
      ArrowDown: -size,
      ArrowLeft: -size,
      PageUp: PAGE * step,
      PageDown: -PAGE * step,
      Home: -Infinity,
      End: Infinity,
    };
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (!keyTimer) source.begin();
    clearTimeout(keyTimer);
    keyTimer = setTimeout(endKeys, KEY_PAUSE);
    const target = source.value() + moves[event.key];
    source.move(
      Number.isFinite(target) ? snap(target, size, bounds) : target > 0 ? bounds[1] : bounds[0],
    );
  }

  surface.addEventListener("pointerdown", press);
  surface.addEventListener("pointermove", follow);
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    surface.addEventListener(type, release);
  }
  // A long press must stay a press.
  surface.addEventListener("contextmenu", (event) => held && event.preventDefault());
  grip.addEventListener("keydown", key);
  grip.addEventListener("blur", endKeys);

  return {
    get held() {
      return held !== null;
    },
    show(value) {
      setAttribute(grip, "aria-valuenow", value);
      setAttribute(grip, "aria-valuetext", spokenNumber(value, format));
    },
    rename(text) {
      setAttribute(grip, "aria-label", text);
    },
  };
}

/**
 * A field in which a number is typed. Enter or leaving it sets the number; Escape and text that is
 * no number bring the old one back.
 * @param {HTMLInputElement} input
 * @param {{
 *   value: () => number,
 *   text: () => string,
 *   set: (value: number) => void,
 *   refuse: (sentence: string) => void,
 *   pasteRow?: (text: string) => void,
 * }} source
 */
export function numberField(input, { value, text, set, refuse, pasteRow }) {
  const show = () => {
    const root = /** @type {Document | ShadowRoot} */ (input.getRootNode());
    if (document.activeElement !== input && root.activeElement !== input) input.value = text();
  };
  const commit = () => {
    if (input.value.trim() === before) return;
    const typed = parseNumber(input.value);
    before = input.value.trim();
    if (Number.isNaN(typed))
      refuse(t("“{text}” is not a number", { text: input.value.slice(0, 24) }));
    else set(typed);
  };
  let before = "";
  input.addEventListener("focus", () => {
    input.value = before = String(value());
    input.select();
  });
  input.addEventListener("blur", () => {
    commit();
    input.value = text();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      commit();
      input.value = before = String(value());
      input.select();
    } else if (event.key === "Escape") {
      input.value = before;
      input.blur();
    }
  });
  if (pasteRow) {
    input.addEventListener("paste", (event) => {
      const pasted = event.clipboardData.getData("text");
      if (!/[\s,;]\S/.test(pasted.trim()) || !Number.isNaN(parseNumber(pasted))) return;
      event.preventDefault();
      input.blur();
      pasteRow(pasted);
    });
  }
  return show;
}
