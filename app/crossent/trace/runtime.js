// What JavaScript's Math lacks, with NumPy's conventions. Only the functions that a trace uses are emitted with it.

// The function that `make` gives, made when it is first called.
function lazily(make) {
  let made = null;
  return (inputs, pause) => (made ??= make())(inputs, pause);
}

function load(to, from, name) {
  if (from === null || typeof from !== "object")
    throw new TypeError(`${name} should be an array; got ${from}`);
  const flat = Array.isArray(from[0]) ? from.flat(Infinity) : from;
  if (flat.length !== to.length) {
    throw new RangeError(`${name} has ${flat.length} values; this was traced for ${to.length}`);
  }
  for (let i = 0; i < to.length; i++) {
    const value = flat[i];
    if (typeof value !== "number" && typeof value !== "boolean") {
      throw new TypeError(`${name} should hold numbers; got ${value}`);
    }
    to[i] = Number(value);
  }
}

function number(value, name) {
  if (typeof value === "object" && value !== null && value.length === 1)
    return number(value[0], name);
  if (typeof value !== "number" && typeof value !== "boolean") {
    throw new TypeError(`${name} should be a number; got ${value}`);
  }
  return Number(value);
}

// An array of n numbers that another function made: itself, or a copy where it is not flat.
function floats(from, name, n) {
  if (from instanceof Float64Array && from.length === n) return from;
  const to = new Float64Array(n);
  load(to, from, name);
  return to;
}

// A column with several axes, in C order.
function shaped(column, shape) {
  column.shape = shape;
  return column;
}

// Numbers as text: the place of each letter among those from # to ~ that need no escape in a string.
function packed(text, low, scale) {
  const values = new Float64Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const passed = Number(code > 36) + Number(code > 60) + Number(code > 92) + Number(code > 96);
    const place = code - 35 - passed;
    values[i] = (low + place) * scale;
  }
  return values;
}

// start + step * i for each i, and `last` at the end, as np.linspace has it.
function spaced(n, start, step, last) {
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = i * step + start;
  values[n - 1] = last;
  return values;
}

// NumPy's pairwise summation of n contiguous values, in the same order, so to the same last bit.
function sum(a, start, n) {
  let total = -0;
  if (n < 8) {
    for (let i = 0; i < n; i++) total += a[start + i];
    return total;
  }
  if (n > 128) {
    let half = n >> 1;
    half -= half % 8;
    return sum(a, start, half) + sum(a, start + half, n - half);
  }
  let r0 = a[start],
    r1 = a[start + 1],
    r2 = a[start + 2],
    r3 = a[start + 3];
  let r4 = a[start + 4],
    r5 = a[start + 5],
    r6 = a[start + 6],
    r7 = a[start + 7];
  const rest = n - (n % 8);
  for (let i = start + 8; i < start + rest; i += 8) {
    r0 += a[i];
    r1 += a[i + 1];
    r2 += a[i + 2];
    r3 += a[i + 3];
    r4 += a[i + 4];
    r5 += a[i + 5];
    r6 += a[i + 6];
    r7 += a[i + 7];
  }
  total = r0 + r1 + (r2 + r3) + (r4 + r5 + (r6 + r7));
  for (let i = start + rest; i < start + n; i++) total += a[i];
  return total;
}

// The same in float32.
function sum32(a, start, n) {
  const f = Math.fround;
  let total = -0;
  if (n < 8) {
    for (let i = 0; i < n; i++) total = f(total + a[start + i]);
    return total;
  }
  if (n > 128) {
    let half = n >> 1;
    half -= half % 8;
    return f(sum32(a, start, half) + sum32(a, start + half, n - half));
  }
  const rest = n - (n % 8);
  const r = a.slice(start, start + 8);
  for (let i = 8; i < rest; i++) r[i % 8] = f(r[i % 8] + a[start + i]);
  total = f(f(f(r[0] + r[1]) + f(r[2] + r[3])) + f(f(r[4] + r[5]) + f(r[6] + r[7])));
  for (let i = start + rest; i < start + n; i++) total = f(total + a[i]);
  return total;
}

// Adding and taking away 2 ** 52 leaves no room for a fraction, and rounds halves to even.
function rint(x) {
  const big = 4503599627370496;
  if (x > 0 && x < big) return x + big - big;
  if (x < 0 && x > -big) return -(-x + big - big);
  return x;
}

// The nearest float16, halves to even: eleven significant bits, no finer than 2 ** -24, 65504 the largest.
function f16(x) {
  const size = Math.abs(x);
  if (!(size < 65520)) return x * Infinity;
  const step = (1 << Math.max(0, 31 - Math.clz32(size * 16384))) / 16777216;
  return rint(x / step) * step;
}

function sign(x) {
  return x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : x;
}

function signbit(x) {
  return x < 0 || Object.is(x, -0) ? 1 : 0;
}

function copysign(x, y) {
  const size = Math.abs(x);
  return y < 0 || Object.is(y, -0) ? -size : size;
}

function heaviside(x, atZero) {
  return x > 0 ? 1 : x < 0 ? 0 : x === 0 ? atZero : x;
}

function fmax(x, y) {
  return Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.max(x, y);
}

function fmin(x, y) {
  return Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.min(x, y);
}

// e to the power x, within 1.3 of the last bit: no call in a loop. x is n log(2) / 256 and a rest r.
const roots = Float64Array.from({ length: 256 }, (_, i) => 2 ** (i / 256));
const powers = Float64Array.from({ length: 1024 }, (_, i) => 2 ** (i - 1022));
function exp(x) {
  if (!(x <= 0 && x > -700)) return Math.exp(x);
  const n = (x * 369.3299304675746 - 0.5) | 0;
  const r = x - n * 0.0027076061742263846 + n * 1.6409824502660487e-13;
  const s = roots[n & 255] * powers[(n >> 8) + 1022];
  const rr = r * r;
  return s + s * (r + rr * (0.5 + r * (1 / 6) + rr * (1 / 24)));
}

// The logarithm of a softmax's total, within 6 of the last bit: no call in a loop. x is a multiple
// of 1/128, whose logarithm is known, and a rest.
const marks = Float64Array.from({ length: 1793 }, (_, i) => 1 + i / 128);
const markLogs = marks.map(Math.log);
const markParts = marks.map((x) => 1 / x);
function log(x) {
  if (!(x >= 1 && x < 15)) return Math.log(x);
  const n = (x * 128 - 127.5) | 0;
  const r = (x - marks[n]) * markParts[n];
  const rr = r * r;
  return markLogs[n] + (r - rr * (0.5 - r * (1 / 3) + rr * (0.25 - r * 0.2 + rr * (1 / 6))));
}

// C's pow and NumPy's: 1 to any power is 1, and -1 to an infinite power too; JavaScript says NaN.
function power(x, y) {
  if (y === 2) return x * x;
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y);
}

function intPower(x, n) {
  let result = 1;
  for (let base = x, left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= base;
    base *= base;
  }
  return result + 0;
}

function intDivide(a, b) {
  return b === 0 ? 0 : Math.floor(a / b) + 0;
}

function intRemainder(a, b) {
  const rest = a % b || 0;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

function remainder(a, b) {
  const rest = a % b;
  if (b === 0 || Number.isNaN(rest)) return NaN;
  if (rest === 0) return copysign(0, b);
  return rest < 0 !== b < 0 ? rest + b : rest;
}

function floorDivide(a, b) {
  if (b === 0) return a / b;
  const rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0 && b < 0 !== rest < 0) quotient -= 1;
  if (quotient === 0) return copysign(0, a / b);
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

// The same with every step in float32, as NumPy takes them.
function floorDivide32(a, b) {
  if (b === 0) return Math.fround(a / b);
  const rest = a % b;
  let quotient = Math.fround(Math.fround(a - rest) / b);
  if (rest !== 0 && b < 0 !== rest < 0) quotient = Math.fround(quotient - 1);
  if (quotient === 0) return copysign(0, a / b);
  const floor = Math.floor(quotient);
  return Math.fround(quotient - floor) > 0.5 ? Math.fround(floor + 1) : floor;
}

function logaddexp(x, y) {
  if (x === y) return x + Math.LN2;
  const gap = x - y;
  if (gap > 0) return x + Math.log1p(Math.exp(-gap));
  return gap <= 0 ? y + Math.log1p(Math.exp(gap)) : gap;
}

function logaddexp2(x, y) {
  if (x === y) return x + 1;
  const gap = x - y;
  if (gap > 0) return x + Math.LOG2E * Math.log1p(Math.pow(2, -gap));
  return gap <= 0 ? y + Math.LOG2E * Math.log1p(Math.pow(2, gap)) : gap;
}

function shiftLeft(a, n) {
  return n < 32 ? a << n : 0;
}

function shiftRight(a, n) {
  return a >> Math.min(n, 31);
}

function shiftRightUnsigned(a, n) {
  return n < 32 ? a >>> n : 0;
}

// The index of an axis of n, counted from the end where negative; NaN outside, which reads as NaN.
function within(i, n) {
  const index = i < 0 ? i + n : i;
  return index >= 0 && index < n ? index : NaN;
}

function sortRows(from, to, n) {
  to.set(from);
  for (let row = 0; row < to.length; row += n) to.subarray(row, row + n).sort();
}

function argsortRows(from, to, n) {
  const order = new Float64Array(n);
  for (let row = 0; row < to.length; row += n) {
    for (let i = 0; i < n; i++) order[i] = i;
    order.sort((i, j) => {
      const x = from[row + i],
        y = from[row + j];
      if (Number.isNaN(x) || Number.isNaN(y))
        return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || i - j;
      return x - y || i - j;
    });
    to.set(order, row);
  }
}
