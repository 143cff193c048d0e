// The page Practice: exercises and questions of the whole course, one at a time, what is due first.

import { setText } from "../dom.js";
import { forget, remember, remembered } from "../storage.js";
import { t } from "../texts.js";
import { shuffled } from "./drawing.js";
import { judgeTyped } from "./exercise.js";
import { allItems, itemOf, judged } from "./items.js";
import { Models, pauseToTryAgain } from "./practice.js";
import { progressOf } from "./progress.js";
import { answered, cleanedCards, countsOf, daysUntil, keptCards, nextOf } from "./schedule.js";

const KEY = "crossent-practice";
const APART = 2_000_000; // from the seeds of lessons and of tests

function cardsKept() {
  try {
    return cleanedCards(JSON.parse(remembered(KEY) ?? "{}"));
  } catch {
    return {};
  }
}

/** The items in the order in which new ones come: of lessons that were begun, mixed; then the others. */
function inOrder(items) {
  const slugOf = ({ key }) => key.split("/")[0];
  const isBegun = (slug) => {
    const { done, finished } = progressOf(slug);
    return finished || Object.keys(done).length > 0;
  };
  const slugs = new Set([...new Set(items.map(slugOf))].filter(isBegun));
  const begun = items.filter((item) => slugs.has(slugOf(item)));
  const mixed = shuffled(begun.length || 1, begun.length).map((place) => begun[place]);
  return [...mixed, ...items.filter((item) => !slugs.has(slugOf(item)))];
}

export function startPractice({ practice }) {
  const models = new Models(practice);
  const byKey = new Map(inOrder(allItems()).map((item) => [item.key, item]));
  const keys = [...byKey.keys()];
  const find = (name) => /** @type {HTMLElement} */ (document.querySelector(`[data-${name}]`));
  const [list, status, counts] = ["asked", "told", "counts"].map(find);
  const [check, way, next, ahead, clear] = ["judge", "way", "next", "ahead", "forget"].map(find);
  let cards = cardsKept();
  let taken = null; // what was forgotten last, to be had back
  let current = null;
  const recent = [];

  function keep() {
    remember(KEY, JSON.stringify(keptCards(cards)));
    show();
  }

  function show() {
    const { due, later, fresh } = countsOf(cards, keys, Date.now());
    setText(
      counts,
      t("{due} due now, {later} later, {fresh} not asked yet", { due, later, fresh }),
    );
    clear.hidden = !Object.keys(cards).length && !taken;
    setText(clear, taken ? t("Undo") : t("Forget all of it"));
  }

  /** Which of the buttons are there: to answer, to go on, or to ask for more. */
  function offer(...shown) {
    for (const button of [check, way, next, ahead]) button.hidden = !shown.includes(button);
  }

  async function ask(early = false) {
    const key = nextOf(cards, keys, { now: Date.now(), recent, ahead: early });
    if (key === null) {
      current = null;
      list.replaceChildren();
      list.setAttribute("data-ready", "");
      setText(status, nothingDue());
      offer(ahead);
      return;
    }
    const item = byKey.get(key);
    const seed = APART + (cards[key]?.asked ?? 0) + 1;
    try {
      current = { key, ...(await itemOf(item, "item-1", models, seed)) };
    } catch {
      list.setAttribute("data-ready", "");
      setText(status, `${t("The server cannot be reached.")} ${t("Trying again.")}`);
      offer();
      setTimeout(ask, pauseToTryAgain(), early);
      return;
    }
    setText(status, "");
    list.replaceChildren(current.element);
    list.setAttribute("data-ready", key);
    offer(check, way);
    current.element.querySelector("input[type=text]")?.addEventListener("keydown", (event) => {
      if (event.key === "Enter") answer();
    });
  }

  const nothingDue = () => {
    const soonest = Math.min(...Object.values(cards).map((card) => daysUntil(card, Date.now())));
    return soonest === 1
      ? t("Nothing is due before tomorrow.")
      : t("Nothing is due for {n} days.", { n: soonest });
  };

  /** What cannot be judged yet: nothing was chosen, or what was typed is no number. */
  function unready() {
    const typed = /** @type {HTMLInputElement} */ (
      current.element.querySelector("input[type=text]")
    );
    if (typed) {
      const { right, words } = judgeTyped(current.spec, typed.value, current.draw.answer);
      return right === null ? words : "";
    }
    return current.element.querySelector("input:checked") ? "" : t("Choose an answer first.");
  }

  function answer() {
    if (!current || check.hidden) return;
    const words = unready();
    setText(status, words);
    if (words) return;
    end();
  }

  function end() {
    const { key, element } = current;
    const isRight = judged(current);
    cards[key] = answered(cards[key], isRight, Date.now());
    recent.push(key);
    taken = null;
    const days = daysUntil(cards[key], Date.now());
    const back = [t("It comes back soon."), t("It comes back tomorrow.")][days];
    setText(status, back ?? t("It comes back in {n} days.", { n: days }));
    element.querySelector(".way").hidden = false;
    keep();
    offer(next);
    next.focus();
  }

  check.addEventListener("click", answer);
  way.addEventListener("click", () => current && end());
  next.addEventListener("click", async () => {
    await ask();
    /** @type {HTMLElement} */ (list.querySelector("input") ?? status).focus();
  });
  ahead.addEventListener("click", () => ask(true));
  clear.addEventListener("click", () => {
    [cards, taken] = taken ? [taken, null] : [{}, cards];
    if (taken) forget(KEY);
    else remember(KEY, JSON.stringify(keptCards(cards)));
    show();
  });

  show();
  return ask();
}
