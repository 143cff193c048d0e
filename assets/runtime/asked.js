// What a page's address asks of the page in vain is said on it, in one sentence each.

import { h } from "./dom.js";
import { t } from "./texts.js";
import { THEMES } from "./theme.js";

const LONGEST = 40; // characters of what is quoted
const MOST = 3; // names that are quoted

/** Names of what is to be hidden; which names there are it learns from the parts, which ask. */
export class Hidden extends Set {
  #asked = new Set();

  /** @override */
  has(name) {
    this.#asked.add(name);
    return super.has(name);
  }

  knows(name) {
    return this.#asked.has(name);
  }
}

/** The names in a list with commas, each once. */
export const namesIn = (list) =>
  [...new Set(list.split(",").map((name) => name.trim()))].filter(Boolean);

/** A value of an address as a sentence quotes it. */
export const quoted = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** The sentences on `theme`, `lang` and `hide` in a query that a page does not know. */
export function askedInVain(query, { language, languages, hidden }) {
  const theme = query.get("theme");
  const lang = query.get("lang");
  const base = (tag) => tag.toLowerCase().split("-")[0];
  const names = hidden.slice(0, MOST).map(quoted).join(", ");
  return [
    theme && !THEMES.includes(theme)
      ? t("The theme can be light or dark, not “{value}”.", { value: quoted(theme) })
      : "",
    lang && ![language, ...languages].map(base).includes(base(lang))
      ? t("This page is not there in the language “{value}”.", { value: quoted(lang) })
      : "",
    names ? t("Nothing on this page can be hidden by the name “{value}”.", { value: names }) : "",
  ].filter(Boolean);
}

/** Says it at the top of the page. */
export function sayInVain(sentences) {
  if (!sentences.length) return;
  const notice = h("p", {
    className: "notice page-notice",
    role: "status",
    textContent: sentences.join(" "),
  });
  document.querySelector("main").prepend(notice);
}
