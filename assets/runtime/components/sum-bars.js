// Sums as bars: parts end to end, each as long as its number, all on one scale.

import { h, setAttribute, setText } from "../dom.js";
import { formatNumber, spokenNumber } from "../numbers.js";
import { quietOutput } from "./text.js";
import { t } from "../texts.js";

export function sumBars({ rows, full, unit }, figure) {
  const bars = rows
    .filter((row) => !figure.drops(row))
    .map((row) => {
      const bar = sumBar(row, full, unit, figure);
      figure.veil(() => (bar.element.hidden = figure.hides(row)));
      return bar;
    });
  figure.parts.push({
    update() {
      for (const bar of bars) bar.update();
    },
  });
  return h("div", { className: "sum-bars" }, ...bars.map((bar) => bar.element));
}

/** A sum that is not defined, such as a mean of nothing, is a dash; the figure says why. */
const shownSum = (/** @type {number} */ number) =>
  Number.isNaN(number) ? "–" : formatNumber(number);

function shown(reference, label, unit, figure) {
  const output = quietOutput(reference);
  figure.announcer.add(
    () => label,
    output,
    () => `${spokenNumber(Number(figure.value(reference)))} ${unit}`,
  );
  return {
    output,
    /** The number as it is now. */
    update() {
      const number = Number(figure.value(reference));
      setText(output, shownSum(number));
      setAttribute(output, "data-value", number);
      return number;
    },
  };
}

function sumBar({ total, label, parts, role, size }, full, unit, figure) {
  const sum = shown(total, label, unit, figure);
  sum.output.className = "readout-value";
  sum.output.setAttribute("aria-label", label);
  const off = h("span", { className: "sum-off", hidden: true });
  const pieces = parts.map((part) => sumPart(part, unit, figure));
  const track = h(
    "div",
    { className: "sum-track", role: "img" },
    ...pieces.map(({ fill }) => fill),
    off,
  );
  const words = pieces.flatMap((piece, i) =>
    i ? [h("span", { textContent: "+" }), piece.words] : [piece.words],
  );
  const element = h(
    "div",
    { className: `sum-bar ${size}` },
    h(
      "div",
      { className: `sum-total readout ${size}` },
      h("span", { className: "readout-label", textContent: label }),
      h(
        "span",
        { className: "readout-line" },
        sum.output,
        h("span", { className: "readout-unit", textContent: unit }),
      ),
    ),
    h(
      "div",
      {},
      h("div", { className: "sum-parts" }, h("span", { textContent: "=" }), ...words),
      track,
    ),
  );
  element.style.setProperty("--role", `var(--${role})`);

  function update() {
    const number = sum.update();
    let room = 1; // what lies beyond the scale is not drawn
    const numbers = pieces.map((piece) => {
      const value = piece.update();
      room -= piece.draw(Math.min(room, Math.max(0, value / full) || 0));
      return value;
    });
    const beyond = number > full;
    off.hidden = !beyond;
    setText(off, t("to {number}", { number: shownSum(number) }));
    setAttribute(
      track,
      "aria-label",
      `${label}: ${parts.map((part, i) => `${part.label} ${shownSum(numbers[i])}`).join(` ${t("and")} `)} ${unit}`,
    );
  }
  return { element, update };
}

function sumPart({ shows, label, role, hatched }, unit, figure) {
  const number = shown(shows, label, unit, figure);
  const looks = hatched ? " hatched" : "";
  const fill = h("span", { className: `sum-fill${looks}` });
  const words = h(
    "span",
    { className: "sum-part" },
    h("span", { className: `sum-swatch${looks}` }),
    `${label} `,
    number.output,
  );
  number.output.setAttribute("aria-label", label);
  for (const element of [fill, words]) element.style.setProperty("--role", `var(--${role})`);
  return {
    fill,
    words,
    update: number.update,
    draw(share) {
      fill.style.setProperty("--share", share);
      return share;
    },
  };
}
