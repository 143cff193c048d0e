// A mask to paint: its pixels as a grid of cells, a cursor that the arrow keys move, a brush.

import { h, setAttribute, uniqueId } from "../dom.js";
import { maskPixels, maskText } from "../state.js";
import { t } from "../texts.js";

const KEY_PAUSE = 700; // ms without a key that end one undoable stroke
const PAGE = 6; // cells
const SIZES = [1, 3]; // of the brush, in cells
const SHADES = [14, 46, 100]; // percent of the colour, for the classes in their order

export function paint(node, figure) {
  const parameter = figure.parameter(node.param);
  const [height, width] = parameter.size;
  const kinds = kindsOf(parameter);
  const brush = { code: kinds.at(-2).code, size: SIZES[0] };
  const cells = Array.from({ length: height * width }, () =>
    h("div", { className: "paint-cell", role: "gridcell", tabIndex: -1 }),
  );
  const rows = Array.from({ length: height }, (_, row) =>
    h(
      "div",
      { className: "paint-row", role: "row" },
      ...cells.slice(row * width, (row + 1) * width),
    ),
  );
  const grid = h(
    "div",
    {
      className: "paint-grid draggable",
      role: "grid",
      "aria-label": node.label,
      "aria-description": t(
        "Arrow keys move, Space paints, and Shift with an arrow key paints on the way.",
      ),
    },
    ...rows,
  );
  grid.style.setProperty("--columns", width);
  grid.style.setProperty("--rows", height);
  grid.style.setProperty("--height", `${node.height}px`);

  let pixels = null; // while a stroke goes on, and until its last answer is here
  let held = null; // {pointer, at}: where the pointer was last, in cells
  let keyTimer = 0;
  let cursor = (height / 2) * width + width / 2;
  const shown = new Int16Array(height * width).fill(-1);
  let shownText = "";

  const own = () => maskPixels(parameter, figure.state[node.param]);

  // -- strokes ------------------------------------------------------------------------------------

  function begin() {
    figure.begin();
    pixels = own();
  }

  /** Paints the cells under the brush; the figure is told by `tell`. */
  function dab(column, row) {
    const reach = (brush.size - 1) / 2;
    for (let y = Math.max(0, row - reach); y <= Math.min(height - 1, row + reach); y++) {
      const [from, to] = [Math.max(0, column - reach), Math.min(width - 1, column + reach) + 1];
      if (from < to) pixels.fill(brush.code, y * width + from, y * width + to);
    }
  }

  function tell() {
    show();
    figure.set({ [node.param]: maskText(parameter, pixels) });
  }

  function press(event) {
    if (event.button !== 0 || held) return;
    event.preventDefault(); // no text selection, no scrolling, no synthetic mouse events
    endKeys();
    grid.setPointerCapture(event.pointerId);
    held = { pointer: event.pointerId, at: null };
    const [x, y] = placeOf(event);
    moveTo(Math.floor(x), Math.floor(y)); // what was typed elsewhere is taken now
    if (figure.link.eager) grid.addEventListener("pointerrawupdate", follow);
    begin();
    follow(event);
  }

  function follow(event) {
    if (!held || event.pointerId !== held.pointer) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const one of passed.length ? passed : [event]) {
      const at = placeOf(one);
      for (const [column, row] of crossed(held.at ?? at, at)) dab(column, row);
      held.at = at;
    }
    tell();
  }

  function release(event) {
    if (!held || event.pointerId !== held.pointer) return;
    if (event.type === "pointerup") follow(event);
    held = null;
    grid.removeEventListener("pointerrawupdate", follow);
    figure.end();
    show();
  }

  /**
   * Where a pointer is, in cells from the upper left corner.
   * @returns {[number, number]}
   */
  function placeOf(event) {
    const box = grid.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * width,
      ((event.clientY - box.top) / box.height) * height,
    ];
  }

  function endKeys() {
    if (!keyTimer) return;
    clearTimeout(keyTimer);
    keyTimer = 0;
    figure.end();
  }

  function paintHere() {
    if (!keyTimer) begin();
    clearTimeout(keyTimer);
    keyTimer = setTimeout(endKeys, KEY_PAUSE);
    dab(cursor % width, Math.floor(cursor / width));
    tell();
  }

  function key(event) {
    const [column, row] = [cursor % width, Math.floor(cursor / width)];
    const moves = {
      ArrowUp: [column, row - 1],
      ArrowDown: [column, row + 1],
      ArrowLeft: [column - 1, row],
      ArrowRight: [column + 1, row],
      PageUp: [column, row - PAGE],
      PageDown: [column, row + PAGE],
      Home: [0, event.ctrlKey ? 0 : row],
      End: [width - 1, event.ctrlKey ? height - 1 : row],
    };
    const paints = event.key === " " || event.key === "Enter";
    const modified =
      event.metaKey || event.altKey || (event.ctrlKey && !/^(Home|End)$/.test(event.key));
    if (modified || !(paints || event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    if (paints) return void paintHere();
    if (event.shiftKey) paintHere();
    moveTo(...moves[event.key]);
    if (event.shiftKey) paintHere();
  }

  /** The cursor goes to a cell, or as near to it as there is one. */
  function moveTo(column, row) {
    const within = (value, count) => Math.min(count - 1, Math.max(0, value));
    cells[cursor].tabIndex = -1;
    cursor = within(row, height) * width + within(column, width);
    name();
    cells[cursor].focus({ preventScroll: Boolean(held) });
  }

  grid.addEventListener("pointerdown", press);
  grid.addEventListener("pointermove", follow);
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    grid.addEventListener(type, release);
  }
  grid.addEventListener("contextmenu", (event) => held && event.preventDefault());
  grid.addEventListener("keydown", key);
  grid.addEventListener("focusout", (event) => grid.contains(event.relatedTarget) || endKeys());

  // -- showing ------------------------------------------------------------------------------------

  function show() {
    const painting = held || keyTimer;
    if (pixels && !painting) {
      // Answers to a stroke's earlier moves may still come: they must not be seen.
      if (figure.gestures.busy || figure.gestures.waiting.length) requestAnimationFrame(show);
      else pixels = null;
    }
    const text = figure.state[node.param];
    if (!pixels && text === shownText) return;
    shownText = pixels ? "" : text;
    (pixels ?? own()).forEach((code, i) => {
      if (shown[i] === code) return;
      shown[i] = code;
      const kind = kinds.find((one) => one.code === code);
      cells[i].dataset.class = kind.letter;
      dress(cells[i], kind);
    });
    name();
  }

  /** Only the cell at the cursor is spoken of, and reached by the tab key. */
  function name() {
    const kind = kinds.find((one) => one.code === shown[cursor]);
    cells[cursor].tabIndex = 0;
    setAttribute(
      cells[cursor],
      "aria-label",
      t("row {row}, column {column}: {name}", {
        row: Math.floor(cursor / width) + 1,
        column: (cursor % width) + 1,
        name: kind?.name ?? "",
      }),
    );
  }

  figure.parts.push({ update: show });
  const element = h(
    "div",
    { className: "paint" },
    grid,
    choices(t("brush"), kinds, brush.code, (code) => (brush.code = code)),
    choices(
      t("brush size"),
      SIZES.map((size) => ({ code: size, name: `${size} × ${size}` })),
      brush.size,
      (size) => (brush.size = size),
    ),
  );
  element.style.setProperty("--role", `var(--${node.role})`);
  return element;
}

/** The letters of a mask: each one's pixel value, name and shade. */
function kindsOf(parameter) {
  const letters = Object.keys(parameter.options);
  const codes = letters.map((letter) => maskPixels({ ...parameter, size: [1, 1] }, letter)[0]);
  return letters.map((letter, i) => ({
    letter,
    code: codes[i],
    name: parameter.options[letter],
    shade: letter === parameter.void ? null : SHADES[i],
  }));
}

function dress(element, { shade }) {
  element.classList.toggle("void", shade === null);
  element.style.setProperty("--shade", `${shade ?? 0}%`);
}

function choices(label, options, chosen, choose) {
  const name = uniqueId("brush");
  const radios = options.map((option) => {
    const input = h("input", {
      type: "radio",
      name,
      checked: option.code === chosen,
      onchange: () => choose(option.code),
    });
    const swatch = "shade" in option ? h("i", { className: "paint-cell paint-swatch" }) : null;
    if (swatch) dress(swatch, option);
    return h("label", {}, input, h("span", {}, swatch, option.name));
  });
  return h(
    "div",
    { className: "choice paint-brush", role: "radiogroup", "aria-label": label },
    h("span", { className: "segments" }, ...radios),
  );
}

/** The cells that the way from one point to another passes through, in their order. */
export function* crossed([x0, y0], [x1, y1]) {
  let [column, row] = [Math.floor(x0), Math.floor(y0)];
  const [last, lastRow] = [Math.floor(x1), Math.floor(y1)];
  const [right, down] = [Math.sign(x1 - x0), Math.sign(y1 - y0)];
  // How far along the way the next border is, across and down; a border apart from the last.
  const stride = [Math.abs(1 / (x1 - x0)), Math.abs(1 / (y1 - y0))];
  let across = ((right > 0 ? column + 1 - x0 : x0 - column) || 0) * stride[0];
  let along = ((down > 0 ? row + 1 - y0 : y0 - row) || 0) * stride[1];
  yield [column, row];
  let left = Math.abs(last - column) + Math.abs(lastRow - row);
  while (left-- > 0) {
    if (lastRow === row || (across < along && last !== column)) {
      column += right;
      across += stride[0];
    } else {
      row += down;
      along += stride[1];
    }
    yield [column, row];
  }
}
