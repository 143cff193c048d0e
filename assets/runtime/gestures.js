// What a visitor does, in order: each gesture's moves overtake each other, one is in flight, the
// newest wins; gestures wait for one another and each is one step of undo.

/** @import { Answer, Gesture, OnPart, State, Step } from "./types.d.ts" */

export class Gestures {
  /**
   * `ask(request, onpart)` promises an answer {state, columns} or throws, and tells `onpart` of
   * what has come of one that takes its time; `apply(answer)` shows it.
   * @param {{
   *   state: State,
   *   ask: (request: Step, onpart?: OnPart) => Answer | Promise<Answer>,
   *   apply: (answer: Answer, gesture: Gesture | null) => void,
   *   refuse: (error: unknown) => void,
   *   changed: (gesture?: Gesture) => void,
   * }} hands
   */
  constructor({ state, ask, apply, refuse, changed }) {
    this.state = state;
    this.ask = ask;
    this.apply = apply;
    this.refuse = refuse;
    this.changed = changed;
    this.held = null; // what is told of a move while only what follows another may move
    this.allows = null; // (before, after) => whether a visitor's move may be made
    this.waiting = []; // [{gesture, request}], one entry a gesture
    this.current = null;
    /** @type {Gesture | null} */
    this.taking = null; // what is set from elsewhere
    this.busy = false;
    this.past = [];
    this.future = [];
  }

  /** Begins a gesture; `complete` asks for its last move when another gesture cuts it short. */
  begin(complete = null) {
    this.end();
    this.current = { base: null, ended: false, history: true, complete };
    return this.current;
  }

  /**
   * Asks for what `request(base)` says, base being the state in which the gesture began:
   * {state, edit?, after?}; `after(state)` is a further request that follows at once.
   * @param {(base: State) => Step} request
   * @param {Gesture} [gesture]
   */
  move(request, gesture = this.current ?? this.begin()) {
    if (this.held && !gesture.follows) return void this.held();
    const last = this.waiting.at(-1);
    if (last && last.gesture === gesture) last.request = request;
    else this.waiting.push({ gesture, request });
    this.overtake();
    this.pump();
  }

  /** What is under way and has shown a part of its answer already makes room for what waits. */
  overtake() {
    if (this.waiting.length && this.shown) this.asked?.drop?.(this.shown);
  }

  /** A part of the answer that is under way has come. */
  partly(answer, gesture) {
    this.shown = answer;
    this.answered(answer, gesture);
    this.overtake();
  }

  end() {
    const gesture = this.current;
    if (!gesture) return;
    gesture.complete?.();
    this.current = null;
    gesture.ended = true;
    this.settle(gesture);
  }

  /** A gesture of one move. */
  once(request, { history = true } = {}) {
    const gesture = this.begin();
    Object.assign(gesture, { history, isOneMove: true });
    this.move(request, gesture);
    this.end();
  }

  /** Takes a state that is set from elsewhere; of several in a row the newest, and none to undo. */
  take(state) {
    if (!this.taking || this.taking.settled)
      this.taking = { base: null, ended: true, history: false };
    this.move(() => ({ state }), this.taking);
  }

  async pump() {
    if (this.busy || !this.waiting.length) return;
    this.busy = true;
    const { gesture, request } = this.waiting.shift();
    gesture.base ??= this.state;
    try {
      let asked = request(gesture.base);
      // A link within the page answers at once: no turn of the event loop is lost to a promise.
      const soon = this.ask(asked, (part) => this.partly(part, gesture));
      let answer = soon instanceof Promise ? await this.awaited(soon) : soon;
      while (asked.after) {
        const { columns } = answer; // a link tells only what has changed since
        asked = asked.after(answer.state);
        answer = await this.ask(asked);
        answer = { ...answer, columns: { ...columns, ...answer.columns } };
      }
      this.answered(answer, gesture);
    } catch (error) {
      this.refuse(error);
    }
    this.busy = false;
    this.settle(gesture);
    this.pump();
  }

  async awaited(answer) {
    this.asked = answer;
    this.overtake();
    try {
      return await answer;
    } finally {
      this.asked = this.shown = null;
    }
  }

  answered(answer, gesture = null) {
    const own = gesture && !gesture.follows; // a visitor's
    if (own && this.allows && !this.allows(this.state, answer.state)) return;
    this.state = answer.state;
    this.apply(answer, gesture);
  }

  settle(gesture) {
    const open = this.waiting.some((entry) => entry.gesture === gesture);
    if (!gesture.ended || open || this.busy || gesture.settled) return;
    if (gesture.base === null) return;
    gesture.settled = true;
    const same = JSON.stringify(gesture.base) === JSON.stringify(this.state);
    if (gesture.history && !same) {
      this.past.push(gesture.base);
      this.future.length = 0;
    }
    if (!same) this.changed(gesture);
  }

  travel(from, to) {
    if (!from.length) return;
    this.end();
    const state = from.pop();
    to.push(this.state);
    this.once(() => ({ state }), { history: false });
  }

  undo() {
    this.travel(this.past, this.future);
  }

  redo() {
    this.travel(this.future, this.past);
  }
}
