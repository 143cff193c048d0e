// Rows of bars with one column a class; below them the classes' names and the target.

import { h, icon, setText } from "../dom.js";
import { numberField, slider } from "../drag.js";
import { ICONS } from "../icons.js";
import { formatNumber, parseRow } from "../numbers.js";
import { MAX_CLASSES, MIN_CLASSES } from "../state.js";

export function classBars(node, figure) {
  const element = h("div", { className: "class-bars" });
  let cells = [];
  let count = 0;

  function build() {
    count = figure.numClasses;
    element.style.setProperty("--classes", count);
    element.classList.toggle("many", count > 6);
    const rows = node.rows.map((row) => ROWS[row.kind](row, figure, count));
    const names = namesRow(node, figure, count);
    const targets = node.target ? targetRow(node, figure, count) : null;
    cells = [...rows, names, targets].filter(Boolean);
    element.replaceChildren(...cells.map((part) => part.element));
    if (node.resizable) element.append(classTools(node, figure));
  }

  figure.parts.push({
    update() {
      if (figure.numClasses !== count) build();
      for (const part of cells) part.update();
    },
  });
  return element;
}

function barRow(label, height, format, children) {
  const element = h(
    "div",
    { className: "cb-row" },
    h("div", { className: "cb-label", textContent: label }),
    h("div", { className: "cb-cells" }, ...children),
  );
  element.style.setProperty("--height", `${height}px`);
  return element;
}

const share = (value, [low, high]) => Math.min(1, Math.max(0, (value - low) / (high - low)));

/** The parts of one bar: from the zero line to its value. */
function bar(bounds, role) {
  const fill = h("span", { className: "cb-fill" });
  const mark = h("span", { className: "cb-mark", hidden: true });
  const track = h("div", { className: "cb-track" }, h("span", { className: "cb-zero" }), fill, mark);
  const zero = share(0, bounds);
  track.style.setProperty("--zero", zero);
  if (role) track.style.setProperty("--role", `var(--${role})`); // a push has its direction's colour
  return {
    track,
    show(value, marked) {
      const at = share(value, bounds);
      track.style.setProperty("--from", Math.min(at, zero));
      track.style.setProperty("--size", Math.abs(at - zero));
      track.style.setProperty("--at", at);
      mark.hidden = marked === undefined;
      if (marked !== undefined) track.style.setProperty("--mark", share(marked, bounds));
    },
  };
}

function dragRow(row, figure, count) {
  const { bounds, step } = figure.parameter(row.param);
  const cells = Array.from({ length: count }, (_, i) => dragCell(row, figure, i, bounds, step));
  const element = barRow(row.label, row.height, row.format, cells.map((cell) => cell.element));
  element.classList.add("cb-drag");
  if (figure.hiddenNames.has(row.param)) element.hidden = true;
  return {
    element,
    update() {
      for (const cell of cells) cell.update();
    },
  };
}

function dragCell(row, figure, i, bounds, step) {
  let local = null; // the value under the finger, which no answer may move
  const value = () => local ?? figure.state[row.param][i];
  const span = row.span ?? bounds;
  const { track, show } = bar(span, row.role);
  const grip = h("div", { className: "cb-grip" });
  const input = h("input", { className: "cb-number", type: "text", inputMode: "decimal", autocomplete: "off" });
  track.append(grip);

  const drag = slider(grip, track, {
    label: figure.nameOfClass(i),
    bounds,
    step,
    orientation: "vertical",
    format: row.format,
    place(event) {
      const box = track.getBoundingClientRect();
      const at = Math.min(1, Math.max(0, (box.bottom - event.clientY) / box.height));
      return span[0] + at * (span[1] - span[0]);
    },
    source: {
      value,
      begin: () => figure.begin(),
      move(v) {
        local = v;
        update();
        if (row.edit) figure.edit(row.edit, i, v);
        else figure.setEntry(row.param, i, v);
      },
      end() {
        figure.end();
        local = null;
      },
    },
  });
  const showField = numberField(input, {
    value,
    text: () => formatNumber(value(), "short"),
    set: (v) => figure.typeEntry(row.param, row.edit, i, v),
    refuse: (text) => figure.say(text),
    pasteRow: (text) => adoptRow(figure, row.param, text),
  });

  function update() {
    show(value(), row.mark ? figure.value(row.mark)[i] : undefined);
    drag.show(value());
    const name = figure.nameOfClass(i);
    drag.rename(name);
    input.setAttribute("aria-label", `${row.label} of ${name}, typed`);
    input.title = String(value());
    showField();
  }
  return { element: h("div", { className: "cb-cell" }, input, track), update };
}

function shownRow(row, figure, count, { signed }) {
  const cells = Array.from({ length: count }, () => {
    const { track, show } = bar(row.bounds, row.role);
    const number = h("span", { className: "cb-shown" });
    const arrow = signed ? h("span", { className: "cb-arrow" }, icon(ICONS.up)) : null;
    if (arrow) track.append(arrow);
    track.setAttribute("role", "img");
    return { track, show, number, element: h("div", { className: "cb-cell" }, number, track) };
  });
  const element = barRow(row.label, row.height, row.format, cells.map((cell) => cell.element));
  element.classList.add(signed ? "cb-pushes" : "cb-follow");
  const [, column] = row.shows.split(".");
  const update = () => {
    const values = figure.value(row.shows);
    cells.forEach(({ track, show, number }, i) => {
      const value = values[i];
      show(value, row.mark ? figure.value(row.mark)[i] : undefined);
      if (signed) {
        track.dataset.push = value < 0 ? "up" : value > 0 ? "down" : "none";
        track.style.setProperty("--strength", Math.min(1, Math.abs(value)));
      }
      setText(number, formatNumber(value, signed ? "signedShort" : "short"));
      number.dataset.readout = `${column}_${i}`;
      number.dataset.value = value;
      const push = signed ? { up: ", push up", down: ", push down", none: "" }[track.dataset.push] : "";
      track.setAttribute("aria-label", `${figure.nameOfClass(i)}: ${row.label} ${formatNumber(value, row.format)}${push}`);
    });
  };
  return { element, update };
}

const ROWS = {
  Drag: dragRow,
  Bars: (row, figure, count) => shownRow(row, figure, count, { signed: false }),
  Pushes: (row, figure, count) => shownRow({ ...row, format: "signed" }, figure, count, { signed: true }),
};

function namesRow(node, figure, count) {
  const inputs = Array.from({ length: count }, (_, i) => {
    const input = h("input", { className: "cb-name", type: "text", maxLength: 24, autocomplete: "off", spellcheck: false });
    input.setAttribute("aria-label", `name of class ${i + 1}`);
    const rename = () => {
      const name = input.value.trim();
      if (!name || name === figure.state[node.names][i]) input.value = figure.nameOfClass(i);
      else figure.assign({ [node.names]: figure.state[node.names].map((old, j) => (j === i ? name : old)) });
    };
    input.addEventListener("blur", rename);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") input.value = figure.nameOfClass(i);
      if (event.key === "Enter" || event.key === "Escape") input.blur();
    });
    const remove = h("button", { type: "button", className: "cb-remove", onclick: () => figure.removeClass(i) }, icon(ICONS.close));
    return { input, remove, element: h("div", { className: "cb-cell cb-name-cell" }, input, node.resizable ? remove : null) };
  });
  const element = h("div", { className: "cb-row cb-names" }, h("div", { className: "cb-label", textContent: "class" }), h("div", { className: "cb-cells" }, ...inputs.map((cell) => cell.element)));
  return {
    element,
    update() {
      inputs.forEach(({ input, remove }, i) => {
        const name = figure.nameOfClass(i);
        if (input.getRootNode().activeElement !== input) input.value = name;
        input.title = name;
        remove.setAttribute("aria-label", `Remove ${name}`);
        remove.hidden = count <= MIN_CLASSES;
      });
    },
  };
}

function targetRow(node, figure, count) {
  const pick = (i) => i !== figure.state[node.target] && figure.assign({ [node.target]: i });
  const radios = Array.from({ length: count }, (_, i) =>
    h("button", { type: "button", className: "cb-target", role: "radio", "data-index": i }, icon(ICONS.check), h("span", { className: "cb-target-text", textContent: "true" })),
  );
  const group = h("div", { className: "cb-cells cb-targets", role: "radiogroup", "aria-label": node.target_label }, ...radios.map((radio) => h("div", { className: "cb-cell" }, radio)));
  dropOn(group, radios, pick);
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? count - 1 : step && (figure.state[node.target] + step + count) % count;
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    pick(to);
    radios[to].focus();
  });
  const element = h("div", { className: "cb-row cb-truth" }, h("div", { className: "cb-label", textContent: node.target_label }), group);
  return {
    element,
    update() {
      radios.forEach((radio, i) => {
        const chosen = figure.state[node.target] === i;
        radio.setAttribute("aria-checked", chosen);
        radio.setAttribute("aria-label", figure.nameOfClass(i));
        radio.tabIndex = chosen ? 0 : -1;
      });
    },
  };
}

/** Pressing picks; keeping the press and moving on carries the target to another class. */
function dropOn(group, radios, pick) {
  let pointer = null;
  const under = (event) => radios.find((radio) => {
    const box = radio.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX < box.right;
  });
  group.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pointer = event.pointerId;
    group.setPointerCapture(pointer);
    take(event);
  });
  group.addEventListener("pointermove", (event) => event.pointerId === pointer && take(event));
  for (const type of ["pointerup", "pointercancel"]) group.addEventListener(type, () => (pointer = null));
  // Assistive tools click without a pointer.
  group.addEventListener("click", (event) => {
    const radio = event.target.closest?.("[role=radio]");
    if (radio) pick(Number(radio.dataset.index));
  });
  function take(event) {
    const radio = under(event);
    if (!radio) return;
    radio.focus({ preventScroll: true });
    pick(Number(radio.dataset.index));
  }
}

function classTools(node, figure) {
  const first = node.rows.find((row) => row.kind === "Drag");
  const add = h("button", { type: "button", className: "tool", onclick: () => figure.addClass() }, icon(ICONS.plus), "Add a class");
  const remove = h("button", { type: "button", className: "tool", onclick: () => figure.removeClass(figure.numClasses - 1) }, icon(ICONS.minus), "Remove a class");
  const row = h("input", { className: "row-field", type: "text", autocomplete: "off", spellcheck: false, "aria-label": `${first?.label}: a row of numbers`, placeholder: "e.g. 0.1, 0.2, 0.7" });
  const form = h("form", { className: "row-form", hidden: true }, row, h("button", { className: "button", textContent: "Set row" }));
  const paste = h("button", { type: "button", className: "tool", "aria-expanded": "false" }, icon(ICONS.paste), "Type a row");
  paste.addEventListener("click", () => {
    form.hidden = !form.hidden;
    paste.setAttribute("aria-expanded", String(!form.hidden));
    if (form.hidden) return;
    row.value = figure.state[first.param].join(", ");
    row.focus();
    row.select();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    adoptRow(figure, first.param, row.value);
  });
  const update = () => {
    add.disabled = figure.numClasses >= MAX_CLASSES;
    remove.disabled = figure.numClasses <= MIN_CLASSES;
  };
  update();
  return h("div", { className: "cb-tools" }, add, remove, first ? paste : null, form);
}

function adoptRow(figure, param, text) {
  const row = parseRow(text);
  const wrong = row.findIndex(Number.isNaN);
  if (wrong >= 0 || !row.length) figure.say("A row is numbers separated by commas, spaces or tabs. Nothing was changed.");
  else figure.adopt({ [param]: row });
}
