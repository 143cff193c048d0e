// A figure as a widget of a MyST theme (an anywidget): it is given a model, which holds what the
// directive said, and a place on the page.

import { begin } from "./elements.js";

/** The widget that shows the figure of its model; `what` is what `begin` is given. */
export function figureWidget(what) {
  begin(document.baseURI, what);
  return { render };
}

function render({ model, el }) {
  const figure = document.createElement("crossent-figure");
  for (const name of ["name", "state", "hide", "theme"])
    if (model.get(name)) figure.setAttribute(name, model.get(name));
  el.append(figure);
  return () => figure.remove();
}
