import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { crossed } from "../../assets/runtime/components/paint.js";
import { maskPixels, maskText } from "../../assets/runtime/state.js";

const MASK = { size: [2, 3], options: { a: "first", b: "second", x: "none" }, void: "x" };

describe("a mask as text", () => {
  test("is its pixels, row by row in runs, with 255 where there is no class", () => {
    assert.deepEqual([...maskPixels(MASK, "3a2bx")], [0, 0, 0, 1, 1, 255]);
    assert.equal(maskText(MASK, [0, 0, 0, 1, 1, 255]), "3a2bx");
  });

  test("is the same text again, however its runs are written", () => {
    assert.equal(maskText(MASK, maskPixels(MASK, "a1a1axxx")), "3a3x");
  });
});

/** Numbers between two bounds, by a seed. */
function* chance(seed, low, high) {
  for (;;) {
    seed = (1103515245 * seed + 12345) % 2 ** 31;
    yield low + ((high - low) * seed) / 2 ** 31;
  }
}

const key = ([column, row]) => `${column} ${row}`;

describe("the cells that a way passes through", () => {
  const number = chance(1, -3, 27);
  const ways = Array.from({ length: 300 }, () => [
    [number.next().value, number.next().value],
    [number.next().value, number.next().value],
  ]);
  ways.push([[2, 3], [9, 3]], [[9, 3], [2, 3]], [[4, 8], [4, 1]], [[1, 1], [5, 5]], [[5, 5], [1, 1]]); // prettier-ignore

  test("are all that lie under its points", () => {
    for (const [from, to] of ways) {
      const cells = new Set([...crossed(from, to)].map(key));
      for (let i = 0; i <= 500; i++) {
        // A little beside the borders: on a border a point is of either cell.
        const at = from.map((start, axis) => start + ((to[axis] - start) * (i + 0.001)) / 500.01);
        const near = at.some((value) => Math.abs(value - Math.round(value)) < 1e-9);
        if (!near) assert.ok(cells.has(key(at.map(Math.floor))), `${from} to ${to}: ${at}`);
      }
    }
  });

  test("are neighbours, each after the last, from the first point's to the last point's", () => {
    for (const [from, to] of ways) {
      const cells = [...crossed(from, to)];
      assert.deepEqual(cells[0], from.map(Math.floor));
      assert.deepEqual(cells.at(-1), to.map(Math.floor));
      for (let i = 1; i < cells.length; i++) {
        const [column, row] = cells[i].map((value, axis) => Math.abs(value - cells[i - 1][axis]));
        assert.equal(column + row, 1);
      }
    }
  });

  test("are one where a finger rests", () => {
    assert.deepEqual([...crossed([3.5, 4], [3.5, 4])], [[3, 4]]);
  });
});
