import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  isPageKey,
  queryFromState,
  StateError,
  stateFromQuery,
  StateSpace,
} from "../../assets/runtime/state.js";
import { setTexts } from "../../assets/runtime/texts.js";

// As Python's `schema()` describes them.
const SPACE = new StateSpace("classes-of-everything", [
  { name: "classes", kind: "names", default: ["cat", "dog", "fox"] },
  { name: "logits", kind: "vector", bounds: [-10, 10], step: 0.1, default: [2, 0, -1] },
  { name: "probs", kind: "distribution", bounds: [0, 1], step: 0.01, default: [0.5, 0.3, 0.2] },
  { name: "target", kind: "index", besides: [], default: 2 },
  { name: "rows", kind: "rows", bounds: [-10, 10], step: 0.1, default: [[1, 2, 3]] },
  { name: "targets", kind: "targets", rows: "rows", besides: [-1, -100], default: [2] },
  { name: "temperature", kind: "number", bounds: [0.1, 10], step: 0.1, default: 1 },
  { name: "unit", kind: "choice", options: { nats: "nats", bits: "bits" }, default: "nats" },
  { name: "on", kind: "flag", default: false },
]);
const DEFAULT = SPACE.resolve({}).state;

describe("a state that is given in part", () => {
  test("is filled with the defaults", () => {
    const { state, problems } = SPACE.resolve({ temperature: 2 });
    assert.deepEqual(problems, []);
    assert.deepEqual(state, { ...DEFAULT, temperature: 2 });
  });

  test("has the others fitted to its number of classes", () => {
    const { state } = SPACE.resolve({ logits: [1, 2] });
    assert.deepEqual(state.classes, ["cat", "dog"]);
    assert.deepEqual(state.probs, [0.5, 0.5]);
    assert.equal(state.target, 1);
    assert.deepEqual(state.rows, [[1, 2]]);
    assert.deepEqual(state.targets, [1]);
  });

  test("is copied: what was given can change without it", () => {
    const given = { logits: [1, 2, 3] };
    const { state } = SPACE.resolve(given);
    given.logits[0] = 9;
    assert.deepEqual(state.logits, [1, 2, 3]);
  });
});

describe("a target that is no class", () => {
  const given = {
    rows: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    targets: [2, -100],
  };

  test("stands where its parameter allows it, and nowhere else", () => {
    assert.deepEqual(SPACE.resolve(given).state.targets, [2, -100]);
    assert.deepEqual(SPACE.resolve({ target: -100 }).problems, [
      "target must be a whole number from 0 to 9; got -100",
    ]);
    assert.deepEqual(SPACE.resolve({ targets: [-2] }).problems, [
      "targets must be a list of whole numbers from 0, -1 or -100; got [-2]",
    ]);
  });

  test("stays what it is when classes come and go", () => {
    const { state } = SPACE.resolve(given);
    assert.deepEqual(SPACE.resized(state, 2).targets, [1, -100]);
    assert.deepEqual(SPACE.without(state, 0).targets, [1, -100]);
  });
});

describe("what is refused", () => {
  test("takes its default, with a sentence for each", () => {
    const { state, problems } = SPACE.resolve({ temperature: 99, unit: "bans", target: 1 });
    assert.deepEqual(problems, [
      "temperature must be a number from 0.1 to 10; got 99",
      "unit must be one of nats, bits; got 'bans'",
    ]);
    assert.deepEqual(state, { ...DEFAULT, target: 1 });
  });

  test("is named with the nearest that there is", () => {
    const { problems } = SPACE.resolve({ temprature: 1 });
    assert.deepEqual(problems, [
      "classes-of-everything has no 'temprature'; did you mean 'temperature'?",
    ]);
  });

  test("can be a method's name", () => {
    const { problems } = SPACE.resolve({ constructor: 1, unit: "toString" });
    assert.equal(problems.length, 2);
  });

  test("throws a StateError where it is checked by itself", () => {
    assert.throws(() => SPACE.check("probs", [0.5, 0.6, 0]), StateError);
  });
});

describe("classes", () => {
  test("that are added have no probability yet and a name", () => {
    const more = SPACE.extended(DEFAULT, 4);
    assert.deepEqual(more.probs, [0.5, 0.3, 0.2, 0]);
    assert.deepEqual(more.logits, [2, 0, -1, 0]);
    assert.equal(more.classes[3], "class 4");
  });

  test("that are removed take their entry in every row, and the target moves with its class", () => {
    const fewer = SPACE.without(DEFAULT, 0);
    assert.deepEqual(fewer.classes, ["dog", "fox"]);
    assert.deepEqual(fewer.rows, [[2, 3]]);
    assert.equal(fewer.target, 1);
    assert.deepEqual(fewer.targets, [1]);
  });

  test("that come back have their own names again", () => {
    const two = SPACE.resized(DEFAULT, 2);
    assert.deepEqual(SPACE.resized(two, 3).classes, ["cat", "dog", "fox"]);
  });

  test("do not take a name that is in use", () => {
    const two = { ...SPACE.resized(DEFAULT, 2), classes: ["fox", "dog"] };
    assert.deepEqual(SPACE.resized(two, 3).classes, ["fox", "dog", "class 3"]);
  });

  test("are counted by the first entry that has one for each", () => {
    assert.equal(SPACE.numClasses({ probs: [0.5, 0.5] }), 2);
    assert.equal(SPACE.numClasses({}), 3);
  });
});

describe("an address", () => {
  test("brings a state back as it was", () => {
    const query = queryFromState(DEFAULT, "").join("&");
    assert.deepEqual({ ...stateFromQuery(query, "") }, DEFAULT);
  });

  test("keeps brackets and commas readable", () => {
    assert.deepEqual(queryFromState({ logits: [2, 1, 0.1] }, "a."), ["a.logits=[2,1,0.1]"]);
  });

  test("writes a text that would read as a number in quotation marks", () => {
    const query = queryFromState({ unit: "10" }, "").join("&");
    assert.deepEqual({ ...stateFromQuery(query, "") }, { unit: "10" });
  });

  test("gives a figure its own prefix's entries only, and none of the page's", () => {
    const given = stateFromQuery("?a.x=1&b.x=2&hide=code&theme=dark", "a.");
    assert.deepEqual({ ...given }, { x: 1 });
    assert.ok(isPageKey("hide") && !isPageKey("x"));
  });

  test("may hold a prototype's name, which is an entry like another", () => {
    const given = stateFromQuery("?__proto__=1", "");
    assert.deepEqual(Object.keys(given), ["__proto__"]);
  });
});

describe("in another language", () => {
  const texts = {
    "{name} must be {wanted}; got {value}": "{name} doit être {wanted} ; reçu : {value}",
    "{before} or {last}": "{before} ou {last}",
    "a list of whole numbers from 0": "une liste d’entiers à partir de 0",
    "class {n}": "classe {n}",
  };
  const inFrench = (given) => {
    setTexts(texts);
    try {
      return SPACE.resolve(given);
    } finally {
      setTexts({});
    }
  };

  test("a refusal is a sentence of that language", () => {
    assert.deepEqual(inFrench({ targets: [-7] }).problems, [
      "targets doit être une liste d’entiers à partir de 0, -1 ou -100 ; reçu : [-7]",
    ]);
  });

  test("so is the name of a class that nobody named", () => {
    const { state } = inFrench({ logits: [1, 2, 3, 4] });
    assert.deepEqual(state.classes, ["cat", "dog", "fox", "classe 4"]);
  });
});
