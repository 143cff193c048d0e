// Arrays drawn to one scale: each sheet of pixels as a square of its size, one behind another.

import { h } from "../dom.js";
import { t } from "../texts.js";

export function sheets({ children }) {
  return h("div", { className: "sheets" }, ...children.map(array));
}

function array({ label, axes, shape, role }) {
  const [height = 1, width = 1] = shape.slice(-2);
  const count = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  const drawn = h("div", { className: "sheet-stack", "aria-hidden": "true" });
  drawn.append(...Array.from({ length: count }, () => h("span", { className: "sheet-leaf" })));
  for (const [name, value] of Object.entries({ count, height, width })) {
    drawn.style.setProperty(`--${name}`, value);
  }
  [...drawn.children].forEach((sheet, i) => sheet.style.setProperty("--place", count - 1 - i));
  const element = h(
    "div",
    { className: "sheet-array" },
    drawn,
    h("span", { className: "sheet-label", textContent: label }),
    h("span", { className: "sheet-shape", textContent: `[${shape.join(", ")}]` }),
    h("span", { className: "sheet-axes", textContent: axes ? `[${axes}]` : t("one number") }),
  );
  element.style.setProperty("--role", `var(--${role})`);
  return element;
}
