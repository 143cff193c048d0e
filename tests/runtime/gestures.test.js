import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Gestures } from "../../assets/runtime/gestures.js";

/** Gestures over {x}, with a link that answers at once, or when `answer()` is called. */
function bench({ later = false } = {}) {
  const asked = [];
  const waiting = [];
  const shown = [];
  const refused = [];
  let settled = 0;
  const gestures = new Gestures({
    state: { x: 0 },
    ask(request) {
      asked.push(request.state.x);
      if (request.state.x === "wrong") throw new Error("wrong");
      const found = { state: request.state, columns: { readout: { x: request.state.x } } };
      if (!later) return found;
      return new Promise((resolve) => waiting.push(() => resolve(found)));
    },
    apply: ({ state }) => shown.push(state.x),
    refuse: (error) => refused.push(error.message),
    changed: () => settled++,
  });
  /** Lets the link answer what it was asked first. */
  async function answer() {
    waiting.shift()();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const to = (x) => () => ({ state: { x } });
  return { gestures, asked, shown, refused, answer, to, settled: () => settled };
}

describe("moves of one gesture", () => {
  test("are answered within the call by a link that answers at once", () => {
    const { gestures, shown, to } = bench();
    gestures.begin();
    gestures.move(to(1));
    assert.deepEqual(shown, [1]);
  });

  test("overtake each other: one is in flight, the newest follows", async () => {
    const { gestures, asked, answer, to } = bench({ later: true });
    gestures.begin();
    for (const x of [1, 2, 3]) gestures.move(to(x));
    assert.deepEqual(asked, [1]);
    await answer();
    assert.deepEqual(asked, [1, 3]);
  });

  test("start from the state in which the gesture began", () => {
    const { gestures } = bench();
    gestures.begin();
    for (let i = 0; i < 3; i++) gestures.move((base) => ({ state: { x: base.x + 1 } }));
    assert.equal(gestures.state.x, 1);
  });

  test("are one step of undo together", () => {
    const { gestures, to } = bench();
    gestures.begin();
    gestures.move(to(1));
    gestures.move(to(2));
    gestures.end();
    gestures.undo();
    assert.equal(gestures.state.x, 0);
    gestures.redo();
    assert.equal(gestures.state.x, 2);
  });
});

describe("gestures", () => {
  test("wait for one another, and none is lost", async () => {
    const { gestures, asked, answer, to } = bench({ later: true });
    gestures.once(to(1));
    gestures.once(to(2));
    gestures.once(to(3));
    for (let i = 0; i < 3; i++) await answer();
    assert.deepEqual(asked, [1, 2, 3]);
    assert.deepEqual(
      gestures.past.map(({ x }) => x),
      [0, 1, 2],
    );
  });

  test("that change nothing are no step of undo", () => {
    const { gestures, to, settled } = bench();
    gestures.once(to(0));
    assert.equal(gestures.past.length, 0);
    assert.equal(settled(), 0);
  });

  test("that are cut short by another make their last move", () => {
    const { gestures, to } = bench();
    gestures.begin(() => gestures.move(to(9)));
    gestures.move(to(1));
    gestures.once((base) => ({ state: { x: base.x + 1 } }));
    assert.equal(gestures.state.x, 10);
  });

  test("end what could be done again", () => {
    const { gestures, to } = bench();
    gestures.once(to(1));
    gestures.undo();
    gestures.once(to(5));
    gestures.redo();
    assert.equal(gestures.state.x, 5);
  });

  test("may stay out of what can be undone", () => {
    const { gestures, to, settled } = bench();
    gestures.once(to(1), { history: false });
    assert.equal(gestures.past.length, 0);
    assert.equal(settled(), 1);
  });

  test("settle when the last move was answered, not before", async () => {
    const { gestures, to, settled, answer } = bench({ later: true });
    gestures.once(to(1));
    assert.equal(settled(), 0);
    await answer();
    assert.equal(settled(), 1);
  });
});

describe("what is refused", () => {
  test("leaves the state, is told, and the next is asked", () => {
    const { gestures, refused, to } = bench();
    gestures.once(to("wrong"));
    assert.deepEqual(refused, ["wrong"]);
    assert.equal(gestures.state.x, 0);
    gestures.once(to(1));
    assert.equal(gestures.state.x, 1);
  });

  test("is no step of undo", () => {
    const { gestures, to } = bench();
    gestures.once(to("wrong"));
    gestures.undo();
    assert.equal(gestures.past.length, 0);
  });
});

test("a request's further steps follow at once, and their columns are shown together", async () => {
  const answers = [];
  const gestures = new Gestures({
    state: { x: 0 },
    ask: ({ state }) => ({ state, columns: { [`t${state.x}`]: { x: state.x } } }),
    apply: (answer) => answers.push(answer),
    refuse: assert.fail,
    changed() {},
  });
  gestures.once(() => ({
    state: { x: 1 },
    after: (state) => ({ state: { x: state.x + 1 } }),
  }));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(answers.length, 1);
  assert.deepEqual(answers[0].state, { x: 2 });
  assert.deepEqual(Object.keys(answers[0].columns), ["t1", "t2"]);
  assert.equal(gestures.past.length, 1);
});

describe("what is set from elsewhere", () => {
  test("is worked out by a link that takes its time, and is no step of undo", async () => {
    const { gestures, shown, answer, settled } = bench({ later: true });
    gestures.take({ x: 1 });
    await answer();
    assert.deepEqual([shown, settled()], [[1], 1]);
    gestures.undo();
    assert.equal(gestures.state.x, 1);
  });

  test("overtakes what was set before, of which nobody is told", async () => {
    const { gestures, asked, answer, settled } = bench({ later: true });
    for (const x of [1, 2, 3]) gestures.take({ x });
    await answer();
    assert.equal(settled(), 0);
    await answer();
    assert.deepEqual([asked, gestures.state.x, settled()], [[1, 3], 3, 1]);
  });
});
