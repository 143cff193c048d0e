import assert from "node:assert/strict";
import { describe, test } from "node:test";

const { spansIn } = await import("../../assets/runtime/lesson/zones.js");

const loss = ["get", "loss"];
const size = ["abs", ["get", "slope"]];
const shown = { loss: 2, slope: 1, wanted: 0.5, model: "sigmoid", probs: [0.1, 0.9] };
const found = (tree) => Object.fromEntries(spansIn(tree, shown));

describe("the spans that a goal leaves to a number", () => {
  for (const [what, tree, spans] of [
    ["below", ["<=", loss, 0.105], { loss: [[-Infinity, 0.105]] }],
    ["above, said the other way round", ["<", 3, loss], { loss: [[3, Infinity]] }],
    ["near another number", ["near", loss, ["get", "wanted"], 0.25], { loss: [[0.25, 0.75]] }],
    [
      "between two",
      ["and", [">", loss, 0], ["<", loss, 0.5]],
      {
        loss: [[0, 0.5]],
      },
    ],
    ["of a size at most", ["<=", size, 2], { slope: [[-2, 2]] }],
    [
      "of a size at least",
      [">=", size, 50],
      {
        slope: [
          [-Infinity, -50],
          [50, Infinity],
        ],
      },
    ],
    ["of one class", ["==", ["at", ["get", "probs"], 1], 0.5], { "probs[1]": [[0.5, 0.5]] }],
  ])
    test(what, () => assert.deepEqual(found(tree), spans));

  for (const [what, tree] of [
    ["one of two goals", ["or", ["<", loss, 1], [">", loss, 3]]],
    ["no goal", ["not", ["<", loss, 1]]],
    ["a word", ["==", ["get", "model"], "sigmoid"]],
    ["a sum", ["<=", ["+", loss, 1], 3]],
    ["a remembered number", ["<=", loss, ["first", "loss"]]],
    ["a division by 0", ["<=", loss, ["/", 1, 0]]],
  ])
    test(`is none of ${what}`, () => assert.deepEqual(found(tree), {}));
});
