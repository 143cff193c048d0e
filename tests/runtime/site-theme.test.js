// Which colours of other people's pages are dark, in each form in which browsers say them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isDark, themeAsked } from "../../assets/runtime/site-theme.js";

const COLOURS = {
  light: [
    ...["rgb(255, 255, 255)", "rgba(250, 240, 230, 0.9)", "color(srgb 0.95 0.95 0.9)"],
    ...["color(display-p3 1 1 1 / 0.8)", "lab(95 -1.5 2)", "lch(95 2 none)", "oklab(0.98 0 0)"],
    ...["oklch(0.98 0.01 95)", "oklch(1 0 none / 0.7)"],
  ],
  dark: [
    ...["rgb(17, 17, 17)", "color(srgb 0.1 1e-05 0.2)", "color(display-p3 0.1 0.1 0.1)"],
    ...["lab(10 60 -80)", "lch(10 90 300)", "oklab(0.2 -0.1 0.1)", "oklch(0.25 0.3 260)"],
    ...["oklch(none 0 0)"],
  ],
  unseen: ["rgba(0, 0, 0, 0)", "rgba(255, 255, 255, 0.2)", "oklch(0.2 0 0 / 0.1)", ""],
};

test("a background is light or dark in whatever form it is said, or is not seen", () => {
  const found = { light: [], dark: [], unseen: [] };
  for (const color of Object.values(COLOURS).flat()) {
    const dark = isDark(color);
    found[dark === null ? "unseen" : dark ? "dark" : "light"].push(color);
  }
  assert.deepEqual(found, COLOURS);
});

test("a frame without an address asks for no theme, and none stops the others", () => {
  const asked = ["", "about:blank", "https://x.org/#?theme=dark", "x.html?unit=bits"].map(
    themeAsked,
  );
  assert.deepEqual(asked, [null, null, null, null]);
  assert.equal(themeAsked("https://x.org/x.html?unit=bits&theme=dark#top"), "dark");
});
