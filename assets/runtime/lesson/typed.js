// What a reader types as an answer: numbers, fractions and logarithms, read by a grammar of their own.
// Nothing of it is run as code.

const LONGEST = 60; // characters
const DEEPEST = 10; // parentheses within each other

const TOKEN =
  /\s*(?:(?<number>(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?)|(?<name>[a-zA-Zé]+\d?)|(?<sign>[-+*/()^%√∞−–×·÷]))/y;
const SAME = { "−": "-", "–": "-", "×": "*", "·": "*", "÷": "/" };
const FUNCTIONS = {
  __proto__: null, // a reader may type "constructor"
  log: Math.log,
  ln: Math.log,
  log2: Math.log2,
  exp: Math.exp,
  sqrt: Math.sqrt,
  "√": Math.sqrt,
};
const CONSTANTS = {
  __proto__: null,
  e: Math.E,
  inf: Infinity,
  infinity: Infinity,
  infini: Infinity,
  "∞": Infinity,
};

class Unreadable extends Error {}

function wordsOf(text) {
  const words = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text);
    if (!found) throw new Unreadable();
    const { number, name, sign } = found.groups;
    if (number !== undefined) words.push({ number: Number(number.replace(",", ".")) });
    else words.push({ word: name?.toLowerCase() ?? SAME[sign] ?? sign });
  }
  return words;
}

/** Reads from left to right; each method reads what binds at least as tightly. */
class Reader {
  constructor(words) {
    this.words = words;
    this.place = 0;
    this.depth = 0;
  }

  get next() {
    return this.words[this.place] ?? {};
  }

  takes(...words) {
    const { word } = this.next;
    return word !== undefined && words.includes(word) ? this.words[this.place++].word : null;
  }

  sum() {
    let value = this.product();
    for (let sign; (sign = this.takes("+", "-"));) {
      const other = this.product();
      value = sign === "+" ? value + other : value - other;
    }
    return value;
  }

  product(factor = () => this.factor()) {
    let value = factor();
    for (;;) {
      if (this.takes("*")) value *= factor();
      else if (this.takes("/")) value /= factor();
      else if (this.begins())
        value *= this.power(); // 2 log 5
      else return value;
    }
  }

  /** Whether a function, a root or parentheses follow: a factor without a sign before it. */
  begins() {
    const { word } = this.next;
    return word === "(" || word in FUNCTIONS;
  }

  factor() {
    if (this.takes("-")) return -this.factor();
    if (this.takes("+")) return this.factor();
    return this.power();
  }

  power() {
    const base = this.value();
    const value = this.takes("^") ? base ** this.factor() : base;
    return this.takes("%") ? value / 100 : value;
  }

  value() {
    const { number, word } = this.next;
    if (number !== undefined) {
      this.place++;
      return number;
    }
    if (word in CONSTANTS) return CONSTANTS[this.words[this.place++].word];
    if (word in FUNCTIONS) return FUNCTIONS[this.words[this.place++].word](this.argument());
    if (!this.takes("(") || ++this.depth > DEEPEST) throw new Unreadable();
    const inside = this.sum();
    if (!this.takes(")")) throw new Unreadable();
    this.depth--;
    return inside;
  }

  /** What a function is of: parentheses, or a number or a fraction without them, as in log 1/3. */
  argument() {
    if (this.next.number === undefined) return this.power();
    let value = this.power();
    while (this.next.word === "/" && this.words[this.place + 1]?.number !== undefined) {
      this.place++;
      value /= this.power();
    }
    return value;
  }
}

/** The number that a text says, or nan. */
export function readTyped(text) {
  const clean = text.trim();
  if (!clean || clean.length > LONGEST) return NaN;
  try {
    const reader = new Reader(wordsOf(clean));
    const value = reader.sum();
    return reader.place === reader.words.length ? value : NaN;
  } catch (error) {
    if (error instanceof Unreadable) return NaN;
    throw error;
  }
}

/** Whether a text says more than a plain number, so that it helps to say how it was read. */
export const isWorkedOut = (text) => /[a-z/^√*×·÷(]/i.test(text.replace(/\de[-+]?\d/gi, ""));
