import assert from "node:assert/strict";
import { describe, test } from "node:test";

const { spokenBy, spokenFigures } = await import("../../assets/runtime/lesson/spoken.js");

const heading = { names: null, is: false, begins: true };
const text = { names: null, is: false, begins: false };
const figure = (names) => ({ names, is: true, begins: false });
const about = (names) => ({ names, is: false, begins: false });

describe("which figure a lesson's text speaks of", () => {
  test("what stands below a figure goes with it", () => {
    assert.deepEqual(spokenFigures([figure("a"), text, text]), ["a", "a", "a"]);
  });
  test("the page's opening goes with its first figure", () => {
    assert.deepEqual(spokenFigures([text, text, figure("a")]), ["a", "a", "a"]);
  });
  test("a page's opening without a figure of its section goes with the first of all", () => {
    assert.deepEqual(spokenFigures([text, heading, figure("a")]), ["a", "a", "a"]);
  });
  test("a section's opening leads to what it names first", () => {
    const blocks = [figure("a"), text, heading, text, text, figure("b"), text];
    assert.deepEqual(spokenFigures(blocks), ["a", "a", "b", "b", "b", "b", "b"]);
  });
  test("the paragraph before a figure leads to it, the one above it does not", () => {
    const blocks = [figure("a"), text, text, figure("b")];
    assert.deepEqual(spokenFigures(blocks), ["a", "a", "b", "b"]);
  });
  test("a directive about an earlier figure brings it back", () => {
    const blocks = [figure("a"), figure("b"), heading, text, about("a"), text];
    assert.deepEqual(spokenFigures(blocks), ["a", "b", "a", "a", "a", "a"]);
  });
  test("a section that names none keeps what was spoken of", () => {
    assert.deepEqual(spokenFigures([figure("a"), heading, text, heading, figure("b")]), [
      ...["a", "a", "a"],
      ...["b", "b"],
    ]);
  });
  test("a text without figures speaks of none", () => {
    assert.deepEqual(spokenFigures([heading, text]), [null, null]);
  });
});

describe("what a block points at", () => {
  test("what it says to look at", () => {
    assert.deepEqual(spokenBy({ dataset: { look: '["loss"]', goal: '["get","p"]' } }), ["loss"]);
  });
  test("else what its goal is about", () => {
    const goal = '["and",["<=",["get","loss"],0.1],[">",["first","p"],0]]';
    assert.deepEqual(spokenBy({ dataset: { goal } }), ["loss", "p"]);
  });
});
