// Rows of bars with one column a class; below them the classes' names and the target.

import { animal } from "./animals.js";
import { h, icon, setText } from "../dom.js";
import { numberField, slider } from "../drag.js";
import { chosenHere } from "./controls.js";
import { ICONS } from "../icons.js";
import { formatNumber, parseRow } from "../numbers.js";
import { MAX_CLASSES, MIN_CLASSES } from "../state.js";
import { t } from "../texts.js";

export function classBars(node, figure) {
  const element = h("div", { className: "class-bars" });
  let cells = [];
  let count = 0;
  let veil = () => {};

  function build() {
    count = figure.numClasses;
    element.style.setProperty("--classes", count);
    element.classList.toggle("many", count > 6);
    // Of several rows that can be dragged, each says which one it is.
    const several = node.rows.filter(({ kind }) => kind === "Drag").length > 1;
    const rows = node.rows.map((row) => ROWS[row.kind](row, figure, count, several));
    const names = namesRow(node, figure, count);
    const targets = node.target ? targetRow(node, figure, count) : null;
    const pictures = node.pictures ? picturesRow(node, figure, count) : null;
    cells = [...rows, pictures, names, targets].filter(Boolean);
    const tools = node.resizable ? classTools(node, figure) : null;
    veil = () => {
      tools?.veil();
      names.element.hidden = figure.hiddenNames.has(node.names);
      if (targets) targets.element.hidden = figure.hiddenNames.has(node.target);
      node.rows.forEach((row, i) => (rows[i].element.hidden = figure.hides(row)));
    };
    veil();
    element.replaceChildren(...cells.map((part) => part.element));
    if (tools) element.append(tools.element);
  }

  figure.parts.push({
    update() {
      if (figure.numClasses !== count) build();
      for (const part of cells) part.update();
    },
  });
  figure.veil(() => veil());
  figure.places.push(() => cells.flatMap((part) => part.places ?? []));
  return element;
}

function barRow({ label, height }, cells) {
  const element = h(
    "div",
    { className: "cb-row" },
    h("div", { className: "cb-label", textContent: label }),
    h("div", { className: "cb-cells" }, ...cells.map((cell) => cell.element)),
  );
  element.style.setProperty("--height", `${height}px`);
  return element;
}

const share = (value, [low, high]) => Math.min(1, Math.max(0, (value - low) / (high - low)));

/** The parts of one bar: from the zero line to its value. Its bounds may change as it is shown. */
function bar(bounds, role) {
  const fill = h("span", { className: "cb-fill" });
  const mark = h("span", { className: "cb-mark", hidden: true });
  const track = h(
    "div",
    { className: "cb-track" },
    h("span", { className: "cb-zero" }),
    fill,
    mark,
  );
  const zero = share(0, bounds);
  track.style.setProperty("--zero", zero);
  if (role) track.style.setProperty("--role", `var(--${role})`); // a push has its direction's colour
  return {
    track,
    show(value, marked, within = bounds) {
      const at = share(value, within);
      track.style.setProperty("--from", Math.min(at, zero));
      track.style.setProperty("--size", Math.abs(at - zero));
      track.style.setProperty("--at", at);
      mark.hidden = marked === undefined || Number.isNaN(marked);
      if (!mark.hidden) track.style.setProperty("--mark", share(marked, within));
    },
  };
}

function dragRow(row, figure, count, several) {
  const { bounds, step, label } = figure.parameter(row.param);
  // An end of the span may be a readout. What is dragged stays under the finger: while a bar is
  // held the span does not change.
  let held = null;
  const end = (value) => (typeof value === "string" ? Number(figure.value(value)) : value);
  const scale = {
    span: () => held ?? (row.span ?? bounds).map(end),
    hold: () => (held = scale.span()),
    release: () => (held = null),
  };
  const nameOf = (i) => (several ? `${figure.nameOfClass(i)}, ${label}` : figure.nameOfClass(i));
  const cells = Array.from({ length: count }, (_, i) =>
    dragCell(row, figure, i, { bounds, step, scale, nameOf }),
  );
  const element = barRow(row, cells);
  element.classList.add("cb-drag");
  element.dataset.param = row.param;
  return {
    element,
    places: cells.map(({ place }) => place),
    update() {
      for (const cell of cells) cell.update();
    },
  };
}

function dragCell(row, figure, i, { bounds, step, scale, nameOf }) {
  let local = null; // the value under the finger, which no answer may move
  const value = () => local ?? figure.state[row.param][i];
  const { track, show } = bar(scale.span(), row.role);
  const grip = h("div", { className: "cb-grip" });
  const input = h("input", {
    className: "cb-number",
    type: "text",
    inputMode: "decimal",
    autocomplete: "off",
  });
  track.append(grip);

  const drag = slider(grip, track, {
    eager: figure.link.eager,
    label: nameOf(i),
    bounds,
    step,
    orientation: "vertical",
    format: row.format,
    place(event) {
      const box = track.getBoundingClientRect();
      const at = Math.min(1, Math.max(0, (box.bottom - event.clientY) / box.height));
      const [low, high] = scale.span();
      return low + at * (high - low);
    },
    source: {
      value,
      begin() {
        scale.hold();
        figure.begin();
      },
      move(v) {
        local = v;
        update();
        if (row.edit) figure.edit(row.edit, i, v);
        else figure.setEntry(row.param, i, v);
      },
      end() {
        scale.release();
        figure.end();
        local = null;
      },
    },
  });
  const showField = numberField(input, {
    value,
    text: () => formatNumber(value(), row.format === "integer" ? "integer" : "short"),
    set: (v) => figure.typeEntry(row.param, row.edit, i, v),
    refuse: (text) => figure.say(text),
    pasteRow: (text) => adoptRows(figure, [[row.param, text]]),
  });

  function update() {
    show(value(), row.mark ? figure.value(row.mark)[i] : undefined, scale.span());
    drag.show(value());
    drag.rename(nameOf(i));
    input.setAttribute(
      "aria-label",
      t("{label} of {name}, typed", { label: row.label, name: figure.nameOfClass(i) }),
    );
    input.title = String(value());
    showField();
  }
  /** @type {import("../types.d.ts").Marked} */
  const place = {
    element: track,
    shape: "level",
    points: (state) => [
      [track.clientWidth / 2, track.clientHeight * (1 - share(state[row.param][i], scale.span()))],
    ],
    along: (name) =>
      name === `${row.param}[${i}]`
        ? {
            axis: "y",
            ends: scale.span(),
            at: (v) => 1 - share(v, scale.span()),
            across: [0, 1],
          }
        : null,
  };
  return { element: h("div", { className: "cb-cell" }, input, track), update, place };
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
  const element = barRow(row, cells);
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
      const push = signed
        ? { up: `, ${t("push up")}`, down: `, ${t("push down")}`, none: "" }[track.dataset.push]
        : "";
      track.setAttribute(
        "aria-label",
        `${figure.nameOfClass(i)}: ${row.label} ${formatNumber(value, row.format)}${push}`,
      );
    });
  };
  return { element, update };
}

const ROWS = {
  Drag: dragRow,
  Bars: (row, figure, count) => shownRow(row, figure, count, { signed: false }),
  Pushes: (row, figure, count) =>
    shownRow({ ...row, format: "signed" }, figure, count, { signed: true }),
};

/** What the camera may see: an animal for each class that is called like one. To press one picks it. */
function picturesRow(node, figure, count) {
  const cells = Array.from({ length: count }, (_, i) =>
    h("div", {
      className: "cb-picture",
      onclick: () => figure.assign({ [node.target]: i }),
    }),
  );
  const frame = h("div", { className: "cb-frame" });
  const element = h(
    "div",
    { className: "cb-row cb-pictures", "aria-hidden": "true" },
    h("div", { className: "cb-cells" }, ...cells, frame),
  );
  let shown = null;
  return {
    element,
    update() {
      const names = cells.map((_, i) => figure.nameOfClass(i));
      if (names.join() !== shown) {
        shown = names.join();
        const drawn = names.map(animal);
        drawn.forEach((picture, i) => cells[i].replaceChildren(picture ?? ""));
        element.hidden = !drawn.some(Boolean);
      }
      const target = figure.state[node.target];
      cells.forEach((cell, i) => cell.classList.toggle("in-frame", i === target));
      frame.style.setProperty("--place", target);
    },
  };
}

function namesRow(node, figure, count) {
  const inputs = Array.from({ length: count }, (_, i) => {
    const input = h("input", {
      className: "cb-name",
      type: "text",
      maxLength: 24,
      autocomplete: "off",
      spellcheck: false,
    });
    input.setAttribute("aria-label", t("name of class {n}", { n: i + 1 }));
    const rename = () => {
      const name = input.value.trim();
      if (!name || name === figure.state[node.names][i]) input.value = figure.nameOfClass(i);
      else
        figure.assign({
          [node.names]: figure.state[node.names].map((old, j) => (j === i ? name : old)),
        });
    };
    input.addEventListener("blur", rename);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") input.value = figure.nameOfClass(i);
      if (event.key === "Enter" || event.key === "Escape") input.blur();
    });
    const remove = h(
      "button",
      { type: "button", className: "cb-remove", onclick: () => figure.removeClass(i) },
      icon(ICONS.close),
    );
    return {
      input,
      remove,
      element: h(
        "div",
        { className: "cb-cell cb-name-cell" },
        input,
        node.resizable ? remove : null,
      ),
    };
  });
  const element = h(
    "div",
    { className: "cb-row cb-names" },
    h("div", { className: "cb-label", textContent: t("class") }),
    h("div", { className: "cb-cells" }, ...inputs.map((cell) => cell.element)),
  );
  return {
    element,
    update() {
      inputs.forEach(({ input, remove }, i) => {
        const name = figure.nameOfClass(i);
        if (input.getRootNode().activeElement !== input) input.value = name;
        input.title = name;
        remove.setAttribute("aria-label", t("Remove {name}", { name }));
        remove.hidden = count <= MIN_CLASSES || figure.hiddenNames.has("remove_class");
      });
    },
  };
}

function targetRow(node, figure, count) {
  const pick = (i) => figure.assign({ [node.target]: i });
  const radios = Array.from({ length: count }, (_, i) =>
    h(
      "button",
      { type: "button", className: "cb-target", role: "radio", "data-index": i },
      icon(ICONS.check),
      h("span", { className: "cb-target-text", textContent: node.target_text }),
    ),
  );
  const group = h(
    "div",
    { className: "cb-cells cb-targets", role: "radiogroup", "aria-label": node.target_label },
    ...radios.map((radio) => h("div", { className: "cb-cell" }, radio)),
  );
  group.style.setProperty("--target", `var(--${node.target_role})`);
  dropOn(group, radios, figure, node.target);
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const to =
      event.key === "Home"
        ? 0
        : event.key === "End"
          ? count - 1
          : step && (radios.indexOf(event.target) + step + count) % count;
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    pick(to);
    radios[to].focus();
  });
  const element = h(
    "div",
    { className: "cb-row cb-truth" },
    h("div", { className: "cb-label", textContent: node.target_label }),
    group,
  );
  return {
    element,
    places: radios.map((radio, i) => chosenHere(radio, (state) => state[node.target] === i)),
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
function dropOn(group, radios, figure, param) {
  let pointer = null;
  let last = null;
  const under = (event) =>
    radios.find((radio) => {
      const box = radio.getBoundingClientRect();
      return event.clientX >= box.left && event.clientX < box.right;
    });
  function take(event) {
    const radio = under(event);
    if (!radio || radio === last) return;
    last = radio;
    radio.focus({ preventScroll: true });
    figure.set({ [param]: Number(radio.dataset.index) });
  }
  group.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || pointer !== null) return;
    pointer = event.pointerId;
    last = null;
    group.setPointerCapture(pointer);
    figure.begin();
    take(event);
  });
  group.addEventListener("pointermove", (event) => event.pointerId === pointer && take(event));
  for (const type of ["pointerup", "pointercancel"]) {
    group.addEventListener(type, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = null;
      figure.end();
    });
  }
  // Keys and assistive tools click without a pointer.
  group.addEventListener("click", (event) => {
    const radio = event.detail === 0 && event.target.closest?.("[role=radio]");
    if (radio) figure.assign({ [param]: Number(radio.dataset.index) });
  });
}

function classTools(node, figure) {
  const rows = node.rows.filter((row) => row.kind === "Drag");
  const add = h(
    "button",
    { type: "button", className: "tool", onclick: () => figure.addClass() },
    icon(ICONS.plus),
    t("Add a class"),
  );
  const remove = h(
    "button",
    { type: "button", className: "tool", onclick: () => figure.removeClass(figure.numClasses - 1) },
    icon(ICONS.minus),
    t("Remove a class"),
  );
  const fields = rows.map((row) =>
    h("input", {
      className: "row-field",
      type: "text",
      autocomplete: "off",
      spellcheck: false,
      "aria-label": t("{label}: a row of numbers", { label: row.label }),
      placeholder: t("e.g. 0.1, 0.2, 0.7"),
    }),
  );
  const several = rows.length > 1;
  const form = h(
    "form",
    { className: "row-form", hidden: true },
    ...fields,
    h("button", { className: "button", textContent: several ? t("Set rows") : t("Set row") }),
  );
  const paste = h(
    "button",
    { type: "button", className: "tool", "aria-expanded": "false" },
    icon(ICONS.paste),
    several ? t("Type the rows") : t("Type a row"),
  );
  paste.addEventListener("click", () => {
    form.hidden = !form.hidden;
    paste.setAttribute("aria-expanded", String(!form.hidden));
    if (form.hidden) return;
    fields.forEach((field, i) => (field.value = figure.state[rows[i].param].join(", ")));
    fields[0].focus();
    fields[0].select();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    adoptRows(
      figure,
      rows.map((row, i) => [row.param, fields[i].value]),
    );
  });
  add.disabled = figure.numClasses >= MAX_CLASSES;
  remove.disabled = figure.numClasses <= MIN_CLASSES;
  const named = { add_class: add, remove_class: remove, type_row: paste };
  return {
    element: h("div", { className: "cb-tools" }, add, remove, rows.length ? paste : null, form),
    veil() {
      for (const [name, button] of Object.entries(named))
        button.hidden = figure.hiddenNames.has(name);
    },
  };
}

function adoptRows(figure, typed) {
  const rows = typed.map(([param, text]) => [param, parseRow(text)]);
  const wrong = rows.some(([, row]) => !row.length || row.some(Number.isNaN));
  if (wrong)
    figure.say(
      `${t("A row is numbers separated by commas, spaces or tabs.")} ${t("Nothing was changed.")}`,
    );
  else figure.adopt(Object.fromEntries(rows));
}
