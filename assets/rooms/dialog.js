// How to join, large enough for the last row; the lecturer's own link; and the end of the room.

import { h, icon, setText } from "../runtime/dom.js";
import { ICONS } from "../runtime/icons.js";
import { t } from "../runtime/texts.js";
import { spaced, WORDS } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** A dialog with a button that closes it. */
export function roomDialog(attributes, ...children) {
  const hide = h(
    "button",
    {
      type: "button",
      className: "icon-button small room-hide",
      "aria-label": t("Hide this"),
      onclick: () => element.close(),
    },
    icon(ICONS.close),
  );
  const element = h("dialog", { className: "room-dialog", ...attributes }, hide, ...children);
  // Keys here are the dialog's: Escape closes it, and nothing that is behind it.
  element.addEventListener("keydown", (event) => event.stopPropagation());
  return element;
}

export function joinDialog({ close }) {
  const heading = h("h2", { id: "room-title", textContent: t("Join this room") });
  const picture = h("div", { className: "room-picture" });
  const address = h("p", { className: "room-address" });
  const letters = h("p", { className: "room-letters" });
  const count = h("p", { className: "room-count" });
  const words = h(
    "div",
    { className: "room-words" },
    h("p", { textContent: t("Point a phone at the picture, or go to") }),
    address,
    h("p", { textContent: t("and type") }),
    letters,
    count,
  );
  const alone = h("p", {
    className: "notice",
    hidden: true,
    textContent: t(
      "Only this machine reaches this address. For phones, start the server with --address 0.0.0.0.",
    ),
  });
  const link = h("input", {
    className: "copy-field",
    readOnly: true,
    hidden: true,
    "aria-label": t("The lecturer's link"),
    onfocus: () => link.select(),
  });
  const copied = h("span", { role: "status" });
  // What stands on a projector is everyone's: the link is there to be copied, and shown when asked.
  const reveal = h("button", {
    type: "button",
    className: "tool",
    textContent: t("Show the link"),
    onclick: show,
  });
  const own = h(
    "div",
    { className: "room-own", hidden: true },
    h("p", {
      textContent: t(
        "Your link leads the room too, from a phone or for a second lecturer. It is to be had now and never again.",
      ),
    }),
    h("button", {
      type: "button",
      className: "button",
      textContent: t("Copy the link"),
      onclick: copy,
    }),
    reveal,
    link,
    copied,
  );
  const way = h("div", { className: "room-way" }, picture, words);
  const joining = h("div", {}, heading, way, alone, own);
  const ending = h(
    "div",
    { className: "room-ending", hidden: true },
    h("h2", { id: "room-end-title", textContent: t("Close the room?") }),
    h("p", { textContent: t("Every phone is let go, and nothing of the room is kept.") }),
    h(
      "div",
      { className: "room-choices" },
      h("button", {
        type: "button",
        className: "button main",
        textContent: t("Close it for everyone"),
        onclick: () => {
          element.close();
          close();
        },
      }),
      h("button", {
        type: "button",
        className: "button",
        textContent: t("Keep it open"),
        onclick: () => element.close(),
      }),
    ),
  );
  const element = roomDialog({}, joining, ending);
  element.addEventListener("close", () => (own.hidden = true));

  async function copy() {
    try {
      await navigator.clipboard.writeText(link.value);
      setText(copied, t("Copied."));
    } catch {
      show(); // no clipboard over plain http: it can be taken from here
      setText(copied, t("Copy it from the field."));
    }
  }

  function show() {
    link.hidden = false;
    reveal.hidden = true;
    link.select();
  }

  function open(part, label) {
    for (const each of [joining, ending]) each.hidden = each !== part;
    element.setAttribute("aria-labelledby", label);
    if (!element.open) element.showModal();
  }

  return {
    element,
    show: () => open(joining, "room-title"),
    askToClose: () => open(ending, "room-end-title"),
    count: (text) => setText(count, text),
    /** What the server says of the way in; the secret is there once, when the room is new. */
    fill({ code, address: where, reached, picture: drawn }, secret) {
      setText(address, where.replace(/^https?:\/\//, ""));
      setText(letters, spaced(code));
      alone.hidden = reached;
      picture.replaceChildren(qrCode(drawn, where));
      own.hidden = !secret;
      link.hidden = true;
      reveal.hidden = false;
      const here = `${new URL(where).origin}${location.pathname}`;
      if (secret) link.value = `${here}?room=${code}#lead=${secret}`;
    },
  };
}

/** What a dialog can be saved as. */
export function savingChoices(save) {
  const button = (text, onclick) =>
    h("button", { type: "button", className: "button", textContent: text, onclick });
  return h(
    "div",
    { className: "room-choices" },
    button(t("Save as CSV"), save),
    button(t("Print"), () => print()),
  );
}

/** What of a figure may be moved, as boxes to tick; `onchange(names)`, or null for all of it. */
export function limitDialog(onchange) {
  const id = "room-limit-title";
  const boxes = h("div", { className: "room-limits" });
  const element = roomDialog(
    { "aria-labelledby": id },
    h("h2", { id, textContent: t("What can be moved") }),
    h("p", { textContent: t("On every phone; the rest stays as your figure was.") }),
    boxes,
  );
  element.classList.add("room-small");
  document.body.append(element);

  function changed({ target }) {
    const inputs = [...boxes.querySelectorAll("input")];
    const free = inputs.filter((input) => input.checked).map((input) => input.value);
    if (!free.length)
      target.checked = true; // nobody could answer
    else onchange(free.length === inputs.length ? null : free);
  }

  return {
    open(figure, free) {
      boxes.replaceChildren(
        ...movable(figure).map(({ name, label }) =>
          h(
            "label",
            {},
            h("input", {
              type: "checkbox",
              value: name,
              checked: !free || free.includes(name),
              onchange: changed,
            }),
            label,
          ),
        ),
      );
      element.showModal();
    },
    close: () => element.close(),
    remove: () => element.remove(),
  };
}

/** The parameters of a figure that a student can move: those that its view speaks of, but for words. */
function movable({ spec }) {
  const view = JSON.stringify(spec.view);
  const isMovable = ({ name, kind }) => !WORDS.includes(kind) && view.includes(`"${name}"`);
  return spec.parameters.filter(isMovable);
}

/**
 * A table of answers, each of which can be looked at; it follows what comes while it is open.
 * `onname(named)` is told whether the picture is to have names.
 */
export function listDialog(title, onname) {
  const heading = h("h2", { id: "room-list-title", textContent: title });
  const head = h("tr");
  const body = h("tbody");
  const nobody = h("p", { textContent: t("Nobody has answered yet.") });
  const table = h(
    "div",
    { className: "room-list", tabIndex: 0, role: "region", "aria-labelledby": "room-list-title" },
    h("table", {}, h("thead", {}, head), body),
    nobody,
  );
  const names = h("input", { type: "checkbox", onchange: () => onname(names.checked) });
  const naming = h("label", { className: "room-naming" }, names, t("Names in the picture"));
  const choices = savingChoices(() => shown.save());
  const labelled = { "aria-labelledby": "room-list-title" };
  const element = roomDialog(labelled, heading, table, naming, choices);
  element.classList.add("room-paper");
  document.body.append(element);
  let shown = null;

  function refresh() {
    if (!element.open) return;
    const rows = shown.rows();
    nobody.hidden = rows.length > 0;
    const focused = [...body.querySelectorAll("button")].indexOf(
      /** @type {HTMLButtonElement} */ (document.activeElement),
    );
    body.replaceChildren(...rows.map(rowOf));
    if (focused >= 0) body.querySelectorAll("button")[focused]?.focus();
  }

  return {
    element,
    refresh,
    open(what) {
      shown = what;
      head.replaceChildren(
        ...what.head.map((text) => h("th", { scope: "col", textContent: text })),
        h("td"),
      );
      element.showModal();
      refresh();
    },
    close: () => element.close(),
    remove: () => element.remove(),
  };
}

function rowOf({ shade, name, value, action }) {
  const dot = h("span", { className: "room-dot", "aria-hidden": "true" });
  dot.style.setProperty("--shade", shade);
  const look = h("button", {
    type: "button",
    className: "tool",
    textContent: action.text,
    "aria-label": `${action.text}: ${name}`,
    onclick: action.run,
  });
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, dot, name),
    h("td", { textContent: value }),
    h("td", {}, look),
  );
}

function qrCode({ size, path }, where) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", t("QR code of {address}", { address: where }));
  const dark = document.createElementNS(SVG, "path");
  dark.setAttribute("d", path);
  svg.append(dark);
  return svg;
}
