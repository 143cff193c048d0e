// A goal is a tree of plain lists, made by pages/goals.py: ["<=", ["get", "loss"], 0.105].

import { same } from "./shown.js";

const CALLS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "==": same,
  "!=": (a, b) => !same(a, b),
  not: (a) => !a,
  abs: (a) => Math.abs(a),
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  near: (a, b, within) => Math.abs(a - b) <= within,
  at: (row, place) => row[place] ?? NaN,
  apart: (a, b) =>
    a.length === b.length ? Math.max(...a.map((x, i) => Math.abs(x - b[i]))) : Infinity,
};

/** The value of a tree for what a figure shows now, and for what was remembered of it. */
export function evaluate(tree, shown, first) {
  if (!Array.isArray(tree)) return tree;
  const [operation, ...given] = tree;
  if (operation === "get") return shown[given[0]];
  if (operation === "first") return first?.[given[0]];
  if (operation === "and")
    return evaluate(given[0], shown, first) && evaluate(given[1], shown, first);
  if (operation === "or")
    return evaluate(given[0], shown, first) || evaluate(given[1], shown, first);
  return CALLS[operation](...given.map((part) => evaluate(part, shown, first)));
}
