import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  formatNumber,
  parseNumber,
  parseRow,
  pythonLiteral,
  snap,
  spokenNumber,
} from "../../assets/runtime/numbers.js";

/** One test for each [given, wanted] pair. */
function each(pairs, claim) {
  for (const [given, wanted] of pairs) {
    test(`${JSON.stringify(given) ?? given} → ${wanted}`, () => claim(given, wanted));
  }
}

describe("a number is written with four significant digits", () => {
  const pairs = [
    [0, "0"],
    [-0, "0"],
    [1, "1.000"],
    [0.105360516, "0.1054"],
    [-2.302585, "−2.303"],
    [1234.5678, "1235"],
    [0.000123456, "0.0001235"],
    [1e-5, "1.000×10⁻⁵"],
    [-1.5e300, "−1.500×10³⁰⁰"],
    [3.375e-5, "3.375×10⁻⁵"],
    [Infinity, "∞"],
    [-Infinity, "−∞"],
    [NaN, "nan"],
  ];
  each(pairs, (given, wanted) => assert.equal(formatNumber(given), wanted));
});

describe("a probability that is not quite 0 or 1 does not read as 0 or 1", () => {
  const pairs = [
    [0, "0"],
    [1, "1"],
    [0.5, "0.500"],
    [0.99995, "0.999950"],
    [1 - 2e-9, "0.9999999980"],
    [0.0001, "1.0×10⁻⁴"],
  ];
  each(pairs, (given, wanted) => assert.equal(formatNumber(given, "probability"), wanted));
});

describe("a format says how", () => {
  const pairs = [
    ["exact", 0.1 + 0.2, "0.30000000000000004"],
    ["compact", 3.14159, "3.14"],
    ["short", 0.001, "0.00"],
    ["short", -9.999, "−10.0"],
    ["percent", 0.1234, "12.3 %"],
    ["signed", 0.25, "+0.250"],
    ["signed", -0.25, "−0.250"],
    ["signedShort", 0.001, "0.00"],
    ["balance", 1e-17, "0"],
    ["times", 2, "× 2.000"],
    ["integer", 7, "7"],
  ];
  for (const [format, given, wanted] of pairs) {
    test(`${format} of ${given}`, () => assert.equal(formatNumber(given, format), wanted));
  }
});

test("no format shows a hyphen for a minus", () => {
  for (const format of ["number", "exact", "short", "signed", "probability", "percent", "integer"])
    assert.doesNotMatch(formatNumber(-12.5, format), /-/);
});

test("a number is read aloud without signs that a voice leaves out", () => {
  assert.equal(spokenNumber(-2.5, "short"), "minus 2.500");
  assert.equal(spokenNumber(1e-7, "number"), "1.000 times ten to the -7");
});

describe("what people type is read", () => {
  const pairs = [
    [" 0.5 ", 0.5],
    ["0,5", 0.5],
    ["−3", -3],
    ["–3", -3],
    ["+.25", 0.25],
    ["7.", 7],
    ["1e-3", 0.001],
    ["50 %", 0.5],
    ["12,5%", 0.125],
  ];
  each(pairs, (given, wanted) => assert.equal(parseNumber(given), wanted));
});

describe("what is no number is nan", () => {
  for (const text of ["", "abc", "1.2.3", "1,234.5", "0x10", "Infinity", "--1", "1e", "%", "1 2"])
    test(JSON.stringify(text), () => assert.ok(Number.isNaN(parseNumber(text))));
});

describe("a pasted row is read, however it is separated", () => {
  for (const text of ["1 2 3", "1, 2, 3", "1\t2\t3", "[1; 2; 3]", "(1,2,3)", " 1\n2\n3 "])
    test(JSON.stringify(text), () => assert.deepEqual(parseRow(text), [1, 2, 3]));
});

describe("a state's value is a Python literal", () => {
  const pairs = [
    [true, "True"],
    [[1, 0.5], "[1, 0.5]"],
    ["it's", '"it\'s"'],
    [[[1], []], "[[1], []]"],
  ];
  each(pairs, (given, wanted) => assert.equal(pythonLiteral(given), wanted));
  test("infinities and nan too", () => {
    assert.equal(pythonLiteral([Infinity, -Infinity]), '[float("inf"), float("-inf")]');
    assert.equal(pythonLiteral(NaN), 'float("nan")');
  });
});

describe("a value snaps to its grid", () => {
  test("without the noise of binary fractions", () =>
    assert.equal(snap(0.30000001, 0.1, [0, 1]), 0.3));
  test("and stays within its bounds", () => {
    assert.equal(snap(1.4, 0.5, [0, 1]), 1);
    assert.equal(snap(-7, 0.5, [-2, 1]), -2);
  });
  test("for a tenth of a step as well", () => assert.equal(snap(0.123, 0.001, [0, 1]), 0.123));
});
