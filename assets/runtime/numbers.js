// Numbers as text, and text as numbers: the one place where either is done.

import { t } from "./texts.js";

const MINUS = "\u2212";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function scientific(value, digits) {
  const [mantissa, exponent] = value.toExponential(digits).split("e");
  const power = [...String(Math.abs(Number(exponent)))].map((d) => SUPERSCRIPTS[d]).join("");
  return `${mantissa}×10${Number(exponent) < 0 ? "⁻" : ""}${power}`;
}

function significant(value, digits) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-4 || size >= 1e7) return scientific(value, digits - 1);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(decimals, 8));
}

function probability(value, decimals = 3) {
  const edge = 0.5 * 10 ** -decimals;
  if (value === 0 || value === 1) return String(value);
  if (value > 0 && value < edge) return scientific(value, 1);
  // Not quite 1 must not read as 1: show digits until the difference is seen.
  if (value < 1 && value > 1 - edge)
    return value.toFixed(Math.min(12, 1 - Math.floor(Math.log10(1 - value))));
  return value.toFixed(decimals);
}

// Named in assets/formats.json, by which Python checks a figure's and a lesson's formats.
const FORMATS = {
  number: (v) => significant(v, 4),
  exact: (v) => String(v),
  compact: (v) => significant(v, 3),
  probability: (v) => probability(v),
  short: (v) =>
    v === 0 ? "0" : Math.abs(v) < 0.005 ? "0.00" : v.toFixed(Math.abs(v) >= 9.995 ? 1 : 2),
  percent: (v) => `${significant(100 * v, 3)} %`,
  signedShort: (v) => (v >= 0.005 ? "+" : "") + FORMATS.short(v),
  signed: (v) => (v > 0 ? "+" : "") + significant(v, 3),
  // What is 0 but for the rounding of its terms reads as 0; data-value tells the rest.
  balance: (v) => (Math.abs(v) < 1e-12 ? "0" : significant(v, 4)),
  times: (v) => `× ${significant(v, 4)}`,
  integer: (v) => v.toFixed(0),
};

/** A number as a person reads it, in one of the formats above; infinities and nan by name. */
export function formatNumber(value, format = "number") {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const text = FORMATS[format](value === 0 ? 0 : value);
  return text.replace(/-/g, MINUS);
}

/** How a value is read aloud. */
export function spokenNumber(value, format) {
  const text = formatNumber(value, format === "short" ? "number" : format);
  return text
    .replace(MINUS, `${t("minus")} `)
    .replace(
      /×10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/,
      () => ` ${t("times ten to the")} ${value.toExponential().split("e")[1]}`,
    );
}

/** The number that a text says, or nan: a decimal comma, a real minus and a per cent sign are read. */
export function parseNumber(text) {
  let clean = text.trim().replace(/[\u2212\u2013]/g, "-");
  if (/^[-+]?\d*,\d+$/.test(clean)) clean = clean.replace(",", ".");
  const percent = /^(.*\S)\s*%$/.exec(clean);
  if (percent) return parseNumber(percent[1]) / 100;
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(clean) ? Number(clean) : NaN;
}

/** The numbers of a row that was pasted, separated by commas, spaces, semicolons or tabs. */
export function parseRow(text) {
  const parts = text
    .replace(/[[\](){}]/g, " ")
    .trim()
    .split(/[\s,;]+/)
    .filter(Boolean);
  return parts.map(parseNumber);
}

/** A state's value as a Python literal. */
export function pythonLiteral(value) {
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (typeof value !== "number") return JSON.stringify(value);
  if (Number.isNaN(value)) return 'float("nan")';
  return Number.isFinite(value) ? String(value) : `float("${value > 0 ? "inf" : "-inf"}")`;
}

/** The nearest point of a grid of steps, without the noise of binary fractions. */
export function snap(value, step, [low, high]) {
  const decimals = Math.min(12, Math.max(0, Math.ceil(-Math.log10(step)) + 1));
  const snapped = Number((Math.round(value / step) * step).toFixed(decimals));
  return Math.min(high, Math.max(low, snapped));
}
