// An exercise or a question away from its lesson: made of its template, answered, judged.

import { h, setText } from "../dom.js";
import { formatNumber } from "../numbers.js";
import { t } from "../texts.js";
import { judgeTyped } from "./exercise.js";
import { drawExercise, fill } from "./practice.js";

/** All that the page may ask. */
export function allItems() {
  /** @type {NodeListOf<HTMLTemplateElement>} */
  const templates = document.querySelectorAll("template[data-item]");
  return [...templates].map((template) => ({
    key: template.dataset.key,
    template,
    spec: template.dataset.item ? JSON.parse(template.dataset.item) : null,
  }));
}

/** An item as a seed draws it; `name` is unlike that of any other on the page. */
export async function itemOf({ template, spec }, name, models, seed) {
  const element = h("li", { className: "test-item" }, template.content.cloneNode(true));
  if (template.dataset.lang !== document.documentElement.lang) element.lang = template.dataset.lang;
  const title = element.querySelector("[data-title]");
  title.id = `${name}-title`;
  for (const input of element.querySelectorAll("input")) input.name = name;
  const choices = element.querySelector("[data-choices]");
  if (choices) {
    choices.setAttribute("role", "group");
    choices.setAttribute("aria-labelledby", title.id);
  } else {
    element.querySelector("input").setAttribute("aria-describedby", title.id);
  }
  const draw = spec ? drawExercise(spec, await models.of(spec.figure), seed) : null;
  if (draw) fill(element, draw.known);
  return { element, spec, draw };
}

/** Marks one item; whether its answer is right. */
export function judged({ element, spec, draw }) {
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
