// A ghost of the state before the last move: where things were when one was taken stays faintly marked,
// so that one sees from where to where. It goes with the next gesture.

import { h } from "./dom.js";

/** @import { Columns, Gesture, State } from "./types.d.ts" */
/** @import { FigureElement } from "./figure.js" */

const FAR = 6; // px: what moved less lies under its ghost
const MOVES = /^(Arrow|Page|Home$|End$)/;

export class Ghosts {
  /** @type {{ state: State, columns: Columns } | null} what is marked */
  from = null;
  /** @type {HTMLElement[]} */
  marks = [];
  isByHand = false; // what moves now was taken by a finger or by keys

  /** @param {FigureElement} figure */
  constructor(figure) {
    this.figure = figure;
    this.rest = this.now;
    const { stage } = figure;
    const press = ({ target }) => (this.isByHand = target.closest(".draggable") !== null);
    const type = ({ target, key, ctrlKey, metaKey }) =>
      (this.isByHand = target.matches("[role=slider]") && MOVES.test(key) && !ctrlKey && !metaKey);
    stage.addEventListener("pointerdown", press, true);
    stage.addEventListener("keydown", type, true);
    // A plot has taken its new size some frames after its box.
    const later = () => requestAnimationFrame(() => this.from && this.mark());
    new ResizeObserver(() => this.from && requestAnimationFrame(later)).observe(stage);
  }

  /** Tables are replaced as they change: those of now stay as they are. */
  get now() {
    return { state: this.figure.state, columns: { ...this.figure.columns } };
  }

  /** Something moves: what was before the last move is no more of interest. */
  clear() {
    for (const mark of this.marks) mark.remove();
    this.marks = [];
    this.from = null;
  }

  /** @param {Gesture} [gesture] that has come to rest */
  settle(gesture) {
    const before = this.rest;
    this.rest = this.now;
    this.clear();
    const { space } = this.figure;
    const isSameRow = space.numClasses(before.state) === space.numClasses(this.rest.state);
    if (!this.isByHand || !gesture?.history || gesture.isOneMove || !isSameRow) return;
    this.from = before;
    this.mark();
  }

  mark() {
    for (const mark of this.marks) mark.remove();
    this.marks = this.figure.marked
      .filter(({ shape, element }) => shape !== "choice" && element.checkVisibility())
      .flatMap((place) => this.marksAt(place));
  }

  /** @param {import("./types.d.ts").Marked} place */
  marksAt({ element, shape, points }) {
    const { clientWidth: width, clientHeight: height } = element;
    const after = points(this.rest.state, this.rest.columns);
    return points(this.from.state, this.from.columns).flatMap(([x, y], i) => {
      const [toX, toY] = after[i] ?? [NaN, NaN];
      if (!(Math.hypot(toX - x, toY - y) > FAR)) return [];
      const mark = h("span", { className: `ghost ${shape}`, "aria-hidden": "true" });
      mark.style.left = `${(100 * x) / width}%`;
      mark.style.top = `${(100 * y) / height}%`;
      element.append(mark);
      return [mark];
    });
  }
}
