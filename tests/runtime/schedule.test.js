import assert from "node:assert/strict";
import { describe, test } from "node:test";

const { answered, cleanedCards, countsOf, daysUntil, keptCards, nextOf } =
  await import("../../assets/runtime/lesson/schedule.js");

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const KEYS = ["a", "b", "c", "d", "e", "f"];

describe("what is to be practised when", () => {
  test("what is known comes back later each time, what is missed begins anew", () => {
    let card;
    const days = [];
    for (let i = 0; i < 8; i++) {
      card = answered(card, true, NOW);
      days.push(daysUntil(card, NOW));
    }
    assert.deepEqual(days, [1, 3, 7, 16, 35, 80, 80, 80]);
    card = answered(card, false, NOW);
    assert.deepEqual(card, { box: 0, due: NOW, asked: 9 });
    assert.equal(daysUntil(answered(card, true, NOW), NOW), 1);
  });

  test("what is due comes first, the longest due before the others; then what was never asked", () => {
    const cards = {
      b: { box: 1, due: NOW - 1, asked: 1 },
      d: { box: 2, due: NOW - DAY, asked: 1 },
      e: { box: 1, due: NOW + DAY, asked: 1 },
    };
    assert.equal(nextOf(cards, KEYS, { now: NOW }), "d");
    assert.equal(nextOf(cards, KEYS, { now: NOW, recent: ["d"] }), "b");
    assert.equal(nextOf(cards, KEYS, { now: NOW, recent: ["d", "b"] }), "a");
    assert.deepEqual(countsOf(cards, KEYS, NOW), { due: 2, later: 1, fresh: 3 });
  });

  test("what was missed comes back once three others came between, or at once if there is no other", () => {
    const cards = {};
    const asked = [];
    for (let i = 0; i < 5; i++) {
      const key = nextOf(cards, KEYS, { now: NOW, recent: asked });
      cards[key] = answered(cards[key], key !== "a", NOW);
      asked.push(key);
    }
    assert.deepEqual(asked, ["a", "b", "c", "d", "a"]);
    const alone = { a: answered(undefined, false, NOW) };
    assert.equal(nextOf(alone, ["a"], { now: NOW, recent: ["a"] }), "a");
  });

  test("where nothing is due there is nothing to ask, but ahead", () => {
    const cards = { a: answered(undefined, true, NOW), b: answered(undefined, true, NOW - 1) };
    assert.equal(nextOf(cards, ["a", "b"], { now: NOW }), null);
    assert.equal(nextOf(cards, ["a", "b"], { now: NOW, ahead: true }), "b");
    assert.equal(nextOf({}, [], { now: NOW, ahead: true }), null);
  });

  test("what is kept comes back as it was, and nonsense does not", () => {
    const cards = { a: answered(undefined, true, NOW) };
    assert.deepEqual(cleanedCards(JSON.parse(JSON.stringify(keptCards(cards)))), cards);
    for (const nonsense of [null, 3, "a", [], [[0, 1, 1]]])
      assert.deepEqual(cleanedCards(nonsense), {});
    for (const card of [
      null,
      1,
      [],
      [0, 1],
      [7, 0, 1],
      [-1, 0, 1],
      [0.5, 0, 1],
      [0, -1, 1],
      [0, 1e99, 1],
    ])
      assert.deepEqual(cleanedCards({ a: card, b: [0, NOW, 1] }), {
        b: { box: 0, due: NOW, asked: 1 },
      });
  });
});
