// A goal as an author writes it, "loss <= 0.105", as the tree that lesson/goals.js evaluates. The
// language is that of pages/goals.py, without what is remembered and without functions of numbers
// alone, such as log(2); a test holds the two together.

import { t } from "./texts.js";

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|([A-Za-z_]\w*)|("[^"]*"|'[^']*')|(<=|>=|==|!=|[-+*/()<>,[\]]))/y;
const COMPARISONS = ["<=", ">=", "==", "!=", "<", ">"];
const FUNCTIONS = { abs: 1, near: 3, apart: 2, min: 2, max: 2 };
const DEEPEST = 16; // parentheses within each other
const LONGEST = 1000; // characters

/** What is wrong with a goal. */
export class GoalError extends Error {}

/** @param {string} text */
function wordsOf(text) {
  if (text.length > LONGEST) throw new GoalError(t("it is too long"));
  const words = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim()) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) throw wrongAt(text.slice(from).trim().slice(0, 12));
    const [, number, name, quoted, sign] = found;
    if (number) words.push({ kind: "number", word: number });
    else if (name) words.push({ kind: "name", word: name });
    else if (quoted) words.push({ kind: "text", word: quoted });
    else words.push({ kind: "sign", word: sign });
  }
  return words;
}

const wrongAt = (word) =>
  new GoalError(
    word ? t("“{word}” is not expected there", { word }) : t("it ends before it is whole"),
  );

/**
 * The tree of a goal over the names that a figure shows.
 * @param {string} text
 * @param {Set<string>} names
 */
export function readGoal(text, names) {
  const words = wordsOf(text);
  let depth = 0;
  const next = () => words[0] ?? { kind: "", word: "" };
  const takes = (...wanted) =>
    next().kind !== "text" && wanted.includes(next().word) ? words.shift().word : "";
  const expect = (word) => {
    if (!takes(word)) throw wrongAt(next().word);
  };

  /** What binds as tightly as `part`, joined by these words. */
  const joined = (part, ...signs) => {
    let tree = part();
    for (let sign = takes(...signs); sign; sign = takes(...signs)) tree = [sign, tree, part()];
    return tree;
  };
  const either = () => {
    if (++depth > DEEPEST) throw new GoalError(t("it is too long"));
    const tree = joined(both, "or");
    depth--;
    return tree;
  };
  const both = () => joined(negated, "and");
  const negated = () => {
    if (takes("not")) return ["not", negated()];
    const left = total();
    const sign = takes(...COMPARISONS);
    return sign ? [sign, left, total()] : left;
  };
  const total = () => joined(product, "+", "-");
  const product = () => joined(signed, "*", "/");
  const signed = () => (takes("-") ? ["-", 0, signed()] : value());
  const value = () => {
    if (takes("(")) {
      const tree = either();
      expect(")");
      return tree;
    }
    const { kind, word } = next();
    if (kind !== "number" && kind !== "text" && kind !== "name") throw wrongAt(word);
    words.shift();
    if (kind === "number") return Number(word);
    if (kind === "text") return word.slice(1, -1);
    if (takes("(")) return call(word);
    if (word === "true" || word === "false") return word === "true";
    if (!names.has(word))
      throw new GoalError(t("there is no readout or state entry “{name}”", { name: word }));
    if (!takes("[")) return ["get", word];
    const place = next();
    if (!/^\d{1,3}$/.test(place.word)) throw wrongAt(place.word);
    words.shift();
    expect("]");
    return ["at", ["get", word], Number(place.word)];
  };
  const call = (name) => {
    const given = [either()];
    while (takes(",")) given.push(either());
    expect(")");
    if (given.length !== FUNCTIONS[name]) throw wrongAt(`${name}()`);
    return [name, ...given];
  };

  const tree = either();
  if (words.length) throw wrongAt(next().word);
  return tree;
}
