// A text that is typed, its tokens with what each costs, what was expected, and the shapes of it all.

import { h, setAttribute, setText, uniqueId } from "../dom.js";
import { slider } from "../drag.js";
import { formatNumber } from "../numbers.js";
import { t } from "../texts.js";

const PAUSE = 700; // ms without a key that end one undoable gesture
const SPAN = 10; // bits that a bar's whole height shows
const STEP = 0.1; // bits

/** Entries that go back to where they begin, as they stand in the state. */
const begun = (names, figure) =>
  Object.fromEntries(names.map((name) => [name, figure.parameter(name).default]));

export async function textBox({ param, label, anew, empty, note }, figure, build) {
  const parameter = figure.parameter(param);
  const { length } = parameter;
  const id = uniqueId(param);
  let timer = 0; // until the gesture ends

  function end() {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    figure.end();
  }

  function typed() {
    const all = [...box.value.replace(/\p{Surrogate}/gu, "").replace(/\r?\n/g, " ")];
    const text = all.slice(0, length).join("");
    if (!timer) figure.begin();
    clearTimeout(timer);
    timer = setTimeout(end, PAUSE);
    if (all.length > length) {
      box.value = text;
      figure.say(t("Only the first {n} characters are read", { n: length }));
    } else figure.say("");
    figure.set({ ...begun(anew, figure), [param]: text });
  }

  const box = h("textarea", {
    id,
    className: "text-box",
    rows: 2,
    spellcheck: false,
    autocomplete: "off",
    placeholder: empty,
    title: parameter.doc,
    oninput: typed,
    onblur: end,
  });
  const used = h("span", { className: "text-used" });
  figure.parts.push({
    update() {
      const text = figure.state[param];
      setText(used, `${[...text].length} / ${length}`);
      // While it is typed, and until the last key was answered, the box leads.
      if (!timer && !figure.gestures.busy && box.value !== text) box.value = text;
    },
  });
  return h(
    "div",
    { className: "text-field" },
    h("label", { className: "control-label", htmlFor: id, textContent: label ?? parameter.label }),
    note ? await build(note) : null,
    used,
    box,
  );
}

const SPOKEN = {
  " ": () => t("space"),
  "'": () => t("apostrophe"),
  ",": () => t("comma"),
  ".": () => t("full stop"),
  "\ufffd": () => t("unknown"),
  "¶": () => t("edge of the text"),
};

const shownName = (name) => name.replaceAll(" ", "␣");
const spokenName = (name) => [...name].map((letter) => SPOKEN[letter]?.() ?? letter).join(" ");

/** What the bars' height means, to the left of them. */
const scale = () => {
  const [none, most] = [0, SPAN].map((bits) => h("i", { textContent: String(bits) }));
  return [most, h("span", { textContent: t("bits") }), none];
};

export function tokenStrip(node, figure) {
  const cells = [];
  const list = h(
    "div",
    { className: "tokens", role: "radiogroup", "aria-label": t("tokens") },
    h(
      "div",
      { className: "tokens-key", "aria-hidden": "true" },
      h("span", { className: "token-scale" }, ...scale()),
      h("span", { textContent: t("input") }),
      h("span", { textContent: t("target") }),
    ),
  );
  let held = null; // bits under the finger, which no answer may move
  let at = -1; // the place that has the grip

  const here = () => Number(figure.value(node.here));
  const bits = () => held ?? figure.value(node.shows)[here()];
  const grip = h("span", { className: "token-grip" });
  const track = h("span", { className: "token-track" }, grip);
  const drag = slider(grip, track, {
    eager: figure.link.eager,
    label: t("cost of the selected token, in bits"),
    bounds: [0, node.most],
    step: STEP,
    orientation: "vertical",
    format: "number",
    place(event) {
      const box = track.getBoundingClientRect();
      return (SPAN * (box.bottom - event.clientY)) / box.height;
    },
    source: {
      value: bits,
      begin: () => figure.begin(),
      move(value) {
        held = value;
        showGrip();
        figure.edit(node.edit, 0, value);
      },
      end() {
        figure.end();
        held = null;
      },
    },
  });

  function showGrip() {
    grip.style.setProperty("--at", Math.min(1, bits() / SPAN));
    drag.show(bits());
  }

  function select(place, focus = false) {
    figure.assign({ ...begun(node.anew, figure), [node.param]: place });
    if (focus) cells[place]?.radio.focus();
  }

  /** Arrow keys go from token to token, as among radio buttons. */
  function key(event) {
    const count = Number(figure.value(node.count));
    const places = {
      ArrowRight: here() + 1,
      ArrowDown: here() + 1,
      ArrowLeft: here() - 1,
      ArrowUp: here() - 1,
      Home: 0,
      End: count - 1,
    };
    const place = places[event.key];
    if (place === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    select((place + count) % count, true);
  }

  function cell(place) {
    const bar = h("span", { className: "token-bar" }, h("span", { className: "token-fill" }));
    const input = h("span", { className: "token-input", "aria-hidden": "true" });
    const radio = h("span", {
      className: "token-target",
      role: "radio",
      onclick: () => select(place),
      onkeydown: key,
    });
    const element = h("div", { className: "token" }, bar, input, radio);
    bar.addEventListener("click", () => place !== here() && select(place));
    list.append(element);
    return { element, bar, radio, input };
  }

  figure.parts.push({
    update() {
      const count = Number(figure.value(node.count));
      const tokens = figure.value(node.tokens);
      const costs = figure.value(node.shows);
      const kept = figure.value(node.kept);
      const chosen = here();
      while (cells.length < count) cells.push(cell(cells.length));
      while (cells.length > count) cells.pop().element.remove();
      for (let i = 0; i < count; i++) {
        const { element, radio, input } = cells[i];
        const name = node.names[tokens[i]];
        const cost = formatNumber(costs[i], "short");
        setText(radio, shownName(name));
        setText(input, shownName(node.names[i ? tokens[i - 1] : node.first]));
        setAttribute(
          radio,
          "aria-label",
          t("token {n}, {name}: {cost} bits", { n: i + 1, name: spokenName(name), cost }),
        );
        setAttribute(radio, "aria-checked", i === chosen);
        radio.tabIndex = i === chosen ? 0 : -1;
        element.style.setProperty("--share", Math.min(1, costs[i] / SPAN).toFixed(4));
        element.classList.toggle("beyond", costs[i] > SPAN);
        element.classList.toggle("ignored", !kept[i]);
      }
      track.hidden = !count;
      if (count && (at !== chosen || !track.isConnected)) cells[chosen].bar.append(track);
      at = count ? chosen : -1;
      if (count) showGrip();
    },
  });
  return list;
}

export function guesses({ tokens, shows, target, names, label }, figure) {
  const rows = Array.from({ length: figure.value(tokens).length }, () => {
    const name = h("span", { className: "guess-name" });
    const number = h("span", { className: "guess-number" });
    const bar = h("span", { className: "guess-bar" });
    return { name, number, element: h("li", { className: "guess" }, name, bar, number) };
  });
  figure.parts.push({
    update() {
      const ids = figure.value(tokens);
      const probs = figure.value(shows);
      rows.forEach(({ name, number, element }, i) => {
        setText(name, shownName(names[ids[i]]));
        setAttribute(name, "aria-label", spokenName(names[ids[i]]));
        setText(number, formatNumber(probs[i], "probability"));
        element.style.setProperty("--share", probs[i]);
        element.classList.toggle("true", ids[i] === Number(figure.value(target)));
      });
    },
  });
  const id = uniqueId("guesses");
  return h(
    "div",
    { className: "guesses" },
    h("p", { id, className: "control-label", textContent: label }),
    h("ol", { "aria-labelledby": id }, ...rows.map(({ element }) => element)),
  );
}

export function shapes({ rows }, figure) {
  const drawn = rows.map(({ label, axes, role }) => {
    const box = h("span", { className: "shape-box", "aria-hidden": "true" });
    const sizes = h("span", { className: "shape-sizes" });
    const element = h(
      "li",
      { className: "shape" },
      h("span", { className: "shape-label", textContent: label }),
      sizes,
      box,
    );
    element.style.setProperty("--role", `var(--${role})`);
    return { axes, box, sizes, element };
  });
  figure.parts.push({
    update() {
      const all = drawn.map(({ axes }) => axes.map((axis) => Number(figure.value(axis))));
      const longest = Math.max(1, ...all.flat());
      drawn.forEach(({ box, sizes }, i) => {
        const [width, height = 1] = [...all[i]].reverse();
        setText(sizes, `[1, ${all[i].join(", ")}]`);
        box.style.setProperty("--wide", width / longest);
        box.style.setProperty("--high", height / longest);
      });
    },
  });
  return h("ul", { className: "shapes" }, ...drawn.map(({ element }) => element));
}
