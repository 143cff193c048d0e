// Present mode's size, for the last row: words are as large as the window allows, what is drawn takes
// the height that is left, and what does not fit is left out, the least needed first.

const SCREEN = { width: 1280, height: 720 }; // CSS pixels of the projector that sizes are meant for
const WORD = 19; // px at that size, of every word that is not larger
const SMALLEST = 16;
const NARROW = 1000; // px: below this a page is scrolled rather than cut
const DRAWN = [0.85, 0.7, 0.55, 0.45]; // times a bar's or a plot's height on a page, at least
const MOST = 1.9;
const CLOSE = 6; // halvings until a height is near enough to the greatest that fits

const seen = (element) =>
  element.offsetParent !== null ||
  (getComputedStyle(element).display === "contents" && [...element.children].some(seen));
const isGone = (element) => getComputedStyle(element).display === "none";

const AROUND = ":is(.row, .column, .one-of):has(.left-out)";

/** What must not be cut: it would have to be scrolled sideways. */
const SIDEWAYS = ":is(.table-scroll, .formula)";

/** Rows and columns that hold nothing any more keep no room, and their titles go. */
function closeAround() {
  const boxes = [...document.querySelectorAll(AROUND)];
  for (const box of document.querySelectorAll(".emptied")) box.classList.remove("emptied");
  // All are looked at before one is changed, for a look after each change costs a whole new style.
  const shown = boxes.map((box) => [...box.children].filter((e) => !e.matches("h3") && !isGone(e)));
  const emptied = new Set();
  // From within: a row of empty columns is empty.
  for (let i = boxes.length - 1; i >= 0; i--)
    if (shown[i].every((child) => emptied.has(child))) emptied.add(boxes[i]);
  for (const box of emptied) box.classList.add("emptied");
}

/**
 * Fits what is on the stage to the window. `body` holds the stage; `used()` is the height that it
 * takes; `dispensable()` gives its parts that may be left out, the least needed first, and those that
 * are left out only where nothing else helps.
 */
export function fitWindow({ body, used, dispensable }) {
  const root = document.documentElement;
  const left = [];

  const set = (name, value) => root.style.setProperty(name, value.toFixed(3));
  const leaveOut = (element, isOut = true) => {
    element.classList.toggle("left-out", isOut);
    closeAround();
  };
  const leaveOutFirst = (count, parts) => {
    parts.forEach((part, i) => part.classList.toggle("left-out", i < count));
    closeAround();
  };
  const isCut = () =>
    [...document.querySelectorAll(`.on-stage ${SIDEWAYS}`)].some(
      (element) => seen(element) && element.scrollWidth > element.clientWidth + 1,
    );
  const fits = () => used() <= innerHeight && !isCut();

  function clear() {
    for (const element of left.splice(0)) element.classList.remove("left-out");
    closeAround();
  }

  /** Begins anew, for what is on the stage now. */
  function refit() {
    const scale = Math.min(innerWidth / SCREEN.width, innerHeight / SCREEN.height);
    const word = Math.max(SMALLEST, WORD * scale);
    root.style.setProperty("--word", `${word.toFixed(2)}px`);
    set("--grow", word / 13); // a plot's words are drawn with 13 px
    if (innerWidth < NARROW) {
      clear();
      set("--tall", 1);
      return;
    }
    const [beside, above] = [false, true].map((way) => arranged(way, scale));
    const best = above.loses < beside.loses || above.over < beside.over ? above : beside;
    if (best !== above) arranged(best.above, scale); // which was the last
    set("--tall", greatest(best.least * scale, MOST * scale));
  }

  /**
   * With the words beside the figure, or above it: how low it is drawn, and how far up the list of
   * what may be left out it had to go; where nothing helps, how much too high it is.
   */
  function arranged(above, scale) {
    body.classList.toggle("words-above", above);
    const [parts, last] = dispensable();
    const all = [...parts, ...last];
    const found = (heights, given) => heights.find((height) => leaves(height * scale, given));
    const least = found(DRAWN, parts) ?? found(DRAWN.slice(-1), all); // the last ones last
    const loses = left.length ? all.indexOf(left.at(-1)) : -1;
    const over = least ? 0 : used() - innerHeight;
    return { above, least: least ?? DRAWN.at(-1), loses: least ? loses : Infinity, over };
  }

  /** Whether the stage fits with what is drawn so high; leaves out what it must for that. */
  function leaves(height, parts) {
    clear();
    set("--tall", height);
    if (fits()) return true;
    const there = parts.filter(seen);
    left.push(...there);
    leaveOutFirst(there.length, there);
    if (!fits()) return false;
    left.length = fewest(there);
    leaveOutFirst(left.length, there);
    // What was left out in vain, since only something later made room, comes back.
    for (const element of left.slice(0, -1).reverse()) {
      leaveOut(element, false);
      if (fits()) left.splice(left.indexOf(element), 1);
      else leaveOut(element);
    }
    return true;
  }

  /** How many parts have to be left out, from the first on; all of them are, and that is enough. */
  function fewest(parts) {
    let [low, high] = [1, parts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      leaveOutFirst(middle, parts);
      if (fits()) high = middle;
      else low = middle + 1;
    }
    return high;
  }

  function greatest(low, high) {
    for (let i = 0; i < CLOSE; i++) {
      const middle = (low + high) / 2;
      set("--tall", middle);
      if (fits()) low = middle;
      else high = middle;
    }
    return low;
  }

  /** What is said after an answer, or a part that comes, may need room. */
  const observer = new ResizeObserver(() => {
    if (innerWidth >= NARROW && (used() > innerHeight + 1 || isCut())) refit();
  });
  function watch(elements) {
    observer.disconnect();
    // What comes in a part that is not the highest leaves the stage's own size as it is.
    const within = elements.flatMap((element) => [...element.querySelectorAll(SIDEWAYS)]);
    for (const element of [...elements, ...within]) observer.observe(element);
    addEventListener("resize", refit);
  }
  function stop() {
    observer.disconnect();
    removeEventListener("resize", refit);
    clear();
    for (const name of ["--word", "--grow", "--tall"]) root.style.removeProperty(name);
  }
  return { refit, settle: closeAround, watch, stop };
}
