// Light and dark. A plot is drawn in the light palette; each of its colours has a counterpart.

import { changeProperties, forgetViews } from "./insides.js";

export const THEMES = ["light", "dark"];

const themed = new Map(); // Bokeh documents on this page, and what holds each one's plot
let palette = {}; // role -> [light, dark]

export function setPalette(values) {
  palette = values;
}

/** What a colour of either theme means. */
export const roleOfColor = (color) =>
  Object.keys(palette).find((role) => palette[role].includes(color));

/** The theme in which an element is shown: its page's, or that of the nearest part with one of its own. */
export function currentTheme(element = document.documentElement) {
  const forced = matchMedia("(forced-colors: active)").matches; // then the system alone decides
  const holder = /** @type {HTMLElement | null} */ (element.closest("[data-theme]"));
  const chosen = (holder ?? document.documentElement).dataset.theme;
  if (!forced && THEMES.includes(chosen)) return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Gives a plot's document the theme of what holds it, now and whenever that changes. */
export function watchTheme(bokehDocument, holder) {
  themed.set(bokehDocument, holder);
  paint(bokehDocument, holder);
}

function paint(bokehDocument, holder) {
  const to = currentTheme(holder) === "dark" ? 1 : 0;
  const counterpart = counterparts(to);
  changeProperties(bokehDocument, (value, name, [kind, ...ends]) => {
    if (kind === "ramp" && name === "palette")
      return ends.flatMap((role, i) =>
        i % 2 ? shades(palette[ends[i - 1]][to], palette[role][to]) : [],
      );
    const text = typeof value === "string" ? value : value?.value;
    const next = counterpart.get(typeof text === "string" ? text.toLowerCase() : text);
    return next && typeof value !== "string" ? { ...value, value: next } : next;
  });
}

/** Colours from one to another, as components/plots.py mixes them. */
function shades(first, last, count = 64) {
  const [a, b] = [first, last].map((hex) =>
    [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)),
  );
  return Array.from({ length: count }, (_, k) => {
    const mixed = a.map((part, i) => Math.round(part + ((b[i] - part) * k) / (count - 1)));
    return `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  });
}

/** The colours of one theme by those of the other: 0 is light, 1 is dark. */
const counterparts = (to) =>
  new Map(Object.values(palette).map((pair) => [pair[1 - to], pair[to]]));

/** Gives an SVG element that was drawn in its holder's theme the colours of the light one. */
export function lighten(svg, holder) {
  if (currentTheme(holder) === "light") return;
  const light = new Map(
    [...counterparts(0)].flatMap(([dark, color]) => [
      [dark, color],
      [asRgb(dark), color],
    ]),
  );
  for (const name of ["fill", "stroke"]) {
    for (const element of svg.querySelectorAll(`[${name}]`)) {
      const color = light.get(element.getAttribute(name));
      if (color) element.setAttribute(name, color);
    }
  }
}

const asRgb = (hex) => `rgb(${[1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16))})`;

export function repaintAll() {
  for (const [bokehDocument, holder] of themed) paint(bokehDocument, holder);
}

/** The plots that an element holds are shown no more. */
export function forgetPlots(element) {
  for (const [bokehDocument, holder] of themed) {
    if (!element.contains(holder)) continue;
    themed.delete(bokehDocument);
    forgetViews(bokehDocument);
    bokehDocument.clear();
  }
}

/** light, dark or, with null, as the system says. */
export function chooseTheme(name) {
  if (name) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  repaintAll();
}

for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"])
  matchMedia(query).addEventListener("change", repaintAll);
