// A run in slices: between them its thread can hear whether there is a newer one.

/**
 * Works at a run until it has ended or `stale()`; `tell(ran, done)` hears at the end of each slice
 * what there is of it. The first slice lasts `first` ms, the others longer.
 */
export async function inSlices(start, { first, later, stale, tell }) {
  let due = performance.now() + first;
  const work = start(() => performance.now() > due);
  for (;;) {
    const { done, value } = work.next();
    tell(value, done);
    if (done) return;
    await new Promise((resolve) => setTimeout(resolve));
    if (stale()) return;
    due = performance.now() + later;
  }
}

/** The whole run at once. */
export function atOnce(start) {
  return start(() => false).next().value;
}

/** As much of the run as there is time for, and whether that is all. */
export function within(start, duration) {
  const due = performance.now() + duration;
  const { done, value } = start(() => performance.now() > due).next();
  return { done, ran: value };
}
