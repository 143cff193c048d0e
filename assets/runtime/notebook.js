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
  // What both ends know is said to neither: of two states that Python sets in one cell the first
  // would be back when it has the second, and the second when it has the first again, for ever.
  let known = JSON.stringify(initial.state);
  const isNew = (state) => {
    const before = known;
    known = JSON.stringify(state);
    return known !== before;
  };
  element.mount({
    spec,
    initial: { state: initial.state, columns: decodeColumns(initial.columns) },
    link,
    onchange: () => isNew(element.state) && tell(model, { state: element.state }),
  });
  listen(model, ({ state }) => isNew(state) && element.gestures.take(state));
  return element;
}
