// An exercise on a lesson's page: answered, said at once whether it is right, shown the way, had again.

import { h, setText } from "../dom.js";
import { formatNumber } from "../numbers.js";
import { queryFromState } from "../state.js";
import { t } from "../texts.js";
import { goingAlong } from "./blocks.js";
import { holds } from "./goals.js";
import { bringIntoView } from "./held.js";
import { drawExercise, fill, fillFirst, isNear } from "./practice.js";
import { atRest, shownBy, watch } from "./shown.js";
import { isWorkedOut, readTyped } from "./typed.js";

/** What is said of a number that was typed: the words, and whether it is right; null if it is none. */
export function judgeTyped(spec, text, answer) {
  const typed = readTyped(text);
  if (Number.isNaN(typed))
    return {
      right: null,
      words: t("This cannot be read as a number: type it as 0.357, 1/3 or log 5."),
    };
  const read = isWorkedOut(text)
    ? `${t("Read as {number}.", { number: formatNumber(typed) })} `
    : "";
  if (isNear(spec, typed, answer)) return { right: true, words: `${read}${t("Yes.")}` };
  const sign = answer !== 0 && isNear(spec, -typed, answer);
  return {
    right: false,
    words: `${read}${sign ? t("The size is right; look at the sign.") : t("Not yet.")}`,
  };
}

export function exercise(block, figure, { models, onset }) {
  const spec = JSON.parse(block.dataset.exercise);
  const verdict = block.querySelector(".verdict");
  const way = block.querySelector(".way");
  const task = block.querySelector(".task");
  const input = block.querySelector("input");
  const check = block.querySelector("[data-check]");
  const begin = block.querySelector("[data-begin]");
  const choices = block.querySelector(".choices");
  const tools = block.querySelector(".exercise-tools");
  const showWay = block.querySelector("[data-way]");
  const another = block.querySelector("[data-another]");
  const count = block.querySelector(".exercise-count");
  let seed = 1;
  let current = null; // what is drawn now
  let model = null;
  let asked = 0;
  let right = 0;
  let tried = false; // at this draw
  let over = false;
  let active = false; // the figure is watched

  fillFirst(block);
  const lookAt = h(spec.on ? "button" : "a", {
    className: "tool",
    textContent: t("See it in the figure"),
    hidden: true,
    ...(spec.on ? { type: "button", onclick: () => showState() } : {}),
  });
  tools.insertBefore(lookAt, count);

  /** The draw of this seed, once the figure's functions are there. */
  async function now() {
    try {
      model ??= await models.of(spec.figure);
      current ??= drawExercise(spec, model, seed);
    } catch {
      setText(verdict, t("The server cannot be reached."));
    }
    return current;
  }

  // A reader who comes near it will need them.
  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      near.disconnect();
      models.of(spec.figure).catch(() => {}); // asked for again when they are needed
    },
    { rootMargin: "100%" },
  );
  near.observe(block);

  function showState() {
    onset(figure);
    figure.once(() => ({ state: structuredClone(current.state) }));
    bringIntoView(figure, "center");
  }

  function score(isRight) {
    if (tried) return;
    tried = true;
    asked++;
    if (isRight) right++;
    setText(count, t("{right} of {asked} right", { right, asked }));
  }

  /** The way to the answer is shown, and no more is asked of this draw. */
  function end() {
    over = true;
    active = false;
    fill(way, current.known);
    way.hidden = false;
    showWay.hidden = true;
    if (input) input.readOnly = true;
    if (check) check.hidden = true;
    if (begin) begin.hidden = true;
    bar?.show(false);
    if (spec.kind === "goal") return;
    if (!spec.on)
      /** @type {HTMLAnchorElement} */ (lookAt).href =
        `${models.hrefOf(spec.figure)}?${queryFromState(current.state, "").join("&")}`;
    lookAt.hidden = false;
  }

  function say(isRight, words) {
    block.classList.toggle("right", isRight === true);
    block.classList.toggle("wrong", isRight === false);
    setText(verdict, words);
  }

  async function answerTyped() {
    if (over || !(await now())) return;
    const judged = judgeTyped(spec, input.value, current.answer);
    say(judged.right, judged.words);
    if (judged.right === null) return;
    score(judged.right);
    if (judged.right) end();
    else input.select();
  }
  check?.addEventListener("click", answerTyped);
  input?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") answerTyped();
  });

  // -- a choice ---------------------------------------------------------------------------------

  const buttons = () => [...choices.querySelectorAll("button")];
  if (spec.kind === "class")
    choices.replaceChildren(
      ...spec.base.classes.map((name) =>
        h(
          "li",
          {},
          h(
            "button",
            { type: "button", className: "choice-button" },
            h("span", { className: "choice-mark", "aria-hidden": "true" }),
            h("span", { textContent: name }),
          ),
        ),
      ),
    );
  choices?.addEventListener("click", async ({ target }) => {
    const place = buttons().indexOf(target.closest("button"));
    if (place < 0 || over || !(await now())) return;
    const isRight = place === current.answer;
    score(isRight);
    mark(place);
    say(isRight, isRight ? t("Yes.") : t("Not quite: the right answer is marked."));
    end();
  });

  function mark(place = -1) {
    block.classList.add("answered");
    buttons().forEach((button, i) => {
      const item = button.closest("li");
      item.classList.toggle("right", i === current.answer);
      item.classList.toggle("chosen", i === place);
      item.classList.toggle("wrong", i === place && i !== current.answer);
      button.setAttribute("aria-pressed", String(i === place));
    });
  }

  // -- the figure is set ------------------------------------------------------------------------

  const bar = spec.kind === "goal" ? goingAlong(block, null) : null;
  let begun = "";
  begin?.addEventListener("click", async () => {
    if (!(await now())) return;
    onset(figure);
    active = true;
    begun = JSON.stringify(current.state);
    say(null, t("Go: the figure is watching."));
    bar.say(t("Go: the figure is watching."));
    bar.show(true);
    figure.once(() => ({ state: structuredClone(current.state) }));
    bringIntoView(figure, "nearest");
    figure.querySelector("[role=slider]")?.focus({ preventScroll: true });
  });
  if (bar)
    watch(figure, () => {
      if (!active || !atRest(figure) || JSON.stringify(figure.state) === begun) return;
      begun = "";
      const known = { ...current.known, ...shownBy(figure) };
      if (!holds(spec.asked, known)) {
        say(null, t("Not there yet."));
        bar.say(t("Not there yet."));
        return;
      }
      score(true);
      say(true, t("Yes."));
      current = { ...current, known: { ...known, answer: current.answer } };
      end();
      bar.reached(h("span", { textContent: t("Reached.") }));
    });

  // -- the way, and another ---------------------------------------------------------------------

  showWay.addEventListener("click", async () => {
    if (!(await now())) return;
    score(false);
    if (choices) mark();
    say(null, "");
    end();
    another.focus();
  });
  another.addEventListener("click", async () => {
    seed++;
    current = null;
    if (!(await now())) return;
    over = tried = active = false;
    bar?.show(false);
    say(null, "");
    block.classList.remove("answered");
    if (choices) {
      fill(choices, current.known);
      for (const button of buttons()) {
        button.closest("li").classList.remove("right", "wrong", "chosen");
        button.removeAttribute("aria-pressed");
      }
    }
    fill(task, current.known);
    way.hidden = true;
    lookAt.hidden = true;
    showWay.hidden = false;
    if (check) check.hidden = false;
    if (begin) begin.hidden = false;
    if (input) {
      input.readOnly = false;
      input.value = "";
    }
    (input ?? task).focus();
  });
  return {
    figure,
    /** A button set the figure: that is no way to reach a goal. */
    interrupt() {
      if (!active) return;
      active = false;
      bar.show(false);
      say(null, t("Paused, because a button set the figure. Begin again when you like."));
    },
  };
}
