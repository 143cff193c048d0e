// Ways to one number, each a lane of steps: what a step gives, and where it turns to 0, inf or nan.

import { h, setAttribute, setText } from "../dom.js";
import { formatNumber } from "../numbers.js";
import { t } from "../texts.js";

const DECADES = 3; // a strip's scale runs from 1 to 1000
const VERDICTS = ["right", "wrong", "broken"];

export function lanes({ rows, at, entries }, figure) {
  const built = rows.map((row) => lane(row, entries, figure));
  figure.veil(() => rows.forEach((row, i) => (built[i].element.hidden = figure.hides(row))));
  figure.parts.push({
    update() {
      const share = Number(figure.value(at));
      for (const one of built) one.update(share);
    },
  });
  return h(
    "div",
    { className: "lanes" },
    h(
      "p",
      { className: "lanes-key" },
      ...entries.map((entry) => h("span", { className: "lane-entry", textContent: entry })),
    ),
    ...built.map(({ element }) => element),
    scale(),
  );
}

function scale() {
  const words = { right: t("right"), wrong: t("wrong"), broken: t("inf or nan") };
  const ends = Array.from({ length: DECADES + 1 }, (_, i) =>
    h("span", { textContent: formatNumber(10 ** i, "integer") }),
  );
  const key = VERDICTS.map((verdict) =>
    h(
      "span",
      { className: "lanes-verdict" },
      h("span", { className: "lane-run", "data-verdict": verdict }),
      words[verdict],
    ),
  );
  return h(
    "div",
    { className: "lanes-scale" },
    h("div", { className: "lanes-ends", "aria-hidden": "true" }, ...ends),
    h(
      "p",
      { className: "lanes-key" },
      h("span", { textContent: t("Strips: these logits, the largest from 1 to 1000") }),
      ...key,
    ),
  );
}

function lane({ label, cells, loss, grad, verdicts }, entries, figure) {
  const steps = [
    ...cells,
    { shows: loss, label: t("loss") },
    { shows: grad, label: t("gradient") },
  ].map((cell) => step(cell, entries, figure));
  const strip = map(verdicts, figure);
  const element = h(
    "section",
    { className: "lane", "aria-label": label },
    h("p", { className: "lane-title", textContent: label }),
    h("div", { className: "lane-steps" }, ...steps.map((one) => one.element)),
    strip.element,
  );
  return {
    element,
    update(share) {
      const fates = steps.map((one) => one.update());
      const first = fates.findIndex((fate) => fate !== "fine");
      steps.forEach((one, i) => one.element.classList.toggle("first", i === first));
      element.classList.toggle("alive", first < 0);
      strip.update(share);
    },
  };
}

/** What became of a number; 0 is a loss of all digits where only what is above it is right. */
function fateOf(value, positive) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return "inf";
  return positive && value === 0 ? "zero" : "fine";
}

const WORST = ["fine", "zero", "inf", "nan"];

function step({ shows, label, positive = false }, entries, figure) {
  const several = shows.includes(".");
  const names = several ? entries : [""];
  const outputs = names.map((name, i) =>
    h("output", {
      "aria-live": "off", // a drag is said once, when it rests
      className: several ? "lane-entry" : "",
      "data-readout": several ? `${shows.replace(".", "_")}_${i}` : shows,
      "aria-label": name ? `${label}, ${name}` : label,
    }),
  );
  const element = h(
    "div",
    { className: "lane-cell" },
    h("span", { className: "lane-step", textContent: label }),
    ...outputs,
  );
  return {
    element,
    update() {
      const values = several ? figure.value(shows) : [Number(figure.value(shows))];
      let worst = "fine";
      outputs.forEach((output, i) => {
        const fate = fateOf(values[i], positive);
        setText(output, formatNumber(values[i], "compact"));
        setAttribute(output, "data-value", values[i]);
        setAttribute(output, "data-fate", fate);
        if (WORST.indexOf(fate) > WORST.indexOf(worst)) worst = fate;
      });
      setAttribute(element, "data-fate", worst);
      return worst;
    },
  };
}

/** Verdicts over the scale as runs of equals: [verdict, from, to], the ends as shares. */
function runsOf(verdicts) {
  const runs = [];
  verdicts.forEach((verdict, i) => {
    const to = Math.min(1, (i + 0.5) / (verdicts.length - 1));
    if (runs.at(-1)?.[0] === verdict) runs.at(-1)[2] = to;
    else runs.push([verdict, runs.at(-1)?.[2] ?? 0, to]);
  });
  return runs;
}

function map(verdicts, figure) {
  const here = h("span", { className: "lane-here" });
  const track = h("div", { className: "lane-map", role: "img" }, here);
  const words = { right: t("right"), wrong: t("wrong"), broken: t("inf or nan") };
  let shown = null;
  return {
    element: track,
    update(share) {
      track.style.setProperty("--share", share);
      const runs = runsOf([...figure.value(verdicts)]);
      const key = JSON.stringify(runs);
      if (key === shown) return;
      shown = key;
      const spans = runs.map(([verdict, from, to]) => {
        const span = h("span", { className: "lane-run", "data-verdict": VERDICTS[verdict] });
        span.style.setProperty("--from", from);
        span.style.setProperty("--to", to);
        return span;
      });
      track.replaceChildren(...spans, here);
      const said = runs.map(
        ([verdict, , to]) =>
          `${words[VERDICTS[verdict]]} ${t("to {number}", {
            number: formatNumber(10 ** (DECADES * to), "compact"),
          })}`,
      );
      track.setAttribute("aria-label", said.join(", "));
    },
  };
}
