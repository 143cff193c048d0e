// What a figure shows, by name.

/** The figure of a place on the page, which may be the figure itself. */
export const figureIn = (box) =>
  box?.matches("crossent-figure") ? box : box?.querySelector("crossent-figure");

/** The state's entries and, over them, the readouts. */
export function shownBy(figure) {
  const readouts = Object.entries(figure.columns.readout ?? {}).map(([name, number]) => [
    name,
    Number(number),
  ]);
  return { ...figure.state, ...Object.fromEntries(readouts) };
}

export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Whether a figure is at rest: not held, and everything asked was answered. */
export const atRest = (figure) =>
  !figure.gestures.current && !figure.gestures.busy && !figure.gestures.waiting.length;

/** Calls back now and whenever the figure changes. */
export function watch(figure, update) {
  figure.parts.push({ update });
  update();
}
