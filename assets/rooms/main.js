// Rooms on a page of a server that has them: opens one, leads one, or joins the one of the address.

import { h } from "../runtime/dom.js";
import { remember, remembered } from "../runtime/storage.js";
import { setTexts, t } from "../runtime/texts.js";
import { figuresOfPage } from "./board.js";
import { startJoin } from "./join.js";
import { placeOfSecret, startLecturer } from "./lecturer.js";
import { startStudent } from "./student.js";

const LEAD = /^#lead=([\w-]{16,64})$/;

async function start() {
  const given = JSON.parse(document.querySelector('[data-crossent="rooms"]').textContent);
  setTexts(given.texts);
  /** @type {HTMLFormElement | null} */
  const form = document.querySelector("[data-join]");
  if (form) return startJoin(form, document.documentElement.lang);
  if (window.parent !== window) return undefined; // a figure in another page is in none of ours
  const code = new URLSearchParams(location.search).get("room");
  const secret = code && secretOf(code);
  const figures = await figuresOfPage();
  const button = openButton(() => lead({ open: given.page }));
  const offer = () => (button.hidden = false);

  function lead(greeting) {
    button.hidden = true;
    startLecturer(figures, greeting, (why) => {
      offer();
      say(why);
    });
  }

  if (secret) lead({ lead: { code, secret } });
  else if (code) startStudent(figures, code, { names: given.names, onleave: offer });
  else offer();
  return undefined;
}

/** The lecturer's secret: of the address, which keeps it no longer, or of this tab. */
function secretOf(code) {
  const [, secret] = location.hash.match(LEAD) ?? [];
  if (!secret) return remembered(placeOfSecret(code), "sessionStorage");
  remember(placeOfSecret(code), secret, "sessionStorage");
  history.replaceState(history.state, "", location.pathname + location.search);
  return secret;
}

function openButton(onclick) {
  const button = h("button", {
    type: "button",
    className: "tool room-open",
    textContent: t("Open a room"),
    title: t("Students join this page by a code"),
    hidden: true,
    onclick,
  });
  document.querySelector("[data-present]").before(button);
  return button;
}

function say(text) {
  const notice = h("p", { className: "notice page-notice", role: "status", textContent: text });
  document.querySelector("main").prepend(notice);
  setTimeout(() => notice.remove(), 12_000);
}

start();
