// Plays, steps and scrubs one entry of the state between its bounds.

import { h, icon, prefersReducedMotion } from "../dom.js";
import { ICONS } from "../icons.js";
import { snap } from "../numbers.js";
import { t } from "../texts.js";
import { range } from "./controls.js";

const SPEEDS = [0.25, 0.5, 1, 2, 4];
const FEW = 10; // places between the bounds that a play stops at where little may move

export function transport(node, figure) {
  const { param, seconds, end } = node;
  const { bounds, step, label } = figure.parameter(param);
  const [low, high] = bounds;
  const last = () => Math.max(low, Math.min(high, end ? Number(figure.value(end)) : high));
  const at = () => figure.state[param];
  let speed = 1;
  let loops = node.loop;
  let frame = 0; // of the animation, while it plays

  const track = range({ ...node, scale: "linear" }, figure);
  const button = (name, path, onclick) =>
    h(
      "button",
      { type: "button", className: "tool", "aria-label": name, title: name, onclick },
      icon(path),
    );
  const playing = () => frame !== 0;
  const move = (by) => () => {
    figure.assign({ [param]: Math.min(last(), snap(at() + by * step, step, bounds)) });
  };
  const play = button("", ICONS.play, () => (playing() ? figure.end() : start()));
  const path = play.querySelector("path");

  /** One gesture from here to where it stops: one step of undo. */
  function start() {
    let value = at() >= last() ? low : at();
    let before = performance.now();
    figure.begin(stop);
    figure.set({ [param]: value });
    const tick = (now) => {
      frame = requestAnimationFrame(tick);
      const every = prefersReducedMotion() ? (seconds * 1000) / FEW / speed : 0;
      if (now - before < every) return;
      value += ((now - before) / 1000 / seconds) * speed * (high - low);
      before = now;
      if (value > last() && loops) value = low;
      const shown = Math.min(last(), snap(value, step, bounds));
      if (shown !== at()) figure.set({ [param]: shown });
      if (value >= last() && !loops) figure.end();
    };
    frame = requestAnimationFrame(tick);
    show();
  }

  /** Whatever ends the gesture ends the play. */
  function stop() {
    cancelAnimationFrame(frame);
    frame = 0;
    show();
  }

  function show() {
    const name = playing() ? t("Pause") : t("Play");
    if (play.title === name) return;
    play.title = name;
    play.setAttribute("aria-label", name);
    path.setAttribute("d", playing() ? ICONS.pause : ICONS.play);
  }

  const pace = h(
    "select",
    { "aria-label": t("speed"), onchange: () => (speed = Number(pace.value)) },
    ...SPEEDS.map((value) =>
      h("option", { value, textContent: `${value}×`, selected: value === 1 }),
    ),
  );
  const again = h("input", {
    type: "checkbox",
    checked: loops,
    onchange: () => (loops = again.checked),
  });
  const buttons = h(
    "div",
    { className: "transport-buttons", role: "group", "aria-label": node.label ?? label },
    button(t("To the start"), ICONS.first, () => figure.assign({ [param]: low })),
    button(t("One step back"), ICONS.before, move(-1)),
    play,
    button(t("One step on"), ICONS.next, move(1)),
    button(t("To the end"), ICONS.last, () => figure.assign({ [param]: last() })),
    pace,
    h("label", { className: "transport-loop" }, again, t("loop")),
  );
  const element = h("div", { className: "transport" }, track, buttons);
  element.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("button, input, select")) return;
    event.preventDefault();
    event.stopPropagation();
    play.click();
  });
  show();
  return element;
}
