// Where no learning platform answers, a student saves what was done of a lesson as a file to hand in.
// Its first line holds a code of all that follows: who changes the file by hand breaks it.

import { h, setText } from "./dom.js";
import { download } from "./saving.js";
import { progressOf } from "./lesson/progress.js";
import { t } from "./texts.js";

export const HEAD = "crossent work 1"; // as handed_in.py reads it
const LONGEST = 80; // characters of a name

/** The file's text: a line with the code, and what was done as JSON. */
export async function workFile(work) {
  const body = `${JSON.stringify(work, null, 1)}\n`;
  return `${HEAD} ${await codeOf(body)}\n${body}`;
}

async function codeOf(text) {
  const bytes = new TextEncoder().encode(`${HEAD}\n${text}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Offers it at the end of the lesson. */
export function offerHandIn({ slug, steps, title }) {
  const name = h("input", { type: "text", maxLength: LONGEST, autocomplete: "name" });
  const said = h("p", { role: "status" });
  const save = async () => {
    if (!globalThis.crypto?.subtle)
      return setText(said, t("This browser saves such a file only from a page by https."));
    const { done, answers, finished } = progressOf(slug);
    const count = steps.filter((step) => done[step]).length;
    const work = { lesson: slug, title, name: name.value.trim(), done, answers, finished };
    const text = await workFile({ ...work, saved: new Date().toISOString() });
    download(`${slug}.crossent.txt`, new Blob([text], { type: "text/plain" }));
    setText(said, t("Saved: {n} of {m} done.", { n: count, m: steps.length }));
  };
  const words = t(
    "No learning platform answers here. Save what you have done, and hand in the file.",
  );
  document
    .querySelector(".lesson-end")
    .after(
      h(
        "section",
        { className: "hand-in", "aria-label": t("Hand in") },
        h("p", { textContent: words }),
        h("label", {}, `${t("Your name")} `, name),
        h("button", { type: "button", className: "button", textContent: t("Save"), onclick: save }),
        said,
      ),
    );
}
