// Where the goal of a challenge lies that is under way: of each number that a goal is about by itself,
// the part of the axis, the slider or the bar on which the figure shows that number.

import { h } from "../dom.js";
import { evaluate } from "./goals.js";
import { shownBy } from "./shown.js";
import { t } from "../texts.js";

/** @import { FigureElement } from "../figure.js" */
/** @typedef {[number, number]} Span */

const LEAST = 0.012; // of a box, that a zone takes: an exact goal is a line
const FLIPPED = { "<=": ">=", ">=": "<=", "<": ">", ">": "<", "==": "==" };

/** The one number that a tree is, or whose size it is. */
function subject(tree) {
  if (!Array.isArray(tree)) return null;
  const [operation, inner, place] = tree;
  if (operation === "get") return { name: inner, isSize: false };
  if (operation === "at" && inner[0] === "get")
    return { name: `${inner[1]}[${place}]`, isSize: false };
  const about = operation === "abs" ? subject(inner) : null;
  return about && { ...about, isSize: true };
}

/** @type {(operation: string, limit: number, within: number) => Span} */
function spanOf(operation, limit, within) {
  if (operation === "near") return [limit - within, limit + within];
  if (operation === "==") return [limit, limit];
  return operation.startsWith("<") ? [-Infinity, limit] : [limit, Infinity];
}

/** @type {(span: Span) => Span[]} the values whose sizes are in a span */
const ofSize = ([low, high]) =>
  low <= 0
    ? [[-high, high]]
    : [
        [-high, -low],
        [low, high],
      ];

/** What a condition leaves to the one number that it is about. */
function asked(tree, value) {
  const [operation, left, right, within = 0] = tree;
  if (operation !== "near" && !(operation in FLIPPED)) return null;
  const about = subject(left);
  if (!about) return subject(right) && asked([FLIPPED[operation], right, left], value);
  const [limit, reach] = [value(right), value(within)];
  if (typeof limit !== "number" || Number.isNaN(limit)) return null;
  const span = spanOf(operation, limit, reach);
  return { name: about.name, spans: about.isSize ? ofSize(span) : [span] };
}

/** @type {(one: Span[], other: Span[]) => Span[]} */
const common = (one, other) =>
  one
    .flatMap(([low, high]) =>
      other.map(([from, to]) => /** @type {Span} */ ([Math.max(low, from), Math.min(high, to)])),
    )
    .filter(([low, high]) => low <= high);

/**
 * The spans that a goal leaves to each of its numbers, by name: what is said of them one by one.
 * @param {any} tree as goals.js evaluates it
 * @param {Record<string, any>} shown
 */
export function spansIn(tree, shown) {
  /** @type {Map<string, Span[]>} */
  const found = new Map();
  const value = (part) => {
    try {
      return evaluate(part, shown, {});
    } catch {
      return NaN; // what cannot be worked out limits nothing
    }
  };
  const conditions = (part) => (part[0] === "and" ? part.slice(1).flatMap(conditions) : [part]);
  for (const condition of conditions(tree)) {
    const one = asked(condition, value);
    if (one) found.set(one.name, common(found.get(one.name) ?? one.spans, one.spans));
  }
  return found;
}

/**
 * The zones of a goal, shown while they are asked for.
 * @param {FigureElement} figure
 * @param {any} goal
 */
export function goalZones(figure, goal) {
  let isOn = false;
  /** @type {HTMLElement[]} */
  const marks = [];

  /** Where a name's number lies in a place; "loss_nats" is the loss while the figure counts in nats. */
  function along(place, name) {
    const plain = name.replace(new RegExp(`_${figure.state.unit}$`), "");
    return place.along?.(name) ?? place.along?.(plain);
  }

  function boxes() {
    const spans = [...spansIn(goal, shownBy(figure))];
    return figure.marked.flatMap((place) =>
      spans.flatMap(([name, parts]) => {
        const line = along(place, name);
        return line ? parts.flatMap((part) => boxOf(place, line, part)) : [];
      }),
    );
  }

  function update() {
    if (!isOn && !marks.length) return;
    const wanted = isOn ? boxes() : [];
    while (marks.length > wanted.length) marks.pop().remove();
    wanted.forEach(({ place: { element, shape }, style, axis, isToEnd }, i) => {
      marks[i] ??= h("span", { "aria-hidden": "true" }, h("span", { textContent: t("goal") }));
      marks[i].className = `goal-zone ${shape} along-${axis} ${isToEnd ? "to-end" : ""}`;
      for (const [property, length] of Object.entries(style)) marks[i].style[property] = length;
      if (marks[i].parentNode !== element) element.prepend(marks[i]);
    });
  }

  figure.parts.push({ update });
  return {
    show(on) {
      isOn = on;
      update();
    },
  };
}

const percent = (share) => `${(100 * share).toFixed(3)}%`;

/** The box of a span, if a part of the line lies in it and not all. */
function boxOf(place, { axis, ends: [first, last], at, across }, [low, high]) {
  if (high < first || low > last || (low <= first && high >= last)) return [];
  const shares = [at(Math.max(low, first)), at(Math.min(high, last))];
  const from = Math.min(...shares);
  const size = Math.max(LEAST, Math.max(...shares) - from);
  const middle = (shares[0] + shares[1]) / 2;
  const start = size === LEAST ? middle - LEAST / 2 : from;
  const [begin, end] = across;
  const lengths = [start, size, begin, end - begin].map(percent);
  const [left, width, top, height] =
    axis === "x" ? lengths : [lengths[2], lengths[3], lengths[0], lengths[1]];
  // Where the line itself ends, the zone has no edge.
  const [least, most] =
    axis === "x" ? ["borderLeft", "borderRight"] : ["borderBottom", "borderTop"];
  const edges = { [least]: low <= first ? "0" : "", [most]: high >= last ? "0" : "" };
  const style = { left, width, top, height, ...edges };
  return [{ place, axis, style, isToEnd: high >= last }];
}
