// A figure on a page: holds its state, asks its link for columns, hands them to its components.
// Whether a server or the page itself computes them, nothing here knows.

import { Announcer } from "./announce.js";
import { h, prefersReducedMotion, setText } from "./dom.js";
import { Gestures } from "./gestures.js";
import { Ghosts } from "./ghosts.js";
import { formatNumber, spokenNumber } from "./numbers.js";
import { StateError, StateSpace, valueIn } from "./state.js";
import { buildNode } from "./components/index.js";
import { toolbar } from "./toolbar.js";
import { presetBar } from "./presets.js";
import { t } from "./texts.js";

/** @import { PlotBox } from "./types.d.ts" */

/** What a figure's element is called in a page of others', where crossent-figure is elements.js's. */
export const VIEW = "crossent-view";

export class FigureElement extends HTMLElement {
  font = "Inter"; // the family of its plots' words
  /** @type {((figure: FigureElement) => void) | undefined} another figure's, which follows this one */
  tellMove;
  /** @type {((figure: FigureElement) => void) | undefined} */
  tellSettled;
  /** @type {(figure: FigureElement) => void} */
  tellChange;

  /** Builds the figure from its spec, a first state with its columns, and a link. */
  async mount({
    spec,
    initial,
    link,
    hidden = new Set(),
    later = [],
    card = false,
    tools = true,
    start = null,
    onchange = () => {},
  }) {
    this.spec = spec;
    this.link = link;
    this.hiddenNames = hidden; // with those of what appears later
    this.laterNames = new Set(later);
    this.veils = []; // what shows or hides parts, those within others first
    this.space = new StateSpace(spec.name, spec.parameters);
    this.parts = [];
    this.places = []; // functions that say where a state's entries lie: what marks other states there
    this.columns = {};
    this.tellChange = onchange; // an element's own onchange would hear every radio button
    this.start = start; // what Reset returns to, where it is not the figure's default
    this.first = structuredClone(initial.state);
    this.gestures = new Gestures({
      state: initial.state,
      ask: (request, onpart) => this.link.ask(this, request, onpart),
      apply: (answer, gesture) => this.show(answer, gesture),
      refuse: (error) => this.refuse(error),
      changed: (gesture) => this.settled(gesture),
    });
    mergeColumns(this.columns, initial.columns);
    this.dataset.figure = spec.name;
    this.classList.toggle("card-form", card);
    this.notice = h("p", { className: "notice", role: "status", hidden: true });
    this.announcer = new Announcer();
    const view = await buildNode(spec.view, this);
    this.stage = h("div", { className: "stage" }, view);
    this.replaceChildren(this.stage);
    this.append(this.notice);
    if (!card) this.append(presetBar(this));
    if (!card && tools) this.append(toolbar(this));
    this.append(this.announcer.element);
    this.addEventListener("keydown", (event) => this.key(event));
    this.refresh();
    this.ghosts = new Ghosts(this);
    this.announcer.begin();
    this.dataset.ready = "";
  }

  get state() {
    return this.gestures.state;
  }

  get numClasses() {
    return this.space.numClasses(this.state);
  }

  /** Whether the page hides a part now: by one of the names that Python gave it. */
  hides({ called }) {
    return called.some((name) => this.hiddenNames.has(name));
  }

  /** Whether it does so for good. */
  drops({ called }) {
    return called.some((name) => this.hiddenNames.has(name) && !this.laterNames.has(name));
  }

  /** Calls back now and whenever something is hidden no longer. */
  veil(look) {
    this.veils.push(look);
    look();
  }

  /** Shows what is not hidden; what a state does not show stays hidden. */
  unveil() {
    for (const look of this.veils) look();
    this.refresh(new Set());
  }

  /** Lets parts appear that were to come later; returns whether any did. */
  reveal(names) {
    const fresh = [...names].filter((name) => this.laterNames.delete(name));
    if (!fresh.length) return false;
    const unseen = [...this.stage.querySelectorAll("[hidden]")];
    for (const name of fresh) this.hiddenNames.delete(name);
    this.unveil();
    for (const part of unseen) if (!part.hidden) appear(part);
    return true;
  }

  /** Draws the plots of what appears later where nobody sees it, for paper has them at once. */
  async drawUnseen() {
    if (!this.laterNames.size) return;
    const all = /** @type {NodeListOf<PlotBox>} */ (this.stage.querySelectorAll(".plot"));
    const boxes = [...all].filter((box) => !box.plotView && box.closest("[hidden]"));
    const covers = boxes.flatMap(hiddenAbove);
    for (const cover of covers) cover.classList.add("aside");
    for (const cover of covers) cover.hidden = false;
    await Promise.all(boxes.filter((box) => box.offsetWidth).map((box) => box.drawn));
    for (const cover of covers) cover.classList.remove("aside");
    this.unveil();
  }

  parameter(name) {
    return this.space.parameter(name);
  }

  /** A column, or a single number: "table.column", or a readout's bare name. */
  value(reference) {
    const found = valueIn(this.columns, reference);
    if (found === undefined) throw new Error(`${this.spec.name} has no column ${reference}`);
    return found;
  }

  /** Where a state's entries lie in this figure, as far as they can be seen. */
  get marked() {
    return this.places.flatMap((places) => places());
  }

  nameOfClass(index) {
    return this.state.classes?.[index] ?? t("class {n}", { n: index + 1 });
  }

  // -- what components ask for ------------------------------------------------------------------

  begin(complete) {
    this.say("");
    this.gestures.begin(complete);
  }

  end() {
    this.gestures.end();
  }

  /** Within a gesture: these entries take these values. */
  set(entries) {
    this.gestures.move((base) => ({ state: this.checked({ ...base, ...entries }) }));
  }

  /** Within a gesture: one entry of a vector takes a value. */
  setEntry(name, index, value) {
    this.gestures.move((base) => {
      const row = [...base[name]];
      row[index] = value;
      return { state: this.checked({ ...base, [name]: row }) };
    });
  }

  /** Within a gesture: an edit of the state in which the gesture began. */
  edit(name, index, value) {
    this.gestures.move((base) => ({ state: base, edit: { name, index, value } }));
  }

  /** One gesture of one move: a click, a typed number. */
  once(change) {
    this.say("");
    this.gestures.once((base) => {
      const request = change(base);
      return { ...request, state: this.checked(request.state) };
    });
  }

  /** A number typed for one class. */
  typeEntry(name, edit, index, value) {
    this.once((base) => {
      if (edit) return { state: base, edit: { name: edit, index, value } };
      return {
        state: { ...base, [name]: base[name].map((old, i) => (i === index ? value : old)) },
      };
    });
  }

  assign(entries) {
    this.once((base) => ({ state: { ...base, ...entries } }));
  }

  /** Given entries, with the others fitted to them: a preset, a pasted row. */
  adopt(entries) {
    this.once((base) => ({ state: this.fitted(base, entries) }));
  }

  fitted(base, entries) {
    const count = this.space.numClasses(this.space.resolve(entries).state);
    const speaks = this.space.perClass.some(({ name }) => name in entries);
    return { ...(speaks ? this.space.resized(base, count) : base), ...entries };
  }

  /** Takes entries that another figure of the page shares with this one, as they move there. */
  follow(entries) {
    this.following ??= { base: null, ended: false, history: false, follows: true };
    this.gestures.move(
      () => ({ state: this.checked(this.fitted(this.state, entries)) }),
      this.following,
    );
  }

  /** The other figure was let go. */
  followed() {
    const gesture = this.following;
    this.following = null;
    if (!gesture) return;
    gesture.ended = true;
    this.gestures.settle(gesture);
  }

  checked(state) {
    const { state: whole, problems } = this.space.resolve(state);
    if (problems.length) throw new StateError(problems[0]);
    return whole;
  }

  addClass() {
    const count = this.numClasses + 1;
    this.once((base) => this.shareOut(this.space.extended(base, count), count - 1, 1 / count));
  }

  removeClass(index) {
    const without = (state) => ({ state: this.space.without(state, index) });
    // Its share goes to the others first; all steps are one gesture.
    this.say("");
    this.gestures.begin();
    this.gestures.move((base) =>
      this.shares.length ? this.shareOut(base, index, 0, without) : without(base),
    );
    this.gestures.end();
  }

  get shares() {
    return this.space.perClass.filter(({ kind }) => kind === "distribution");
  }

  /** One class's probability takes a value, in each distribution in turn; then comes `after`. */
  shareOut(state, index, value, after, [share, ...others] = this.shares) {
    if (!share) return { state };
    const next = others.length
      ? (changed) => this.shareOut(changed, index, value, after, others)
      : after;
    return { state, edit: { name: share.name, index, value }, after: next };
  }

  reset() {
    this.once(() => ({ state: structuredClone(this.start ?? this.space.resolve({}).state) }));
  }

  undo() {
    this.say("");
    this.gestures.undo();
  }

  redo() {
    this.say("");
    this.gestures.redo();
  }

  // -- showing ----------------------------------------------------------------------------------

  show(answer, gesture) {
    const changed = mergeColumns(this.columns, answer.columns);
    this.extra = undefined; // of another state
    this.ghosts?.clear();
    this.refresh(changed);
    if (!gesture?.follows) this.tellMove?.(this);
  }

  refresh(changed = new Set(Object.keys(this.columns))) {
    for (const part of this.parts) part.update(changed);
  }

  /** State and columns that come unasked: Python set the state. */
  receive(answer) {
    this.gestures.answered(answer);
    this.settled();
  }

  /** What comes beside the columns, later than they: torch's numbers for the same state. */
  receiveExtra(extra) {
    this.extra = extra;
    this.refresh(new Set());
  }

  settled(gesture) {
    this.refresh(new Set());
    this.ghosts?.settle(gesture);
    // Of figures that move together, the one that was moved speaks.
    if (gesture?.follows) this.announcer.begin();
    else this.announcer.rest(() => !this.gestures.current && !this.gestures.busy);
    this.tellChange(this);
    this.tellSettled?.(this);
  }

  say(text) {
    setText(this.notice, text);
    this.notice.hidden = !text;
  }

  refuse(error) {
    this.say(`${capitalised(error.message)}. ${t("Nothing was changed.")}`);
    this.refresh();
    if (!(error instanceof StateError)) console.warn(error);
  }

  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    if (event.composedPath()[0].matches?.("input, textarea")) return;
    event.preventDefault();
    if (event.shiftKey) this.redo();
    else this.undo();
  }

  format(reference, style) {
    return this.shown(Number(this.value(reference)), style);
  }

  /** A unit as it is read: "@name" is an entry of the state, such as nats or bits. */
  unit(text) {
    return text.startsWith("@") ? this.state[text.slice(1)] : text;
  }

  /** A number as it is read: where nan is only what has not come, a dash. */
  shown(number, style) {
    return Number.isNaN(number) && this.spec.blank ? "–" : formatNumber(number, style);
  }

  spoken(number, style) {
    return Number.isNaN(number) && this.spec.blank ? "–" : spokenNumber(number, style);
  }
}

/** What hides an element: itself, or what it lies in. */
function hiddenAbove(element) {
  const cover = element.closest("[hidden]");
  return cover ? [cover, ...hiddenAbove(cover.parentElement)] : [];
}

/** Lets a part come quietly into sight. */
function appear(part) {
  if (!prefersReducedMotion()) part.animate({ opacity: [0, 1] }, { duration: 600, easing: "ease" });
}

const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Puts new columns over the old; returns the names of the tables that they touch. */
function mergeColumns(columns, fresh) {
  for (const [table, values] of Object.entries(fresh)) {
    columns[table] = { ...columns[table], ...values };
  }
  return new Set(Object.keys(fresh));
}
