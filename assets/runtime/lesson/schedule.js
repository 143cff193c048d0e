// What is to be practised when: boxes after Leitner. What is known moves a box on and comes back later;
// what is missed begins anew, and comes back once a few others came between.

const DAY = 86_400_000; // ms
const INTERVALS = [0, 1, 3, 7, 16, 35, 80]; // days until an item of each box comes back
const BETWEEN = 3; // others, before one that was missed is asked again
const LONGEST = 1000; // items kept, at most: no course has so many

/** @typedef {{ box: number, due: number, asked: number }} Card  a due time in ms; how often asked */

const isTime = (value) => Number.isFinite(value) && value >= 0 && value < 1e15;

/** Cards as they were kept, without what none of us has kept there. */
export function cleanedCards(kept) {
  if (kept === null || typeof kept !== "object" || Array.isArray(kept)) return {};
  const sound = Object.entries(kept)
    .slice(0, LONGEST)
    .filter(
      ([, card]) =>
        Array.isArray(card) &&
        card.length === 3 &&
        Number.isInteger(card[0]) &&
        card[0] >= 0 &&
        card[0] < INTERVALS.length &&
        isTime(card[1]) &&
        Number.isInteger(card[2]) &&
        card[2] >= 0,
    );
  return Object.fromEntries(sound.map(([key, [box, due, asked]]) => [key, { box, due, asked }]));
}

/** Cards as they are kept. */
export const keptCards = (cards) =>
  Object.fromEntries(
    Object.entries(cards).map(([key, { box, due, asked }]) => [key, [box, due, asked]]),
  );

/** A card after an answer; `card` is undefined of what was not asked before. */
export function answered(card, isRight, now) {
  const box = isRight ? Math.min((card?.box ?? 0) + 1, INTERVALS.length - 1) : 0;
  return { box, due: now + INTERVALS[box] * DAY, asked: (card?.asked ?? 0) + 1 };
}

/** In how many days a card comes back; 0: soon. */
export const daysUntil = ({ due }, now) => Math.max(0, Math.ceil((due - now) / DAY));

/**
 * What to ask next: what is due, the longest due first; then what was never asked, in the order of
 * `keys`; then what was asked a moment ago and missed. `ahead` asks also for what is not yet due.
 * @param {Record<string, Card>} cards
 * @param {string[]} keys
 * @param {{ now: number, recent?: string[], ahead?: boolean }} how  `recent` are the last that were asked
 * @returns {string | null} null where nothing is due
 */
export function nextOf(cards, keys, { now, recent = [], ahead = false }) {
  const justNow = new Set(recent.slice(-BETWEEN));
  const byDue = keys.filter((key) => cards[key]).sort((a, b) => cards[a].due - cards[b].due);
  const due = byDue.filter((key) => cards[key].due <= now);
  const fresh = keys.find((key) => !cards[key]);
  return (
    due.find((key) => !justNow.has(key)) ??
    fresh ??
    due.find((key) => key !== recent.at(-1)) ??
    due[0] ??
    (ahead ? (byDue.find((key) => !justNow.has(key)) ?? byDue[0]) : null) ??
    null
  );
}

/** How many are due, were put off, and were never asked. */
export function countsOf(cards, keys, now) {
  const known = keys.filter((key) => cards[key]);
  const due = known.filter((key) => cards[key].due <= now).length;
  return { due, later: known.length - due, fresh: keys.length - known.length };
}
