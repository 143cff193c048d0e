// Exercises as data: what one draws, what is right, how a typed answer is judged. The answer comes from
// the figure's own functions, which the page runs by itself, served too; nothing here draws a figure.

import { setText } from "../dom.js";
import { columnsOf } from "../links.js";
import { formatNumber } from "../numbers.js";
import { loadScripts } from "../scripts.js";
import { MAX_CLASSES, StateSpace } from "../state.js";
import { drawn, fits, MOST_TRIES } from "./drawing.js";
import { evaluate, holds } from "./goals.js";

const AGAIN = 2500; // ms until what did not come is asked for again
const TIE = 1e-9;
const LEAST_WITHIN = 0.0005;

/** The figures that exercises are about, without a picture; their functions come when first needed. */
export class Models {
  /** `given` has, by a figure's name, its parameters, its page, and where a server has its functions. */
  constructor(given) {
    this.given = given;
  }

  async of(name) {
    const { parameters, program } = this.given[name];
    if (program && !globalThis.crossentPrograms?.[name]) await loadScripts([program]);
    return { spec: { name }, space: new StateSpace(name, parameters) };
  }

  hrefOf(name) {
    return this.given[name].href;
  }
}

/** Unlike on each page, that a class does not ask in one moment. */
export const pauseToTryAgain = () => AGAIN * (0.75 + Math.random() / 2);

const listed = (column) => Array.from(column, Number);

/** What is known of a state: what its figure shows, and the short columns of its tables. */
function facts(model, state) {
  const { readout, ...tables } = columnsOf(model, state);
  const known = {};
  for (const [table, columns] of Object.entries(tables))
    for (const [name, column] of Object.entries(columns))
      if (column?.length <= MAX_CLASSES && !column.shape)
        known[`${table}.${name}`] = listed(column);
  const numbers = Object.entries(readout).map(([name, number]) => [name, Number(number)]);
  return { ...known, ...state, ...Object.fromEntries(numbers) };
}

/** What is right for what is known; null where there is no one answer. */
function answerOf({ kind, asked, pick }, known) {
  if (kind === "goal") return holds(asked, known) ? null : 0;
  if (kind === "choice") {
    const right = asked.flatMap((tree, i) => (holds(tree, known) ? [i] : []));
    return right.length === 1 ? right[0] : null;
  }
  const value = evaluate(asked, known, {});
  if (!pick) return Number.isNaN(value) ? null : value;
  const order = [...value].sort((a, b) => (pick === "largest" ? b - a : a - b));
  if (value.some(Number.isNaN) || Math.abs(order[0] - order[1]) <= TIE) return null;
  return value.indexOf(order[0]);
}

/** A seed's state, what is known of it, and the answer: as directives/exercises.py draws it. */
export function drawExercise(spec, model, seed) {
  let last = null;
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const values = drawn(spec.draws, seed, spec.number, attempt);
    if (!fits(spec.draws, values)) continue;
    const own = Object.entries(values).filter(([name]) => !model.space.parameter(name));
    const state = { ...spec.base, ...values };
    for (const [name] of own) delete state[name];
    const known = { ...facts(model, state), ...Object.fromEntries(own) };
    if (spec.when !== null && !holds(spec.when, known)) continue;
    const answer = attempted(spec, known);
    if (answer === null) continue;
    last = { state, known: { ...known, answer }, answer };
    break;
  }
  return last;
}

function attempted(spec, known) {
  try {
    return answerOf(spec, known);
  } catch {
    return null; // a division by 0
  }
}

/** Whether a number that was typed is near enough. */
export function isNear({ within, relative }, typed, answer) {
  if (!Number.isFinite(answer)) return typed === answer;
  const size = Math.abs(answer);
  const most =
    within === null ? Math.max(0.01 * size, LEAST_WITHIN) : within * (relative ? size : 1);
  return Math.abs(typed - answer) <= most + 1e-12 * (1 + size);
}

const SPELLED = { NaN, Infinity, "-Infinity": -Infinity };

function written(value, format, names) {
  if (format === "class") return names?.[value] ?? String(value);
  if (Array.isArray(value)) return value.map((one) => written(one, format)).join(", ");
  return typeof value === "number" ? formatNumber(value, format) : String(value);
}

/** Puts a draw's numbers into a text. */
export function fill(root, known) {
  for (const element of root.querySelectorAll("[data-drawn]")) {
    const value = evaluate(JSON.parse(element.dataset.drawn), known, {});
    setText(element, written(value, element.dataset.format, known.classes));
  }
}

/** Writes the numbers of the first draw, which the page came with, as the page writes numbers. */
export function fillFirst(root) {
  for (const element of root.querySelectorAll("[data-drawn]")) {
    const { format, value } = element.dataset;
    if (format === "class") continue;
    const given = JSON.parse(value, (_, one) => SPELLED[one] ?? one);
    setText(element, written(given, format));
  }
}
