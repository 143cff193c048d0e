// What the text speaks of stays in view. On a wide page the figure that is spoken of is held beside the
// text, as high as the window lets it; on a narrow one, once it is scrolled away, it is a strip at the
// top: what is drawn, small, and its numbers. A tap lets it grow.

import { h, icon, setAttribute } from "../dom.js";
import { ICONS } from "../icons.js";
import { buildNode } from "../components/index.js";
import { spokenBy, spokenFigures } from "./spoken.js";
import { t } from "../texts.js";

const WIDE = "screen and (min-width: 74rem)"; // as in held.css
const LINE = 0.55; // of the window's height: what stands there is being read
const LEFT = 0.25; // of the window's height: what was pressed counts until it is above that
const EDGE = 16; // px kept free above and below a held figure
const HEIGHTS = [1, 0.9, 0.8, 0.7, 0.6, 0.5]; // times what is drawn, until it fits
const STRIP = { height: 104, left: 14, top: 8, drawn: { width: 168, height: 88 } }; // px
const MOST_NUMBERS = 3;
const DRAWN =
  ".class-bars, .plot, .paint-grid, .tokens, .lanes, .sum-bars, .batch, .sheets, .guesses, .table-scroll";

const idOf = (box) => box.id.replace(/^figure-/, "");
const isFigure = (block) => block.matches(".lesson-figure");
const seen = (element) => element.checkVisibility();

/** The figure that a block names, if it names one. */
function named(block) {
  if (isFigure(block)) return idOf(block);
  if (block.dataset.exercise) return JSON.parse(block.dataset.exercise).on;
  return block.dataset.for ?? block.querySelector("[data-live]")?.dataset.live ?? null;
}

/** What a block points at now: a thing that was tried, or what it asks. */
function pointedAt(block) {
  if (!block.matches(".try")) return spokenBy(block);
  const pressed = block.querySelector("[aria-pressed=true][data-look]");
  return pressed ? JSON.parse(pressed.dataset.look) : [];
}

/** Brings a figure into view where it stands in the text; one that is held beside it is in view. */
export function bringIntoView(figure, block) {
  figure.closest(".pinned, .grown")?.classList.remove("pinned", "grown");
  figure.scrollIntoView({ block });
}

/** Holds the figures of a lesson's text; does nothing for a text without any. */
export function holdFigures(body) {
  const blocks = [...body.children];
  const boxes = blocks.filter(isFigure);
  if (!boxes.length) return;
  const of = spokenFigures(
    blocks.map((block) => ({
      names: named(block),
      is: isFigure(block),
      begins: block.matches("h2, h3"),
    })),
  );
  const boxOf = (id) => boxes.find((box) => idOf(box) === id);
  const meant = new Map(blocks.map((block, i) => [block, boxOf(of[i])]));
  const texts = blocks.filter((block) => !isFigure(block));
  const wide = matchMedia(WIDE);
  const beside = holdBeside(boxes);
  const above = pinAbove(body);
  let attended = null;
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

  /** What is being read: what was pressed, while it is in view, or what stands at the line. */
  function read() {
    const { top, bottom } = attended?.getBoundingClientRect() ?? {};
    if (attended && top < innerHeight && bottom > innerHeight * LEFT) return attended;
    attended = null;
    return blockAt(innerHeight * LINE);
  }

  function look() {
    const alone = classList.contains("presenting") || classList.contains("embedded");
    const block = alone ? null : read();
    if (block && wide.matches) beside.hold(meant.get(block));
    if (block && !wide.matches) above.follow(meant.get(block), pointedAt(block));
    else above.free();
  }

  /** What is pressed or comes into focus is spoken of, wherever it stands. */
  function attend({ target }) {
    const block = target.closest?.(".lesson-body > *");
    if (!block || isFigure(block) || !named(block)) return;
    attended = block;
    look();
  }

  addEventListener("scroll", once(look), { passive: true });
  addEventListener("resize", once(look));
  addEventListener("resize", once(beside.refit));
  body.addEventListener("pointerdown", attend);
  body.addEventListener("focusin", attend);
  body.addEventListener("click", once(look)); // what was pressed may point at something else
  look();
}

/** Calls at most once a frame. */
function once(call) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      call();
    });
  };
}

/** One figure of all, in the column beside the text. */
function holdBeside(boxes) {
  let held = null;

  /** As high as the window lets it; what is higher even so is scrolled by itself. */
  function fit() {
    const room = innerHeight - 2 * EDGE;
    held.classList.remove("too-high");
    const fits = (height) => {
      held.style.setProperty("--held", String(height));
      return held.offsetHeight <= room;
    };
    if (!HEIGHTS.some(fits)) held.classList.add("too-high");
    const spare = Math.max(0, innerHeight - held.offsetHeight) / 2;
    held.style.setProperty("--top", `${Math.max(EDGE, Math.min(spare, 5 * EDGE))}px`);
  }
  return {
    hold(box) {
      if (box === held && box.classList.contains("held")) return;
      for (const one of boxes) one.classList.toggle("held", one === box);
      held = box;
      fit();
    },
    refit() {
      if (held) fit();
    },
  };
}

/** A strip at the top for the figure that is spoken of, once it is scrolled away. */
function pinAbove(body) {
  const numbers = h("span", { className: "strip-numbers", "aria-hidden": "true" });
  const label = h("span", { className: "strip-label" });
  const button = h(
    "button",
    { type: "button", className: "strip-open", onclick: () => toggle() },
    numbers,
    label,
    icon(ICONS.up),
  );
  const strip = h("aside", { className: "strip", hidden: true }, button);
  document.body.append(strip);
  const readouts = new Map(); // a figure's readouts as they stand in the strip, by figure and name
  let pinned = null;
  let spoken = "";
  let isGrown = false;

  function say() {
    setAttribute(button, "aria-expanded", isGrown);
    label.textContent = isGrown ? t("Make it small") : t("Show the figure");
    strip.classList.toggle("grown", isGrown);
    pinned?.classList.toggle("grown", isGrown);
    pinned?.classList.toggle("pinned", !isGrown);
  }

  function toggle() {
    if (!pinned) return;
    const { height } = pinned.getBoundingClientRect();
    isGrown = !isGrown;
    // What is cut of its height is kept, so that the text stays where it is.
    pinned.style.setProperty("--whole", `${isGrown ? height / scaleOf(pinned) : 0}px`);
    say();
    if (!isGrown) place(pinned, JSON.parse(spoken));
  }

  function free() {
    if (!pinned) return;
    pinned.classList.remove("pinned", "grown");
    pinned = null;
    spoken = "";
    isGrown = false;
    strip.hidden = true;
    say();
  }

  /** Where the text goes on below a figure: it is no longer there if that is above the strip's foot. */
  function isGone(box) {
    const next = box.nextElementSibling;
    return (
      next &&
      next.getBoundingClientRect().top < STRIP.height + EDGE &&
      body.getBoundingClientRect().bottom > STRIP.height * 2
    );
  }

  function show(box, names) {
    if (box !== pinned) {
      free();
      pinned = box;
      strip.hidden = false;
      say();
    }
    const now = JSON.stringify(names);
    if (now === spoken) return;
    spoken = now;
    if (!isGrown) place(box, names);
    fill(box, names);
  }

  async function fill(box, names) {
    const figure = box.querySelector("crossent-figure");
    const nodes = numbersOf(figure, names);
    const elements = [];
    for (const node of nodes) {
      const key = `${box.id} ${node.shows}`;
      if (!readouts.has(key)) readouts.set(key, await smallReadout(node, figure));
      elements.push(readouts.get(key));
    }
    if (box === pinned) numbers.replaceChildren(...elements);
  }

  return {
    free,
    follow(box, names) {
      if (isGone(box)) show(box, names);
      else free();
    },
  };
}

/** The readouts that are named, or the one that counts; as the figure's view has them. */
function numbersOf(figure, names) {
  const all = nodesIn(figure.spec.view).filter(
    (node) => node.kind === "Readout" && !figure.hides(node),
  );
  const wanted = names.map((name) => all.find(({ shows }) => shows === name)).filter(Boolean);
  const lead = all.find(({ size }) => size === "large") ?? all.find(({ role }) => role === "loss");
  const found = wanted.length ? wanted : [lead ?? all[0]].filter(Boolean);
  return [...new Set(found)].slice(0, MOST_NUMBERS);
}

const nodesIn = (node) => [node, ...(node.children ?? []).flatMap(nodesIn)];

async function smallReadout(node, figure) {
  const element = await buildNode({ ...node, size: "small", note: "", called: [] }, figure);
  figure.refresh(new Set());
  return element;
}

/** What of a figure is drawn in the strip: what is spoken of, or what can be dragged, or comes first. */
function drawnOf(box, names) {
  const figure = box.querySelector("crossent-figure");
  const all = [...figure.querySelectorAll(DRAWN)].filter(seen);
  const isReadout = (element) => element.closest(".readout");
  for (const name of names) {
    const spoken = [
      ...figure.querySelectorAll(`[data-part~="${name}"], [data-readout="${name}"]`),
    ].filter((element) => seen(element) && !isReadout(element));
    const drawn = spoken.map((element) => element.closest(DRAWN) ?? element.querySelector(DRAWN));
    if (drawn.some(Boolean)) return drawn.find(Boolean);
  }
  return all.find((element) => element.querySelector("[role=slider]")) ?? all[0] ?? figure;
}

const scaleOf = (box) => box.getBoundingClientRect().width / box.offsetWidth || 1;

/** Cuts what is drawn out of a figure and puts it, small, at the strip's left. */
function place(box, names) {
  box.classList.remove("pinned");
  const [outer, inner] = [box, drawnOf(box, names)].map((one) => one.getBoundingClientRect());
  box.classList.add("pinned");
  const { width, height } = STRIP.drawn;
  const scale = Math.min(width / inner.width, height / inner.height, 1);
  const [left, top] = [inner.left - outer.left, inner.top - outer.top];
  const cut = [top, outer.width - left - inner.width, outer.height - top - inner.height, left];
  const sticks = STRIP.height - outer.height; // it would be pushed away at the text's end
  const set = (name, value) => box.style.setProperty(name, value);
  set("--sticks", `${sticks}px`);
  set("--cut", cut.map((side) => `${side.toFixed(1)}px`).join(" "));
  set("--x", `${(STRIP.left - outer.left - scale * left).toFixed(1)}px`);
  set(
    "--y",
    `${(STRIP.top - sticks - scale * top + (height - scale * inner.height) / 2).toFixed(1)}px`,
  );
  set("--scale", scale.toFixed(4));
}
