import assert from "node:assert/strict";
import { describe, test } from "node:test";

globalThis.matchMedia = () => ({ matches: false, addEventListener() {} });
const { askedInVain, Hidden } = await import("../../assets/runtime/asked.js");

const said = (query, hidden = []) =>
  askedInVain(new URLSearchParams(query), { language: "en", languages: ["fr", "pt-BR"], hidden });

describe("what an address asks in vain", () => {
  for (const query of ["", "theme=dark", "theme=light&lang=fr", "lang=en-GB", "lang=PT", "theme="])
    test(`is nothing in '${query}'`, () => assert.deepEqual(said(query), []));

  for (const [query, word] of [
    ["theme=blue", "theme"],
    ["theme=Dark", "theme"],
    ["theme=__proto__", "theme"],
    ["lang=xx", "language"],
    ["lang=french", "language"],
    ["lang=<b>", "language"],
  ])
    test(`is one sentence for '${query}'`, () => {
      const [sentence, ...more] = said(query);
      assert.deepEqual(more, []);
      assert.match(sentence, new RegExp(word));
      assert.ok(sentence.includes(query.split("=")[1]));
    });

  test("is quoted shortly", () => {
    const [sentence] = said("", ["a".repeat(5000), "b", "c", "d"]);
    assert.ok(sentence.length < 200);
    assert.ok(!sentence.includes("d”"));
  });
});

test("names to be hidden are known once a part asks for its own", () => {
  const hidden = new Hidden(["unit", "tempratur"]);
  assert.equal(hidden.has("unit"), true);
  assert.equal(hidden.has("temperature"), false);
  assert.equal(hidden.knows("unit"), true);
  assert.equal(hidden.knows("tempratur"), false);
});
