// A figure's state: what it may hold, how it changes shape, how it stands in a link.
// The sentences are those of figures/parameters.py; a test holds the two against each other.

import { t } from "./texts.js";

export const MIN_CLASSES = 2;
export const MAX_CLASSES = 10;
const MAX_NAME_LENGTH = 24;
export const MAX_ROWS = 4;
const VOID = 255; // what a function receives for a pixel of no class
const SUM_TOLERANCE = 1e-6;
const LONGEST_SHOWN = 60; // characters of a value in a sentence
const LONGEST_NAME = 40; // of a name that is not known

export class StateError extends Error {}

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
const isWhole = (value) => Number.isInteger(value);
// Six significant digits, no trailing zeros.
const tidy = (number) => String(Number(number.toPrecision(6)));

// JSON can hold one half of a surrogate pair, which no page can.
const HALF_CHARACTER = /\p{Surrogate}/u;

/** A value as a sentence shows it: JSON, short. Of a large one no more is written than is shown. */
function describe(value) {
  let text = "";
  for (const piece of typeof value === "string" ? [`'${head(value)}'`] : written(value)) {
    text += piece;
    if (text.length > 2 * LONGEST_SHOWN) break;
  }
  const letters = [...text.replace(/\p{Surrogate}/gu, "\ufffd")];
  return letters.length <= LONGEST_SHOWN
    ? letters.join("")
    : `${letters.slice(0, LONGEST_SHOWN - 3).join("")}...`;
}

const head = (text) => text.slice(0, 4 * LONGEST_SHOWN);

function* written(value) {
  if (Array.isArray(value)) {
    yield "[";
    for (let i = 0; i < value.length; i++) {
      if (i) yield ",";
      yield* written(value[i]);
    }
    yield "]";
  } else if (value && typeof value === "object") {
    const names = Object.keys(value);
    yield "{";
    for (let i = 0; i < names.length; i++) {
      yield `${i ? "," : ""}${JSON.stringify(head(names[i]))}:`;
      yield* written(value[names[i]]);
    }
    yield "}";
  } else yield JSON.stringify(typeof value === "string" ? head(value) : value);
}

function refuse(name, wanted, value) {
  return new StateError(
    t("{name} must be {wanted}; got {value}", { name, wanted, value: describe(value) }),
  );
}

const LENGTHS = { least: MIN_CLASSES, most: MAX_CLASSES };

// A parameter that goes in whole steps holds whole numbers.
const isPart = (value, step) => Number.isInteger(step) && !isWhole(value);

function checkRow(value, name, [low, high], step) {
  const slots = { ...LENGTHS, low: tidy(low), high: tidy(high) };
  const wanted = Number.isInteger(step)
    ? t("a list of {least} to {most} whole numbers from {low} to {high}", slots)
    : t("a list of {least} to {most} numbers from {low} to {high}", slots);
  if (!Array.isArray(value)) throw refuse(name, wanted, value);
  if (value.length < MIN_CLASSES || value.length > MAX_CLASSES) {
    const count = value.length;
    throw new StateError(
      t("{name} must be {wanted}; got {count} of them", { name, wanted, count }),
    );
  }
  const wrong = value.find(
    (number) => !isNumber(number) || number < low || number > high || isPart(number, step),
  );
  if (wrong !== undefined) {
    const found = describe(wrong);
    throw new StateError(
      t("{name} must be {wanted}; got {found} among them", { name, wanted, found }),
    );
  }
}

/** A text that names the classes, and the numbers that may stand where a class does. */
function orBesides(text, besides) {
  const [last, ...others] = [...besides].reverse();
  if (last === undefined) return text;
  const before = [text, ...others.reverse()].join(", ");
  return t("{before} or {last}", { before, last });
}

// The pattern of a run in a mask of these letters: 12a is twelve of a.
const runOf = (options) => `(?:[1-9][0-9]{0,3})?[${Object.keys(options).join("")}]`;
const runsIn = ({ options }, text) =>
  text
    .match(new RegExp(runOf(options), "g"))
    .map((run) => [Number(run.slice(0, -1) || 1), run.at(-1)]);

/** A mask's pixels as its parameter's text: row by row, in runs. */
export function maskText({ options, void: none }, pixels) {
  const letters = Object.keys(options);
  let text = "";
  for (let i = 0, from = 0; i < pixels.length; i++) {
    if (pixels[i + 1] === pixels[i]) continue;
    const count = i + 1 - from;
    text += (count > 1 ? count : "") + (pixels[i] === VOID ? none : letters[pixels[i]]);
    from = i + 1;
  }
  return text;
}

/** The pixels of a mask's text: each one's class, or VOID. */
export function maskPixels(parameter, text) {
  const letters = Object.keys(parameter.options);
  const [height, width] = parameter.size;
  const pixels = new Uint8Array(height * width);
  let from = 0;
  for (const [count, letter] of runsIn(parameter, text)) {
    pixels.fill(letter === parameter.void ? VOID : letters.indexOf(letter), from, from + count);
    from += count;
  }
  return pixels;
}

const CHECKS = {
  number({ name, bounds: [low, high], step }, value) {
    if (!isNumber(value) || value < low || value > high || isPart(value, step)) {
      const slots = { low: tidy(low), high: tidy(high) };
      const wanted = Number.isInteger(step)
        ? t("a whole number from {low} to {high}", slots)
        : t("a number from {low} to {high}", slots);
      throw refuse(name, wanted, value);
    }
  },
  choice({ name, options }, value) {
    if (typeof value !== "string" || !Object.hasOwn(options, value)) {
      throw refuse(
        name,
        t("one of {options}", { options: Object.keys(options).join(", ") }),
        value,
      );
    }
  },
  flag({ name }, value) {
    if (typeof value !== "boolean") throw refuse(name, t("true or false"), value);
  },
  names({ name }, value) {
    const wanted = t("a list of {least} to {most} names", LENGTHS);
    if (!Array.isArray(value)) throw refuse(name, wanted, value);
    if (value.length < MIN_CLASSES || value.length > MAX_CLASSES) {
      throw refuse(name, wanted, value.length);
    }
    for (const entry of value) {
      if (
        typeof entry !== "string" ||
        HALF_CHARACTER.test(entry) ||
        !entry.trim() ||
        [...entry.trim()].length > MAX_NAME_LENGTH
      ) {
        throw new StateError(
          t("a name in {name} must be text of 1 to {most} characters; got {value}", {
            name,
            most: MAX_NAME_LENGTH,
            value: describe(entry),
          }),
        );
      }
    }
  },
  text({ name, length }, value) {
    const wanted = `text of at most ${length} characters`;
    if (typeof value !== "string" || HALF_CHARACTER.test(value)) throw refuse(name, wanted, value);
    const count = [...value].length;
    if (count > length) throw new StateError(`${name} must be ${wanted}; got ${count}`);
  },
  vector({ name, bounds, step }, value) {
    checkRow(value, name, bounds, step);
  },
  distribution({ name, bounds, step }, value) {
    checkRow(value, name, bounds, step);
    const total = value.reduce((sum, p) => sum + p, 0);
    if (Math.abs(total - 1) > SUM_TOLERANCE) {
      throw new StateError(
        t("{name} must sum to 1; these sum to {total}", { name, total: tidy(total) }),
      );
    }
  },
  index({ name, besides }, value) {
    const isClass = isWhole(value) && value >= 0 && value < MAX_CLASSES;
    if (!isClass && !besides.includes(value)) {
      const wanted = t("a whole number from {low} to {high}", { low: 0, high: MAX_CLASSES - 1 });
      throw refuse(name, orBesides(wanted, besides), value);
    }
  },
  rows({ name, bounds, step }, value) {
    if (!Array.isArray(value) || value.length > MAX_ROWS) {
      throw refuse(name, t("a list of at most {most} rows", { most: MAX_ROWS }), value);
    }
    for (const row of value) checkRow(row, t("a row of {name}", { name }), bounds, step);
    if (new Set(value.map((row) => row.length)).size > 1) {
      throw new StateError(t("the rows of {name} must have one length", { name }));
    }
  },
  mask(parameter, value) {
    const { name, size, options } = parameter;
    const [height, width] = size;
    const letters = Object.keys(options);
    const wanted = t(
      "{height} x {width} pixels in runs such as 12{first}, of the letters {letters}",
      {
        height,
        width,
        first: letters[0],
        letters: letters.join(", "),
      },
    );
    const short = typeof value === "string" && value.length <= height * width;
    if (!short || !new RegExp(`^(?:${runOf(options)})+$`).test(value)) {
      throw refuse(name, wanted, value);
    }
    const covered = runsIn(parameter, value).reduce((sum, [count]) => sum + count, 0);
    if (covered !== height * width) {
      throw new StateError(
        t("{name} must have {wanted}; these runs have {covered}", { name, wanted, covered }),
      );
    }
  },
  targets({ name, besides }, value) {
    if (!Array.isArray(value) || value.length > MAX_ROWS) {
      throw refuse(name, t("a list of at most {most} whole numbers", { most: MAX_ROWS }), value);
    }
    const fits = (target) => (isWhole(target) && target >= 0) || besides.includes(target);
    if (!value.every(fits)) {
      throw refuse(name, orBesides(t("a list of whole numbers from 0"), besides), value);
    }
  },
};

/** A text as a program takes it: each character's place among the letters, -1 after the last. */
function codes({ letters, alike, length }, text) {
  const found = new Int32Array(length).fill(-1);
  const places = new Map([...letters].map((letter, place) => [letter, place]));
  [...text].forEach((character, i) => {
    const letter = Object.hasOwn(alike, character) ? alike[character] : character;
    found[i] = places.get(letter) ?? places.size;
  });
  return found;
}

const PER_CLASS = new Set(["names", "vector", "distribution"]);

const padded = (list, length, fill) =>
  Array.from({ length }, (_, i) => (i < list.length ? list[i] : fill(i)));

const newName = (i) => t("class {n}", { n: i + 1 });

// Each kind's value for another number of classes.
const FITS = {
  names: (value, count) => padded(value, count, newName),
  vector: (value, count) => padded(value, count, () => 0),
  distribution: (value, count) =>
    value.length === count ? [...value] : Array(count).fill(1 / count),
  index: (value, count) => Math.min(value, count - 1),
  rows: (value, count) => value.map((row) => padded(row, count, () => 0)),
  targets: (value, count) => value.map((target) => Math.min(target, count - 1)),
};

function misfit({ name, kind }, value, count) {
  const beyond = (number) =>
    t("{name} must be from 0 to {high}; got {value}", { name, high: count - 1, value: number });
  if (kind === "index" && value >= count) return beyond(value);
  if (kind === "targets" && value.some((target) => target >= count)) {
    return beyond(Math.max(...value));
  }
  const { length } = kind === "rows" ? (value[0] ?? []) : value;
  const slots = { name, length, count };
  if (kind === "names" && length !== count) {
    return t("{name} has {length} names, but there are {count} classes", slots);
  }
  if (PER_CLASS.has(kind) && length !== count) {
    return t("{name} has {length} entries, but there are {count} classes", slots);
  }
  if (kind === "rows" && value.some((row) => row.length !== count)) {
    return t("a row of {name} has {length} entries, but there are {count} classes", slots);
  }
  return null;
}

/** How many letters must be changed, added or left out to make one word of another. */
function changes(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}

/** Of the names that there are the one that another was meant to be, if it is near. */
export function nearestName(name, known) {
  const letters = [...name.slice(0, 2 * LONGEST_NAME)].slice(0, LONGEST_NAME);
  const [near] = known
    .map((other) => ({ other, count: changes(letters, other) }))
    .sort((a, b) => a.count - b.count);
  if (!near) return undefined;
  const few = Math.max(1, 0.4 * Math.max(letters.length, near.other.length));
  return near.count <= few ? near.other : undefined;
}

/** A sentence on a name that a figure does not know, with the nearest that it does. */
function unknownName(name, known, figure) {
  const near = nearestName(name, known);
  const letters = [...name.slice(0, 2 * LONGEST_NAME)].slice(0, LONGEST_NAME);
  const shown = letters.join("").replace(/\p{Surrogate}/gu, "\ufffd");
  const slots = { figure, name: shown, near };
  return near
    ? t("{figure} has no '{name}'; did you mean '{near}'?", slots)
    : t("{figure} has no '{name}'", slots);
}

/** What a figure's state may hold, from the schemas of its parameters. */
export class StateSpace {
  constructor(figureName, parameters) {
    this.figureName = figureName;
    this.parameters = new Map(parameters.map((parameter) => [parameter.name, parameter]));
    this.perClass = parameters.filter((parameter) => PER_CLASS.has(parameter.kind));
  }

  parameter(name) {
    return this.parameters.get(name);
  }

  check(name, value) {
    const parameter = this.parameters.get(name);
    if (!parameter) {
      throw new StateError(unknownName(name, [...this.parameters.keys()], this.figureName));
    }
    CHECKS[parameter.kind](parameter, value);
  }

  /** A value as traced functions take it. */
  input(name, value) {
    const parameter = this.parameters.get(name);
    if (parameter?.kind === "mask") return maskPixels(parameter, value);
    return parameter?.kind === "text" ? codes(parameter, value) : value;
  }

  /** What a traced function gives for an entry, as the state holds it. */
  output(name, value) {
    const parameter = this.parameters.get(name);
    if (parameter?.kind === "mask") return maskText(parameter, value);
    if (parameter?.kind === "flag") return Boolean(value); // it comes as 1 or 0
    return typeof value === "number" ? value : Array.from(value);
  }

  numClasses(state) {
    const named = this.perClass.filter((parameter) => parameter.name in state);
    const first = named.find((parameter) => parameter.kind !== "names") ?? named[0];
    return first ? state[first.name].length : (this.perClass[0]?.default.length ?? 0);
  }

  /** The whole state for some given entries, and a sentence for each that was refused. */
  resolve(given) {
    const problems = [];
    const accepted = {};
    for (const [name, value] of Object.entries(given)) {
      try {
        this.check(name, value);
        accepted[name] = value;
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        problems.push(error.message);
      }
    }
    const count = this.numClasses(accepted);
    const state = {};
    for (const [name, parameter] of this.parameters) {
      const fit = FITS[parameter.kind];
      state[name] = fit ? fit(parameter.default, count) : parameter.default;
    }
    for (const [name, value] of Object.entries(accepted)) {
      const problem = misfit(this.parameters.get(name), value, count);
      if (problem) problems.push(problem);
      else state[name] = structuredClone(value);
    }
    this.matchRows(state, problems);
    return { state, problems };
  }

  matchRows(state, problems) {
    for (const [name, { kind, rows }] of this.parameters) {
      if (kind !== "targets" || state[name].length === state[rows].length) continue;
      problems.push(
        t("{name} must have one entry for each of the {count} rows of {rows}; got {length}", {
          name,
          rows,
          count: state[rows].length,
          length: state[name].length,
        }),
      );
      state[name] = padded(state[name], state[rows].length, () => 0);
    }
  }

  /** The same state with another number of classes: the first ones kept, new ones empty. */
  resized(state, count) {
    const next = { ...state };
    for (const [name, { kind }] of this.parameters) {
      if (kind in FITS) next[name] = FITS[kind](state[name], count);
    }
    if (next.classes) next.classes = uniqueNames(next.classes, this.parameter("classes").default);
    return next;
  }

  /** The same state with more classes, which have no probability yet. */
  extended(state, count) {
    const next = this.resized(state, count);
    for (const { name, kind } of this.perClass) {
      if (kind === "distribution") next[name] = padded(state[name], count, () => 0);
    }
    return next;
  }

  /** The same state without one class. */
  without(state, index) {
    const drop = (list) => list.filter((_, i) => i !== index);
    const shift = (target) => (target > index ? target - 1 : target);
    const next = { ...state };
    for (const [name, { kind }] of this.parameters) {
      if (PER_CLASS.has(kind)) next[name] = drop(state[name]);
      else if (kind === "rows") next[name] = state[name].map(drop);
      else if (kind === "index")
        next[name] = Math.min(shift(state[name]), this.numClasses(state) - 2);
      else if (kind === "targets") {
        next[name] = state[name].map((target) =>
          Math.min(shift(target), this.numClasses(state) - 2),
        );
      }
    }
    return next;
  }
}

// A class that comes back takes the default's name at its place, unless that name is in use.
function uniqueNames(names, defaults) {
  return names.map((name, i) => {
    if (name !== newName(i)) return name;
    const wished = defaults[i] ?? name;
    return names.includes(wished) ? name : wished;
  });
}

const PAGE_KEYS = new Set(["hide", "theme", "present", "lang", "form", "tools", "teacher", "room"]);

/** The entries of a state that a query such as ?logits=[2,1,0.1]&target=0 gives, unchecked. */
export function stateFromQuery(search, prefix) {
  const given = Object.create(null); // a key may be __proto__
  for (const [key, text] of new URLSearchParams(search)) {
    if (PAGE_KEYS.has(key) || !key.startsWith(prefix)) continue;
    given[key.slice(prefix.length)] = parseQueryValue(text);
  }
  return given;
}

// A value is JSON; a bare word such as unit=bits is read as text.
function parseQueryValue(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A state as a query, whole, so that the link means the same when defaults change. */
export function queryFromState(state, prefix) {
  return Object.entries(state).map(([name, value]) => {
    const text = typeof value === "string" && !isJson(value) ? value : JSON.stringify(value);
    return `${encodeURIComponent(prefix + name)}=${encodeURIComponent(text).replace(/%5B/g, "[").replace(/%5D/g, "]").replace(/%2C/g, ",")}`;
  });
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export const isPageKey = (key) => PAGE_KEYS.has(key);

/** What a reference names in some columns: "table.column", or a readout's bare name; or undefined. */
export function valueIn(columns, reference) {
  const [table, column] = reference.includes(".") ? reference.split(".") : ["readout", reference];
  return columns[table]?.[column];
}
