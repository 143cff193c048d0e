// A goal is a tree of plain lists, made by pages/goals.py: ["<=", ["get", "loss"], 0.105].
// Its operations are those of the same file; a test holds the two against each other.

/** A goal asks for what its values do not have: a division by 0, or a number that is none. */
class Undefined extends Error {}

function number(value) {
  if (typeof value !== "number") throw new Undefined("not a number");
  return value;
}

/** Of numbers 0 and nan are false. */
function truth(value) {
  return typeof value === "boolean" ? value : number(value) !== 0 && !Number.isNaN(value);
}

function row(value) {
  if (!Array.isArray(value)) throw new Undefined("not a list");
  return value;
}

/** Whether two values of one kind are the same; nan is not even itself. */
function equal(a, b) {
  if (typeof a !== typeof b || Array.isArray(a) !== Array.isArray(b))
    throw new Undefined("different kinds");
  if (Array.isArray(a)) return a.length === b.length && a.every((x, i) => equal(x, b[i]));
  return a === b;
}

function apart(a, b) {
  if (a.length !== b.length) return Infinity;
  return Math.max(0, ...a.map((x, i) => Math.abs(number(x) - number(b[i]))));
}

function quotient(a, b) {
  if (b === 0) throw new Undefined("a division by 0");
  return a / b;
}

const OF_NUMBERS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": quotient,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  abs: (a) => Math.abs(a),
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  near: (a, b, within) => Math.abs(a - b) <= within,
};

/** The value of a tree for what a figure shows now, and for what was remembered of it. */
export function evaluate(tree, shown, first) {
  if (!Array.isArray(tree)) return tree;
  const [operation, ...given] = tree;
  const value = (i) => evaluate(given[i], shown, first);
  switch (operation) {
    case "get":
      return shown[given[0]];
    case "first":
      return first[given[0]];
    case "and":
      return truth(value(0)) && truth(value(1));
    case "or":
      return truth(value(0)) || truth(value(1));
    case "not":
      return !truth(value(0));
    case "==":
      return equal(value(0), value(1));
    case "!=":
      return !equal(value(0), value(1));
    case "at":
      return row(value(0))[given[1]] ?? NaN;
    case "apart":
      return apart(row(value(0)), row(value(1)));
    default:
      return OF_NUMBERS[operation](...given.map((_, i) => number(value(i))));
  }
}

/** Whether a goal is reached; where it cannot be worked out it is not. */
export function holds(tree, shown, first) {
  try {
    return truth(evaluate(tree, shown, first));
  } catch (error) {
    if (error instanceof Undefined) return false;
    throw error;
  }
}
