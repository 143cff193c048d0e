// Starts a page: reads what it was given, mounts its figures, keeps its link and its address.

import { askedInVain, Hidden, namesIn, sayInVain } from "./asked.js";
import { FigureElement } from "./figure.js";
import { BrowserLink, decodeColumns, ServerLink } from "./links.js";
import { h, icon, setText } from "./dom.js";
import { ICONS } from "./icons.js";
import { joinParent, tellParent } from "./frame.js";
import { isPageKey, queryFromState, stateFromQuery } from "./state.js";
import { keepForOffline } from "./offline.js";
import { showCourseProgress, startLesson } from "./lesson/lesson.js";
import { startPractice } from "./lesson/practise.js";
import { startTest } from "./lesson/test.js";
import { figureSteps, presentMode } from "./lesson/present.js";
import { showToTeachers } from "./lesson/teacher.js";
import { offerLanguages } from "./languages.js";
import { followMap } from "./course-map.js";
import { drawForPaper } from "./print.js";
import { chooseTheme, currentTheme, setPalette, THEMES } from "./theme.js";
import { checkHere } from "./trust.js";
import {
  beginSession,
  computeHere,
  keepPrograms,
  recoverSession,
  sessionGiven,
} from "./session.js";
import { keepAddress, remember, remembered } from "./storage.js";
import { setTexts, t } from "./texts.js";

customElements.define("crossent-figure", FigureElement);

function pageOptions() {
  const query = new URLSearchParams(location.search);
  return {
    query,
    hidden: namesIn(query.get("hide") ?? ""),
    theme: query.get("theme"),
    card: query.get("form") === "card",
    tools: query.get("tools") !== "none",
    teacher: query.get("teacher") === "1",
    present: query.has("present") ? Number.parseInt(query.get("present"), 10) || 1 : null,
    /** Whether the address that was opened says anything of a figure's state. */
    asked: (prefix) => Object.keys(stateFromQuery(query, prefix)).length > 0,
  };
}

async function mountFigure(element, given, link, options) {
  const { initial, own, page, prefix, hide, later, cardView } = given;
  const card = given.card || Boolean(options.card && cardView);
  const spec = card && cardView ? { ...given.spec, view: cardView } : given.spec;
  link.register(given.id, element);
  Object.assign(element, { page, addressPrefix: prefix });
  await element.mount({
    spec,
    initial: { state: initial.state, columns: decodeColumns(initial.columns) },
    link,
    card,
    start: prefix ? initial.state : null,
    tools: options.tools,
    hidden: new Hidden([...options.hidden, ...hide, ...later]),
    later: later.filter((name) => !options.hidden.includes(name)),
    onchange: own ? (figure) => keepState(figure, given) : undefined,
  });
  if (own) await takeFromAddress(element, prefix);
  // Who is sent a state is to see all of it.
  if (options.asked(prefix)) element.reveal(later);
  return element;
}

/** The state that the address asks for; what it asks for in vain is said on the page. */
async function takeFromAddress(figure, prefix) {
  const given = stateFromQuery(location.search, prefix);
  if (prefix && !Object.keys(given).length) return; // as the lesson shows it
  const { state, problems } = figure.space.resolve(given);
  if (JSON.stringify(state) !== JSON.stringify(figure.state)) {
    figure.gestures.once(() => ({ state }), { history: false });
  }
  if (problems.length)
    figure.say(
      `${problems.map((problem) => `${problem}.`).join(" ")} ${t("The default is shown instead.")}`,
    );
}

function keepState({ state, spec }, { id, prefix }) {
  keepInAddress(state, prefix);
  tellParent("state", { id, figure: spec.name, state });
}

/** On a lesson's page each figure that was touched has a prefix of its own, and leaves the others'. */
function keepInAddress(state, prefix) {
  /** @param {[string, string]} entry */
  const others = ([key]) => isPageKey(key) || (prefix && !key.startsWith(prefix));
  const kept = [...new URLSearchParams(location.search)].filter(others);
  const page = kept.map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  const query = [...queryFromState(state, prefix), ...page].join("&");
  keepAddress(`?${query}${location.hash}`);
}

function themeButton(button) {
  const show = () =>
    button.setAttribute(
      "aria-label",
      currentTheme() === "dark" ? t("Use the light theme") : t("Use the dark theme"),
    );
  button.addEventListener("click", () => {
    const next = currentTheme() === "dark" ? "light" : "dark";
    chooseTheme(next);
    remember("crossent-theme", next);
    show();
  });
  show();
}

/** Says that the server is away and why, and that the page goes on if it does; until it is hidden. */
function awayNotice(link) {
  const words = h("p", { role: "alert" });
  let why = null;
  let read = false;
  const hide = h(
    "button",
    {
      type: "button",
      className: "icon-button small",
      "aria-label": t("Hide this"),
      onclick: () => {
        read = true;
        show();
      },
    },
    icon(ICONS.close),
  );
  const notice = h("div", { className: "away", hidden: true }, words, hide);
  document.body.append(notice);
  const show = () => {
    notice.hidden = why === null || read;
    const goesOn = link.own ? t("This page computes by itself meanwhile.") : t("Nothing is lost.");
    setText(words, why === null ? "" : `${why} ${goesOn} ${t("Trying again.")}`);
  };
  return {
    away(reason, detail) {
      why = {
        unreachable: () => t("The server cannot be reached."),
        silent: () => t("The server does not answer."),
        part: () => t("A part of this page could not be loaded: {name}.", { name: detail }),
      }[reason]();
      read = false;
      show();
    },
    back() {
      why = null;
      show();
    },
    show,
  };
}

/** The link to a server, which Panel's socket connects as soon as it is there. */
function serverLink() {
  const given = sessionGiven();
  const link = new ServerLink();
  const notice = awayNotice(link);
  link.onaway = (reason, detail) => {
    notice.away(reason, detail);
    recoverSession(link);
    computeHere(link, given).then(notice.show);
  };
  link.onback = notice.back;
  link.fetchOwn = () => computeHere(link, given);
  window.crossent = { link, connect: (model) => link.connect(model) };
  beginSession(link, given);
  keepPrograms(given);
  return link;
}

/** A figure's own page can be presented; a page of many cards cannot. */
function presentFigure(figure, options) {
  const button = document.querySelector("[data-present]");
  if (!button) return;
  const present = presentMode({
    body: figure.parentElement,
    title: document.querySelector("h1").textContent,
    steps: figureSteps(figure),
    button,
    given: () => options.asked(""),
    onstage() {},
  });
  if (options.present) present.enter({ at: options.present });
}

/** Says what the address asks for in vain, where it asks something of the page at all. */
function sayVainWishes({ language, figures: given }, figures, { query, hidden }) {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = document.querySelectorAll(".languages a[hreflang]");
  const known = given.some(({ own }) => own) ? figures : [];
  const unknown = hidden.filter((name) => !known.some((figure) => figure.hiddenNames.knows(name)));
  sayInVain(
    askedInVain(query, {
      language,
      languages: [...links].map((link) => link.hreflang),
      hidden: known.length ? unknown : [],
    }),
  );
}

async function start() {
  const page = JSON.parse(document.querySelector('[data-crossent="page"]').textContent);
  setTexts(page.texts);
  if (offerLanguages(page)) return; // on the way to the same page in another language
  const options = pageOptions();
  setPalette(page.palette);
  const theme = [options.theme, remembered("crossent-theme")].find((name) => THEMES.includes(name));
  if (theme) chooseTheme(theme);
  const link = page.served ? serverLink() : new BrowserLink();
  document.querySelectorAll("[data-theme-button]").forEach(themeButton);
  const figures = await Promise.all(
    page.figures.map((given) =>
      mountFigure(
        document.querySelector(`crossent-figure[data-slot="${given.id}"]`),
        given,
        link,
        options,
      ),
    ),
  );
  sayVainWishes(page, figures, options);
  if (page.lesson) startLesson(page, figures, options);
  else if (page.test) await startTest(page);
  else if (page.practises) await startPractice(page);
  else presentFigure(figures[0], options);
  if (options.teacher) showToTeachers(document);
  showCourseProgress(document);
  followMap(document.querySelector(".map"));
  if (page.samples) checkHere(page.samples, document.querySelector("[data-checks]"));
  drawForPaper();
  joinParent();
  document.querySelector(".not-begun")?.remove();
  keepForOffline();
}

export const begun = start();
