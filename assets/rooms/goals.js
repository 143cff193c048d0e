// How many of the class have reached each challenge of the page, and when; nobody is ranked.

import { h, setText } from "../runtime/dom.js";
import { t } from "../runtime/texts.js";

const GOAL = /^goal\/(.+)\/(\d+)$/;
const BARS = 24; // of the histogram: the lesson so far, in equal parts

/** Who has reached a challenge: seats, each with when, in seconds since 1970. */
export const timesOf = (board, step) =>
  Object.entries(board).flatMap(([name, at]) => {
    const [, of, seat] = name.match(GOAL) ?? [];
    return of === step ? [[Number(seat), at]] : [];
  });

/** The lecturer's part: a line at each challenge. */
export function startGoals({ board }) {
  const began = Date.now() / 1000;
  /** @type {NodeListOf<HTMLElement>} */
  const blocks = document.querySelectorAll(".challenge[data-step]");
  const lines = [...blocks].map((block) => {
    const text = h("span", { role: "status" });
    const bars = h("span", { className: "room-times", "aria-hidden": "true" });
    const element = h("p", { className: "room-goal" }, text, bars);
    block.querySelector(".challenge-tools").before(element);
    return { step: block.dataset.step, text, bars, element };
  });

  function show(news, first) {
    if (!first && !Object.keys(news).some((name) => GOAL.test(name) || name === "here")) return;
    for (const { step, text, bars } of lines) {
      const times = timesOf(board, step).map(([, at]) => at);
      const here = Math.max(board.here ?? 0, times.length);
      setText(text, t("{n} of {here} have reached it", { n: times.length, here }));
      bars.replaceChildren(...histogram(times, Math.min(began, ...times), Date.now() / 1000));
    }
  }

  return { show, end: () => lines.forEach(({ element }) => element.remove()) };
}

function histogram(times, start, end) {
  const counts = Array.from({ length: BARS }, () => 0);
  const width = Math.max(60, end - start) / BARS;
  for (const at of times) counts[Math.min(BARS - 1, Math.floor((at - start) / width))] += 1;
  const most = Math.max(1, ...counts);
  return counts.map((count) => {
    const bar = h("i");
    bar.style.setProperty("--share", String(count / most));
    return bar;
  });
}
