// What a page keeps for a later visit, under a name. Storage may be refused, as in a private window
// or an embedded page: then a choice holds for this page only, and nothing depends on it.
// `area` is localStorage, or sessionStorage for this tab alone.

/** @type {Map<string, { read(): string | null, write(text: string | null): void }>} */
const elsewhere = new Map();

/** Has what goes by a name kept by another than the browser. */
export const keepElsewhere = (name, keeper) => elsewhere.set(name, keeper);

export function remember(name, value, area = "localStorage") {
  if (elsewhere.has(name)) return elsewhere.get(name).write(value);
  try {
    window[area].setItem(name, value);
  } catch {
    // For this page only.
  }
}

/** What was kept, or null. */
export function remembered(name, area = "localStorage") {
  if (elsewhere.has(name)) return elsewhere.get(name).read();
  try {
    return window[area].getItem(name);
  } catch {
    return null;
  }
}

export function forget(name, area = "localStorage") {
  if (elsewhere.has(name)) return elsewhere.get(name).write(null);
  try {
    window[area].removeItem(name);
  } catch {
    // Nothing was kept.
  }
}

/** Gives the page another address; a page that stands inside another one (srcdoc) has none. */
export function keepAddress(address) {
  try {
    history.replaceState(history.state, "", address);
  } catch {
    // It works as well without.
  }
}
