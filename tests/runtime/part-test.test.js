import assert from "node:assert/strict";
import { test } from "node:test";

import { shuffled } from "../../assets/runtime/lesson/drawing.js";
import { chosenItems } from "../../assets/runtime/lesson/chosen.js";

const items = (exercises, questions) => [
  ...Array(exercises).fill({ spec: {} }),
  ...Array(questions).fill({ spec: null }),
];
const RULES = { asked: 10, questions: 3 };

test("a test asks ten different things, three of them questions", () => {
  const all = items(12, 8);
  for (let seed = 1; seed < 50; seed++) {
    const places = chosenItems(all, RULES, seed);
    assert.equal(new Set(places).size, 10);
    assert.equal(places.filter((i) => !all[i].spec).length, 3);
  }
});

test("where exercises are few, questions take their places", () => {
  assert.equal(chosenItems(items(4, 20), RULES, 1).length, 10);
  assert.equal(chosenItems(items(0, 4), RULES, 1).length, 4);
  assert.equal(chosenItems(items(12, 0), RULES, 1).length, 10);
});

test("another seed gives another test, the same seed the same", () => {
  const all = items(12, 8);
  const of = (seed) => chosenItems(all, RULES, seed).join();
  assert.equal(of(3), of(3));
  assert.ok(new Set(Array.from({ length: 20 }, (_, i) => of(i + 1))).size > 15);
});

test("an order is that of the core's shuffle", () => {
  assert.deepEqual(shuffled(1, 6), [0, 4, 5, 2, 1, 3]); // as in kernels/chance.py
});
