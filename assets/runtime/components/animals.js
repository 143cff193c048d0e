// The animals that walk through the course, drawn by us, in a box of 64 by 72. A class that is called
// like one of them, in English or in the page's language, is drawn as it.

import { t } from "../texts.js";

const SVG = "http://www.w3.org/2000/svg";
const SITTING = "M32 29C45 29 51 43 51 57Q51 69 42 69H22Q13 69 13 57C13 43 19 29 32 29Z";

/** What both sides have: the shape, and its mirror image. */
const both = (shape) => [shape, { ...shape, mirrored: true }];
const eyes = (y) => both({ ellipse: [25.5, y, 1.9, 2.2], fill: "dark" });
const paws = both({ ellipse: [25, 67, 5.6, 3.8], fill: "light" });

const ANIMALS = {
  cat: [
    { line: "M47 64C62 66 62 50 55 44", width: 6.5, stroke: "coat" },
    { path: SITTING, fill: "coat" },
    { ellipse: [32, 55, 9, 12], fill: "light" },
    ...paws,
    ...both({ path: "M16.5 21L17 4Q24 6 30 12Z", fill: "coat" }),
    ...both({ path: "M19 15L19.4 8.4Q22.6 9.6 25.4 12Z", fill: "light" }),
    { ellipse: [32, 24, 17, 14.5], fill: "coat" },
    ...eyes(23),
    { path: "M29.8 28.2H34.2L32 30.8Z", fill: "nose" },
    { line: "M32 30.8Q31 33.6 28 33M32 30.8Q33 33.6 36 33", width: 1.3, stroke: "dark" },
    ...both({ line: "M22 29L11 27.4M22 31L11.4 32.6", width: 1, stroke: "dark" }),
  ],
  dog: [
    { line: "M48 62C57 60 60 53 58 46", width: 6.5, stroke: "coat" },
    { path: SITTING, fill: "coat" },
    { ellipse: [32, 56, 9.5, 11], fill: "light" },
    ...paws,
    {
      path: "M32 6C45 6 48 15 47 26C46 36 40 40 32 40C24 40 18 36 17 26C16 15 19 6 32 6Z",
      fill: "coat",
    },
    ...both({ path: "M21 9C12 8 7 17 8 28C8.6 34 14.6 35 17 29C19 24 19 16 21 9Z", fill: "shade" }),
    { ellipse: [32, 31.5, 9.4, 7.6], fill: "light" },
    ...eyes(21),
    { ellipse: [32, 27.6, 3.6, 2.7], fill: "dark" },
    { path: "M29.6 34H34.4V37.4Q32 40.6 29.6 37.4Z", fill: "nose" },
    {
      line: "M32 30V33.4M32 33.4Q29.6 35.4 26.6 33.8M32 33.4Q34.4 35.4 37.4 33.8",
      width: 1.3,
      stroke: "dark",
    },
  ],
  fox: [
    { path: "M45 67C61 68 65 52 57 41C56 50 49 52 45 56Z", fill: "coat" },
    { path: "M57 41C61 46 62 52 60.6 57C56 56 55 51 57 41Z", fill: "light" },
    { path: SITTING, fill: "coat" },
    { path: "M32 38C39 42 41 52 38 62H26C23 52 25 42 32 38Z", fill: "light" },
    ...both({ ellipse: [25, 67, 5.6, 3.8], fill: "dark" }),
    { path: "M12 3L26 12H38L52 3C55 16 53 27 44 33L32 42L20 33C11 27 9 16 12 3Z", fill: "coat" },
    ...both({
      path: "M14.6 8.6L22 13.4C19 15.4 16.6 17.6 15.2 20C14.4 16 14.2 12 14.6 8.6Z",
      fill: "dark",
    }),
    ...both({ path: "M11.6 21C20 22 28 28 32 42L20 33C15 30 12.4 26 11.6 21Z", fill: "light" }),
    ...eyes(23.4),
    { ellipse: [32, 39.6, 3.1, 2.5], fill: "dark" },
  ],
  owl: [
    ...both({ path: "M15 20L13 4Q20 6 27 11Z", fill: "shade" }),
    {
      path: "M32 8C48 8 53 24 53 42C53 60 44 69 32 69C20 69 11 60 11 42C11 24 16 8 32 8Z",
      fill: "coat",
    },
    {
      path: "M32 36C41 36 44 46 43 54C42 62 38 66 32 66C26 66 22 62 21 54C20 46 23 36 32 36Z",
      fill: "light",
    },
    ...both({ path: "M13 34C9 46 11 58 18 63C22 56 21 42 13 34Z", fill: "shade" }),
    {
      line: "M27 47L29.5 49.5L32 47L34.5 49.5L37 47M27 54L29.5 56.5L32 54L34.5 56.5L37 54",
      width: 1.6,
      stroke: "coat",
    },
    ...both({ ellipse: [23.4, 24, 9.2, 9.2], fill: "light" }),
    ...both({ ellipse: [24, 24, 4.2, 4.4], fill: "dark" }),
    { path: "M28.8 29.6H35.2L32 36.4Z", fill: "nose" },
    ...both({ line: "M24.5 69.4V71M28 69.4V71", width: 2, stroke: "nose" }),
  ],
  bee: [
    ...both({ path: "M30 32C16 14 4 20 8 30C11 38 22 38 30 34Z", fill: "light" }),
    ...both({ line: "M29 21Q26 13 21 12", width: 1.6, stroke: "dark" }),
    {
      path: "M32 27C43 27 47 37 47 46C47 57 40 66 32 68C24 66 17 57 17 46C17 37 21 27 32 27Z",
      fill: "coat",
    },
    { line: "M19 40H45M17.6 49H46.4M21 58H43", width: 4.6, stroke: "dark", butt: true },
    { ellipse: [32, 25, 11, 9.4], fill: "dark" },
    ...both({ ellipse: [27.6, 24.4, 2.5, 2.9], fill: "light" }),
  ],
};

function element(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function shapeOf({ path, line, ellipse, fill, stroke, width, butt, mirrored }) {
  const turned = mirrored ? { transform: "matrix(-1 0 0 1 64 0)" } : {};
  if (ellipse) {
    const [cx, cy, rx, ry] = ellipse;
    return element("ellipse", { cx, cy, rx, ry, class: `animal-${fill}`, ...turned });
  }
  if (path) return element("path", { d: path, class: `animal-${fill}`, ...turned });
  const cap = butt ? "butt" : "round";
  const drawn = { "stroke-width": width, "stroke-linecap": cap, class: `animal-line ${stroke}` };
  return element("path", { d: line, ...drawn, ...turned });
}

/** Their names in the page's language. */
const CALLED = {
  cat: () => t("cat"),
  dog: () => t("dog"),
  fox: () => t("fox"),
  owl: () => t("owl"),
  bee: () => t("bee"),
};

/** The animal that a class is called after, as a picture; nothing, where there is none. */
export function animal(name) {
  const called = name.trim().toLowerCase();
  const kind = Object.keys(CALLED).find((one) => one === called || CALLED[one]() === called);
  if (!kind) return null;
  const svg = element("svg", {
    viewBox: "0 0 64 72",
    class: `animal ${kind}`,
    "aria-hidden": "true",
  });
  svg.append(...ANIMALS[kind].map(shapeOf));
  return svg;
}
