// A figure's run: made at once where it is short, beside the page where it is not, and kept.

import { inSlices, within } from "./slices.js";

const SHORT = 8; // ms that a run may take of a frame
const KEPT = 6; // runs
const SLICE = 12; // ms, where there is no worker

export class Runner {
  /** @type {Worker | null | undefined} there from the first long run on, where the browser allows one */
  worker;

  constructor(program) {
    this.program = program;
    this.kept = new Map(); // what a run hangs on -> its result, oldest first
    this.spent = new Map(); // form -> ms that its last run took
    this.current = null; // the run under way: {name, id, key, part, listener}
    this.count = 0;
  }

  /** The run's result, if it is kept or made in time; else null: then listen. */
  take(key, inputs) {
    const name = `${key} ${JSON.stringify(inputs)}`;
    if (this.kept.has(name)) return this.keep(name, this.kept.get(name));
    if (this.current?.name === name) return null;
    const start = (pause) => this.program.forms[key](inputs, pause);
    let part = null;
    if ((this.spent.get(key) ?? 0) < SHORT) {
      const { done, ran } = within(start, SHORT);
      if (done) return this.keep(name, ran);
      part = ran;
      this.spent.set(key, Infinity);
    }
    this.current = { name, id: ++this.count, key, part, listener: null };
    this.begin(start, key, inputs);
    return null;
  }

  keep(name, ran) {
    if (this.current) {
      this.current = null;
      this.worker?.postMessage({ id: ++this.count });
    }
    this.kept.delete(name);
    this.kept.set(name, ran);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    return ran;
  }

  /** `part(ran)` hears of what has come, `done(ran)` of all, `failed(error)` of neither. */
  listen(listener) {
    this.current.listener = listener;
    if (this.current.part) listener.part(this.current.part);
  }

  begin(start, key, inputs) {
    const { id } = this.current;
    this.worker ??= workerOf(this.program, (message) => this.heard(message));
    if (this.worker) {
      this.worker.postMessage({ id, key, inputs });
      return;
    }
    const began = performance.now();
    setTimeout(() =>
      inSlices(start, {
        first: SLICE,
        later: SLICE,
        stale: () => this.current?.id !== id,
        tell: (ran, done) => this.heard({ id, ran, done, spent: performance.now() - began }),
      }),
    );
  }

  /** @param {{ id: number, ran?: any, done?: boolean, spent?: number, error?: string }} message */
  heard({ id, ran, done, spent, error }) {
    const { current } = this;
    if (current?.id !== id) return; // of a run that was overtaken
    if (error) {
      this.current = null;
      current.listener?.failed(new Error(error));
    } else if (done) {
      this.current = null;
      this.spent.set(current.key, spent);
      this.keep(current.name, ran);
      current.listener?.done(ran);
    } else if (come(ran) >= come(current.part)) {
      // What the page itself got to may be more than a worker's first slice.
      current.part = ran;
      current.listener?.part(ran);
    }
  }
}

/** How many rows there are of what came first in a run's result. */
function come(ran) {
  while (ran && !(ran instanceof Float64Array)) [ran] = Object.values(ran);
  return ran ? ran.reduce((count, value) => count + !Number.isNaN(value), 0) : 0;
}

/** A worker from the program's own script; null where the browser allows none. */
function workerOf({ script }, heard) {
  if (!script) return null;
  try {
    const inside = () => URL.createObjectURL(new Blob([script.text], { type: "text/javascript" }));
    const worker = new Worker(script.src || inside());
    worker.onmessage = ({ data }) => heard(data);
    return worker;
  } catch {
    return null; // a page of several files that was opened from a disk
  }
}
