// What the interface says, in the page's language. Where that has no text, English stands.

let texts = {}; // the English text -> the language's

export function setTexts(given) {
  texts = given ?? {};
}

/** A text in the page's language; its slots, as in "{n} of {m}", take the given values. */
export function t(text, slots = {}) {
  return (texts[text] ?? text).replace(/\{(\w+)\}/g, (slot, name) => String(slots[name] ?? slot));
}
