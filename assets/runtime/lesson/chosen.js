// Which of all items a test asks.

import { shuffled } from "./drawing.js";

/** Which of all items a test asks: exercises, and some questions, in the order of the lessons. */
export function chosenItems(items, { asked, questions }, seed) {
  const order = shuffled(seed, items.length);
  const of = (isExercise) => order.filter((i) => Boolean(items[i].spec) === isExercise);
  const [exercises, others] = [of(true), of(false)];
  const few = Math.max(questions, asked - exercises.length);
  const some = others.slice(0, few);
  return [...exercises.slice(0, asked - some.length), ...some].sort((a, b) => a - b);
}
