// Ranges, choices, switches and buttons.

import { h, icon, prefersReducedMotion, uniqueId } from "../dom.js";
import { numberField, slider } from "../drag.js";
import { formatNumber } from "../numbers.js";
import { ICONS } from "../icons.js";
import { valueIn } from "../state.js";
import { t } from "../texts.js";

// How a slider's track is divided: in equal steps of the value, or of its logarithm.
const SCALES = {
  linear: { to: (v) => v, from: (place) => place },
  log: { to: Math.log, from: Math.exp },
};

export function range(node, figure) {
  const parameter = figure.parameter(node.param) ?? {};
  const bounds = node.bounds ?? parameter.bounds;
  const label = node.label ?? parameter.label;
  const { to, from } = SCALES[node.scale];
  const [low, high] = bounds.map(to);
  const grip = h("span", { className: "range-grip" });
  const fill = h("span", { className: "range-fill" });
  const track = h("span", { className: "range-track" }, fill, grip);
  const input = h("input", {
    className: "number",
    type: "text",
    inputMode: "decimal",
    autocomplete: "off",
    "aria-label": t("{label}, typed", { label }),
  });
  const unit = parameter.unit
    ? h("span", { className: "unit", textContent: parameter.unit })
    : null;

  let local = null; // the value under the finger, which no answer may move
  const value = () =>
    local ?? Number(node.shows ? figure.value(node.shows) : figure.state[node.param]);
  const ask = (v) => (node.edit ? figure.edit(node.edit, 0, v) : figure.set({ [node.param]: v }));
  const type = (v) =>
    figure.once((base) =>
      node.edit
        ? { state: base, edit: { name: node.edit, index: 0, value: v } }
        : { state: { ...base, [node.param]: v } },
    );

  const drag = slider(grip, track, {
    eager: figure.link.eager,
    label,
    bounds,
    step: node.step ?? parameter.step ?? 0.1,
    orientation: "horizontal",
    format: node.format,
    place(event) {
      const box = track.getBoundingClientRect();
      const share = (event.clientX - box.left) / box.width;
      return from(low + Math.min(1, Math.max(0, share)) * (high - low));
    },
    source: {
      value,
      begin: () => figure.begin(),
      move(v) {
        local = v;
        show();
        ask(v);
      },
      end() {
        figure.end();
        local = null;
      },
    },
  });
  const showField = numberField(input, {
    value,
    text: () => formatNumber(value(), node.format),
    set: type,
    refuse: (text) => figure.say(text),
  });

  const shareOf = (v) => (to(Math.min(bounds[1], Math.max(bounds[0], v))) - low) / (high - low);
  const valueOf = (state, columns) =>
    node.shows ? Number(valueIn(columns, node.shows)) : state[node.param];

  function show() {
    const v = value();
    track.style.setProperty("--share", shareOf(v));
    drag.show(v);
    showField();
  }

  figure.parts.push({ update: show });
  figure.places.push(() => [
    {
      element: track,
      shape: "notch",
      points: (state, columns) => [
        [track.clientWidth * shareOf(valueOf(state, columns)), track.clientHeight / 2],
      ],
      along: (name) =>
        [node.param, node.shows].includes(name)
          ? { axis: "x", ends: bounds, at: shareOf, across: [0, 1] }
          : null,
    },
  ]);
  const element = h(
    "div",
    { className: "range", title: parameter.doc },
    h("span", { className: "control-label", textContent: label }),
    track,
    h("span", { className: "range-number" }, input, unit),
  );
  element.style.setProperty("--role", `var(--${node.role})`);
  return element;
}

export function choice({ param, label, edit, options, resets }, figure) {
  const parameter = figure.parameter(param);
  const name = uniqueId(param);
  const title = label ?? parameter.label;
  const begins = resets.map((entry) => [entry, figure.parameter(entry).default]);
  // Of a Number the options are counted from 1.
  const texts = options.length
    ? options.map((text, i) => [i + 1, text])
    : Object.entries(parameter.options);
  const choose = (value) =>
    figure.once((base) => ({
      state: { ...base, ...Object.fromEntries(begins), [param]: value },
      edit: edit ? { name: edit, index: 0, value: 0 } : undefined,
    }));
  const inputs = texts.map(([value, text]) => {
    const input = h("input", { type: "radio", name, value, onchange: () => choose(value) });
    return [input, h("label", {}, input, h("span", { textContent: text })), value];
  });
  figure.parts.push({
    update() {
      for (const [input, , value] of inputs) input.checked = figure.state[param] === value;
    },
  });
  figure.places.push(() =>
    inputs.map(([, element, value]) => chosenHere(element, (state) => state[param] === value)),
  );
  return h(
    "div",
    {
      className: options.length ? "choice long" : "choice",
      role: "radiogroup",
      "aria-label": title,
      title: parameter.doc,
    },
    h("span", { className: "control-label", textContent: title }),
    h("span", { className: "segments" }, ...inputs.map(([, element]) => element)),
  );
}

/**
 * Where a choice lies that a state has made, or not.
 * @returns {import("../types.d.ts").Marked}
 */
export const chosenHere = (element, holds) => ({
  element,
  shape: "choice",
  points: (state) => (holds(state) ? [[element.clientWidth, 0]] : []),
});

export function switchBox({ param, label, role }, figure) {
  const parameter = figure.parameter(param);
  const input = h("input", {
    type: "checkbox",
    role: "switch",
    onchange: () => figure.assign({ [param]: input.checked }),
  });
  figure.parts.push({ update: () => (input.checked = figure.state[param]) });
  const element = h(
    "label",
    { className: "switch", title: parameter.doc },
    input,
    h("span", { className: "switch-track" }),
    h("span", { textContent: label ?? parameter.label }),
  );
  element.style.setProperty("--role", `var(--${role})`);
  return element;
}

const ANIMATION = 450; // ms
const ease = (share) => 1 - (1 - share) ** 3;

/**
 * Runs an edit's value from 0 to `value`, as one gesture. Whatever ends the gesture, its last move
 * asks for exactly `value`.
 */
function runThrough(figure, edit, value) {
  const start = performance.now();
  let frame = 0;
  const complete = () => {
    cancelAnimationFrame(frame);
    figure.edit(edit, 0, value);
  };
  const draw = (now) => {
    const share = Math.max(0, now - start) / ANIMATION;
    if (share >= 1) return figure.end();
    figure.edit(edit, 0, value * ease(share));
    frame = requestAnimationFrame(draw);
  };
  figure.begin(complete);
  frame = requestAnimationFrame(draw);
}

export function action({ label, edit, value, animate, main, hint }, figure) {
  const button = h("button", {
    type: "button",
    className: main ? "button main" : "button",
    title: hint || undefined,
  });
  button.append(main ? icon(ICONS.play) : "", h("span", { textContent: label }));
  button.addEventListener("click", () => {
    // A second click during the first is a second step, from where the first one ends.
    if (animate && !prefersReducedMotion()) runThrough(figure, edit, value);
    else figure.once((base) => ({ state: base, edit: { name: edit, index: 0, value } }));
  });
  return button;
}
