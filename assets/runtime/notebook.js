// A figure in a notebook's output, or in any Panel app: the page computes, Python is told the state.

import { h } from "./dom.js";
import { FigureElement, VIEW } from "./figure.js";
import { listen, tell } from "./insides.js";
import { BrowserLink, decodeColumns } from "./links.js";
import { setPalette } from "./theme.js";

/** Panel's render function. Without a kernel, as in an exported notebook, only telling is in vain. */
export function render({ model }) {
  if (!customElements.get(VIEW)) customElements.define(VIEW, FigureElement);
  const { spec, initial, palette } = JSON.parse(model.given);
  setPalette(palette);
  const element = /** @type {FigureElement} */ (h(VIEW));
  const link = new BrowserLink();
  const told = () => tell(model, { state: element.state });
  element.mount({
    spec,
    initial: { state: initial.state, columns: decodeColumns(initial.columns) },
    link,
    onchange: told,
  });
  listen(model, ({ state }) => {
    if (JSON.stringify(state) !== JSON.stringify(element.state))
      element.receive(link.ask(element, { state }));
  });
  return element;
}
