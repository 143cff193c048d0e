// A figure in a notebook: which states the page tells Python, and which it takes from it.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.HTMLElement = /** @type {any} */ (class {});
globalThis.customElements = /** @type {any} */ ({ get: () => true });
globalThis.matchMedia = /** @type {any} */ (() => ({ addEventListener() {} }));
globalThis.document = /** @type {any} */ ({
  createElement: (name) => (name === "canvas" ? { getContext() {} } : element),
  documentElement: { lang: "en" },
});
let element = null;

const { render } = await import("../../assets/runtime/notebook.js");

/** A rendered figure whose visitor and whose kernel the test plays. */
function rendered() {
  const taken = [];
  const told = [];
  let hear = null;
  element = {
    append() {},
    gestures: { take: ({ x }) => taken.push(x) },
    mount: (given) => (element.given = given),
  };
  const columns = { tables: {}, data: "" };
  const given = { spec: {}, initial: { state: { x: 0 }, columns }, palette: {} };
  const model = {
    given: JSON.stringify(given),
    on: (event, handler) => (hear = handler),
    send_msg: ({ state }) => told.push(state.x),
  };
  render({ model });
  const { onchange } = element.given;
  return {
    taken,
    told,
    python: (x) => hear({ data: { state: { x } } }),
    visitor(x) {
      element.state = { x };
      onchange();
    },
  };
}

test("what a visitor sets is told, and what Python sets is taken", () => {
  const { told, taken, visitor, python } = rendered();
  visitor(1);
  python(2);
  assert.deepEqual([told, taken], [[1], [2]]);
});

test("what Python has set is not told to it again, nor taken again what it was told", () => {
  const { told, taken, visitor, python } = rendered();
  for (const x of [1, 2]) {
    python(x);
    visitor(x); // as the figure says when it shows it
  }
  visitor(3);
  python(3);
  assert.deepEqual([told, taken], [[3], [1, 2]]);
});
