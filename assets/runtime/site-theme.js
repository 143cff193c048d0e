// Whether a site that is not ours is light or dark where something of ours stands on it.

const SAID = ["theme", "bsTheme"]; // data-theme and data-bs-theme, by which sites say it
const GENTLE = 400; // ms in which a theme may come in

/** What the browser makes of a colour, as numbers; black without any of it where there is none. */
const channels = (color) => (color.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);

/** What holds an element: across a shadow root's edge too. */
const above = (element) => element.assignedSlot ?? element.parentElement ?? shadowHost(element);

const shadowHost = (element) => {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
};

/** @returns {Generator<HTMLElement>} what holds an element, from within */
function* holders(element) {
  for (let holder = above(element); holder; holder = above(holder)) yield holder;
}

/**
 * The theme behind an element: what the nearest data-theme says, or the one color-scheme that the
 * element is given, or the nearest background that can be seen. Where there is none, the page is
 * white unless it can be dark too and its reader's system is.
 */
export function themeBehind(element) {
  const around = [...holders(element)];
  for (const { dataset } of around)
    for (const name of SAID)
      if (dataset[name] === "light" || dataset[name] === "dark") return dataset[name];
  const schemes = getComputedStyle(element).colorScheme.split(/\s+/);
  const [light, dark] = ["light", "dark"].map((scheme) => schemes.includes(scheme));
  if (light !== dark) return dark ? "dark" : "light";
  for (const holder of around) {
    const [red, green, blue, alpha = 1] = channels(getComputedStyle(holder).backgroundColor);
    if (alpha > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
  }
  return dark && matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

const WATCHED = {
  attributes: true,
  attributeFilter: [
    "class",
    "style",
    ...["theme", "bs-theme", "mode"].map((name) => `data-${name}`),
  ],
};
const SHEETS = { attributes: true, childList: true, subtree: true };

/**
 * Tells when what is behind an element may be light or dark now, and again when that has come in
 * gently; returns what ends it.
 */
export function watchBehind(element, changed) {
  let late = 0;
  const tell = () => {
    changed();
    clearTimeout(late);
    late = setTimeout(changed, GENTLE);
  };
  const observer = new MutationObserver(tell);
  for (const holder of holders(element)) observer.observe(holder, WATCHED);
  if (document.head) observer.observe(document.head, SHEETS);
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", tell);
  return () => {
    observer.disconnect();
    clearTimeout(late);
    system.removeEventListener("change", tell);
  };
}
