// A Bokeh plot whose sources the page fills, and the handles that lie on it.

import { h, icon, placeIn, setAttribute, setText } from "../dom.js";
import { slider } from "../drag.js";
import { ICONS } from "../icons.js";
import { formatNumber } from "../numbers.js";
import { valueIn } from "../state.js";
import {
  changeProperties,
  documentOf,
  embedded,
  fitNow,
  keepStyle,
  measureOwnPixels,
  namedSources,
  paintEachFrame,
  scalesOf,
  sizeOf,
} from "../insides.js";
import { watchTheme } from "../theme.js";

/** @import { Node, PlotBox } from "../types.d.ts" */
/** @import { FigureElement } from "../figure.js" */

/** @param {Node} node @param {FigureElement} figure */
export async function plot({ plot: item, describe, handles, ends, height, square }, figure) {
  const box = /** @type {PlotBox} */ (
    h("div", { className: square ? "plot square" : "plot", role: "group", "aria-label": describe })
  );
  const canvas = h("div", { className: "plot-canvas", inert: true }); // its box speaks for it
  const overlay = h("div", { className: "plot-handles" });
  box.style.setProperty("--height", `${height}px`);
  box.append(canvas, overlay);
  const shown = handles.filter((handle) => !figure.drops(handle));
  const parts = shown.map((handle) => handleOn(overlay, handle, figure));
  box.drawn = draw(item, canvas, box, figure.font);
  // The plot comes a moment after the rest of the figure, which can be dragged already.
  box.drawn.then((view) => follow({ box, view, ends, figure, parts, handles: shown }));
  return box;
}

const FONT_PATIENCE = 100; // ms, as long as the page's own text waits: its fonts are optional

/** Embeds once the box has a place on the page, so that the first layout is the last. */
async function draw(item, canvas, box, font) {
  await Promise.all([connected(box), fontLoaded(font)]);
  const view = await embedded(item, canvas);
  paintEachFrame(view);
  keepStyle(view);
  measureOwnPixels(view);
  return view;
}

/** A canvas keeps the letters that it was drawn with: those of the page, if they come in time. */
function fontLoaded(font) {
  const patience = new Promise((resolve) => setTimeout(resolve, FONT_PATIENCE));
  return Promise.race([document.fonts.load(`13px ${font}`).catch(() => {}), patience]);
}

/** @param {HTMLElement} element @returns {Promise<void>} */
function connected(element) {
  return new Promise((resolve) => {
    const look = () => (element.offsetWidth ? resolve() : wait());
    // One that is hidden may be so for long, and is not asked for its size each frame.
    const wait = () => {
      const observer = new ResizeObserver(() => {
        if (!element.offsetWidth) return;
        observer.disconnect();
        requestAnimationFrame(() => resolve());
      });
      observer.observe(element);
    };
    if (element.isConnected) look();
    else requestAnimationFrame(look);
  });
}

function follow({ box, view, ends, figure, parts, handles }) {
  const { model } = view;
  const document = documentOf(view);
  const sources = namedSources(document);
  const place = () => {
    parts.forEach((part) => part.place(view));
    spread(parts);
  };
  const late = new Set(); // tables that have changed while nobody saw it
  const fill = () => {
    for (const [name, list] of sources) {
      if (!late.has(name)) continue;
      for (const source of list) source.data = plotted(figure.columns[name]);
    }
    late.clear();
  };
  const sight = inSight(box, fill);
  const update = (changed) => {
    for (const [end, reference] of ends) setEnd(model, end, Number(figure.value(reference)));
    for (const name of changed) late.add(name);
    // Out of sight it is in time when the finger rests.
    if (sight.is || !figure.gestures.current) fill();
    place();
  };
  figure.parts.push({ update });
  const points = dotsOf(handles, view, figure);
  const along = (name) => lineOf(name, handles, view);
  figure.places.push(() => [
    { element: box, shape: "dot", points, axes: () => axesOf(view), along },
  ]);
  update(new Set(sources.keys()));
  figure.veil(place);
  watchTheme(document, box);
  box.plotView = view;
  /** Takes the size that the box has now, without waiting for a frame. */
  box.fit = () => {
    fitNow(view);
    place();
  };
  const grow = growing(document);
  const fit = () => {
    grow(Number(getComputedStyle(view.el).getPropertyValue("--grow")) || 1);
    requestAnimationFrame(place);
  };
  new ResizeObserver(fit).observe(view.el);
  fit();
}

/** Whether anything of an element is on the screen; `come` is told when it comes there. */
function inSight(element, come) {
  const sight = { is: true };
  new IntersectionObserver((entries) => {
    sight.is = entries.at(-1).isIntersecting;
    if (sight.is) come();
  }).observe(element);
  return sight;
}

/** Where a state's handles lie: on the plot, if what they show can be said of it. */
const dotsOf = (handles, view, figure) => (_, columns) => {
  const { x, y } = scalesOf(view);
  const at = (reference) => Number(valueIn(columns, reference));
  const held = (axis, reference) => within(endsOf(axis, view), at(reference));
  return handles
    .filter((handle) => !figure.hides(handle))
    .map((handle) => [x.compute(held("x", handle.x)), y.compute(held("y", handle.y))]);
};

const within = ([low, high], value) => Math.min(high, Math.max(low, value));

/** Where a plot's axes lie, in px of its box. */
function axesOf(view) {
  const { x_range: across, y_range: up } = view.model;
  const { x, y } = scalesOf(view);
  return { left: x.compute(across.start), bottom: y.compute(up.start) };
}

/** The axis along which a number lies by its name: that of a handle that shows it. */
function lineOf(name, handles, view) {
  const axis = /** @type {("x" | "y")[]} */ (["x", "y"]).find((one) =>
    handles.some((handle) => handle[one] === name),
  );
  if (!axis) return null;
  const { width, height } = sizeOf(view);
  const ends = { x: endsOf("x", view), y: endsOf("y", view) };
  const sides = { x: width, y: height };
  const at = (one, value) => scalesOf(view)[one].compute(value) / sides[one];
  const other = axis === "x" ? "y" : "x";
  const across = ends[other].map((end) => at(other, end)).sort((a, b) => a - b);
  return { axis, ends: ends[axis], at: (value) => at(axis, value), across };
}

/** @type {(axis: string, view: any) => [number, number]} the values between which an axis runs */
const endsOf = (axis, { model }) => {
  const { start, end } = model[`${axis}_range`];
  return [start, end];
};

/** A table as Bokeh takes it: a column with several axes is images, one or a row of them each. */
function plotted(table) {
  const shown = Object.entries(table).map(([name, column]) => [
    name,
    column.shape ? images(column) : column,
  ]);
  return Object.fromEntries(shown);
}

function images(column) {
  const shape = column.shape.slice(-2);
  const size = shape[0] * shape[1];
  return Array.from({ length: column.length / size }, (_, i) =>
    Object.assign(column.subarray(i * size, (i + 1) * size), { shape, dimension: 2 }),
  );
}

const GROWS = /line_width$|font_size$|^min_border/;

/** Makes a plot's words, lines and borders so many times as large as they were drawn: for a projector. */
function growing(document) {
  let grown = 1;
  return (factor) => {
    if (factor === grown) return;
    changeProperties(document, (value, name) =>
      GROWS.test(name) ? scaled(value, factor / grown) : undefined,
    );
    grown = factor;
  };
}

// 13, "13px", {value: 13} and {value: "13px"} alike.
function scaled(size, factor) {
  if (typeof size === "number") return size * factor;
  if (typeof size === "string")
    return size.replace(/^[\d.]+/, (number) => String(Number(number) * factor));
  return size && "value" in size ? { ...size, value: scaled(size.value, factor) } : size;
}

function setEnd(model, end, value) {
  const [axis, side] = end.split(".");
  const range = model[`${axis}_range`];
  if (range[side] !== value) range[side] = value;
}

const APART = 26; // px between the middles of two handles: each keeps 24 for a finger
const ROUNDS = 4;
const HALF_AN_ARROW = 9; // px

/** Handles that lie on one another are taken apart; each one's dot stays where it belongs. */
function spread(parts) {
  const seen = parts.map(({ grip }) => grip).filter((grip) => !grip.hidden && grip.at);
  const isGone = (grip) => grip.matches(".gone");
  const places = seen.map((grip) => Object.assign([...grip.at], { isGone: isGone(grip) }));
  // Whom a push brings near a third, the next round takes apart.
  for (let round = 0; round < ROUNDS; round++)
    places.forEach((one, i) => places.slice(i + 1).forEach((other) => push(one, other)));
  // Arrows at the left end stay off the numbers of the axis.
  const from = seen[0]?.from ?? 0;
  const first = places.filter((place, i) => place.isGone && seen[i].at[0] - from < APART);
  const into = Math.max(0, HALF_AN_ARROW - Math.min(...first.map(([left]) => left - from)));
  for (const place of first) place[0] += into;
  seen.forEach((grip, i) => {
    const [left, top] = places[i];
    grip.style.transform = `translate(${left}px, ${top}px)`;
    grip.style.setProperty("--back-x", `${grip.at[0] - left}px`);
    grip.style.setProperty("--back-y", `${grip.at[1] - top}px`);
  });
  stackNumbers(
    seen.map((grip, i) => ({ grip, left: places[i][0] })).filter((one) => isGone(one.grip)),
  );
}

/** The numbers of what has left the picture at one place stand one below another beside all arrows. */
function stackNumbers(gone) {
  for (const { grip, left } of gone) {
    const near = gone.filter((one) => Math.abs(one.grip.at[0] - grip.at[0]) < APART);
    const lefts = near.map((one) => one.left);
    grip.style.setProperty("--line", String(near.findIndex((one) => one.grip === grip)));
    grip.style.setProperty("--before", `${left - Math.min(...lefts)}px`);
    grip.style.setProperty("--behind", `${Math.max(...lefts) - left}px`);
  }
}

/** Pushes two places away from each other until they are apart. */
function push(one, other) {
  const [x, y] = [other[0] - one[0], other[1] - one[1]];
  const far = Math.hypot(x, y);
  if (far >= APART) return;
  // Targets are boxes: what lies askew is taken apart along the longer side.
  // Arrows at an edge lie side by side.
  const along = Math.abs(x) > Math.abs(y) || (one.isGone && other.isGone) ? 0 : 1;
  const side = (along ? y : x) < 0 ? -1 : 1;
  const gap = Math.abs(along ? y : x);
  const by = ((APART - gap) / 2) * side;
  one[along] -= by;
  other[along] += by;
}

const ROUNDING = 1e-9;

/** What shows that a handle's value lies beyond the plot's end. */
function arrow(grip) {
  const number = h("span", { className: "beyond-number" });
  const element = h("span", { "aria-hidden": "true" }, icon(ICONS.up), number);
  grip.append(element);
  return { element, number };
}

function handleOn(overlay, handle, figure) {
  const grip = h("div", { className: "plot-handle" });
  grip.style.setProperty("--role", `var(--${handle.role})`);
  overlay.append(grip);
  let view = null;
  let local = null;
  let drag = null;
  let beyond = null;
  const shown = handle.axis === "x" ? handle.x : handle.y;
  const value = () => local ?? Number(figure.value(shown));

  function place(plotView = view) {
    view = plotView;
    if (!view) return;
    const { x, y } = scalesOf(view);
    const at = {
      x: handle.axis === "x" ? value() : Number(figure.value(handle.x)),
      y: handle.axis === "y" ? value() : Number(figure.value(handle.y)),
    };
    // What leaves the picture stays at its edge, as an arrow with its number.
    const held = { x: within(endsOf("x", view), at.x), y: within(endsOf("y", view), at.y) };
    const left = x.compute(held.x);
    const top = y.compute(held.y);
    showBeyond(at, held, left / sizeOf(view).width);
    grip.hidden = figure.hides(handle) || !Number.isFinite(left + top);
    grip.at = [left, top];
    grip.from = Math.min(...endsOf("x", view).map((end) => x.compute(end)));
    drag ??= draggable();
    setAttribute(grip, "aria-label", handle.label);
    drag.show(value());
  }

  function showBeyond(at, held, across) {
    const off = (axis) => Math.abs(at[axis] - held[axis]) > ROUNDING * Math.abs(held[axis]);
    const axis = ["y", "x"].find(off);
    if (!axis && !beyond) return;
    beyond ??= arrow(grip);
    beyond.element.hidden = !axis;
    grip.classList.toggle("gone", Boolean(axis));
    if (!axis) return;
    const side = { y: ["down", "up"], x: ["left", "right"] }[axis][Number(at[axis] > held[axis])];
    beyond.element.className = `beyond ${side} ${across > 0.6 ? "from-right" : ""}`;
    setText(beyond.number, formatNumber(at[axis], "short"));
  }

  function draggable() {
    const parameter = figure.parameter(handle.param);
    const bounds = handle.bounds ?? parameter.bounds;
    const step = handle.step ?? parameter.step;
    const along = {
      x: (event) => scalesOf(view).x.invert(placeIn(overlay, event).x),
      y: (event) => scalesOf(view).y.invert(placeIn(overlay, event).y),
    };
    return slider(grip, grip, {
      eager: figure.link.eager,
      label: handle.label,
      bounds,
      step,
      orientation: handle.axis === "x" ? "horizontal" : "vertical",
      format: handle.format,
      place: along[handle.axis],
      source: {
        value,
        begin: () => figure.begin(),
        move(v) {
          local = v;
          place();
          spread([{ grip }]);
          if (handle.edit) figure.edit(handle.edit, 0, v);
          else figure.set({ [handle.param]: v });
        },
        end() {
          figure.end();
          local = null;
        },
      },
    });
  }
  return { place, grip };
}
