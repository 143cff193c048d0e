// Whether a site that is not ours is light or dark where something of ours stands on it.

const SAID = ["theme", "bsTheme"]; // data-theme and data-bs-theme, by which sites say it
const GENTLE = 400; // ms in which a theme may come in

// Of each form in which browsers say a colour: the most that its parts, or its lightness, can be.
const CHANNELS = { rgb: 255, rgba: 255, color: 1 };
const LIGHTNESS = { lab: 100, lch: 100, oklab: 1, oklch: 1 };

/** The theme that a frame's address asks for, or null; some frames have no address (srcdoc). */
export function themeAsked(address) {
  const [page] = address.split("#");
  return new URLSearchParams(page.slice(page.indexOf("?") + 1)).get("theme");
}

/** Whether a computed colour is dark; null where it is not seen, or hardly. */
export function isDark(color) {
  const [, form, inside] = color.match(/^(\w+)\((?:[a-z][\w-]* )?(.*)\)$/) ?? [];
  const parts = inside?.match(/-?[\d.]+(?:e-?\d+)?|none/g) ?? [];
  const [first, second, third, alpha = 1] = parts.map((part) =>
    part === "none" ? 0 : Number(part),
  );
  if (!parts.length || alpha <= 0.5) return null;
  if (form in LIGHTNESS) return first / LIGHTNESS[form] < 0.5;
  return (0.299 * first + 0.587 * second + 0.114 * third) / CHANNELS[form] < 0.5;
}

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
    const behind = isDark(getComputedStyle(holder).backgroundColor);
    if (behind !== null) return behind ? "dark" : "light";
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
