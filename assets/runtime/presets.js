// The presets as buttons, and what there is to see in the one chosen.

import { h, setText } from "./dom.js";
import { t } from "./texts.js";

export function presetBar(figure) {
  const see = h("p", { className: "preset-see" });
  const buttons = figure.spec.presets.map((preset) => {
    const button = h("button", {
      type: "button",
      className: "preset",
      textContent: preset.label,
      onclick: () => figure.adopt(preset.state),
    });
    return { preset, button };
  });
  const bar = h(
    "div",
    { className: "presets", role: "group", "aria-label": t("Presets") },
    h("span", { className: "control-label", textContent: t("Try") }),
    ...buttons.map(({ button }) => button),
    see,
  );
  bar.hidden = !buttons.length || figure.hiddenNames.has("presets");
  figure.parts.push({
    update() {
      const [shown] = buttons
        .filter(({ preset }) => holds(figure.state, preset.state))
        .sort((a, b) => Object.keys(b.preset.state).length - Object.keys(a.preset.state).length); // the one that says most
      for (const { button, preset } of buttons)
        button.setAttribute("aria-pressed", String(preset === shown?.preset));
      setText(see, shown?.preset.see ?? "");
    },
  });
  return bar;
}

/** Whether a state has all of some entries. */
export const holds = (state, entries) =>
  Object.entries(entries).every(
    ([name, value]) => JSON.stringify(state[name]) === JSON.stringify(value),
  );
