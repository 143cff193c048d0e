// Present mode: one figure at a time fills the screen; the arrow keys go through what the lesson
// says to try, its questions and its challenges. Escape leaves.

import { h, icon, setText } from "../dom.js";
import { fitWindow } from "../fit.js";
import { ICONS } from "../icons.js";
import { t } from "../texts.js";

const FORWARD = new Set(["ArrowRight", "ArrowDown", "PageDown", " "]);
const BACK = new Set(["ArrowLeft", "ArrowUp", "PageUp"]);
const AROUND = 6.25; // rem: the padding of the stage, with the bar at its foot; see lesson.css
const OWN_KEYS =
  "input, textarea, select, summary, [role=slider], [role=tab], [role=radio], [contenteditable]";

function figureAbove(block) {
  let before = block.previousElementSibling;
  while (before && !before.matches(".lesson-figure")) before = before.previousElementSibling;
  return before;
}

/** The lesson as steps: a figure by itself, then each thing to try, each question, each challenge. */
function stepsOf(body) {
  const steps = [];
  let heading = "";
  const figureOf = (block) =>
    document.getElementById(`figure-${block.dataset.for}`) ?? figureAbove(block);
  for (const block of body.children) {
    if (block.matches("h2, h3")) heading = block;
    else if (block.matches(".lesson-figure")) {
      steps.push({ figure: block, block: null, heading });
    } else if (block.matches(".try")) {
      for (const button of block.querySelectorAll("[data-whole]")) {
        steps.push({ figure: figureOf(block), block, heading, enter: () => button.click() });
      }
    } else if (block.matches(".question, .challenge")) {
      steps.push({
        figure: figureOf(block),
        block,
        heading,
        enter: () => fromTheStart(figureOf(block), block),
      });
    }
  }
  return steps;
}

/** A question and a challenge speak of the figure as the lesson shows it, not of what was tried last. */
function fromTheStart(box, block) {
  const figure = box?.querySelector("crossent-figure");
  if (!figure?.start || block.matches(".active, .answered")) return;
  if (JSON.stringify(figure.state) !== JSON.stringify(figure.start)) figure.reset();
}

export function presentMode(body, button, title) {
  const steps = stepsOf(body);
  const root = document.documentElement;
  if (!steps.length) {
    button.hidden = true;
    return { enter() {}, active: () => false };
  }
  const count = h("span", { className: "present-count", role: "status" });
  const where = h("span", { className: "present-where" });
  const tool = (label, path, onclick) =>
    h(
      "button",
      { type: "button", className: "icon-button", "aria-label": label, title: label, onclick },
      icon(path),
    );
  const bar = h(
    "div",
    { className: "present-bar", role: "toolbar", "aria-label": t("Present"), hidden: true },
    where,
    tool(t("Back"), ICONS.before, () => go(-1)),
    count,
    tool(t("Next"), ICONS.next, () => go(1)),
    tool(t("Leave (Escape)"), ICONS.close, leave),
  );
  document.body.append(bar);
  let place = -1;
  let back = null; // what had the focus, and how far the page was scrolled
  let size = null; // keeps what is on the stage within the window

  function stage() {
    const { figure, block, heading } = steps[place];
    for (const child of body.children)
      child.classList.toggle("on-stage", child === figure || child === block);
    setText(count, t("{n} of {m}", { n: place + 1, m: steps.length }));
    setText(where, heading ? `${title} · ${heading.textContent}` : title);
    steps[place].enter?.();
    size.refit();
    window.scrollTo(0, 0);
  }

  /** The height that the stage takes, with what is around it. */
  function used() {
    const boxes = [...body.querySelectorAll(":scope > .on-stage")].map((child) =>
      child.getBoundingClientRect(),
    );
    const height =
      Math.max(...boxes.map((box) => box.bottom)) - Math.min(...boxes.map((box) => box.top));
    return height + parseFloat(getComputedStyle(root).fontSize) * AROUND;
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
      const box = (block ?? figure).getBoundingClientRect();
      return Math.abs((box.top + box.bottom) / 2 - middle);
    };
    const far = steps.map(distance);
    return far.indexOf(Math.min(...far));
  }

  function enter({ fromStart = false } = {}) {
    if (active()) return;
    back = { focus: document.activeElement, y: window.scrollY };
    place = fromStart ? 0 : nearest();
    root.classList.add("presenting");
    bar.hidden = false;
    note(true);
    // Only a key or a click may fill the screen; otherwise the window is filled.
    if (navigator.userActivation?.isActive) root.requestFullscreen?.().catch(() => {});
    size = fitWindow(used, body);
    stage();
    bar.querySelector("button:nth-of-type(2)").focus();
  }

  function leave() {
    if (!active()) return;
    root.classList.remove("presenting");
    size.stop();
    for (const child of body.children) child.classList.remove("on-stage");
    bar.hidden = true;
    note(false);
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    const { figure, block } = steps[place];
    (block ?? figure).scrollIntoView({ block: "center" });
    (back?.focus === document.body ? button : (back?.focus ?? button)).focus({
      preventScroll: true,
    });
  }

  const active = () => root.classList.contains("presenting");

  function note(on) {
    // The query's own spelling is kept: brackets and commas stay readable.
    const query = location.search
      .replace(/^\?/, "")
      .split("&")
      .filter((part) => part && !/^present=/.test(part));
    if (on) query.push("present=1");
    history.replaceState(
      history.state,
      "",
      `${location.pathname}${query.length ? `?${query.join("&")}` : ""}${location.hash}`,
    );
  }

  button.addEventListener("click", () => enter());
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement) leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!active()) {
      if (
        event.key === "p" &&
        !event.target.closest?.("input, textarea, select, [contenteditable]")
      )
        enter();
      return;
    }
    if (event.key === "Escape") return leave();
    if (event.target.closest?.(OWN_KEYS)) return;
    if (event.key === " " && event.target.closest?.("button, a")) return;
    if (FORWARD.has(event.key)) go(1);
    else if (BACK.has(event.key)) go(-1);
    else return;
    event.preventDefault();
  });
  return { enter, active };
}
