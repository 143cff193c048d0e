import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";

import {
  anyProgress,
  clearProgress,
  noteFinished,
  noteStep,
  progressOf,
} from "../../assets/runtime/lesson/progress.js";

const KEY = "crossent-progress";

/** Storage with something kept in it, which may refuse to read or to write. */
function storage({ kept = null, full = false, refused = false } = {}) {
  const entries = new Map(kept === null ? [] : [[KEY, kept]]);
  const refuse = (when) => {
    if (when) throw new Error("QuotaExceededError");
  };
  globalThis.window = {
    localStorage: {
      getItem: (name) => (refuse(refused), entries.get(name) ?? null),
      setItem: (name, value) => (refuse(full || refused), entries.set(name, value)),
      removeItem: (name) => (refuse(refused), entries.delete(name)),
    },
  };
  return entries;
}

afterEach(() => {
  storage();
  clearProgress();
});

describe("a reader's progress", () => {
  test("is kept, and added to what was kept", () => {
    const entries = storage({ kept: '{"a":{"done":{"one":"right"},"finished":true}}' });
    noteStep("a", "two", "wrong");
    noteStep("a", "one", "wrong");
    assert.deepEqual(JSON.parse(entries.get(KEY)), {
      a: { done: { one: "right", two: "wrong" }, finished: true, answers: {} },
    });
  });

  for (const [kind, given] of Object.entries({ full: { full: true }, refused: { refused: true } }))
    test(`counts on its page where storage is ${kind}`, () => {
      storage({ kept: '{"b":{"done":{"x":"right"}}}', ...given });
      noteStep("a", "one", "right");
      noteFinished("a", true);
      assert.deepEqual(progressOf("a"), { done: { one: "right" }, finished: true, answers: {} });
      assert.equal(anyProgress(), true);
      noteFinished("a", false);
      assert.equal(progressOf("a").finished, false);
      clearProgress();
      assert.deepEqual(progressOf("a"), { done: {}, finished: false, answers: {} });
    });

  for (const kept of [
    ...["", "{", "null", "1", '"a"', "[]", "[{}]", '{"a":null}', '{"a":1}', '{"a":[]}'],
    ...['{"a":"done"}', '{"a":{"done":null}}', '{"a":{"done":7}}', '{"a":{"done":"abc"}}'],
    ...['{"a":{"done":["x"],"finished":"yes"}}', '{"a":{"done":{"one":{}},"finished":1}}'],
    ...['{"a":{"done":{"one":null}}}', '{"__proto__":{"done":{"one":"right"}}}'],
  ])
    test(`begins anew where ${kept || "nothing"} was kept`, () => {
      storage({ kept });
      assert.deepEqual(progressOf("a"), { done: {}, finished: false, answers: {} });
      noteStep("a", "one", "right");
      noteFinished("a", true);
      assert.deepEqual(progressOf("a"), { done: { one: "right" }, finished: true, answers: {} });
    });
});
