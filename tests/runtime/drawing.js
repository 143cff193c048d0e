import { drawn } from "../../assets/runtime/lesson/drawing.js";

/** What exercises draw, for seeds and attempts. */
export function answer({ specs, seeds, attempts }) {
  const of = ({ draws, number }) =>
    seeds.flatMap((seed) => attempts.map((attempt) => drawn(draws, seed, number, attempt)));
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, of(spec)]));
}
