// What an exercise draws, by a seed: as pages/drawing.py does it, to the last bit. A test holds the
// two against each other.

const MOST_DRAWN = 8;
export const MOST_TRIES = 60;
const PLACES = 64;

/** A one-to-one map of 32-bit integers under which each bit hangs on all (lowbias32). */
function scrambled(bits) {
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** A number from 0 to 1, not included, for a seed and a place: core/kernels/chance.py's `uniforms`. */
const uniform = (seed, place) => scrambled((scrambled(seed) + place) | 0) / 2 ** 32;

const numberOf = ({ low, high, by, scale }, chance) => {
  const steps = Math.floor((high - low) / by) + 1;
  return (low + Math.floor(chance * steps) * by) / scale;
};
const optionOf = ({ options }, chance) =>
  structuredClone(options[Math.floor(chance * options.length)]);

function sharesOf({ low, by, scale, count }, chances) {
  const steps = Math.floor((scale - count * low) / by);
  const cuts = chances.slice(0, count - 1).map((chance) => Math.floor(chance * (steps + 1)));
  const ends = [0, ...cuts.sort((a, b) => a - b), steps];
  return ends.slice(1).map((end, i) => (low + (end - ends[i]) * by) / scale);
}

const VALUES = {
  number: (draw, [chance]) => numberOf(draw, chance),
  list: (draw, chances) => chances.slice(0, draw.count).map((chance) => numberOf(draw, chance)),
  rows: (draw, chances) =>
    Array.from({ length: draw.count }, (_, i) =>
      chances.slice(i * draw.width, (i + 1) * draw.width).map((chance) => numberOf(draw, chance)),
    ),
  shares: sharesOf,
  option: (draw, [chance]) => optionOf(draw, chance),
  options: (draw, chances) => chances.slice(0, draw.count).map((chance) => optionOf(draw, chance)),
};

/** Whether no share is greater than its range has it. */
export const fits = (draws, values) =>
  draws.every(
    ({ name, kind, high, scale }) =>
      kind !== "shares" || values[name].every((share) => Math.round(share * scale) <= high),
  );

/** The values of a seed for the exercise of a number, at an attempt. */
export function drawn(draws, seed, number, attempt) {
  const first = (number * MOST_TRIES + attempt) * MOST_DRAWN;
  const chances = (i) =>
    Array.from({ length: PLACES }, (_, j) => uniform(seed, (first + i) * PLACES + j));
  return Object.fromEntries(
    draws.map((draw, i) => [draw.name, VALUES[draw.kind](draw, chances(i))]),
  );
}

/** Numbers from 0 to n - 1 in an order that the seed fixes: `shuffled` of the same file. */
export function shuffled(seed, n) {
  const chances = Array.from({ length: n }, (_, i) => uniform(seed, i));
  return chances.map((_, i) => i).sort((a, b) => chances[a] - chances[b]);
}
