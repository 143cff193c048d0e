// The page that tests a part: ten of its exercises and questions, drawn by a seed that the address holds.

import { h, setText } from "../dom.js";
import { keepAddress } from "../storage.js";
import { formatNumber } from "../numbers.js";
import { t } from "../texts.js";
import { chosenItems } from "./chosen.js";
import { judgeTyped } from "./exercise.js";
import { drawExercise, fill, Models } from "./practice.js";

const MOST = 999_999; // as a seed
const APART = 1_000_000; // from the seeds of the lessons' own exercises

/** The seed that the address asks for, or 1. */
function seedAsked() {
  const given = Number.parseInt(new URLSearchParams(location.search).get("seed") ?? "", 10);
  return given >= 1 && given <= MOST ? given : 1;
}

export function startTest({ test, practice }) {
  const models = new Models(practice);
  const list = document.querySelector("[data-test]");
  const score = /** @type {HTMLElement} */ (document.querySelector("[data-score]"));
  const judge = /** @type {HTMLElement} */ (document.querySelector("[data-judge]"));
  /** @type {NodeListOf<HTMLTemplateElement>} */
  const templates = document.querySelectorAll("template[data-item]");
  const items = [...templates].map((template) => ({
    template,
    spec: template.dataset.item ? JSON.parse(template.dataset.item) : null,
  }));
  let seed = seedAsked();
  let asked = [];

  async function show() {
    const places = chosenItems(items, test, seed);
    try {
      asked = await Promise.all(places.map((place, i) => itemOf(items[place], i)));
    } catch {
      setText(score, t("The server cannot be reached."));
      return;
    }
    list.replaceChildren(...asked.map(({ element }) => element));
    list.classList.remove("judged");
    judge.hidden = false;
    setText(score, "");
    setText(document.querySelector("[data-seed]"), t("Test number {n}", { n: seed }));
    list.setAttribute("data-ready", String(seed));
  }

  async function itemOf({ template, spec }, i) {
    const element = h("li", { className: "test-item" }, template.content.cloneNode(true));
    if (template.dataset.lang !== document.documentElement.lang)
      element.lang = template.dataset.lang;
    const title = element.querySelector("[data-title]");
    title.id = `item-${i + 1}-title`;
    for (const input of element.querySelectorAll("input")) input.name = `item-${i + 1}`;
    const choices = element.querySelector("[data-choices]");
    if (choices) {
      choices.setAttribute("role", "group");
      choices.setAttribute("aria-labelledby", title.id);
    } else {
      element.querySelector("input").setAttribute("aria-describedby", title.id);
    }
    const draw = spec ? drawExercise(spec, await models.of(spec.figure), APART + seed) : null;
    if (draw) fill(element, draw.known);
    return { element, spec, draw };
  }

  judge.addEventListener("click", () => {
    const right = asked.map(judged).filter(Boolean).length;
    list.classList.add("judged");
    judge.hidden = true;
    const missed = asked.length - right;
    setText(
      score,
      `${t("{right} of {asked} right.", { right, asked: asked.length })} ${
        missed ? t("At each miss stands the way, and where to read again.") : t("That sits.")
      }`,
    );
    score.focus();
  });
  document.querySelector("[data-again]").addEventListener("click", async () => {
    seed = seed >= MOST ? 1 : seed + 1;
    const query = new URLSearchParams(location.search);
    query.set("seed", String(seed));
    keepAddress(`?${query}`);
    await show();
    document.querySelector("h1").scrollIntoView({ block: "start" });
    /** @type {HTMLElement} */ (document.querySelector("main")).focus({ preventScroll: true });
  });
  return show();
}

/** Marks one item; whether its answer is right. */
function judged({ element, spec, draw }) {
  const isTyped = spec?.kind === "number";
  const [isRight, words] = isTyped ? typedAnswer(element, spec, draw) : chosenAnswer(element, draw);
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (element.querySelectorAll("input"));
  for (const input of inputs) {
    if (isTyped) input.readOnly = true;
    else input.disabled = true;
  }
  element.classList.add("answered");
  element.classList.add(isRight ? "hit" : "missed");
  setText(element.querySelector(".verdict"), words);
  element.querySelector(".way").hidden = isRight;
  element.querySelector(".read-again").hidden = isRight;
  return isRight;
}

function typedAnswer(element, spec, { answer }) {
  const { value } = element.querySelector("input");
  const { right } = judgeTyped(spec, value, answer);
  const said = right
    ? t("Right.")
    : t("Not right: it is {answer}.", { answer: formatNumber(answer) });
  return [right === true, said];
}

function chosenAnswer(element, draw) {
  const boxes = [...element.querySelectorAll(".choices li")];
  const wanted = boxes.map((box, i) => (draw ? i === draw.answer : "right" in box.dataset));
  const chosen = boxes.map((box) => box.querySelector("input").checked);
  boxes.forEach((box, i) => {
    box.classList.toggle("right", wanted[i]);
    box.classList.toggle("chosen", chosen[i]);
    box.classList.toggle("wrong", chosen[i] && !wanted[i]);
  });
  const isRight = wanted.every((want, i) => want === chosen[i]);
  return [isRight, isRight ? t("Right.") : t("Not right: the right answer is marked.")];
}
