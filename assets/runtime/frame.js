// A page inside another page: tells it its height, a figure's state, answers and goals reached, each as
// a message {crossent: "height" | "state" | "answer" | "goal", ...}, and takes the theme that it says:
// {crossent: "theme", theme: "light" | "dark" | "system"}.

import { chooseTheme } from "./theme.js";

const isFramed = () => window.parent !== window;

const hearers = [];

/** Has all that the page tells its parent heard on the page too. */
export const hearPage = (hear) => hearers.push(hear);

export function tellParent(crossent, more) {
  for (const hear of hearers) hear(crossent, more);
  if (isFramed()) window.parent.postMessage({ crossent, ...more }, "*");
}

export function joinParent() {
  if (!isFramed()) return;
  const page = document.documentElement;
  page.classList.add("embedded");
  const tell = () =>
    tellParent("height", { height: Math.ceil(page.getBoundingClientRect().height) });
  new ResizeObserver(tell).observe(page);
  tell();
  addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || data?.crossent !== "theme") return;
    if (data.theme === "light" || data.theme === "dark") chooseTheme(data.theme);
    else if (data.theme === "system") chooseTheme(null);
    tell(); // whoever begins to listen later hears it too
  });
}
