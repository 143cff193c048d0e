import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { isWorkedOut, readTyped } from "../../assets/runtime/lesson/typed.js";

const READ = [
  ["0.357", 0.357],
  [" 0,357 ", 0.357],
  [".5", 0.5],
  ["−0.2", -0.2],
  ["+3", 3],
  ["1e-3", 0.001],
  ["50 %", 0.5],
  ["1/3", 1 / 3],
  ["-1/3", -1 / 3],
  ["log 5", Math.log(5)],
  ["ln 5", Math.log(5)],
  ["LN(5)", Math.log(5)],
  ["-log 0.3", -Math.log(0.3)],
  ["-log 1/3", -Math.log(1 / 3)],
  ["log(5)/2", Math.log(5) / 2],
  ["2 log 5", 2 * Math.log(5)],
  ["2·log(5)", 2 * Math.log(5)],
  ["log2 8", 3],
  ["log(e + 2) - 1", Math.log(Math.E + 2) - 1],
  ["exp(-2)", Math.exp(-2)],
  ["e^-2", Math.exp(-2)],
  ["1 - 0.3^2", 0.91],
  ["√2", Math.SQRT2],
  ["sqrt(2)", Math.SQRT2],
  ["3 × 4 ÷ 2", 6],
  ["(1 + 2) * 3", 9],
  ["∞", Infinity],
  ["-inf", -Infinity],
];

describe("what is typed is read as a number", () => {
  for (const [text, wanted] of READ)
    test(text, () =>
      assert.ok(Math.abs(readTyped(text) - wanted) < 1e-12 || readTyped(text) === wanted),
    );
});

const NONE = [
  "",
  "   ",
  "abc",
  "1 2",
  "1 +",
  "log",
  "(1",
  "1)",
  "1,2,3",
  "alert(1)",
  "constructor",
  "__proto__",
  "toString",
  "1;2",
  "<b>1</b>",
  "[1]",
  "0x10",
  `${"(".repeat(30)}1${")".repeat(30)}`,
  "1".repeat(61),
];

describe("what is none is refused", () => {
  for (const text of NONE)
    test(JSON.stringify(text), () => assert.ok(Number.isNaN(readTyped(text))));
});

test("it is said how a text was read that is more than a plain number", () => {
  assert.deepEqual(["0.3", "-2", "1e-3", "1/3", "log 5"].map(isWorkedOut), [
    false,
    false,
    false,
    true,
    true,
  ]);
});
