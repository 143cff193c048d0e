// Things to try, questions, challenges and code: what a lesson's directives do.

import { h, icon, setText } from "../dom.js";
import { ICONS } from "../icons.js";
import { formatNumber, pythonLiteral } from "../numbers.js";
import { holds } from "./goals.js";
import { bringIntoView } from "./held.js";
import { atRest, same, shownBy, watch } from "./shown.js";
import { remember, remembered } from "../storage.js";
import { t } from "../texts.js";
import { goalZones } from "./zones.js";

const read = (element, name) =>
  element.dataset[name] ? JSON.parse(element.dataset[name]) : undefined;

/** A number in the text that follows a figure. */
export function liveValue(element, figure) {
  const { shows, format } = element.dataset;
  element.dataset.readout = shows;
  watch(figure, () => {
    const value = shownBy(figure)[shows];
    setText(element, typeof value === "number" ? formatNumber(value, format) : String(value));
    element.dataset.value = value;
  });
}

/** Buttons that set a state; each has a sentence, shown while the figure is in that state. */
export function tryBlock(block, figure, { onset }) {
  const buttons = [...block.querySelectorAll("[data-whole]")];
  const sees = [...block.querySelectorAll(".see")];
  const wholes = buttons.map((button) => read(button, "whole"));
  let chosen = null;
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => {
      chosen = i;
      onset(figure);
      figure.once(() => ({ state: structuredClone(wholes[i]) }));
      show();
    });
  });
  function show() {
    // Until what was asked for is shown, the button pressed is the one that counts.
    if (!atRest(figure) && chosen !== null) return mark(chosen);
    if (chosen === null || !same(wholes[chosen], figure.state)) chosen = presented();
    mark(chosen);
  }
  /** The one that is presented, if the figure came to its state in another way. */
  function presented() {
    const place = buttons.findIndex((button) => button.matches(".presenting .now"));
    return place >= 0 && same(wholes[place], figure.state) ? place : null;
  }
  function mark(place) {
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === place)));
    sees.forEach((see, i) => see.classList.toggle("chosen", i === place));
    block.classList.toggle("tried", place !== null);
    outline(figure, place === null ? [] : read(buttons[place], "look"), block);
  }
  watch(figure, show);
}

/** Outlines the parts of a figure that are spoken about. */
function outline(figure, names, by) {
  const wanted = new Set(names);
  if (!wanted.size && figure.outlinedBy !== by) return;
  figure.outlinedBy = wanted.size ? by : null;
  const shown = new Set();
  for (const part of figure.querySelectorAll("[data-part]")) {
    const spoken = part.dataset.part.split(" ").filter((name) => wanted.has(name));
    part.classList.toggle("looked-at", spoken.length > 0);
    if (part.checkVisibility()) spoken.forEach((name) => shown.add(name));
  }
  // A number of a table, a sum or a sentence is no part by itself: it is shown where no part has its
  // name, and where several hold it, once.
  for (const numbers of ["[data-readout]", ".sentence [data-shows]"])
    for (const number of figure.querySelectorAll(numbers)) {
      const name = number.dataset.readout ?? number.dataset.shows;
      if (number.closest(`[data-part~="${name}"]`)) continue;
      const lit = wanted.has(name) && !shown.has(name);
      (number.closest(".sum-part, .sum-total") ?? number).classList.toggle("looked-at", lit);
      if (lit && number.checkVisibility()) shown.add(name);
    }
}

/** A question: once a choice is made, its reply and the explanation are shown. */
export function question(block, figure, { onanswer, onset, before }) {
  const verdict = block.querySelector(".verdict");
  const explanation = block.querySelector(".explanation");
  const controls = [...block.querySelectorAll("[data-answer]")];
  const check = block.querySelector("[data-check]");
  const replyTo = (control) => control.closest("li").querySelector(".reply");
  const isRight = (control) => control.dataset.answer === "right";

  function reveal(chosen, right, first) {
    for (const control of controls) {
      const item = control.closest("li");
      item.classList.toggle("right", isRight(control));
      item.classList.toggle("chosen", chosen.includes(control));
      item.classList.toggle("wrong", chosen.includes(control) && !isRight(control));
      if (control.type !== "checkbox")
        control.setAttribute("aria-pressed", String(chosen.includes(control)));
      const reply = replyTo(control);
      reply.hidden = !chosen.includes(control) || !reply.textContent.trim();
    }
    block.classList.add("answered");
    setText(verdict, right ? t("Yes.") : t("Not quite: the right answer is marked."));
    explanation.hidden = false;
    const state = read(block, "state");
    if (first && state && figure) {
      onset(figure);
      figure.once((base) => ({ state: figure.fitted(base, state) }));
    }
  }

  let answered = false;
  const judged = (chosen) =>
    controls.every((control) => isRight(control) === chosen.includes(control));
  const answer = (chosen) => {
    const right = judged(chosen);
    reveal(chosen, right, !answered);
    answered = true;
    onanswer(
      right,
      chosen.map((control) => controls.indexOf(control)),
    );
  };
  if (check)
    check.addEventListener("click", () => answer(controls.filter((control) => control.checked)));
  else controls.forEach((control) => control.addEventListener("click", () => answer([control])));
  // An answer of an earlier visit stands again; the figure is left as the page shows it.
  const chosen = Array.isArray(before) ? controls.filter((_, i) => before.includes(i)) : [];
  if (chosen.length) {
    for (const control of chosen) if (control.type === "checkbox") control.checked = true;
    reveal(chosen, judged(chosen), false);
    answered = true;
    if (judged(chosen)) block.classList.add("done-before");
  }
}

const CONFETTI = 14;

/** A short burst beside the words; nothing moves for those who asked for stillness. */
function celebrate(block) {
  const burst = h("span", { className: "burst", "aria-hidden": "true" });
  for (let i = 0; i < CONFETTI; i++) {
    const piece = h("i");
    piece.style.setProperty("--turn", `${(360 / CONFETTI) * i}deg`);
    piece.style.setProperty("--hue", `var(--${["loss", "prediction", "truth", "up"][i % 4]})`);
    burst.append(piece);
  }
  block.append(burst);
  setTimeout(() => burst.remove(), 1200);
}

const LINGER = 6000; // ms that a goal that was reached stays said

/** While the figure is worked on, its challenge may be out of sight: then a bar goes along. */
export function goingAlong(block, rememberButton) {
  const text = h("span");
  const title = h("b", { textContent: block.querySelector(".block-title").textContent });
  const back = h("button", {
    type: "button",
    className: "tool",
    textContent: t("To the task"),
    onclick() {
      block.scrollIntoView({ block: "center" });
      block.querySelector("[data-begin]").focus({ preventScroll: true }); // this button goes away
    },
  });
  const again = rememberButton
    ? h("button", {
        type: "button",
        className: "button",
        textContent: rememberButton.textContent,
        onclick: () => rememberButton.click(),
      })
    : null;
  const bar = h(
    "section",
    {
      className: "challenge-bar",
      "aria-label": t("Challenge under way"),
      hidden: true,
    },
    h("div", {}, title, text),
    again,
    back,
  );
  document.body.append(bar);
  let wanted = false;
  let inSight = false;
  const update = () => (bar.hidden = !wanted || inSight);
  new IntersectionObserver(
    (entries) => {
      inSight = entries.at(-1).intersectionRatio > 0.6; // several may have gathered
      update();
    },
    { threshold: [0, 0.6, 1] },
  ).observe(block);
  return {
    say: (words) => setText(text, words),
    show(on) {
      wanted = on;
      bar.classList.remove("reached");
      if (again) again.hidden = false;
      update();
    },
    reached(words) {
      wanted = true;
      bar.classList.add("reached");
      if (again) again.hidden = true;
      text.replaceChildren(words);
      update();
      setTimeout(() => {
        if (!bar.classList.contains("reached")) return;
        wanted = false;
        update();
      }, LINGER);
    },
  };
}

/** A challenge: from Begin on, the figure is checked whenever it is let go. */
export function challenge(block, figure, { ondone, before, onbegin }) {
  const begin = block.querySelector("[data-begin]");
  const rememberButton = block.querySelector("[data-remember]");
  const verdict = block.querySelector(".verdict");
  const done = block.querySelector("template.done");
  const goal = read(block, "goal");
  const start = read(block, "start");
  const pair = rememberButton !== null;
  let active = false;
  let first = null;
  let begun = "";

  const bar = goingAlong(block, rememberButton);
  const zones = goalZones(figure, goal);
  const say = (text) => {
    setText(verdict, text);
    bar.say(text);
  };

  function settle(text, { active: now, reached = false }) {
    active = now;
    bar.show(active);
    zones.show(active);
    block.classList.toggle("active", active);
    block.classList.toggle("reached", reached);
    if (rememberButton) rememberButton.hidden = !active;
    setText(begin.querySelector("span") ?? begin, active ? t("Start over") : t("Begin again"));
    if (text !== null) say(text);
  }

  begin.addEventListener("click", () => {
    onbegin(figure);
    first = null;
    begun = JSON.stringify(start);
    settle(
      pair ? t("Find the first, then press Remember this one.") : t("Go: the figure is watching."),
      { active: true },
    );
    figure.once(() => ({ state: structuredClone(start) }));
    bringIntoView(figure, "nearest");
    // The way to the goal begins at the figure, not behind all that lies between.
    figure.querySelector("[role=slider]")?.focus({ preventScroll: true });
  });
  rememberButton?.addEventListener("click", () => {
    first = shownBy(figure);
    say(t("Remembered. Now find the second."));
  });
  watch(figure, () => {
    if (!active || !atRest(figure) || JSON.stringify(figure.state) === begun) return;
    begun = "";
    if (pair && !first) return;
    if (!holds(goal, shownBy(figure), first)) {
      say(pair ? t("Remembered. Not there yet.") : t("Not there yet."));
      return;
    }
    settle(null, { active: false, reached: true });
    verdict.replaceChildren(icon(ICONS.check), h("span", {}, done.content.cloneNode(true)));
    bar.reached(done.content.cloneNode(true));
    celebrate(block);
    ondone("reached");
  });
  if (before) block.classList.add("done-before");
  return {
    figure,
    /** A button set the figure: that is no way to reach a goal. */
    interrupt() {
      if (active)
        settle(t("Paused, because a button set the figure. Begin again when you like."), {
          active: false,
        });
    },
  };
}

const SLOT = /\{\{\s*([^{}]*?)\s*\}\}/g;
const LIBRARY = "crossent-library";

/** Tabs of code whose numbers follow the figure. */
export function codeBlock(block, figure, { choose }) {
  const tabs = [...block.querySelectorAll("[role=tab]")];
  const panels = [...block.querySelectorAll("[role=tabpanel]")];
  const select = (place) => {
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === place));
      tab.tabIndex = i === place ? 0 : -1;
      panels[i].hidden = i !== place;
    });
  };
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => choose(tab.textContent));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const to =
        event.key === "Home"
          ? 0
          : event.key === "End"
            ? tabs.length - 1
            : (i + step + tabs.length) % tabs.length;
      if (!Number.isInteger(to)) return;
      event.preventDefault();
      choose(tabs[to].textContent);
      tabs[to].focus();
    });
  });
  block.querySelector("[data-copy]")?.addEventListener("click", async (event) => {
    const button = event.currentTarget;
    try {
      await navigator.clipboard.writeText(panels.find((panel) => !panel.hidden).textContent);
      button.textContent = t("Copied");
    } catch {
      button.textContent = t("Select it, then Ctrl+C");
      getSelection().selectAllChildren(panels.find((panel) => !panel.hidden).querySelector("code"));
    }
    setTimeout(() => (button.textContent = t("Copy")), 2000);
  });
  if (figure) {
    const codes = [...block.querySelectorAll("code[data-template]")].filter((code) =>
      code.dataset.template.includes("{{"),
    );
    watch(figure, () => {
      const values = { ...shownBy(figure), ...figure.state };
      for (const code of codes)
        setText(
          code,
          code.dataset.template.replace(SLOT, (_, name) => pythonLiteral(values[name])),
        );
    });
  }
  return {
    /** Shows the tab of a library, if it has one. */
    prefer(label) {
      const place = tabs.findIndex((tab) => tab.textContent === label);
      if (place >= 0) select(place);
    },
  };
}

/** The library chosen last, on any lesson. */
export const preferredLibrary = () => remembered(LIBRARY);
export const keepLibrary = (label) => remember(LIBRARY, label);
