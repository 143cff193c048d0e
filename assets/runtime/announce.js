// What a gesture has changed is said aloud once, when it rests: each number with its name. A number that
// follows a finger must not be a live region itself: it would be read a hundred times, without a name.

import { h, setText } from "./dom.js";

const REST = 500; // ms without a further gesture
const MOST = 6; // numbers in a sentence

export class Announcer {
  constructor() {
    this.element = h("p", { className: "spoken", role: "status" });
    this.numbers = []; // {name, element, text}
    this.known = new Map(); // number -> its text when it was last said or first shown
    this.timer = 0;
  }

  /** A number that is shown in an element: `name()` and, with its unit, `text()`. */
  add(name, element, text) {
    this.numbers.push({ name, element, text });
  }

  /** Takes what is shown now as known. */
  begin() {
    for (const number of this.numbers) this.known.set(number, number.text());
  }

  /** Says what has changed, once nothing does any more. */
  rest(isAtRest) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => isAtRest() && this.say(), REST);
  }

  say() {
    const changed = this.numbers.filter((number) => this.known.get(number) !== number.text());
    this.begin();
    const seen = changed.filter(({ element }) => element.checkVisibility());
    const words = seen.slice(0, MOST).map(({ name, text }) => `${name()} ${text()}`);
    if (words.length) setText(this.element, `${words.join(", ")}.`);
  }
}
