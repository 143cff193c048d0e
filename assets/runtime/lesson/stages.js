// In stages: a figure shows what its part of the text needs, and more appears once the reader has come to
// what the text says of it. What has appeared stays.

import { onceAFrame } from "../dom.js";

const PATIENCE = 2000; // ms, in which the page is there and its reader has begun
export const LINE = 0.55; // of the window's height: what stands there is being read

/** The figure that something speaks of, of which parts appear with it. */
export const stagedBy = (block) =>
  block.dataset.stage ? JSON.parse(block.dataset.stage).of : null;

/** Does something that may change the height of what is above an element, which stays where it is. */
function keepPlace(element, change) {
  const root = document.documentElement;
  root.style.overflowAnchor = "none"; // or the browser moves it back, too, where it can
  const { top } = element.getBoundingClientRect();
  change();
  const by = element.getBoundingClientRect().top - top;
  if (by) scrollBy({ top: by, behavior: "instant" });
  requestAnimationFrame(() => (root.style.overflowAnchor = ""));
}

/**
 * Lets parts of a lesson's figures appear as the reader comes to them; `told` is called after some have.
 * @param {HTMLElement} body @param {Map<string, import("../figure.js").FigureElement>} figures
 */
export function stageFigures(body, figures, told) {
  const marks = [...body.querySelectorAll("[data-stage]")].map((element) => ({
    element: /** @type {HTMLElement} */ (element),
    ...JSON.parse(/** @type {HTMLElement} */ (element).dataset.stage),
  }));
  if (!marks.length) return { come() {} };

  /** Lets appear what the text says up to an element, or all of it. */
  function come(to = null) {
    const isBefore = ({ element }) =>
      !to || !(to.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING);
    const fresh = marks.filter(isBefore);
    if (!fresh.length) return;
    marks.splice(0, fresh.length);
    keepPlace(to ?? fresh.at(-1).element, () => {
      const shown = fresh.map(({ of, show }) => figures.get(of).reveal(show));
      if (shown.includes(true)) told();
    });
  }

  /** What stands above the line that is read has been come to; what is not shown stands nowhere. */
  function look() {
    // What is under a finger stays where it is; a challenge that is under way is what is read.
    if ([...figures.values()].some(({ gestures }) => gestures.current)) return;
    const active = body.querySelector(".active");
    if (active) return come(active);
    const isPassed = ({ element }) =>
      element.checkVisibility() && element.getBoundingClientRect().top < innerHeight * LINE;
    const passed = marks.filter(isPassed); // on slides only what is on the slide
    if (passed.length) come(passed.at(-1).element);
  }

  const isEmbedded = document.documentElement.classList.contains("embedded");
  if (isEmbedded) come(); // as high as its text: nobody scrolls it
  const soon = onceAFrame(look);
  for (const figure of figures.values())
    figure.parts.push({ update: (changed) => changed.size || soon() });
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
  for (const event of ["pointerdown", "focusin"])
    body.addEventListener(event, (/** @type {any} */ { target }) => {
      const block = target.closest?.(".lesson-body > *");
      if (block && !block.matches(".lesson-figure")) come(block);
    });
  addEventListener("beforeprint", () => come());
  const later = new Set(marks.map(({ of }) => figures.get(of)));
  const drawLater = () =>
    setTimeout(() => later.forEach((figure) => figure.drawUnseen()), PATIENCE);
  if (document.readyState === "complete") drawLater();
  else addEventListener("load", drawLater);
  look();
  return { come };
}
