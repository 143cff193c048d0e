// Rows and columns of components.

import { h } from "../dom.js";

export async function row({ children, widths }, figure, build) {
  const parts = await Promise.all(children.map(build));
  const element = h("div", { className: "row" }, ...parts);
  // What a page hides leaves no gap: the others have its share.
  figure.veil(() => {
    const shown = widths.filter((_, i) => !parts[i].hidden);
    element.hidden = !shown.length;
    element.style.setProperty("--widths", shown.map((width) => `minmax(0, ${width}fr)`).join(" "));
  });
  return element;
}

export async function stack(node, figure, build) {
  const { children, title, frame, only, when } = node;
  const parts = await Promise.all(children.map(build));
  const element = h("div", { className: frame ? "column framed" : "column" });
  if (title) element.append(h("h3", { textContent: title, "aria-level": 2 }));
  element.append(...parts);
  figure.veil(() => (element.hidden = parts.length > 0 && parts.every((part) => part.hidden)));
  if (only || when) {
    const [name, ...values] = only ?? [];
    const shown = () =>
      !figure.hides(node) &&
      (!only || values.includes(figure.state[name])) &&
      (!when || Number(figure.value(when)));
    figure.parts.push({ update: () => (element.hidden = !shown()) });
  }
  return element;
}

/** Parts in one place; each is visible or not by itself. */
export async function oneOf({ children }, _figure, build) {
  return h("div", { className: "one-of" }, ...(await Promise.all(children.map(build))));
}
