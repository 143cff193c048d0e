// Rooms, as far as no page is needed: who is who, what has changed, what is told.

import assert from "node:assert/strict";
import { test } from "node:test";

import { merge } from "../../assets/rooms/board.js";
import { inOwnWords } from "../../assets/rooms/student.js";
import { Teller } from "../../assets/rooms/wire.js";
import { refusal, student } from "../../assets/rooms/words.js";

const SEATS = 576; // as rooms/store.py has it

test("no two students of a room have one animal and one colour", () => {
  const all = Array.from({ length: SEATS }, (_, seat) => student(seat));
  assert.equal(new Set(all.map(({ name }) => name)).size, SEATS);
  assert.equal(new Set(all.map(({ shade }) => shade)).size, 12);
  assert.ok(all.every(({ name, shade }) => name.length > 5 && shade.startsWith("oklch(")));
});

test("every refusal is a sentence of its own", () => {
  const reasons = ["rooms", "full", "crowd", "none", "often", "size", "page"];
  const said = [...reasons, "message"].map(refusal);
  assert.equal(new Set(said).size, said.length);
  assert.ok(said.every((sentence) => sentence.endsWith(".")));
});

test("news replace an entry, but for a state, which they add to", () => {
  const board = { "state/a": { x: 1, y: 1 }, where: { figure: "a", step: "1" }, ask: "a" };
  merge(board, { "state/a": { x: 2 }, where: { figure: "b" }, ask: null, mode: "pause" });
  assert.deepEqual(board, {
    "state/a": { x: 2, y: 1 },
    where: { figure: "b" },
    mode: "pause",
  });
});

const told = () => {
  const said = [];
  const teller = new Teller((figure, news) => said.push(structuredClone(news)), 20);
  return { said, teller };
};
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test("a state is told whole at first, then what has changed of it", async () => {
  const { said, teller } = told();
  const figure = { state: { x: [1, 2], y: 1 } };
  teller.note(figure);
  await pause(30);
  figure.state = { x: [1, 2], y: 2 };
  teller.note(figure);
  await pause(60);
  teller.note(figure); // nothing has changed
  await pause(60);
  teller.forget();
  teller.note(figure);
  await pause(60);
  assert.deepEqual(said, [{ x: [1, 2], y: 1 }, { y: 2 }, { x: [1, 2], y: 2 }]);
});

test("of many moves the last is told, and not each", async () => {
  const { said, teller } = told();
  const figure = { state: { x: 0 } };
  for (let x = 1; x <= 50; x++) {
    figure.state = { x };
    teller.note(figure);
  }
  await pause(80);
  assert.deepEqual(said, [{ x: 50 }]);
});

test("what could not be told is told the next time", async () => {
  const said = [];
  let open = false;
  const teller = new Teller((figure, news) => open && said.push(news), 5);
  const figure = { state: { x: 1 } };
  teller.note(figure);
  await pause(30);
  open = true;
  teller.note(figure);
  await pause(30);
  assert.deepEqual(said, [{ x: 1 }]);
});

test("classes are called as a page calls them, as long as each has a name of its own", () => {
  const names = { fox: "renard", owl: "hibou" };
  const own = (classes) => inOwnWords({ target: 1, classes }, names);
  assert.deepEqual(own(["fox", "mine"]), { target: 1, classes: ["renard", "mine"] });
  assert.deepEqual(own(["fox", "renard"]), { target: 1, classes: ["fox", "renard"] });
  assert.deepEqual(inOwnWords({ target: 1 }, names), { target: 1 });
  assert.deepEqual(own(["constructor", "owl"]), { target: 1, classes: ["constructor", "hibou"] });
});
