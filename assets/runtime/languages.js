// The page's other languages: links to them, an offer to those who prefer one, a link that asks.

import { h, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { remember, remembered } from "./storage.js";
import { t } from "./texts.js";

const DECLINED = "crossent-language-declined";

const base = (tag) => tag.toLowerCase().split("-")[0];

/** The query without the language that it may ask for, spelled as it is. */
function queryWithout(name) {
  return location.search
    .replace(/^\?/, "")
    .split("&")
    .filter((part) => part && part.split("=")[0] !== name);
}

/** This page in the language of a link to it: the same state, the same place. */
function sameIn(link, served) {
  const query = [...queryWithout("lang"), ...(served ? [`lang=${link.hreflang}`] : [])];
  return `${link.href.split(/[?#]/)[0]}${query.length ? `?${query.join("&")}` : ""}${location.hash}`;
}

/** Whether the page is left for the language that its address asks for. */
export function offerLanguages({ language = "en" }) {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const found = document.querySelectorAll(".languages a[hreflang][href]");
  const links = [...found];
  // A server's pages have one address in every language, and ask for one by their query.
  const served = links.some((link) => link.getAttribute("href").startsWith("?"));
  for (const link of links)
    link.addEventListener("click", () => (link.href = sameIn(link, served)));
  if (served) return false; // the server has chosen
  const inLanguage = (tag) => links.find((link) => base(link.hreflang) === base(tag));
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked) {
    const wanted = base(asked) !== base(language) && inLanguage(asked);
    if (wanted) location.replace(sameIn(wanted, served));
    return Boolean(wanted);
  }
  const preferred = navigator.languages.find(
    (tag) => base(tag) === base(language) || inLanguage(tag),
  );
  if (preferred && base(preferred) !== base(language)) offer(inLanguage(preferred), served);
  return false;
}

function offer(link, served) {
  const { hreflang: lang } = link;
  if (remembered(DECLINED, "sessionStorage") !== null) return;
  const text = h("a", {
    href: sameIn(link, served),
    hreflang: lang,
    lang,
    textContent: link.dataset.offer,
  });
  const close = h(
    "button",
    {
      type: "button",
      className: "icon-button small",
      "aria-label": t("No, thank you"),
      onclick: decline,
    },
    icon(ICONS.close),
  );
  const bar = h("p", { className: "language-offer" }, text, close);
  document.querySelector(".languages").before(bar);
  function decline() {
    bar.remove();
    remember(DECLINED, "yes", "sessionStorage"); // else it is offered on the next page again
  }
}
