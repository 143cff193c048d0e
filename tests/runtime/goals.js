import { holds } from "../../assets/runtime/lesson/goals.js";

/** Which goals are reached. The question is JSON text with words for what JSON has no words for. */
export function answer(text) {
  const words = { NaN: "nan", Infinity: "inf", "-Infinity": "-inf" };
  const plain = text.replace(/-?Infinity|NaN/g, (word) => JSON.stringify(words[word]));
  const numbers = new Map([
    ["nan", NaN],
    ["inf", Infinity],
    ["-inf", -Infinity],
  ]);
  const { trees, shown, first } = JSON.parse(plain, (_, value) => numbers.get(value) ?? value);
  return trees.map((tree) => holds(tree, shown, first));
}
