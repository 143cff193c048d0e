// A strip at the top of a narrow page for the figure that is spoken of, once it is scrolled away: what is
// drawn, small, and the numbers that are pointed at. A tap lets the figure grow. It is the figure itself,
// cut and made small by style alone (held.css): nothing is drawn anew, and the text stays where it is.

import { h, icon, onceAFrame, setAttribute, setText } from "../dom.js";
import { ICONS } from "../icons.js";
import { figureIn, watch } from "./shown.js";
import { partOf, partsOf } from "./spoken.js";
import { t } from "../texts.js";

/** @import { PlotBox } from "../types.d.ts" */

const HEIGHT = 116; // px, as in held.css
const EDGE = 16;
const DRAWING = { left: 14, top: 8, width: 168, height: 100 };
const MOST_NUMBERS = 3;
const DRAWN =
  ".cb-row:not(.cb-names, .cb-truth), .plot, .paint-grid, .tokens, .lanes, .sum-bars, .batch, .sheets, .guesses, .table-scroll";

export function stripAbove() {
  const numbers = h("span", { className: "strip-numbers", "aria-hidden": "true" });
  const label = h("span", { className: "strip-label" });
  const button = h(
    "button",
    { type: "button", className: "strip-open", onclick: toggle },
    numbers,
    label,
    icon(ICONS.up),
  );
  const strip = h("aside", { className: "strip", hidden: true }, button);
  document.body.append(strip);
  const kept = new Map(); // numbers as they stand in the strip, by figure and name
  /** @type {{ box: HTMLElement, isGone: boolean, names: string[] } | null} */
  let now = null;
  let isGrown = false;
  // What is cut out of a figure is cut anew when it has other lengths: it was drawn, or the window turned.
  const soon = onceAFrame(refit);
  const sizes = new ResizeObserver(soon);
  let watched = null;

  /** Shows what is to be seen of a figure, or nothing. */
  function set(next) {
    const isSame = next?.box === now?.box && next?.isGone === now?.isGone;
    if (isSame && String(next?.names) === String(now?.names)) return;
    if (!isSame) {
      now?.box.classList.remove("pinned", "grown");
      isGrown = false;
    }
    now = next;
    show();
  }

  function refit() {
    if (!now?.isGone || isGrown) return;
    // A plot measures itself as it is seen: it would take the small size for its own.
    now.box.classList.remove("pinned");
    for (const plot of plotsOf(now.box)) plot.fit?.();
    cut(now);
  }

  function cut({ box, names }) {
    const drawn = drawnOf(box, names);
    setRight(pin(box, drawn));
    if (drawn === watched) return;
    sizes.disconnect();
    for (const one of [box, drawn]) sizes.observe(one);
    for (const plot of plotsOf(box)) if (!plot.plotView) plot.drawn.then(soon);
    watched = drawn;
  }

  const setRight = (right) => strip.style.setProperty("--drawn", `${right}px`);

  function show() {
    strip.hidden = !now;
    if (!now) return;
    const { box, isGone, names } = now;
    setAttribute(button, "aria-expanded", isGrown);
    setText(label, isGrown ? t("Make it small") : t("Show the figure"));
    strip.classList.toggle("grown", isGrown);
    box.classList.toggle("grown", isGrown);
    if (isGone && !isGrown) cut(now);
    else setRight(0);
    numbers.replaceChildren(...numbersIn(box, names));
  }

  function toggle() {
    const { box, isGone } = now;
    if (!isGone) return box.scrollIntoView({ block: "start" });
    isGrown = !isGrown;
    // The place that it has in the text is kept, so that the text stays where it is.
    box.style.setProperty("--whole", `${box.offsetHeight}px`);
    box.classList.toggle("pinned", !isGrown);
    show();
  }

  function numbersIn(box, names) {
    const figure = figureIn(box);
    return numbersOf(figure, names).map((number) => {
      const key = `${box.id} ${number.shows}`;
      if (!kept.has(key)) kept.set(key, smallNumber(number, figure));
      return kept.get(key);
    });
  }

  return {
    free: () => set(null),
    refit,
    /** Goes with a figure, of which some things are pointed at. */
    follow(box, names) {
      const below = box.nextElementSibling?.getBoundingClientRect().top ?? Infinity;
      if (below < HEIGHT + EDGE) return set({ box, isGone: true, names });
      // What is left of it in view stays where it is: the strip has the numbers that are not.
      const lost = now?.isGone ? [] : names.filter((name) => isAbove(partsOf(box, name)));
      const shown = lost.filter((name) => numberOf(figureIn(box), name));
      set(shown.length ? { box, isGone: false, names: shown } : null);
    },
  };
}

/** @returns {Iterable<PlotBox>} */
const plotsOf = (box) => box.querySelectorAll(".plot");

/** Whether nothing of some parts is in the window, since they are higher up. */
const isAbove = (parts) =>
  parts.length > 0 && parts.every((part) => part.getBoundingClientRect().bottom < EDGE);

/** The numbers that are named, or the one that counts. */
function numbersOf(figure, names) {
  const wanted = names.map((name) => numberOf(figure, name)).filter(Boolean);
  if (wanted.length) return wanted.slice(0, MOST_NUMBERS);
  const all = readoutsOf(figure);
  const lead = all.find(({ size }) => size === "large") ?? all.find(({ role }) => role === "loss");
  const outputs = [...figure.querySelectorAll("output[data-readout][aria-label]")]; // as of a sum
  const first = outputs.find((output) => output.checkVisibility())?.dataset.readout;
  return [lead ?? (first && numberOf(figure, first)) ?? all[0]].filter(Boolean);
}

const readoutsOf = (figure) =>
  nodesIn(figure.spec.view).filter((node) => node.kind === "Readout" && !figure.hides(node));

const nodesIn = (node) => [node, ...(node.children ?? []).flatMap(nodesIn)];

/** A number of a figure by its name: a readout of its view, or one that stands in something else. */
function numberOf(figure, name) {
  const readout = readoutsOf(figure).find(({ shows }) => shows === name);
  if (readout) return readout;
  const parts = partsOf(figure, name);
  const output = parts.find((part) => part.matches("[data-readout]"));
  if (output)
    return {
      shows: name,
      label: output.getAttribute("aria-label") ?? placeOf(output),
      text: () => output.textContent,
    };
  const range = parts.find((part) => part.matches(".range"));
  const label = range?.querySelector(".control-label").textContent;
  return range && { shows: name, label, text: () => range.querySelector("input").value };
}

/** What a number of a table is, by the heads of its row and its column. */
function placeOf(cell) {
  const row = cell.closest("tr")?.querySelector("th");
  const column = cell.closest("table")?.tHead?.rows[0]?.cells[cell.cellIndex];
  return [row, column]
    .map((head) => head?.textContent)
    .filter(Boolean)
    .join(", ");
}

/** A number in the strip; the figure's own speaks for it. */
function smallNumber({ shows, label, unit = "", format, role = "ink", text = null }, figure) {
  const value = h("b", { "data-shows": shows });
  const unitText = h("span", { className: "readout-unit" });
  const element = h(
    "span",
    { className: "strip-number" },
    h("span", { className: "readout-label", textContent: label }),
    h("span", {}, value, " ", unitText),
  );
  element.style.setProperty("--role", `var(--${role})`);
  watch(figure, () => {
    setText(value, text ? text() : figure.format(shows, format));
    setText(unitText, figure.unit(unit));
  });
  return element;
}

/** What of a figure is drawn in the strip: what is pointed at, or what can be dragged, or comes first. */
function drawnOf(box, names) {
  const parts = names.map((name) => partOf(box, name));
  const free = parts.filter((part) => part && !part.closest(".readout"));
  const pointedAt = free.map((part) => part.closest(DRAWN) ?? part.querySelector(DRAWN));
  const all = [...box.querySelectorAll(DRAWN)].filter((element) => element.checkVisibility());
  const dragged = all.find((element) => element.querySelector("[role=slider]"));
  return pointedAt.find(Boolean) ?? dragged ?? all[0] ?? box;
}

/** Cuts what is drawn out of a figure and puts it, small, at the strip's left; gives its right side. */
function pin(box, drawn) {
  box.classList.remove("pinned");
  const [outer, inner] = [box, drawn].map((one) => one.getBoundingClientRect());
  box.classList.add("pinned");
  const scale = Math.min(DRAWING.width / inner.width, DRAWING.height / inner.height, 1);
  const [left, top] = [inner.left - outer.left, inner.top - outer.top];
  const [right, bottom] = [outer.width - left - inner.width, outer.height - top - inner.height];
  const sticks = HEIGHT - outer.height; // its foot: it would be pushed away at the text's end
  const middle = (DRAWING.height - scale * inner.height) / 2;
  const set = (name, ...lengths) =>
    box.style.setProperty(name, lengths.map((length) => `${length.toFixed(1)}px`).join(" "));
  set("--sticks", sticks);
  set("--cut", top, right, bottom, left);
  set("--x", DRAWING.left - outer.left - scale * left);
  set("--y", DRAWING.top + middle - sticks - scale * top);
  box.style.setProperty("--scale", scale.toFixed(4));
  return DRAWING.left + scale * inner.width;
}
