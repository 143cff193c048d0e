// On paper a plot is curves and words instead of a screen's pixels: drawn when the page is about to
// be printed, in the light palette, and at the width that a figure has there.

import { sizeOf } from "./insides.js";
import { plotDrawing, svgElement } from "./picture.js";
import { lighten } from "./theme.js";

/** @import { PlotBox } from "./types.d.ts" */

const PAPER = 900; // a figure's width on a sheet of A4, in pixels of the size that print.css prints at

/**
 * Sees to the figures of the page, or of each of the roots that `within` gives when it is printed.
 * @param {() => Iterable<ParentNode>} [within]
 */
export function drawForPaper(within = () => [document]) {
  addEventListener("beforeprint", () => draw([...within()]));
  addEventListener("afterprint", () => clear([...within()]));
}

/** @param {ParentNode[]} roots */
function draw(roots) {
  clear(roots);
  /** @returns {any[]} */
  const all = (selector) => roots.flatMap((root) => [...root.querySelectorAll(selector)]);
  const figures = all("[data-figure]");
  /** @type {PlotBox[]} */
  const boxes = all(".plot").filter((box) => box.plotView && box.offsetWidth);
  const fit = () => boxes.forEach((box) => box.fit());
  for (const figure of figures) figure.style.width = `${PAPER}px`;
  fit();
  const drawings = boxes.map(drawing);
  for (const figure of figures) figure.style.width = "";
  fit();
  boxes.forEach((box, i) => box.append(drawings[i]));
}

/** @param {ParentNode[]} roots */
function clear(roots) {
  for (const root of roots) for (const drawn of root.querySelectorAll(".on-paper")) drawn.remove();
}

function drawing(box) {
  const { width, height } = sizeOf(box.plotView);
  const root = svgElement(
    "svg",
    { class: "on-paper", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    plotDrawing(box.plotView),
  );
  lighten(root, box);
  for (const grip of box.querySelectorAll(".plot-handle:not([hidden])")) root.append(dot(grip));
  return root;
}

/** What a handle is on paper: a point on its curve. */
function dot(grip) {
  const [cx, cy] = grip.at;
  const ring = (r, color) => svgElement("circle", { cx, cy, r, style: `fill: var(--${color})` });
  const role = grip.style.getPropertyValue("--role").slice("var(--".length, -1);
  return svgElement("g", {}, ring(8.5, role), ring(6.5, "card"), ring(4.5, role));
}
