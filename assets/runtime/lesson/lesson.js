// A lesson's page: its figures, its directives, its progress, its table of contents.

import {
  challenge,
  codeBlock,
  keepLibrary,
  liveValue,
  preferredLibrary,
  question,
  tryBlock,
} from "./blocks.js";
import { followReader } from "./contents.js";
import { exercise } from "./exercise.js";
import { holdFigures, meantBy } from "./held.js";
import { lightUp } from "./lights.js";
import { Models } from "./practice.js";
import { lessonSteps, presentMode } from "./present.js";
import {
  anyProgress,
  clearProgress,
  noteAnswer,
  noteFinished,
  noteStep,
  progressOf,
} from "./progress.js";
import { stageFigures } from "./stages.js";
import { tellParent } from "../frame.js";
import { h, setText } from "../dom.js";
import { t } from "../texts.js";

/** @type {(root: ParentNode, selector: string) => NodeListOf<HTMLElement>} */
const all = (root, selector) => root.querySelectorAll(selector);

export function startLesson({ lesson, practice, figures: given }, elements, options) {
  const figures = new Map(given.map(({ id }, i) => [id, elements[i]]));
  const body = /** @type {HTMLElement} */ (document.querySelector(".lesson-body"));
  const figureOf = (block) => figures.get(block.dataset.for);
  const { slug, title } = lesson;
  share(given, figures);
  for (const element of all(document.querySelector("main"), "[data-live]"))
    liveValue(element, figures.get(element.dataset.live));

  const challenges = [];
  const interrupt = (figure) =>
    challenges.forEach((one) => one.figure === figure && one.interrupt());
  const { done, answers } = progressOf(slug);
  const progress = finishing(lesson);
  const ondone = (block) => (how) => {
    noteStep(slug, block.dataset.step, how);
    progress.show();
  };
  const onanswer = (block) => (right, chosen) => {
    const { step } = block.dataset;
    noteAnswer(slug, step, chosen);
    if (right) ondone(block)("right");
    tellParent("answer", { lesson: slug, step, right });
  };
  const ongoal = (block) => (how) => {
    ondone(block)(how);
    const detail = { step: block.dataset.step };
    block.dispatchEvent(new CustomEvent("crossent-goal", { bubbles: true, detail }));
    tellParent("goal", { lesson: slug, step: block.dataset.step });
  };
  for (const block of all(body, ".try")) tryBlock(block, figureOf(block), { onset: interrupt });
  for (const block of all(body, ".question")) {
    question(block, figureOf(block), {
      onanswer: onanswer(block),
      onset: interrupt,
      before: answers[block.dataset.step],
    });
  }
  for (const block of all(body, ".challenge")) {
    challenges.push(
      challenge(block, figureOf(block), {
        ondone: ongoal(block),
        onbegin: interrupt,
        before: done[block.dataset.step],
      }),
    );
  }
  const models = new Models(practice);
  for (const block of all(body, ".exercise")) {
    const about = figures.get(JSON.parse(block.dataset.exercise).on);
    challenges.push(exercise(block, about, { models, onset: interrupt }));
  }
  codeTabs(body, figureOf);
  followReader(document.querySelector(".toc"), [
    ...body.querySelectorAll(":scope > h2[id], :scope > h3[id]"),
  ]);
  const meant = meantBy(body);
  lightUp(body, meant);
  const held = holdFigures(body, meant);
  const stages = stageFigures(body, figures, held.refit);
  const present = presentMode({
    body,
    title,
    steps: lessonSteps(body),
    button: document.querySelector("[data-present]"),
    given: (box) => options.asked(`${box.id.replace(/^figure-/, "")}.`),
    onstage: stages.come,
  });
  if (options.present) present.enter({ at: options.present });
  strangers(given, elements[0]);
}

/** Two figures with one state: what moves in one moves in the other. */
function share(given, figures) {
  for (const { id, shares } of given) {
    if (!shares) continue;
    const [one, other] = [figures.get(id), figures.get(shares)];
    const common = Object.keys(one.state).filter(
      (name) => one.parameter(name).kind === other.parameter(name)?.kind,
    );
    lead(one, other, common);
    lead(other, one, common);
  }
}

function lead(one, other, common) {
  const before = { move: one.tellMove, settled: one.tellSettled };
  one.tellMove = (figure) => {
    before.move?.(figure);
    const entries = Object.fromEntries(common.map((name) => [name, figure.state[name]]));
    if (common.some((name) => JSON.stringify(entries[name]) !== JSON.stringify(other.state[name])))
      other.follow(entries);
  };
  one.tellSettled = (figure) => {
    before.settled?.(figure);
    other.followed();
  };
}

/** A library chosen in one block is chosen in all, here and on the next lesson. */
function codeTabs(body, figureOf) {
  const blocks = [...body.querySelectorAll(".code")].map((block) =>
    codeBlock(block, figureOf(block), { choose }),
  );
  function choose(label) {
    keepLibrary(label);
    blocks.forEach((block) => block.prefer(label));
  }
  const before = preferredLibrary();
  if (before) blocks.forEach((block) => block.prefer(before));
}

/** An address may name a figure that this page does not have: that is said, once. */
function strangers(given, figure) {
  const known = new Set(given.map(({ id }) => id));
  const prefixes = [...new URLSearchParams(location.search).keys()]
    .map((key) => key.split("."))
    .filter((parts) => parts.length === 2);
  const strange = prefixes.find(([id]) => !known.has(id));
  if (strange && figure)
    figure.say(
      t("This page has no figure '{name}'. The lesson is shown without it.", {
        name: strange[0].slice(0, 40),
      }),
    );
}

/** How much of the lesson is done, and the button that says it is finished. */
function finishing({ slug, steps }) {
  const line = document.querySelector("[data-progress-line]");
  const button = document.querySelector("[data-finish]");
  const show = () => {
    const { done } = progressOf(slug);
    const count = steps.filter((step) => done[step]).length;
    if (steps.length && count === steps.length && !progressOf(slug).finished)
      noteFinished(slug, true);
    const { finished } = progressOf(slug);
    setText(
      line,
      steps.length
        ? t("{count} of {all} questions and challenges done.", { count, all: steps.length })
        : "",
    );
    button.setAttribute("aria-pressed", String(finished));
    setText(button.querySelector("span"), finished ? t("Finished") : t("Mark as finished"));
    showCourseProgress(document);
  };
  button.addEventListener("click", () => {
    noteFinished(slug, !progressOf(slug).finished);
    show();
  });
  show();
  return { show };
}

/** The marks beside the lessons of a list, and the button that clears them all. */
export function showCourseProgress(root) {
  for (const mark of root.querySelectorAll("[data-progress-of]")) {
    const { done, finished } = progressOf(mark.dataset.progressOf);
    const steps = (mark.dataset.steps ?? "").split(" ").filter(Boolean);
    const count = steps.filter((step) => done[step]).length;
    mark.classList.toggle("finished", finished);
    setText(
      mark,
      finished
        ? t("Finished")
        : count
          ? t("{count} of {all} done", { count, all: steps.length })
          : "",
    );
  }
  const clear = root.querySelector("[data-clear-progress]");
  if (!clear) return;
  clear.hidden = !anyProgress();
  if (clear.dataset.ready) return;
  clear.dataset.ready = "yes";
  clear.addEventListener("click", () => {
    root.querySelector("[data-take-back]")?.remove();
    const takeBack = clearProgress();
    const said = root.querySelector("[data-progress-said]");
    const undo = h("button", { type: "button", className: "tool", textContent: t("Undo") });
    undo.dataset.takeBack = "";
    undo.addEventListener("click", () => {
      takeBack();
      undo.remove();
      if (said) setText(said, t("Progress is back."));
      showCourseProgress(root);
      clear.focus();
    });
    if (said) setText(said, t("Progress is cleared."));
    clear.before(undo);
    showCourseProgress(root);
    undo.focus(); // the button that was pressed is gone
  });
}
