// Beside the page: a figure's program runs in a worker as it does in the page, and listens there.

import { inSlices } from "./slices.js";

const FIRST = 12; // ms until the first part of a run is told
const LATER = 60; // ms between the others: each is copied on its way

let newest = 0;

/** In a worker, answers {id, key, inputs} with {id, ran, done, spent}, as often as a part has come. */
export function listen(program) {
  if (typeof document !== "undefined") return;
  globalThis.onmessage = ({ data: { id, key, inputs } }) => {
    newest = id;
    if (!key) return; // only to say that nothing older is wanted
    const began = performance.now();
    inSlices((pause) => program.forms[key](inputs, pause), {
      first: FIRST,
      later: LATER,
      stale: () => newest !== id,
      tell(ran, done) {
        const spent = performance.now() - began;
        postMessage({ id, ran, done, spent }, done ? buffersOf(ran) : []);
      },
    }).catch((error) => postMessage({ id, error: String(error) }));
  };
}

/** The memory of all arrays in a nested object, each once. */
function buffersOf(ran) {
  if (ran instanceof Float64Array) return [ran.buffer];
  if (typeof ran !== "object") return [];
  return [...new Set(Object.values(ran).flatMap(buffersOf))];
}
