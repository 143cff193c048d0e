// What every figure offers: undo, reset, links, code of this very state, data, pictures.

import { h, icon, setText } from "./dom.js";
import { ICONS } from "./icons.js";
import { formatNumber, pythonLiteral } from "./numbers.js";
import { figurePicture } from "./picture.js";
import { download, quoted } from "./saving.js";
import { queryFromState } from "./state.js";
import { currentTheme } from "./theme.js";
import { t } from "./texts.js";

export function toolbar(figure) {
  const tool = (name, label, path, onclick) => {
    const button = h(
      "button",
      { type: "button", className: "tool", onclick },
      icon(path),
      h("span", { textContent: label }),
    );
    button.hidden = figure.hiddenNames.has(name);
    return button;
  };
  const undo = tool("undo", t("Undo"), ICONS.undo, () => figure.undo());
  const redo = tool("undo", t("Redo"), ICONS.redo, () => figure.redo());
  const reset = tool("reset", t("Reset"), ICONS.reset, () => figure.reset());
  const link = figure.page
    ? tool("link", t("Copy link"), ICONS.link, () => copy(figure, linkTo(figure), saidOfLink()))
    : tool("link", t("Copy as Python"), ICONS.link, () =>
        copy(figure, pythonCall(figure), t("Copied: it shows this very state in a notebook.")),
      );
  const embed = tool("embed", t("Copy embed code"), ICONS.embed, () =>
    copy(figure, embedCode(figure), t("Embed code copied.")),
  );
  // A page within another one's text (srcdoc) has no address that could be told.
  for (const one of [link, embed]) one.hidden ||= location.protocol === "about:";
  // A frame needs an address that others can reach.
  embed.hidden ||= !figure.page || isFile();
  const code = codePanel(figure);
  const show = tool("code", t("Code"), ICONS.code, () => {
    code.toggle();
    show.setAttribute("aria-expanded", String(!code.element.hidden));
  });
  show.setAttribute("aria-expanded", "false");
  const save = (format, action) => tool(format.toLowerCase(), format, ICONS.save, action);
  const torch = torchLine(figure);
  const check = tool("torch", t("Check with torch"), ICONS.check, () => torch.toggle(check));
  check.hidden ||= !figure.spec.torch;
  figure.parts.push({
    update() {
      undo.disabled = !figure.gestures.past.length;
      redo.disabled = !figure.gestures.future.length;
    },
  });
  const tools = h(
    "div",
    { className: "tools", role: "group", "aria-label": t("Tools") },
    undo,
    redo,
    reset,
    link,
    embed,
    show,
    save("CSV", () =>
      download(`${figure.spec.name}.csv`, new Blob([csv(figure)], { type: "text/csv" })),
    ),
    save("PNG", async () =>
      download(`${figure.spec.name}.png`, await figurePicture(figure, "png")),
    ),
    save("SVG", async () =>
      download(`${figure.spec.name}.svg`, await figurePicture(figure, "svg")),
    ),
    check,
  );
  return h("div", { className: "toolbar" }, tools, torch.element, code.element);
}

const isFile = () => location.protocol === "file:";

const saidOfLink = () =>
  isFile()
    ? t("Link copied: it holds this very state, and opens this file on this computer.")
    : t("Link copied: it holds this very state.");

/** In a notebook there is no page to link to, but a call that shows the same. */
function pythonCall({ spec, state }) {
  const given = Object.entries(state).map(([name, value]) => `${name}=${pythonLiteral(value)}`);
  return `crossent.show(${[pythonLiteral(spec.name), ...given].join(", ")})`;
}

/** The address of a figure's own page in its present state. */
function linkTo(figure) {
  // A lesson in a file may have been sent without its figures' pages, but not without itself.
  if (isFile() && figure.addressPrefix)
    return `file://${location.pathname}?${queryFromState(figure.state, figure.addressPrefix).join("&")}#figure-${figure.addressPrefix.slice(0, -1)}`;
  const url = new URL(figure.page ?? location.pathname, location.href);
  const language = url.searchParams.get("lang") ?? new URLSearchParams(location.search).get("lang");
  const query = [
    ...queryFromState(figure.state, ""),
    ...(language ? [`lang=${encodeURIComponent(language)}`] : []),
  ];
  return `${url.origin === "null" ? "file://" : url.origin}${url.pathname}?${query.join("&")}`;
}

/** An iframe that takes the height that its page tells; where scripts are not let in, it keeps this one. */
function embedCode(figure) {
  // The frame is as light or dark as the page that it was made for, not as its reader's system.
  const address = `${linkTo(figure)}&theme=${currentTheme(figure)}`
    .replace(/&/g, "&amp;")
    .replace(/"/g, "&quot;");
  const height = Math.ceil(figure.getBoundingClientRect().height) + 24;
  return [
    `<iframe class="crossent" src="${address}" title="Crossent: ${figure.spec.title}" style="width:100%;height:${height}px;border:0" loading="lazy" allow="clipboard-write"></iframe>`,
    // Whichever of a page's figures tells its height: there may be several, and two of the same.
    `<script>addEventListener("message", (event) => { if (event.data?.crossent === "height") for (const frame of document.querySelectorAll("iframe.crossent")) if (event.source === frame.contentWindow) frame.style.height = event.data.height + "px"; });</script>`,
  ].join("\n");
}

async function copy(figure, text, said) {
  try {
    await navigator.clipboard.writeText(text);
    figure.say(said);
  } catch {
    // No clipboard without permission or over plain http: leave the text where it can be taken.
    figure.say("");
    const field = h("input", {
      className: "copy-field",
      value: text,
      readOnly: true,
      "aria-label": t("Copy this"),
    });
    figure.notice.replaceChildren(`${t("Copy this")}: `, field);
    figure.notice.hidden = false;
    field.select();
  }
}

function codePanel(figure) {
  const languages = Object.keys(figure.spec.code);
  const source = h("code");
  const copyButton = h(
    "button",
    {
      type: "button",
      className: "tool",
      onclick: () => copy(figure, source.textContent, t("Code copied.")),
    },
    icon(ICONS.link),
    t("Copy code"),
  );
  const tabs = languages.map((language) =>
    h("button", {
      type: "button",
      role: "tab",
      className: "tab",
      textContent: language,
      onclick: () => choose(language),
    }),
  );
  const list = h(
    "div",
    { role: "tablist", className: "tabs", "aria-label": t("Library") },
    ...tabs,
  );
  const element = h(
    "div",
    { className: "code-panel", hidden: true },
    h("div", { className: "code-head" }, list, copyButton),
    h("pre", { role: "tabpanel", tabIndex: 0, "aria-label": t("Code of this state") }, source),
  );
  let language = languages[0];
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    choose(languages[(languages.indexOf(language) + step + languages.length) % languages.length]);
    tabs[languages.indexOf(language)].focus();
  });
  function choose(name) {
    language = name;
    update();
  }
  function update() {
    if (element.hidden || !language) return;
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(languages[i] === language));
      tab.tabIndex = languages[i] === language ? 0 : -1;
    });
    setText(source, filledCode(figure.spec.code[language], figure.state));
  }
  figure.parts.push({ update });
  return {
    element,
    toggle() {
      element.hidden = !element.hidden;
      update();
    },
  };
}

/** A template with its {names} replaced by the state's values as Python literals. */
function filledCode(template, state) {
  return template.replace(/\{(\w+)\}/g, (slot, name) =>
    name in state ? pythonLiteral(state[name]) : slot,
  );
}

function torchLine(figure) {
  const element = h("p", { className: "torch-line", hidden: true });
  figure.parts.push({
    update() {
      if (element.hidden || !figure.extra?.torch) return;
      const { version, readouts } = figure.extra.torch;
      const parts = Object.entries(readouts).map(([name, theirs]) => {
        const ours = Number(figure.value(name));
        const gap =
          ours === theirs || (Number.isNaN(ours) && Number.isNaN(theirs))
            ? 0
            : Math.abs(ours - theirs);
        return `${name.replace(/_/g, " ")} ${theirs}, ours ${ours}, apart by ${formatNumber(gap)}`;
      });
      setText(element, `torch ${version}: ${parts.join("; ")}`);
    },
  });
  return {
    element,
    toggle(button) {
      element.hidden = !element.hidden;
      figure.wantsTorch = !element.hidden;
      button.setAttribute("aria-pressed", String(figure.wantsTorch));
      if (figure.wantsTorch) figure.once((base) => ({ state: base }));
    },
  };
}

/** The figure's tables as CSV, one below another, each with its name; readouts as name and value. */
function csv(figure) {
  const lines = [];
  const { readout = {}, ...tables } = figure.columns;
  lines.push(
    "readout,value",
    ...Object.entries(readout).map(([name, value]) => `${name},${Number(value)}`),
  );
  for (const [name, table] of Object.entries(tables)) {
    const columns = Object.entries(table).filter(([, values]) => !values.shape);
    const shaped = Object.entries(table).filter(([, values]) => values.shape);
    for (const [column, values] of shaped) lines.push("", ...elements(`${name}.${column}`, values));
    if (!columns.length) continue;
    const perClass = columns[0][1].length === figure.numClasses && figure.state.classes;
    lines.push(
      "",
      [...(perClass ? ["class"] : []), ...columns.map(([column]) => `${name}.${column}`)].join(","),
    );
    for (let i = 0; i < columns[0][1].length; i++) {
      const cells = columns.map(([, values]) => String(values[i]));
      lines.push([...(perClass ? [quoted(figure.nameOfClass(i))] : []), ...cells].join(","));
    }
  }
  return `${lines.join("\r\n")}\r\n`;
}

/** A column with several axes as lines of each element's place and value. */
function elements(name, values) {
  const { shape } = values;
  const head = ["image", "row", "column"].slice(-shape.length);
  const place = (i) =>
    shape.map((n, axis) => Math.floor(i / shape.slice(axis + 1).reduce((a, b) => a * b, 1)) % n);
  return [
    [...head, name].join(","),
    ...Array.from(values, (value, i) => [...place(i), value].join(",")),
  ];
}
