// The components by the kind that a view's tree names.

import { batchTable } from "./batch-table.js";
import { classBars } from "./class-bars.js";
import { action, choice, range, switchBox } from "./controls.js";
import { lanes } from "./lanes.js";
import { paint } from "./paint.js";
import { plot } from "./plot.js";
import { oneOf, row, stack } from "./layout.js";
import { sheets } from "./sheets.js";
import { sumBars } from "./sum-bars.js";
import { formula, liveTable, readout, sentence, snippet } from "./text.js";
import { guesses, shapes, textBox, tokenStrip } from "./tokens.js";
import { transport } from "./transport.js";

const BUILDERS = {
  Row: row,
  Stack: stack,
  OneOf: oneOf,
  ClassBars: classBars,
  BatchTable: batchTable,
  Range: range,
  Choice: choice,
  Switch: switchBox,
  Action: action,
  Readout: readout,
  Sheets: sheets,
  SumBars: sumBars,
  Lanes: lanes,
  Formula: formula,
  Sentence: sentence,
  Snippet: snippet,
  LiveTable: liveTable,
  Paint: paint,
  Plot: plot,
  Transport: transport,
  TextBox: textBox,
  TokenStrip: tokenStrip,
  Guesses: guesses,
  Shapes: shapes,
};

/** The element of a node; what must follow the columns is added to the figure's parts. */
export async function buildNode(node, figure) {
  const element = await BUILDERS[node.kind](node, figure, (child) => buildNode(child, figure));
  if (figure.hides(node)) figure.veil(() => (element.hidden = figure.hides(node)));
  if (node.called.length) element.dataset.part = node.called.join(" ");
  return element;
}
