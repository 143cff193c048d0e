// <crossent-figure name="logit-gradient"> on a page of others': the figure in a shadow root, so that
// the page's styles do not reach it, and it does not reach theirs. What it needs, Bokeh too, is asked
// for once, when the first figure comes near the screen.

import { Hidden, namesIn, quoted } from "./asked.js";
import { h } from "./dom.js";
import { FigureElement, VIEW } from "./figure.js";
import { GoalError, readGoal } from "./goal-reader.js";
import { BrowserLink, columnsOf } from "./links.js";
import { drawForPaper } from "./print.js";
import { holds } from "./lesson/goals.js";
import { same, shownBy } from "./lesson/shown.js";
import { loadScripts, PartError } from "./scripts.js";
import { themeBehind, watchBehind } from "./site-theme.js";
import { nearestName, StateSpace } from "./state.js";
import { forgetPlots, repaintAll, setPalette, THEMES } from "./theme.js";
import { setTexts, t } from "./texts.js";

const PUBLIC = "crossent-figure";
const NEAR = "800px 0px"; // of the screen: a figure is there before it is seen
const PLAIN = "CrossentSans"; // the family that figures are written in, as sites/elements.py calls it

/** What the module was given when it was made; see sites/elements.py. */
let given = null;
/** @type {CSSStyleSheet} */
let sheet = null;
const link = new BrowserLink();

/** Defines the element; `base` is the address that what is given lies below. */
export function begin(base, what) {
  if (customElements.get(PUBLIC)) return; // the module is there twice
  given = { ...what, base };
  sheet = new CSSStyleSheet();
  sheet.replaceSync(given.styles);
  setPalette(given.palette);
  for (const [family, { file, weight }] of Object.entries(given.fonts))
    document.fonts.add(new FontFace(family, `url("${at(file)}")`, { weight }));
  if (!customElements.get(VIEW)) customElements.define(VIEW, FigureElement);
  customElements.define(PUBLIC, CrossentFigure);
  drawForPaper(() => [...shown].map(({ page }) => page));
}

const made = new Map(); // addresses of what the module itself holds

/** Where a file lies, or what the module holds in its stead. */
function at(path) {
  const text = given.inside?.[path];
  if (text === undefined) return new URL(path, given.base).href;
  if (!made.has(path)) {
    const content = new Blob([text], { type: "text/javascript" });
    made.set(path, URL.createObjectURL(content));
  }
  return made.get(path);
}

/** The language of the page, if figures speak it. */
function languageOfPage() {
  const [language] = document.documentElement.lang.toLowerCase().split("-");
  return Object.hasOwn(given.texts, language) ? language : "en";
}

/** The texts of the page's language; each is asked for once, or until it comes. */
async function wordsThere() {
  const language = languageOfPage();
  const file = given.texts[language];
  if (file) await loadScripts([at(file)]);
  setTexts(globalThis.crossentTexts?.[language]);
}

/** A figure's spec, once it and all that draws it are there. */
async function loaded(name) {
  const language = languageOfPage();
  const { program, specs } = given.figures[name];
  await loadScripts([given.bokeh, program, specs[language]].map(at));
  return globalThis.crossentSpecs[`${name} ${language}`];
}

/** @type {Set<CrossentFigure>} */
const shown = new Set();

const nearness = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      nearness.unobserve(target);
      /** @type {CrossentFigure} */ (target).load();
    }
  },
  { rootMargin: NEAR },
);

/** A value as JSON has it, or null: a framework's own object may be a proxy, or hold itself. */
function asJson(value) {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch {
    return null;
  }
}

/** @param {any} value */
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

export class CrossentFigure extends HTMLElement {
  static observedAttributes = ["name", "state", "hide", "theme", "goal", "form", "tools"];

  /** @type {FigureElement | null} the figure within, once it is there */
  figure = null;
  #wanted = {}; // the entries of its state that were asked for
  #badState = false; // the attribute is no JSON
  #begun = false;
  #turn = 0; // of loading: an older one is overtaken
  #goal = null;
  #reached = false;
  #problems = { state: "", hide: "", goal: "" }; // a sentence each on what was asked for in vain
  #unwatch = () => {};

  constructor() {
    super();
    this.page = h("div", { className: "page" });
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(this.page);
    keepKeys(this.page);
    keepDrags(this.page);
    // What was set before the element was defined.
    if (Object.hasOwn(this, "state")) {
      const { state } = this;
      delete this.state;
      this.state = state;
    }
  }

  connectedCallback() {
    shown.add(this);
    this.#followTheme();
    if (!this.#begun) nearness.observe(this);
  }

  disconnectedCallback() {
    shown.delete(this);
    nearness.unobserve(this);
    this.#unwatch();
    queueMicrotask(() => this.isConnected || this.#leave()); // one that is moved is back at once
  }

  /** Off the page it keeps its state alone, and shows it where it comes back. */
  #leave() {
    if (this.figure) this.#wanted = this.state;
    this.#turn++;
    this.#begun = false;
    this.#clear();
  }

  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (name === "state") this.#readState(now);
    else if (name === "theme") this.#followTheme();
    else if (name === "goal") this.#readGoal();
    else if (this.#begun) this.load();
  }

  // -- its state ----------------------------------------------------------------------------------

  /** The whole state, once the figure is there; before that, the entries that were asked for. */
  get state() {
    return structuredClone(this.figure?.state ?? this.#wanted);
  }

  /** Entries that are not given take their defaults, as in an address. */
  set state(entries) {
    const plain = asJson(entries);
    this.#badState = !isObject(plain);
    this.#wanted = this.#badState ? {} : plain;
    this.#take();
  }

  /** The numbers that the figure shows, by name. */
  get readouts() {
    const numbers = Object.entries(this.figure?.columns.readout ?? {});
    return Object.fromEntries(numbers.map(([name, number]) => [name, Number(number)]));
  }

  #readState(text) {
    try {
      this.state = text === null || !text.trim() ? {} : JSON.parse(text);
    } catch {
      this.state = null;
    }
  }

  #take() {
    const { figure } = this;
    if (!figure) return;
    const { state, problems } = figure.space.resolve(this.#wanted);
    if (!same(state, figure.state)) figure.gestures.once(() => ({ state }));
    this.#say({ state: this.#saidOf(problems) });
  }

  /** Says what is asked for in vain, in all of its attributes. */
  #say(problems) {
    Object.assign(this.#problems, problems);
    this.figure.say(Object.values(this.#problems).filter(Boolean).join(" "));
  }

  #saidOf(problems) {
    const sentences = this.#badState
      ? [t("The state of this figure is not JSON such as {example}.", { example: '{"target": 1}' })]
      : problems.map((problem) => `${problem}.`);
    return sentences.length ? `${sentences.join(" ")} ${t("The default is shown instead.")}` : "";
  }

  // -- what it looks like -------------------------------------------------------------------------

  #followTheme() {
    this.#unwatch();
    this.#unwatch = () => {};
    const wanted = this.getAttribute("theme");
    const own = THEMES.includes(wanted);
    this.page.classList.toggle("own-theme", own);
    const show = (theme) => {
      if (this.page.dataset.theme === theme) return;
      this.page.dataset.theme = theme;
      repaintAll();
    };
    if (own) show(wanted);
    else if (this.isConnected) {
      show(themeBehind(this));
      this.#unwatch = watchBehind(this, () => show(themeBehind(this)));
    }
  }

  // -- loading ------------------------------------------------------------------------------------

  /** Shows the figure that it names; called when it comes near the screen, or at once for paper. */
  async load() {
    this.#begun = true;
    const turn = ++this.#turn;
    const name = this.getAttribute("name") ?? "";
    this.page.lang = languageOfPage();
    try {
      await wordsThere();
      if (!Object.hasOwn(given.figures, name)) return void this.#instead(turn, noFigure(name));
      const spec = await loaded(name);
      if (turn === this.#turn) await this.#mount(spec);
    } catch (error) {
      if (!(error instanceof PartError)) throw error;
      const said = t("A part of this figure could not be loaded: {name}.", {
        name: error.message,
      });
      this.#instead(turn, said);
    }
  }

  #instead(turn, sentence) {
    if (turn !== this.#turn) return;
    this.#clear();
    this.page.append(h("p", { className: "notice", role: "status", textContent: sentence }));
  }

  #clear() {
    forgetPlots(this.page);
    this.figure = null;
    this.page.replaceChildren();
  }

  async #mount({ cardView, ...whole }) {
    const { name } = whole;
    const wanted = this.#wanted;
    const card = this.getAttribute("form") === "card" && cardView !== null;
    const spec = card ? { ...whole, view: cardView } : whole;
    const space = new StateSpace(name, spec.parameters);
    const { state, problems } = space.resolve(wanted);
    const columns = columnsOf({ spec, space }, state);
    const hidden = new Hidden(namesIn(this.getAttribute("hide") ?? ""));
    const figure = /** @type {FigureElement} */ (h(VIEW));
    const page = given.figures[name].pages?.[languageOfPage()];
    Object.assign(figure, { font: PLAIN, page: page && at(page) });
    this.#clear();
    this.page.setAttribute("role", "group");
    this.page.setAttribute("aria-label", spec.title);
    this.page.append(figure);
    await figure.mount({
      spec,
      initial: { state, columns },
      link,
      card,
      start: structuredClone(state),
      tools: this.getAttribute("tools") !== "none",
      hidden,
      onchange: () => this.#changed(),
    });
    if (figure.parentNode !== this.page) return; // another one has taken its place
    this.figure = figure;
    figure.tellMove = () => this.#tell("crossent-input", {});
    const unknown = [...hidden].filter((one) => !hidden.knows(one));
    const said = unknown.length
      ? t("Nothing in this figure can be hidden by the name “{value}”.", {
          value: quoted(unknown.join(", ")),
        })
      : "";
    this.#say({ state: this.#saidOf(problems), hide: said });
    this.#readGoal();
    if (wanted !== this.#wanted) this.#take(); // it was set meanwhile
    this.#tell("crossent-ready", {});
  }

  // -- what it tells ------------------------------------------------------------------------------

  /** Events of ours bubble, and leave the shadow roots of others. */
  #tell(type, more) {
    const { state, readouts } = this;
    const detail = { figure: this.getAttribute("name"), state, readouts, ...more };
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
  }

  #changed() {
    this.#problems = { state: "", hide: "", goal: "" }; // read by now
    this.#tell("crossent-change", {});
    this.#lookAtGoal();
  }

  #readGoal() {
    const text = this.getAttribute("goal") ?? "";
    this.#goal = null;
    if (!this.figure) return;
    this.#say({ goal: "" });
    if (!text.trim()) return;
    try {
      this.#goal = readGoal(text, new Set(Object.keys(shownBy(this.figure))));
      this.#reached = holds(this.#goal, shownBy(this.figure), {}); // nobody has done anything yet
    } catch (error) {
      if (!(error instanceof GoalError)) throw error;
      this.#say({ goal: t("The goal cannot be read: {why}.", { why: error.message }) });
    }
  }

  #lookAtGoal() {
    const before = this.#reached;
    this.#reached = this.#goal !== null && holds(this.#goal, shownBy(this.figure), {});
    if (this.#reached && !before) this.#tell("crossent-goal", { goal: this.getAttribute("goal") });
  }
}

// -- what is the figure's alone -------------------------------------------------------------------

/** Keys that a part of the figure takes are none of the page's, such as slides'; Escape gives them back. */
function keepKeys(page) {
  page.addEventListener("keydown", (event) => {
    const [part] = event.composedPath();
    if (event.key === "Escape") part.blur();
    else if (!event.defaultPrevented && !takes(part, event.key)) return;
    event.stopPropagation();
  });
}

/** Whether the browser itself has a part take a key. */
function takes(part, key) {
  if (part.matches("input, select, textarea")) return key !== "Tab";
  return key === " " || key === "Enter" ? part.matches("button, summary, a[href]") : false;
}

/** A drag in the figure swipes nothing of the page's. */
function keepDrags(page) {
  let held = null; // the pointer
  for (const type of ["pointerdown", "pointermove"])
    page.addEventListener(type, (event) => {
      if (type === "pointerdown") held = isDragged(event) ? event.pointerId : null;
      if (event.pointerId === held) event.stopPropagation();
    });
}

/** Whether a press is on what can be dragged: there no finger scrolls. */
const isDragged = (event) =>
  event
    .composedPath()
    .some((one) => one instanceof Element && getComputedStyle(one).touchAction === "none");

function noFigure(name) {
  if (!name) return t("This crossent-figure needs a name, such as {name}.", { name: nearest("") });
  const near = nearest(name);
  const slots = { name: quoted(name), near };
  return near
    ? t("There is no figure “{name}”; did you mean “{near}”?", slots)
    : t("There is no figure “{name}”.", slots);
}

/** The figure's name that is nearest to another; to none, the first. */
const nearest = (name) => {
  const [first] = Object.keys(given.figures);
  return name ? nearestName(name, Object.keys(given.figures)) : first;
};
