// What has one meaning lights up together: a coloured word the marks of its colour in the figure that is
// spoken of, and a mark its words in the text beside it. The others fade a little; nothing moves.

import { fade, glyphColors } from "../insides.js";
import { roleOfColor } from "../theme.js";
import { figureIn } from "./shown.js";

/** @import { FigureElement } from "../figure.js" */
/** @import { PlotBox } from "../types.d.ts" */

const ROLES = ["truth", "prediction", "loss", "squared", "up", "down"];
const WORDS = ROLES.map((role) => `.role-${role}`).join();
const MARKS = `[style*="--role"], [style*="--target"], [data-push], .cb-mark, ${WORDS}`;
const FADED = 0.38; // as in lesson.css

/** @param {Element} word */
const roleOfWord = (word) => ROLES.find((role) => word.classList.contains(`role-${role}`));

/** The meaning of a mark's colour, as its component was given it; a push has its direction's. */
function roleOf(/** @type {HTMLElement} */ mark) {
  const { style, dataset, classList } = mark;
  if (classList.contains("cb-mark")) return "truth";
  const given = style.getPropertyValue("--role") || style.getPropertyValue("--target");
  return dataset.push ?? given?.match(/var\(--(\w+)\)/)?.[1] ?? roleOfWord(mark);
}

/** @type {(root: Element, selector: string) => HTMLElement[]} */
const all = (root, selector) => Array.from(root.querySelectorAll(selector));

/** @type {(figure: FigureElement) => PlotBox[]} */
const plotsOf = (figure) =>
  /** @type {any[]} */ (all(figure, ".plot")).filter(({ plotView }) => plotView);

/** The meanings that are drawn in a plot. */
const drawnIn = (/** @type {PlotBox} */ { plotView }) =>
  new Set(
    glyphColors(plotView)
      .flat()
      .map(roleOfColor)
      .filter((role) => ROLES.includes(role)),
  );

/** Lights the marks of a role up in a figure; whether it has any. */
function lightMarks(figure, role) {
  const marks = all(figure.stage, MARKS);
  const lit = new Set(marks.filter((mark) => roleOf(mark) === role && mark.checkVisibility()));
  const plots = plotsOf(figure);
  if (!lit.size && !plots.some((plot) => drawnIn(plot).has(role))) return false;
  const holds = (mark) => [...lit].some((one) => mark.contains(one));
  for (const mark of marks) {
    mark.classList.add("lights");
    if (lit.has(mark) || mark.closest(".faded")) continue;
    if (!holds(mark)) mark.classList.add("faded");
    // A bar of one meaning may hold a line of another.
    else for (const part of mark.children) part.classList.toggle("faded", !holds(part));
  }
  for (const plot of plots)
    fade(plot.plotView, (colors) => colors.some((color) => roleOfColor(color) === role), FADED);
  return true;
}

function freeMarks(figure) {
  for (const faded of all(figure.stage, ".faded")) faded.classList.remove("faded");
  for (const plot of plotsOf(figure)) fade(plot.plotView, null, FADED);
}

/** The meaning of what is pointed at in a figure. */
function pointedAt(/** @type {Element} */ target) {
  const mark = /** @type {HTMLElement | null} */ (target.closest(MARKS));
  if (mark) return roleOf(mark);
  // Of a plot whose curves have one meaning, any place is that.
  const plot = /** @type {PlotBox | null} */ (target.closest(".plot"));
  const drawn = plot?.plotView ? [...drawnIn(plot)] : [];
  return drawn.length === 1 ? drawn[0] : null;
}

/**
 * @param {HTMLElement} body a lesson's text
 * @param {Map<Element, HTMLElement | undefined>} meant the figure's box that each block speaks of
 */
export function lightUp(body, meant) {
  let now = null; // the word whose marks are lit
  let lit = null; // the figure that they are in
  let kept = false; // by a tap
  let shown = { figure: null, role: null, words: [] }; // a meaning in a figure, whose words are lit

  /** @type {(word: Element) => FigureElement | undefined} */
  const figureOf = (word) =>
    word.closest("crossent-figure") ??
    figureIn(word.closest(".lesson-figure") ?? meant.get(word.closest(".lesson-body > *")));

  function light(word) {
    if (word === now) return;
    if (lit) freeMarks(lit);
    now?.classList.remove("lit-word");
    const figure = word && figureOf(word);
    now = word;
    kept = false;
    lit = figure?.dataset.ready === "" && lightMarks(figure, roleOfWord(word)) ? figure : null;
    if (lit && !word.closest(".stage")) word.classList.add("lit-word");
  }

  /** Lights the words that speak of a meaning in a figure, or none. */
  function tell(figure = null, role = null) {
    if (shown.figure === figure && shown.role === role) return;
    for (const word of shown.words) word.classList.remove("lit-word");
    const words = ROLES.includes(role) ? all(body, `.role-${role}`) : [];
    shown = {
      figure,
      role,
      words: words.filter((word) => !word.closest(".stage") && figureOf(word) === figure),
    };
    for (const word of shown.words) word.classList.add("lit-word");
  }

  function look(target) {
    const figure = target.closest("crossent-figure");
    tell(figure, figure && pointedAt(target));
    const word = target.closest(WORDS);
    if (!kept || word) light(word);
  }

  function over({ target, pointerType, buttons }) {
    // While something is dragged nothing changes.
    if (pointerType === "mouse" && !buttons) look(target);
  }

  function focus({ target }) {
    if (target.matches(":focus-visible")) look(target);
  }

  const leave = () => {
    light(null);
    tell();
  };

  body.addEventListener("pointerover", over);
  body.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && leave());
  body.addEventListener("focusin", focus);
  body.addEventListener("focusout", leave);
  body.addEventListener("click", ({ target }) => {
    const word = /** @type {Element} */ (target).closest(WORDS);
    light(word);
    kept = Boolean(word);
  });
  addEventListener("pointerdown", ({ target }) => {
    if (kept && !(/** @type {Element} */ (target).closest?.(WORDS))) light(null);
  });
  addEventListener("keydown", ({ key }) => key === "Escape" && leave());
  reachable(body);
}

/** By the keyboard the first word of each meaning in a section is reached, so that stops stay few. */
function reachable(body) {
  let met = new Set();
  for (const block of body.children) {
    if (block.matches("h2")) met = new Set();
    if (!block.matches("p, ul, ol, .math-block")) continue;
    for (const word of all(block, WORDS)) {
      const role = roleOfWord(word);
      if (!met.has(role)) word.tabIndex = 0;
      met.add(role);
    }
  }
}
