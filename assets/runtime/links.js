// Links: who computes. Each has ask(figure, {state, edit?}) -> {state, columns}, or a promise of it.

import { listen, listenForLoss, tell } from "./insides.js";
import { Runner } from "./runs.js";
import { atOnce } from "./slices.js";
import { StateError } from "./state.js";

/** @import { Answer, Asking, Columns, Link, OnPart, Request } from "./types.d.ts" */

/** Columns as they travel: all numbers as one base64 string of float64, and each column's length. */
export function decodeColumns({ tables, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const numbers = new Float64Array(bytes.buffer);
  /** @type {Columns} */
  const columns = {};
  let start = 0;
  for (const [table, widths] of Object.entries(tables)) {
    columns[table] = {};
    for (const [name, length] of Object.entries(widths)) {
      // A length of -1 is a single number; a column with several axes has the length of each.
      const size = Array.isArray(length) ? length.reduce((a, b) => a * b, 1) : Math.abs(length);
      const column = length === -1 ? numbers[start] : numbers.subarray(start, start + size);
      columns[table][name] = Array.isArray(length)
        ? Object.assign(column, { shape: length })
        : column;
      start += size;
    }
  }
  return columns;
}

const SILENCE = 2500; // ms until a server that does not answer counts as away
const RUN = 7500; // ms more for an answer that hangs on a run

/**
 * The server computes: one message out, one back, over the socket that Panel keeps. While it is
 * away, the page's own functions answer, once `own` has been given them.
 * @implements {Link}
 */
export class ServerLink {
  /** @param {{ onaway?: (reason: string, detail: string) => void, onback?: () => void }} [told] */
  constructor({ onaway = () => {}, onback = () => {} } = {}) {
    this.eager = true; // every millisecond by which a state leaves earlier counts
    this.model = null; // the socket's end in this page, once it has connected
    this.own = null; // a link that computes here
    this.lost = false;
    this.asked = new Map(); // sequence number -> {figure, request, message, at, resolve, reject}
    this.sequence = 0;
    this.figures = new Map(); // figures whose state Python may set
    this.estranged = new Set(); // figures whose columns the server does not know as they are
    this.watch = 0;
    this.onaway = onaway;
    this.onback = onback;
    this.onconnect = () => {};
    this.fetchOwn = async () => {}; // has the page's own functions come
  }

  register(id, figure) {
    this.figures.set(id, figure);
    figure.linkId = id;
  }

  /**
   * @param {Asking} figure
   * @param {Request} request
   * @param {OnPart} [onpart]
   * @returns {Answer | Promise<Answer>}
   */
  ask(figure, request, onpart) {
    if (this.lost && this.own) {
      this.estranged.add(figure.linkId);
      return this.own.ask(figure, request, onpart);
    }
    const { state, edit = null } = request;
    const message = { seq: ++this.sequence, figure: figure.linkId, state, edit };
    if (figure.wantsTorch) message.torch = true;
    if (this.estranged.delete(message.figure)) message.whole = true;
    return new Promise((resolve, reject) => {
      const at = performance.now();
      this.asked.set(message.seq, { figure, request, message, at, resolve, reject });
      if (this.model) tell(this.model, message);
      this.watchOver();
    });
  }

  /** Sees to it that an answer which does not come is noticed. */
  watchOver() {
    if (this.watch || !this.model) return;
    this.watch = setTimeout(() => {
      this.watch = 0;
      const oldest = this.asked.values().next().value;
      if (!oldest || this.lost) return;
      if (performance.now() - oldest.at >= SILENCE) this.away("silent");
      else this.watchOver();
    }, SILENCE);
  }

  /** The other end is there, for the first time or again; what it has not answered is asked again. */
  connect(model) {
    const before = this.model;
    this.model = model;
    listen(model, (message) => model === this.model && this.receive(message));
    this.document = model.document;
    listenForLoss(model, () => {
      if (model !== this.model) return;
      this.model = null;
      this.away("unreachable");
    });
    if (before) tell(before, { leave: true });
    for (const id of this.figures.keys()) this.estranged.add(id); // a new session knows none
    for (const asked of this.asked.values()) {
      asked.at = performance.now();
      this.estranged.delete(asked.message.figure);
      tell(model, { ...asked.message, whole: true });
    }
    this.back();
    this.onconnect();
    this.watchOver();
  }

  /** The server has too much to work out: the page's own functions do it, if they come. */
  async workOut({ figure, request, resolve, reject }, problem) {
    if (!this.own) await this.fetchOwn();
    if (!this.own) return reject(new StateError(problem));
    this.estranged.add(figure.linkId);
    resolve(this.own.ask(figure, request));
  }

  /** The server is away; why is told, and all that it was asked is answered here if it can be. */
  away(reason, detail = "") {
    if (this.lost) return;
    this.lost = true;
    this.onaway(reason, detail);
    this.answerHere();
  }

  back() {
    if (!this.lost) return;
    this.lost = false;
    this.onback();
  }

  /** The page's own functions have come. */
  compute(own) {
    this.own = own;
    if (this.lost) this.answerHere();
  }

  answerHere() {
    if (!this.own) return;
    const asked = [...this.asked.values()];
    this.asked.clear();
    for (const { figure, request, resolve, reject } of asked) {
      this.estranged.add(figure.linkId);
      try {
        resolve(this.own.ask(figure, request));
      } catch (error) {
        reject(error);
      }
    }
  }

  receive(answer) {
    if (answer.reload) {
      location.reload();
      return;
    }
    this.back(); // it was silent, and speaks again
    if (answer.torch) {
      // Torch takes its time; what it says of a state that has passed is left.
      const figure = this.figures.get(answer.figure);
      if (figure?.askedLast === answer.seq) figure.receiveExtra({ torch: answer.torch });
      return;
    }
    if (answer.seq === undefined) {
      this.figures
        .get(answer.figure)
        ?.receive({ state: answer.state, columns: decodeColumns(answer.columns) });
      return;
    }
    const asked = this.asked.get(answer.seq);
    if (!asked) return; // answered already, by the page itself or over a connection that was lost
    if (answer.working) {
      asked.at = performance.now() + RUN; // a run takes its time; the server is there
      return;
    }
    this.asked.delete(answer.seq);
    asked.figure.askedLast = answer.seq;
    if (answer.busy) this.workOut(asked, answer.error);
    else if (answer.error) asked.reject(new StateError(answer.error));
    else {
      asked.resolve({
        state: answer.state ?? asked.message.state,
        columns: decodeColumns(answer.columns),
      });
    }
  }
}

/**
 * The page computes: the figure's own NumPy functions, traced into JavaScript.
 * @implements {Link}
 */
export class BrowserLink {
  runners = new WeakMap(); // figure -> Runner

  register() {}

  /**
   * While a run goes on, `onpart` hears the answer as far as it has come.
   * @param {Asking} figure
   * @param {Request} request
   * @param {OnPart} [onpart]
   * @returns {Answer | Promise<Answer>}
   */
  ask(figure, { state, edit }, onpart = () => {}) {
    const program = programOf(figure);
    const next = edit ? edited(figure, program, state, edit) : state;
    const answer = (ran) => ({
      state: next,
      columns: call(program, "compute", figure, next, { run: ran }),
    });
    if (!program.uses.run) return answer();
    const runner = this.runners.get(figure) ?? new Runner(program);
    this.runners.set(figure, runner);
    const ran = runner.take(...given(program, "run", figure, next));
    return ran ? answer(ran) : awaited(runner, answer, onpart);
  }
}

/** A promise of the answer when a run has ended; who has something newer to ask may `drop` it. */
function awaited(runner, answer, onpart) {
  let drop;
  const promise = new Promise((resolve, reject) => {
    drop = (part) => resolve(part);
    runner.listen({
      part: (ran) => onpart(answer(ran)),
      done: (ran) => resolve(answer(ran)),
      failed: reject,
    });
  });
  return Object.assign(promise, { drop });
}

const programOf = (figure) => globalThis.crossentPrograms[figure.spec.name];

/** The columns of a state, however long that takes. */
export function columnsOf(figure, state) {
  const program = programOf(figure);
  if (!program.uses.run) return call(program, "compute", figure, state);
  const [key, inputs] = given(program, "run", figure, state);
  const ran = atOnce((pause) => program.forms[key](inputs, pause));
  return call(program, "compute", figure, state, { run: ran });
}

/** What one of a program's functions gives for a state: compute's columns, an edit's changes. */
export function call(program, name, figure, state, further = {}) {
  const [key, inputs] = given(program, name, figure, state, further);
  return program.forms[key](inputs);
}

/**
 * The function's form for the state's shape, and what it is called with.
 * @returns {[string, Record<string, any>]}
 */
function given(program, name, figure, state, further = {}) {
  const uses = program.uses[name];
  const inputs = {};
  for (const input of uses.inputs) {
    inputs[input] = further[input] ?? figure.space.input(input, state[input]);
  }
  return [`${name} ${shapeKey(uses, figure, state)}`, inputs];
}

// As links/browser.py writes it: the number of classes, of further rows, and the options chosen.
function shapeKey({ classes, rows, options }, figure, state) {
  const count = classes ? figure.space.numClasses(state) : 0;
  return [count, rows ? state[rows].length : 0, ...options.map((name) => state[name])].join(" ");
}

function edited(figure, program, state, { name, index, value }) {
  const changed = call(program, name, figure, state, { index, value });
  const plain = Object.fromEntries(
    Object.entries(changed).map(([key, v]) => [key, figure.space.output(key, v)]),
  );
  return figure.checked({ ...state, ...plain });
}
