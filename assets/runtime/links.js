// Links: who computes. Each has ask(figure, {state, edit?}) -> {state, columns}, or a promise of it.

import { StateError } from "./state.js";

/** Columns as they travel: all numbers as one base64 string of float64, and each column's length. */
export function decodeColumns({ tables, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const numbers = new Float64Array(bytes.buffer);
  const columns = {};
  let start = 0;
  for (const [table, widths] of Object.entries(tables)) {
    columns[table] = {};
    for (const [name, length] of Object.entries(widths)) {
      // A length of -1 is a single number.
      columns[table][name] = length < 0 ? numbers[start] : numbers.subarray(start, start + length);
      start += Math.abs(length);
    }
  }
  return columns;
}

/** The server computes: one message out, one back, over the socket that Panel keeps. */
export class ServerLink {
  constructor({ onaway = () => {}, onback = () => {} } = {}) {
    this.eager = true; // every millisecond by which a state leaves earlier counts
    this.model = null;
    this.asked = new Map(); // sequence number -> {message, resolve, reject}
    this.sequence = 0;
    this.figures = new Map(); // figures whose state Python may set
    Object.assign(this, { onaway, onback });
  }

  register(id, figure) {
    this.figures.set(id, figure);
    figure.linkId = id;
  }

  ask(figure, { state, edit }) {
    const message = { seq: ++this.sequence, figure: figure.linkId, state, edit: edit ?? null };
    if (figure.wantsTorch) message.torch = true;
    return new Promise((resolve, reject) => {
      this.asked.set(message.seq, { message, resolve, reject });
      this.model?.send_msg(message);
    });
  }

  /** The other end is there, for the first time or again; what it has not answered is asked again. */
  connect(model) {
    const returning = this.model !== null || this.lost;
    this.model = model;
    this.lost = false;
    model.on("msg:custom", (event) => this.receive(event.data ?? event));
    this.document = model.document;
    this.document?.on_event("connection_lost", () => this.away());
    for (const { message } of this.asked.values()) model.send_msg({ ...message, whole: true });
    if (returning) this.onback();
  }

  away() {
    if (this.lost) return;
    this.model = null;
    this.lost = true;
    this.onaway();
  }

  receive(answer) {
    if (answer.seq === undefined) {
      this.figures
        .get(answer.figure)
        ?.receive({ state: answer.state, columns: decodeColumns(answer.columns) });
      return;
    }
    const asked = this.asked.get(answer.seq);
    if (!asked) return; // answered already, over a connection that was lost since
    this.asked.delete(answer.seq);
    if (answer.error) asked.reject(new StateError(answer.error));
    else {
      asked.resolve({
        state: answer.state ?? asked.message.state,
        columns: decodeColumns(answer.columns),
        extra: answer.torch ? { torch: answer.torch } : undefined,
      });
    }
  }
}

/** The page computes: the figure's own NumPy functions, traced into JavaScript. */
export class BrowserLink {
  register() {}

  ask(figure, { state, edit }) {
    const program = globalThis.crossentPrograms[figure.spec.name];
    const next = edit ? edited(figure, program, state, edit) : state;
    return { state: next, columns: run(program.compute, figure, next) };
  }
}

/** A program's columns, or an edit's changes, for a state. */
export function run({ uses, forms }, figure, state, further = {}) {
  const form = forms[shapeKey(uses, figure, state)];
  const inputs = {};
  for (const name of uses.inputs) inputs[name] = further[name] ?? state[name];
  return form(inputs);
}

// As links/browser.py writes it: the number of classes, of further rows, and the options chosen.
function shapeKey({ classes, rows, options }, figure, state) {
  const count = classes ? figure.space.numClasses(state) : 0;
  return [count, rows ? state[rows].length : 0, ...options.map((name) => state[name])].join(" ");
}

function edited(figure, program, state, { name, index, value }) {
  const changed = run(program[name], figure, state, { index, value });
  const plain = Object.fromEntries(
    Object.entries(changed).map(([key, v]) => [key, typeof v === "number" ? v : Array.from(v)]),
  );
  return figure.checked({ ...state, ...plain });
}
