// A batch as a table: the figure's own row first, then rows that can be edited and removed.

import { h, icon, setAttribute, setText } from "../dom.js";
import { numberField } from "../drag.js";
import { ICONS } from "../icons.js";
import { formatNumber, parseRow } from "../numbers.js";
import { MAX_ROWS } from "../state.js";
import { t } from "../texts.js";

export function batchTable(node, figure) {
  const element = h("div", { className: "batch" });
  figure.veil(() => (element.hidden = figure.hiddenNames.has(node.rows)));
  let shape = "";
  let cells = [];

  function build() {
    cells = [];
    const count = figure.numClasses;
    const rows = figure.state[node.rows].length + 1;
    const classHeads = (text) =>
      Array.from({ length: count }, (_, k) => {
        const head = h("th", { scope: "col" });
        cells.push(() => setText(head, `${text} ${figure.nameOfClass(k)}`));
        return head;
      });
    const head = h(
      "tr",
      {},
      h("th", { scope: "col", textContent: t("row") }),
      ...classHeads("z"),
      h("th", { scope: "col", textContent: t("true class") }),
      h("th", { scope: "col", className: "loss-head", textContent: t("loss") }),
      ...node.heads.map((text) => h("th", { scope: "col", textContent: text })),
      ...classHeads("∂"),
      h("td"),
    );
    const body = Array.from({ length: rows }, (_, r) => rowOf(node, figure, r, count, cells));
    const add = h(
      "button",
      {
        type: "button",
        className: "tool",
        disabled: rows > MAX_ROWS,
        onclick: () => addRow(node, figure),
      },
      icon(ICONS.plus),
      t("Add a row"),
    );
    element.replaceChildren(
      h(
        "div",
        { className: "table-scroll", tabIndex: 0, role: "region", "aria-label": node.label },
        h(
          "table",
          { className: "live-table" },
          h("caption", {
            textContent: node.caption,
          }),
          h("thead", {}, head),
          h("tbody", {}, ...body),
        ),
      ),
      add,
    );
  }

  figure.parts.push({
    update() {
      const now = `${figure.numClasses}/${figure.state[node.rows].length}`;
      if (now !== shape) build();
      shape = now;
      cells.forEach((update) => update());
    },
  });
  return element;
}

function rowOf(node, figure, r, count, cells) {
  const own = r === 0;
  const logits = () => (own ? figure.state[node.logits] : figure.state[node.rows][r - 1]);
  const target = () => (own ? figure.state[node.target] : figure.state[node.targets][r - 1]);
  const replaced = (row) =>
    own
      ? { [node.logits]: row }
      : { [node.rows]: figure.state[node.rows].map((old, i) => (i === r - 1 ? row : old)) };

  const fields = Array.from({ length: count }, (_, k) => {
    const input = h("input", {
      className: "cb-number",
      type: "text",
      inputMode: "decimal",
      autocomplete: "off",
    });
    const showField = numberField(input, {
      value: () => logits()[k],
      text: () => formatNumber(logits()[k], "short"),
      set: (v) => figure.assign(replaced(logits().map((old, i) => (i === k ? v : old)))),
      refuse: (text) => figure.say(text),
      pasteRow: (text) => figure.assign(replaced(parseRow(text))),
    });
    cells.push(() => {
      setAttribute(
        input,
        "aria-label",
        t("row {n}, logit of {name}", { n: r + 1, name: figure.nameOfClass(k) }),
      );
      showField();
    });
    return h("td", {}, input);
  });
  const select = h("select", {
    "aria-label": t("row {n}, true class", { n: r + 1 }),
    onchange: () => setTarget(node, figure, r, Number(select.value)),
  });
  const loss = h("td", { className: "loss-cell", "data-readout": `batch_loss_${r}` });
  const grads = Array.from({ length: count }, (_, k) =>
    h("td", { className: "grad-cell", "data-readout": `batch_grad_${r}_${k}` }),
  );
  const further = node.more.map((column) => {
    const cell = h("td", { "data-readout": `${column.replace(".", "_")}_${r}` });
    cells.push(() => show(cell, figure.value(column)[r], "number"));
    return cell;
  });
  const remove = own
    ? null
    : h(
        "button",
        {
          type: "button",
          className: "icon-button small",
          "aria-label": t("Remove row {n}", { n: r + 1 }),
          onclick: () => removeRow(node, figure, r),
        },
        icon(ICONS.close),
      );
  const { besides } = figure.parameter(own ? node.target : node.targets);
  cells.push(() => {
    const classes = Array.from({ length: count }, (_, k) => [k, figure.nameOfClass(k)]);
    const others = besides.map((number) => [number, formatNumber(number, "integer")]);
    const wanted = [...classes, ...others];
    const right = wanted.every(([, text], i) => select.options[i]?.text === text);
    if (!right || select.options.length !== wanted.length) {
      select.replaceChildren(
        ...wanted.map(([value, textContent]) => h("option", { value, textContent })),
      );
    }
    select.value = target();
    show(loss, figure.value(node.losses)[r], "number");
    const all = figure.value(node.grads);
    grads.forEach((cell, k) => show(cell, all[r * count + k], "signed"));
  });
  const line = h(
    "tr",
    { className: own ? "own" : "" },
    h("th", { scope: "row", textContent: own ? t("this one") : String(r + 1) }),
    ...fields,
    h("td", {}, select),
    loss,
    ...further,
    ...grads,
    h("td", {}, remove),
  );
  if (node.kept)
    cells.push(() => line.classList.toggle("ignored", figure.value(node.kept)[r] === 0));
  return line;
}

function show(cell, value, format) {
  setText(cell, formatNumber(value, format));
  setAttribute(cell, "data-value", value);
}

function setTarget(node, figure, r, target) {
  if (r === 0) figure.assign({ [node.target]: target });
  else
    figure.assign({
      [node.targets]: figure.state[node.targets].map((old, i) => (i === r - 1 ? target : old)),
    });
}

function addRow(node, figure) {
  figure.assign({
    [node.rows]: [...figure.state[node.rows], Array(figure.numClasses).fill(0)],
    [node.targets]: [...figure.state[node.targets], 0],
  });
}

function removeRow(node, figure, r) {
  const drop = (list) => list.filter((_, i) => i !== r - 1);
  figure.assign({
    [node.rows]: drop(figure.state[node.rows]),
    [node.targets]: drop(figure.state[node.targets]),
  });
}
