// Present mode: one figure at a time fills the screen; the keys of a clicker go through what there is
// to try, a lesson's questions and its challenges, or a figure's presets. Escape leaves. The address
// says the step, beside the state.

import { h, icon, setText } from "../dom.js";
import { fitWindow } from "../fit.js";
import { ICONS } from "../icons.js";
import { holds } from "../presets.js";
import { figureIn, watch } from "./shown.js";
import { spokenBy } from "./spoken.js";
import { keepAddress } from "../storage.js";
import { t } from "../texts.js";

const FORWARD = new Set(["ArrowRight", "ArrowDown", "PageDown", " "]);
const BACK = new Set(["ArrowLeft", "ArrowUp", "PageUp"]);
const FIELDS = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
const OWN_KEYS = `${FIELDS}, input, summary, [role=slider], [role=tab], [role=radio]`;

// What a stage can do without, the least needed first. What can be dragged is not among it, but for
// a plot beside bars.
const NOTES = [
  ".readout-note",
  "figcaption",
  ".guesses",
  ".formula",
  ".choice.long ~ .row > .readout",
];
const TABLES = [
  ".stage .table-scroll:not(.batch *)",
  ".column.framed:not(.switch ~ *, :has(.range))", // what a switch shows is what it is on for
  ".sentence",
  ".readout.small",
];
const CONTROLS = [".button", ".switch", ".choice", ".range"];
const PICTURES = [".sum-bar:not(.large)", ".cb-follow"];
const NUMBERS = [".readout:not(.large)"];
const LANES = [".lanes-scale", ".lane"];
const LAST = [".batch", ".cb-pushes"]; // what a figure is about, where it has them
const TOLD = [".plot ~ .column .sentence", ".switch ~ .framed"]; // beside what else shows it
const REPLY = ".choice.long ~ .column, [data-part~=verdict]"; // to an answer, which cannot be taken without it

function figureAbove(block) {
  let before = block.previousElementSibling;
  while (before && !before.matches(".lesson-figure")) before = before.previousElementSibling;
  return before;
}

/** The lesson as steps: a figure by itself, then each thing to try, each question, each challenge. */
export function lessonSteps(body) {
  const steps = [];
  let heading = "";
  const figureOf = (block) =>
    document.getElementById(`figure-${block.dataset.for}`) ?? figureAbove(block);
  for (const block of body.children) {
    if (block.matches("h2, h3")) heading = block.textContent;
    else if (block.matches(".lesson-figure")) {
      steps.push({ figure: block, block: null, heading });
    } else if (block.matches(".try")) {
      const [buttons, sees] = ["[data-whole]", ".see"].map((all) => block.querySelectorAll(all));
      for (const button of buttons) {
        const see = sees[[...buttons].indexOf(button)];
        const spoken = JSON.parse(button.dataset.look ?? "[]");
        const enter = () => button.click();
        steps.push({ figure: figureOf(block), block, heading, enter, now: [button, see], spoken });
      }
    } else if (block.matches(".question, .challenge")) {
      const figure = figureOf(block);
      const enter = () => fromTheStart(figure, block);
      steps.push({ figure, block, heading, enter, spoken: spokenBy(block) });
    }
  }
  return steps;
}

/** A question and a challenge speak of the figure as the lesson shows it, not of what was tried last. */
function fromTheStart(box, block) {
  const figure = figureIn(box);
  if (!figure?.start || block.matches(".active, .answered")) return;
  if (JSON.stringify(figure.state) !== JSON.stringify(figure.start)) figure.reset();
}

/** A figure's own page as steps: the figure as it was opened, then each of its presets. */
export function figureSteps(figure) {
  const presets = figure.spec.presets.map((preset) => {
    const see = h("p", { className: "see", textContent: preset.see });
    const name = h("span", { className: "preset", textContent: preset.label });
    const block = h("div", { className: "try" }, name, h("div", { className: "try-sees" }, see));
    watch(figure, () => see.classList.toggle("chosen", holds(figure.state, preset.state)));
    figure.before(block);
    const enter = () => figure.adopt(preset.state);
    return { figure, block, heading: "", enter, now: [name, see] };
  });
  return [{ figure, block: null, heading: "" }, ...presets];
}

/** A switch goes with the list that it stands in: half a list would pass for all of it. */
const whole = (part) =>
  (part.matches(".switch") && part.closest(".column:has(> h3):has(> .column > .switch)")) || part;

/** The parts of a step's figure that it can do without, the least needed first, and the last ones. */
function dispensable({ figure, block, spoken = [] }) {
  const all = (selector) => [...figure.querySelectorAll(selector)].reverse();
  const found = (selectors) => selectors.flat().flatMap(all).map(whole);
  const parts = (...selectors) =>
    [...new Set(found(selectors))].filter((part) => !part.closest(REPLY));
  const plots = all(".plot");
  if (!all(".class-bars, .sum-bars").length) plots.pop();
  const shows = (name) => {
    const itself = `[data-part~="${name}"], [data-readout="${name}"]`;
    return figure.querySelector(itself) ? itself : `.sentence [data-shows="${name}"]`;
  };
  const needed = spoken.map(shows).join();
  const isNeeded = (part) => needed && (part.closest(needed) || part.querySelector(needed));
  const isFree = (part) => !isNeeded(part);
  // A goal is reached by what can be set; what is tried is set already, and is to be seen.
  if (block?.matches(".challenge")) {
    const first = [...parts(NOTES, TABLES, PICTURES), ...plots, ...parts(NUMBERS, LANES, CONTROLS)];
    return [first.filter(isFree), [...parts(LAST).filter(isFree), ...parts(TOLD)]];
  }
  const first = parts(NOTES, TABLES, PICTURES, CONTROLS, NUMBERS, LANES);
  return [[...first.filter(isFree), ...first.filter(isNeeded), ...plots], parts(LAST)];
}

export function presentMode({ body, steps, button, title, given, onstage }) {
  const root = document.documentElement;
  if (!steps.length) {
    button.hidden = true;
    return { enter() {}, active: () => false };
  }
  body.classList.add("presented");
  const count = h("span", { className: "present-count", role: "status" });
  const where = h("h1", { className: "present-where" });
  const tool = (label, path, onclick) =>
    h(
      "button",
      { type: "button", className: "icon-button", "aria-label": label, title: label, onclick },
      icon(path),
    );
  const next = tool(t("Next"), ICONS.next, () => go(1));
  const bar = h(
    "section",
    { className: "present-bar", "aria-label": t("Present"), hidden: true },
    where,
    tool(t("Back"), ICONS.before, () => go(-1)),
    count,
    next,
    tool(t("Leave (Escape)"), ICONS.close, leave),
  );
  document.body.append(bar);
  let place = -1;
  let back = null; // what had the focus
  const size = fitWindow({ body, used, dispensable: () => dispensable(steps[place]) });
  for (const figure of new Set(steps.map((step) => figureIn(step.figure))))
    figure?.parts.push({ update: () => active() && size.settle() });

  /** Puts a step on the stage, in its own state or in the one that the address has given. */
  function stage({ restored = false } = {}) {
    const { figure, block, heading, now = [] } = steps[place];
    for (const child of body.children)
      child.classList.toggle("on-stage", child === figure || child === block);
    for (const before of body.querySelectorAll(".try .now")) before.classList.remove("now");
    for (const element of now) element.classList.add("now");
    onstage(block ?? figure);
    setText(count, t("{n} of {m}", { n: place + 1, m: steps.length }));
    setText(where, heading ? `${title} · ${heading}` : title);
    note(place + 1);
    if (!restored) steps[place].enter?.();
    figureIn(figure)?.refresh(new Set()); // what is said of a state, where it is in it already
    size.refit();
    size.watch([figure, block].filter(Boolean));
    window.scrollTo(0, 0);
  }

  /** The height that the stage takes, with what is around it. */
  function used() {
    const boxes = [...body.querySelectorAll(":scope > .on-stage")].map((child) =>
      child.getBoundingClientRect(),
    );
    const height =
      Math.max(...boxes.map((box) => box.bottom)) - Math.min(...boxes.map((box) => box.top));
    const { paddingTop, paddingBottom } = getComputedStyle(body);
    return height + parseFloat(paddingTop) + parseFloat(paddingBottom);
  }

  function go(by) {
    const to = Math.min(steps.length - 1, Math.max(0, place + by));
    if (to === place) return;
    place = to;
    stage();
  }

  /** The first step of what is on the screen now. */
  function nearest() {
    const middle = window.innerHeight / 2;
    const distance = ({ figure, block }) => {
      const box = (block?.offsetParent ? block : figure).getBoundingClientRect();
      return Math.abs((box.top + box.bottom) / 2 - middle);
    };
    const far = steps.map(distance);
    return far.indexOf(Math.min(...far));
  }

  /** `at` is the number of a step, from 1; without it, the step that is nearest. */
  function enter({ at = null } = {}) {
    if (active()) return;
    back = document.activeElement;
    place = at === null ? nearest() : Math.min(steps.length, Math.max(1, at)) - 1;
    root.classList.add("presenting");
    bar.hidden = false;
    // Only a key or a click may fill the screen; otherwise the window is filled.
    if (navigator.userActivation?.isActive) root.requestFullscreen?.().catch(() => {});
    stage({ restored: at !== null && given(steps[place].figure) });
    next.focus();
  }

  function leave() {
    if (!active()) return;
    root.classList.remove("presenting");
    size.stop();
    for (const child of body.children) child.classList.remove("on-stage");
    bar.hidden = true;
    note(null);
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    const { figure, block } = steps[place];
    (block?.offsetParent ? block : figure).scrollIntoView({ block: "center" });
    (back && back !== document.body ? back : button).focus({ preventScroll: true });
  }

  const active = () => root.classList.contains("presenting");

  /** Keeps the step in the address: a page that is loaded again shows it again. */
  function note(step) {
    // The query's own spelling is kept: brackets and commas stay readable.
    const query = location.search
      .replace(/^\?/, "")
      .split("&")
      .filter((part) => part && !/^present=/.test(part));
    if (step) query.push(`present=${step}`);
    keepAddress(`${location.pathname}${query.length ? `?${query.join("&")}` : ""}${location.hash}`);
    document.dispatchEvent(new CustomEvent("crossent-presents", { detail: { step } }));
  }

  /** What a pointer has done is done: the next key is a clicker's, and goes to the next step. */
  function takeBackKeys() {
    if (active() && !document.activeElement?.closest(FIELDS)) next.focus({ preventScroll: true });
  }

  button.addEventListener("click", () => enter());
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement) leave();
  });
  /** @type {(event: any) => void} from elsewhere, as from the phone of who presents */
  const turned = ({ detail }) => active() && go(detail.step - 1 - place);
  document.addEventListener("crossent-present", turned);
  document.addEventListener("pointerup", takeBackKeys);
  document.addEventListener("click", (event) => event.detail && takeBackKeys());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const on = /** @type {Element} */ (event.target);
    if (!active()) {
      if (event.key === "p" && !on.closest?.(FIELDS)) enter();
      return;
    }
    if (event.key === "Escape") return leave();
    if (on.closest?.(OWN_KEYS)) return;
    if (event.key === " " && on.closest?.("button, a")) return;
    if (FORWARD.has(event.key)) go(1);
    else if (BACK.has(event.key)) go(-1);
    else return;
    event.preventDefault();
  });
  return { enter, active };
}
