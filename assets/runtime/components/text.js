// Numbers and words that follow the columns: readouts, formulas, sentences, small tables.

import { h, setAttribute, setText } from "../dom.js";

export function readout({ shows, label, unit, format, role, size, note }, figure) {
  const value = quietOutput(shows, { className: "readout-value" });
  const unitText = h("span", { className: "readout-unit" });
  const element = h(
    "div",
    { className: `readout ${size}` },
    h("span", { className: "readout-label", textContent: label }),
    h("span", { className: "readout-line" }, value, unitText),
    note ? h("span", { className: "readout-note", textContent: note }) : null,
  );
  element.style.setProperty("--role", `var(--${role})`);
  setAttribute(value, "aria-label", label);
  figure.parts.push({
    update() {
      const number = Number(figure.value(shows));
      setText(value, figure.shown(number, format));
      setAttribute(value, "data-value", number);
      setText(unitText, figure.unit(unit));
    },
  });
  figure.announcer.add(
    () => label,
    element,
    () => `${figure.spoken(Number(figure.value(shows)), format)} ${figure.unit(unit)}`.trim(),
  );
  return element;
}

/** Where a number is shown; the figure's announcer speaks for all of them. */
export const quietOutput = (shows, properties = {}) =>
  h("output", { "aria-live": "off", "data-readout": shows, ...properties });

// "{loss}", "{loss:percent}", "{@target}": where live text goes.
const SLOT = /\{(@?[\w.]+)(?::(\w+))?\}/g;

function slotText(figure, reference, format) {
  if (!reference.startsWith("@")) return figure.format(reference, format);
  const value = figure.state[reference.slice(1)];
  return typeof value === "number" ? figure.nameOfClass(value) : String(value);
}

export function sentence({ text, role, when, size }, figure) {
  const element = h("p", { className: `sentence ${size}` });
  element.style.setProperty("--role", `var(--${role})`);
  const slots = [];
  let end = 0;
  for (const match of text.matchAll(SLOT)) {
    element.append(text.slice(end, match.index));
    const span = h("span", { className: "live" });
    span.dataset.shows = match[1];
    slots.push([span, match[1], match[2]]);
    element.append(span);
    end = match.index + match[0].length;
  }
  element.append(text.slice(end));
  figure.parts.push({
    update() {
      if (when) element.classList.toggle("silent", !Number(figure.value(when)));
      for (const [span, reference, format] of slots)
        setText(span, slotText(figure, reference, format));
    },
  });
  return element;
}

// The MathML is the figure's own; only numbers and names, as text, are put into it.
export function formula({ mathml, label }, figure) {
  const math = mathml.replace(
    SLOT,
    (_, reference, format) =>
      `<mtext class="live" data-shows="${reference}" data-format="${format ?? "number"}"></mtext>`,
  );
  const element = h("div", { className: "formula", role: "math", "aria-label": label });
  // eslint-disable-next-line no-restricted-properties -- no visitor's text is in it
  element.innerHTML = `<math displaystyle="true">${math}</math>`;
  const slots = [...element.querySelectorAll("[data-shows]")];
  figure.parts.push({
    update() {
      for (const slot of slots)
        setText(slot, slotText(figure, slot.dataset.shows, slot.dataset.format));
    },
  });
  return element;
}

export function snippet({ label, by, texts, cases }, figure) {
  const code = h("code");
  figure.parts.push({
    update: () => setText(code, texts[cases[by.map((name) => figure.state[name]).join(" ")]]),
  });
  // It scrolls where it is wider than its place, by keyboard too.
  return h("pre", { className: "snippet", tabIndex: 0, role: "group", "aria-label": label }, code);
}

export function liveTable({ caption, head, rows, roles, flags, format }, figure) {
  const cells = [];
  const columns = flags.map(() => []); // the cells of those that can be switched off
  const headCells = head.map((text, i) =>
    h(i ? "th" : "td", { textContent: text, ...(i && { scope: "col" }) }),
  );
  headCells.forEach(
    (cell, i) => i && roles[i - 1] && cell.style.setProperty("--role", `var(--${roles[i - 1]})`),
  );
  columns.forEach((column, i) => column.push(headCells[i + 1]));
  const body = rows.map(([label, ...references]) => {
    const line = h("tr", {}, h("th", { scope: "row", textContent: label }));
    for (const [i, reference] of references.entries()) {
      const [shows, style] = reference.split(":");
      const cell = h("td", shows ? { "data-readout": shows } : {});
      line.append(cell);
      columns[i]?.push(cell);
      if (!shows) continue;
      cells.push([cell, shows, style ?? format]);
      const name = [label, head[line.childElementCount - 1]].filter(Boolean).join(", ");
      figure.announcer.add(
        () => name,
        cell,
        () => figure.spoken(Number(figure.value(shows)), style ?? format),
      );
    }
    return line;
  });
  figure.parts.push({
    update() {
      columns.forEach((column, i) => {
        for (const cell of column) cell.hidden = !figure.state[flags[i]];
      });
      for (const [cell, shows, style] of cells) {
        const number = Number(figure.value(shows));
        setText(cell, figure.shown(number, style));
        setAttribute(cell, "data-value", number);
      }
    },
  });
  return h(
    "div",
    { className: "table-scroll" },
    h(
      "table",
      { className: "live-table" },
      h("caption", { textContent: caption }),
      h("thead", {}, h("tr", {}, ...headCells)),
      h("tbody", {}, ...body),
    ),
  );
}
