// How we know: runs the traced functions on the page's states and compares them with NumPy's.

import { setText } from "./dom.js";
import { columnsOf, decodeColumns } from "./links.js";
import { loadScripts } from "./scripts.js";
import { StateSpace } from "./state.js";
import { t } from "./texts.js";

/** The error of a number as `crossent check` counts it. */
function errorOf(ours, theirs) {
  if (ours === theirs || (Number.isNaN(ours) && Number.isNaN(theirs))) return 0;
  const error = Math.abs(ours - theirs) / Math.max(1, Math.abs(theirs));
  return Number.isFinite(ours) && Number.isFinite(theirs) ? error : Infinity;
}

/** The greatest error over two tables of columns, and how many numbers were compared. */
export function compareColumns(expected, given) {
  let worst = 0;
  let count = 0;
  for (const [table, columns] of Object.entries(expected)) {
    for (const [name, values] of Object.entries(columns)) {
      const theirs = typeof values === "number" ? [values] : values;
      const found = given[table]?.[name];
      const ours = typeof found === "number" ? [found] : found;
      if (ours?.length !== theirs.length) return { worst: Infinity, count };
      theirs.forEach((value, i) => (worst = Math.max(worst, errorOf(ours[i], value))));
      count += theirs.length;
    }
  }
  return { worst, count };
}

/**
 * Compares every figure's states; fills the rows of the table that names them. A served page has
 * each figure's states and program to fetch: what does not come leaves its own row without numbers.
 */
export async function checkHere(samples, table) {
  for (const [name, given] of Object.entries(samples)) {
    const row = table.querySelector(`[data-figure-row="${name}"]`);
    try {
      fillRow(row, name, given.at ? await fetched(given) : given);
    } catch {
      setText(row.querySelector("[data-cases]"), t("not there yet; load the page again later"));
    }
    await new Promise((resolve) => setTimeout(resolve)); // the page stays responsive
  }
  table.dataset.checked = "";
}

/** A figure's samples, when its program is there too. */
async function fetched({ at, program }) {
  const [response] = await Promise.all([fetch(at), loadScripts([program])]);
  return response.json(); // a server that has too much to do answers with a page
}

/** Compares a figure's states with what NumPy gave for them. */
function fillRow(row, name, { parameters, states, columns }) {
  const figure = { spec: { name }, space: new StateSpace(name, parameters) };
  const outcomes = states.map((state, i) =>
    compareColumns(decodeColumns(columns[i]), columnsOf(figure, state)),
  );
  const start = performance.now(); // once more, now that each function has been called
  states.forEach((state) => columnsOf(figure, state));
  const spent = performance.now() - start;
  const worst = Math.max(...outcomes.map((outcome) => outcome.worst));
  const count = outcomes.reduce((sum, outcome) => sum + outcome.count, 0);
  setText(
    row.querySelector("[data-cases]"),
    t("{states} states, {count} numbers", { states: states.length, count }),
  );
  setText(row.querySelector("[data-worst]"), Number.isFinite(worst) ? worst.toExponential(1) : "∞");
  row.querySelector("[data-worst]").setAttribute("data-value", worst);
  setText(row.querySelector("[data-time]"), `${((1000 * spent) / states.length).toFixed(0)} µs`);
}
