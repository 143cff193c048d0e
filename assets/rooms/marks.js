// Everyone's answers in one picture: each student's state as a dot wherever the figure shows an entry
// of it, on its plots, bars and sliders, with the median and the middle half of the class; and how many
// have made each choice.

import { h } from "../runtime/dom.js";
import { valueIn } from "../runtime/state.js";
import { student } from "./words.js";

const RADIUS = 4.5; // px of a dot
const REACH = 14; // px from a dot's middle that still press it
const SPREAD = 0.34; // of a bar's width to either side, so that equal answers do not hide one another
const AROUND = 9; // px to either side of a slider's line
const TURN = Math.PI * 2;
const MARK = /^mark\/(.+)\/(\d+)$/; // as rooms.py names them: of a figure, by a seat

/** A class's states of a figure, and what they come to. */
export class Answers {
  /** @param {any} figure */
  constructor(figure) {
    this.figure = figure;
    this.about = aboutOf(figure);
    this.answers = new Map(); // seat -> {state, columns}
  }

  /** Takes a seat's state; what was not sent is as ever. */
  put(seat, sent) {
    this.answers.set(Number(seat), new Answer(this.figure, this.about, sent));
  }

  /** The class in numbers: how many, and of what the figure is about the median and the middle half. */
  summary() {
    const values = [...this.answers.values()].map((one) => this.valueOf(one));
    const known = values.filter((value) => !Number.isNaN(value));
    return { count: this.answers.size, ...(known.length && quartiles(known)) };
  }

  valueOf({ columns }) {
    return this.about ? Number(valueIn(columns, this.about.shows)) : NaN;
  }

  /** A value of what the figure is about, as it writes it. */
  written(value) {
    return this.figure.shown(value, this.about.format);
  }

  get unit() {
    const unit = this.figure.unit(this.about?.unit ?? "");
    return unit ? ` ${unit}` : "";
  }
}

export class Marks extends Answers {
  /**
   * `onpress(seat)` is told whose dot has been pressed, `onnews()` once a frame that there are others.
   * @param {any} figure
   * @param {{ onpress?: (seat: number) => void, onnews?: () => void }} [told]
   */
  constructor(figure, { onpress = () => {}, onnews = () => {} } = {}) {
    super(figure);
    this.onpress = onpress;
    this.onnews = onnews;
    this.news = false;
    this.named = false; // whether a dot on a plot says whose it is
    this.before = new Map(); // those of a picture that was kept, drawn hollow
    this.dots = []; // what is drawn: {seat, x, y} in px of the stage
    this.canvas = h("canvas", { className: "room-marks", "aria-hidden": "true" });
    figure.stage.append(this.canvas);
    this.part = { update: () => this.wanted() };
    figure.parts.push(this.part);
    this.sizes = new ResizeObserver(() => this.wanted());
    this.sizes.observe(figure.stage);
    this.themes = new MutationObserver(() => this.wanted());
    this.themes.observe(document.documentElement, { attributeFilter: ["data-theme", "class"] });
    this.press = (event) => this.pressed(event);
    figure.stage.addEventListener("click", this.press, true);
  }

  end() {
    cancelAnimationFrame(this.frame);
    this.figure.parts = this.figure.parts.filter((part) => part !== this.part);
    this.sizes.disconnect();
    this.themes.disconnect();
    this.figure.stage.removeEventListener("click", this.press, true);
    this.canvas.remove();
  }

  /** Takes what a board has of this figure among some entries; what was not sent is as ever. */
  take(board, names) {
    for (const name of names) {
      const [, of, seat] = name.match(MARK) ?? [];
      if (of !== this.figure.dataset.slot || !board[name]) continue;
      this.put(seat, board[name]);
      this.news = true;
    }
    this.wanted();
  }

  clear() {
    this.answers.clear();
    this.news = true;
    this.wanted();
  }

  /** Keeps a picture's dots in view, hollow, behind those that come. */
  keep(answers) {
    this.before = answers;
    this.wanted();
  }

  wanted() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
      if (this.news) this.onnews();
      this.news = false;
    });
  }

  /** Has dots on plots say whose they are, or not. */
  name(named) {
    this.named = named;
    this.wanted();
  }

  // -- drawing ----------------------------------------------------------------------------------

  paint() {
    const { canvas, figure } = this;
    const box = figure.stage.getBoundingClientRect();
    const sharp = devicePixelRatio || 1;
    const [width, height] = [Math.round(box.width * sharp), Math.round(box.height * sharp)];
    if (canvas.width !== width || canvas.height !== height)
      Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    pen.clearRect(0, 0, box.width, box.height);
    const style = getComputedStyle(figure.stage);
    this.ink = style.getPropertyValue("--ink");
    this.paper = style.getPropertyValue("--card");
    this.size = RADIUS * (Number(style.getPropertyValue("--grow")) || 1);
    this.font = style.fontFamily;
    this.dots = [];
    if (!this.answers.size && !this.before.size) return;
    const places = figure.marked.filter(({ element }) => element.checkVisibility());
    this.naming = this.named ? this.placeOfNames(places) : null;
    for (const place of places) {
      const at = place.element.getBoundingClientRect();
      /** @type {[number, number]} */
      const corner = [at.left - box.left, at.top - box.top];
      if (place.shape === "choice") this.paintChoice(pen, place, corner);
      else this.paintPlace(pen, place, corner, at);
    }
  }

  /** Where names are said, once each: on the first plot, or where there is none on the first bar. */
  placeOfNames(places) {
    const [one] = this.answers.values();
    const holds = ({ points }) => one && points(one.state, one.columns).length > 0;
    const of = (shape) => places.find((place) => place.shape === shape && holds(place));
    return of("dot") ?? of("level") ?? of("notch");
  }

  paintPlace(pen, place, [left, top], { width, height }) {
    /** @type {(one: { state: any, columns: any }) => [number, number][]} */
    const pointsOf = ({ state, columns }) =>
      place.points(state, columns).filter(([x, y]) => Number.isFinite(x + y));
    /** @type {(seat: number, point: [number, number]) => [number, number]} */
    const shaken = (seat, [x, y]) => {
      const [across, along] = shift(place.shape, seat, width);
      return [left + x + across, top + y + along];
    };
    for (const [seat, one] of this.before)
      for (const point of pointsOf(one)) this.ring(pen, shaken(seat, point));
    const all = [];
    for (const [seat, one] of this.answers) {
      for (const point of pointsOf(one)) {
        const [x, y] = shaken(seat, point);
        this.dot(pen, x, y, student(seat).shade);
        if (place === this.naming) this.label(pen, x, y, student(seat).animal);
        this.dots.push({ seat, x, y });
        all.push(point);
      }
    }
    if (all.length < 2) return;
    this.spread(
      pen,
      place.shape,
      all,
      [left, top],
      place.axes?.() ?? { left: 3, bottom: height - 1 },
    );
  }

  dot(pen, x, y, shade) {
    pen.beginPath();
    pen.arc(x, y, this.size, 0, TURN);
    pen.globalAlpha = 0.82;
    pen.fillStyle = shade;
    pen.fill();
    pen.globalAlpha = 1;
    pen.lineWidth = 1.25;
    pen.strokeStyle = this.paper;
    pen.stroke();
  }

  label(pen, x, y, text) {
    pen.font = `500 ${11 * (this.size / RADIUS)}px ${this.font}`;
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.lineWidth = 3;
    pen.lineJoin = "round";
    pen.strokeStyle = this.paper;
    pen.strokeText(text, x + this.size + 3, y);
    pen.fillStyle = this.ink;
    pen.fillText(text, x + this.size + 3, y);
  }

  ring(pen, [x, y]) {
    pen.beginPath();
    pen.arc(x, y, this.size - 0.5, 0, TURN);
    pen.globalAlpha = 0.45;
    pen.lineWidth = 1.25;
    pen.strokeStyle = this.ink;
    pen.stroke();
    pen.globalAlpha = 1;
  }

  /** The median as a tick and the middle half as a line: along a bar, a slider, a plot's axes. */
  spread(pen, shape, points, [left, top], axes) {
    const along = (axis) => quartiles(points.map((point) => point[axis]));
    const across = (at) => [left + at, top + axes.bottom];
    const down = (at) => [left + axes.left, top + at];
    if (shape !== "level") this.bracket(pen, across, [0, -7], along(0));
    if (shape !== "notch") this.bracket(pen, down, [7, 0], along(1));
  }

  bracket(pen, place, [across, down], { low, middle, high }) {
    const [from, to, tick] = [place(low), place(high), place(middle)];
    for (const [colour, width] of [
      [this.paper, 6],
      [this.ink, 3],
    ]) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.lineCap = "round";
      pen.beginPath();
      pen.moveTo(...from);
      pen.lineTo(...to);
      pen.moveTo(...tick);
      pen.lineTo(tick[0] + across, tick[1] + down);
      pen.stroke();
    }
  }

  /** How many have made a choice, on its corner. */
  paintChoice(pen, place, [left, top]) {
    const chosen = [...this.answers.values()].flatMap(({ state }) => place.points(state, {}));
    if (!chosen.length) return;
    const text = String(chosen.length);
    const size = 12 * (this.size / RADIUS);
    pen.font = `600 ${size}px ${this.font}`;
    const width = Math.max(pen.measureText(text).width + size * 0.8, size * 1.5);
    const x = left + chosen[0][0] - width + size * 0.4;
    pen.fillStyle = this.ink;
    pen.beginPath();
    pen.roundRect(x, top - size * 0.6, width, size * 1.5, size);
    pen.fill();
    pen.fillStyle = this.paper;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(text, x + width / 2, top + size * 0.18);
  }

  // -- whose it is ------------------------------------------------------------------------------

  pressed(event) {
    if (event.detail === 0 || !this.dots.length) return; // a key's click is the control's
    const box = this.figure.stage.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const far = ({ x: dx, y: dy }) => Math.hypot(dx - x, dy - y);
    const nearest = this.dots.reduce((one, other) => (far(other) < far(one) ? other : one));
    if (far(nearest) <= REACH && event.target.closest(".plot")) this.onpress(nearest.seat);
  }
}

/** A student's state; of many that come in one frame, only the last is worked out. */
class Answer {
  constructor(figure, about, sent) {
    this.figure = figure;
    this.unit = about?.unit ?? "";
    this.state = figure.space.resolve(sent).state;
    this.found = null;
    this.foundIn = null; // unit
  }

  /** Its columns, in the figure's own unit; those of a run would take too long for a class. */
  get columns() {
    const { figure } = this;
    const unit = figure.unit(this.unit);
    if (this.found && unit === this.foundIn) return this.found;
    this.foundIn = unit;
    const own = this.unit.startsWith("@") ? { [this.unit.slice(1)]: unit } : {};
    const runs = globalThis.crossentPrograms[figure.spec.name].uses.run;
    this.found = runs ? {} : figure.link.ask(figure, { state: { ...this.state, ...own } }).columns;
    return this.found;
  }
}

/** What a figure is about: its large readout, or else its first. */
function aboutOf({ spec }) {
  const readouts = nodesOf(spec.view).filter(({ kind }) => kind === "Readout");
  return readouts.find(({ size }) => size === "large") ?? readouts[0];
}

function nodesOf(view) {
  if (Array.isArray(view)) return view.flatMap(nodesOf);
  if (!view || typeof view !== "object") return [];
  return [...("kind" in view ? [view] : []), ...Object.values(view).flatMap(nodesOf)];
}

/** Where a seat's dot stands beside its place, always the same. */
function shift(shape, seat, width) {
  const share = ((seat * 0.618034) % 1) * 2 - 1; // neighbours in number lie far apart
  if (shape === "level") return [share * SPREAD * width, 0];
  return [0, shape === "notch" ? share * AROUND : 0];
}

/** Median and quartiles, between neighbours where there is no middle one. */
export function quartiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => {
    const place = share * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return low === high ? low : low + (high - low) * (place % 1); // both may be infinite
  };
  return { low: at(0.25), middle: at(0.5), high: at(0.75) };
}
