// What the text speaks of stays in view. On a wide page the figure that is spoken of is held beside the
// text, as high as the window lets it; on a narrow one, once it is scrolled away, it is a strip at the
// top: what is drawn, small, and its numbers. A tap lets it grow.

import { onceAFrame } from "../dom.js";
import { holdBeside } from "./beside.js";
import { figureIn } from "./shown.js";
import { spokenBy, spokenFigures } from "./spoken.js";
import { LINE, stagedBy } from "./stages.js";
import { stripAbove } from "./strip.js";

const WIDE = "screen and (min-width: 74rem)"; // as in held.css
const SETTLING = 300; // ms
const LEFT = 0.25; // of the window's height: what was pressed counts until it is above that

const idOf = (box) => box.id.replace(/^figure-/, "");
const isFigure = (block) => block.matches(".lesson-figure");

/** The figure that a block names, if it names one. */
function named(block) {
  if (isFigure(block)) return idOf(block);
  if (block.dataset.exercise) return JSON.parse(block.dataset.exercise).on;
  return (
    block.dataset.for ?? stagedBy(block) ?? block.querySelector("[data-live]")?.dataset.live ?? null
  );
}

/** What a block points at now: a thing that was tried, or what it asks. */
function pointedAt(block) {
  if (!block.matches(".try")) return spokenBy(block);
  const pressed = block.querySelector("[aria-pressed=true][data-look]");
  return pressed ? JSON.parse(pressed.dataset.look) : [];
}

/** What a block's section lets appear, up to there, in the figure that the block speaks of. */
function appearedBy(blocks, meant) {
  let stage = null;
  return new Map(
    blocks.map((block) => {
      if (block.matches("h2, h3")) stage = null;
      if (block.dataset.stage) stage = JSON.parse(block.dataset.stage);
      const box = meant.get(block);
      return [block, box && stage?.of === idOf(box) ? stage.show : []];
    }),
  );
}

const liveIn = (block) =>
  [...block.querySelectorAll("[data-live]")].map(({ dataset }) => dataset.shows);

/**
 * Brings a figure into view where it stands in the text, from its top if it is higher than the window;
 * one that is held beside it is in view.
 */
export function bringIntoView(figure, block) {
  figure.closest(".pinned, .grown")?.classList.remove("pinned", "grown");
  figure.scrollIntoView({ block: figure.offsetHeight < innerHeight ? block : "start" });
}

/**
 * The figure's box that each block of a lesson's text speaks of.
 * @param {HTMLElement} body
 */
export function meantBy(body) {
  const blocks = /** @type {HTMLElement[]} */ ([...body.children]);
  const boxes = blocks.filter(isFigure);
  const of = spokenFigures(
    blocks.map((block) => ({
      names: named(block),
      is: isFigure(block),
      begins: block.matches("h2, h3"),
    })),
  );
  /** @type {(id: string | null) => HTMLElement | undefined} */
  const boxOf = (id) => boxes.find((box) => idOf(box) === id);
  return new Map(blocks.map((block, i) => [block, boxOf(of[i])]));
}

/**
 * Holds the figures of a lesson's text, where its page is made for that. `refit` is to be called when a
 * figure has become higher or lower.
 */
export function holdFigures(body, meant) {
  if (!body.closest(".beside")) return { refit() {} };
  const blocks = [...body.children];
  const boxes = blocks.filter(isFigure);
  const texts = blocks.filter((block) => !isFigure(block));
  const appeared = appearedBy(blocks, meant);
  const wide = matchMedia(WIDE);
  const beside = holdBeside(boxes);
  const above = stripAbove();
  let attended = null; // what was pressed or has the focus
  let line = null; // what stood at the line then
  let moved = 0; // until when what moves the text is a figure that has become higher or lower
  const { classList } = document.documentElement;

  /** What is at a height of the window: the last block that begins above it. */
  function blockAt(height) {
    let [low, high] = [0, texts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (texts[middle].getBoundingClientRect().top <= height) low = middle;
      else high = middle - 1;
    }
    return texts[low];
  }

  /** What is being read: what was pressed, until the reader goes on, or what stands at the line. */
  function read() {
    const at = blockAt(innerHeight * LINE);
    if (performance.now() < moved) line = at;
    const { top, bottom } = attended?.getBoundingClientRect() ?? {};
    // A challenge that is under way keeps its figure, as its bar keeps going along.
    if (attended?.matches(".active")) return attended;
    const isThere = attended && top < innerHeight && bottom > innerHeight * LEFT;
    if (isThere && (at === line || !named(at))) return attended;
    attended = null;
    return at;
  }

  /** What is to be seen of a figure that is higher than the window while a block is read. */
  function toSee(block) {
    const asked = pointedAt(block);
    if (asked.length) return asked;
    return [...appeared.get(block), ...liveIn(block)];
  }

  function look() {
    // What is under a finger stays where it is; at rest this is asked again.
    if (boxes.some((box) => figureIn(box).gestures.current)) return;
    const alone = classList.contains("presenting") || classList.contains("embedded");
    const block = alone ? null : read();
    if (block && wide.matches) beside.hold(meant.get(block), toSee(block));
    if (block && !wide.matches) above.follow(meant.get(block), pointedAt(block));
    else above.free();
  }

  /** What is pressed or comes into focus is spoken of, wherever it stands. */
  function attend({ target }) {
    const block = target.closest?.(".lesson-body > *");
    if (!block || !named(block)) return;
    if (!isFigure(block)) goTo(block);
    else if (wide.matches && !block.matches(".held")) goTo(block);
  }

  function goTo(block) {
    attended = block;
    line = blockAt(innerHeight * LINE);
    look();
  }

  /** An address may name a figure: beside the text it is held, with the text that leads to it. */
  function arrive() {
    const box = boxes.find(({ id }) => id === location.hash.slice(1));
    if (!box || !wide.matches) return;
    (box.previousElementSibling ?? box.nextElementSibling)?.scrollIntoView({ block: "center" });
    goTo(box);
  }

  const soon = onceAFrame(look);
  // At rest a figure may show other parts than before.
  for (const box of boxes)
    figureIn(box).parts.push({
      update(changed) {
        if (changed.size) return;
        moved = performance.now() + SETTLING;
        soon();
      },
    });
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
  const refit = () => (wide.matches ? beside.refit() : above.refit());
  addEventListener("resize", onceAFrame(refit));
  body.addEventListener("pointerdown", attend);
  body.addEventListener("focusin", attend);
  addEventListener("hashchange", arrive);
  addEventListener("beforeprint", above.free); // plots are measured for paper
  addEventListener("afterprint", soon);
  body.addEventListener("click", soon); // what was pressed may point at something else
  look();
  // The browser goes to the place of the address itself until the page is there.
  if (document.readyState === "complete") arrive();
  else addEventListener("load", () => requestAnimationFrame(arrive));
  return { refit };
}
