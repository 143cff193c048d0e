// The page that tests a part: ten of its exercises and questions, drawn by a seed that the address holds.

import { quoted, sayInVain } from "../asked.js";
import { setText } from "../dom.js";
import { keepAddress } from "../storage.js";
import { t } from "../texts.js";
import { chosenItems } from "./chosen.js";
import { allItems, itemOf, judged } from "./items.js";
import { Models, pauseToTryAgain } from "./practice.js";

const MOST = 999_999; // as a seed
const APART = 1_000_000; // from the seeds of the lessons' own exercises

/** The seed that the address asks for, or 1; what it asks for in vain is said. */
function seedAsked() {
  const given = new URLSearchParams(location.search).get("seed");
  if (/^[0-9]{1,6}$/.test(given) && Number(given) >= 1) return Number(given);
  if (given)
    sayInVain([
      t("A test's number is a whole one from 1 to {most}, not “{value}”.", {
        most: MOST,
        value: quoted(given),
      }),
    ]);
  return 1;
}

export function startTest({ test, practice }) {
  const models = new Models(practice);
  const list = document.querySelector("[data-test]");
  const score = /** @type {HTMLElement} */ (document.querySelector("[data-score]"));
  const judge = /** @type {HTMLElement} */ (document.querySelector("[data-judge]"));
  const items = allItems();
  let seed = seedAsked();
  let asked = [];
  let waiting = 0;

  async function show() {
    clearTimeout(waiting);
    const drawn = seed;
    const places = chosenItems(items, test, seed);
    try {
      asked = await Promise.all(
        places.map((place, i) => itemOf(items[place], `item-${i + 1}`, models, APART + seed)),
      );
    } catch {
      setText(score, `${t("The server cannot be reached.")} ${t("Trying again.")}`);
      waiting = setTimeout(show, pauseToTryAgain());
      return;
    }
    if (drawn !== seed) return; // another test was asked for meanwhile
    list.replaceChildren(...asked.map(({ element }) => element));
    list.classList.remove("judged");
    judge.hidden = false;
    setText(score, "");
    setText(document.querySelector("[data-seed]"), t("Test number {n}", { n: seed }));
    list.setAttribute("data-ready", String(seed));
  }

  judge.addEventListener("click", () => {
    const right = asked.map(judged).filter(Boolean).length;
    list.classList.add("judged");
    judge.hidden = true;
    const missed = asked.length - right;
    setText(
      score,
      `${t("{right} of {asked} right.", { right, asked: asked.length })} ${
        missed ? t("At each miss stands the way, and where to read again.") : t("That sits.")
      }`,
    );
    score.focus();
  });
  document.querySelector("[data-again]").addEventListener("click", async () => {
    seed = seed >= MOST ? 1 : seed + 1;
    const query = new URLSearchParams(location.search);
    query.set("seed", String(seed));
    keepAddress(`?${query}`);
    await show();
    document.querySelector("h1").scrollIntoView({ block: "start" });
    /** @type {HTMLElement} */ (document.querySelector("main")).focus({ preventScroll: true });
  });
  return show();
}
