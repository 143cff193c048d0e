// The lecturer's page: what its figures do is told to the room; a bar says the code and has what
// leads the class. A second page with the lecturer's link does the same, and both show one state.

import { h, setText } from "../runtime/dom.js";
import { keepAddress, remember } from "../runtime/storage.js";
import { t } from "../runtime/texts.js";
import { startAnswers } from "./answers.js";
import { listen, merge, mirror } from "./board.js";
import { joinDialog } from "./dialog.js";
import { startGoals } from "./goals.js";
import { startResults } from "./kept.js";
import { startPolls } from "./polls.js";
import { tool } from "./tools.js";
import { refusal, spaced } from "./words.js";
import { Teller, Wire } from "./wire.js";

const PAUSE = 50; // ms between messages while something is dragged
const FIELDS = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

export const placeOfSecret = (code) => `crossent-lead-${code}`;

/** `greeting` opens a room, or leads one; `onend(sentence)` is told when there is none any more. */
export function startLecturer(figures, greeting, onend) {
  const board = {};
  let hello = greeting;
  let begun = false;
  let place = {};

  const teller = new Teller((figure, news) => {
    return wire.say({ set: { [figure.dataset.slot]: news } });
  }, PAUSE);
  const apart = new Set(); // figures that show a student's state
  const moved = (figure, moves) => {
    if (!begun || apart.has(figure)) return;
    teller.note(figure);
    if (moves && place.figure !== figure.dataset.slot) look({ figure: figure.dataset.slot });
  };
  for (const figure of figures.values()) listen(figure, moved);

  const dialog = joinDialog({ close: () => wire.say({ close: true }) });
  const code = h("button", {
    type: "button",
    className: "room-code",
    "aria-haspopup": "dialog",
    title: t("How to join"),
    onclick: () => dialog.show(),
  });
  const here = h("span", { className: "room-here" });
  const says = h("span", { className: "room-says", role: "status" });
  const modes = modeChoice((mode) => say({ mode }) || modes.show(board.mode));
  const dark = h("button", {
    type: "button",
    className: "tool",
    "aria-pressed": "false",
    title: t("Blank the screen (B)"),
    textContent: t("Blank"),
    onclick: () => say({ blank: !board.blank }),
  });
  const ask = tool(t("Ask all"), t("Everyone’s answer in this figure"), () => {
    const slot = place.figure ?? inSight(figures);
    say({ ask: slot, mode: "explore" });
  });
  const record = tool(t("Results"), t("Votes, challenges and pictures, to save or print"), () =>
    results.open(hello.lead.code),
  );
  // A second page, as on the lecturer's phone, turns the steps that the first presents.
  const turn = (by) => () => board.turn + by > 0 && say({ turn: board.turn + by });
  const remote = h(
    "span",
    { className: "room-remote", hidden: true },
    tool("‹", t("Step before, on the screen"), turn(-1)),
    tool("›", t("Next step, on the screen"), turn(1)),
  );
  const end = h("button", {
    type: "button",
    className: "tool room-end",
    "aria-haspopup": "dialog",
    textContent: t("Close the room"),
    onclick: () => dialog.askToClose(),
  });
  // What is said to the room holds here too; `news` are what it means where that is more.
  const say = (message, news = message) => {
    if (!wire.say(message)) return false;
    show("ask" in news ? { ...goneBy(news.ask), ...news } : news);
    return true;
  };
  /** What is gone once a figure is asked for, as rooms.py has it. */
  const goneBy = (asked) => ({
    ...withoutMarks(board),
    show: null,
    ...(asked === (board.ask ?? null) ? {} : { free: null }),
  });
  const lead = (figure, leads) => (leads ? apart.delete(figure) : apart.add(figure));
  const answers = startAnswers({ figures, board, say, lead });
  const polls = startPolls({ board, say });
  const goals = startGoals({ board });
  const results = startResults({ figures, board });
  const parts = [answers, polls, goals, results];
  const bar = h(
    "section",
    { className: "room-bar", "aria-label": t("Room"), "data-room": "lecturer", hidden: true },
    code,
    here,
    modes.element,
    says,
    remote,
    ask,
    answers.element,
    polls.element,
    record,
    dark,
    end,
  );
  const cover = h("div", { className: "room-cover", hidden: true });
  document.body.append(cover, bar, dialog.element);
  document.addEventListener("keydown", keys);
  document.addEventListener("crossent-presents", presents);

  const wire = new Wire({
    greeting: () => hello,
    hear,
    lost: (why) => {
      setText(says, why);
      says.hidden = bar.hidden = false;
    },
  });

  function hear({ welcome, now, closed, refused, alive }) {
    if (alive) return;
    if (closed) return finish(t("The room is closed. Nothing of it is kept."));
    if (refused === "state") {
      teller.forget();
      figures.forEach((figure) => teller.note(figure));
      return;
    }
    if (refused === "size" && begun) return setText(says, refusal(refused));
    if (refused) return finish(refusal(refused));
    if (welcome) enter(welcome);
    if (now) show(now, Boolean(welcome));
    if (!welcome) return;
    if (!begun && (welcome.secret || !board.here)) dialog.show();
    tellAll();
  }

  function enter(welcome) {
    const { secret } = welcome;
    if (secret) {
      hello = { lead: { code: welcome.code, secret } };
      remember(placeOfSecret(welcome.code), secret, "sessionStorage");
      inAddress(welcome.code);
    }
    setText(says, "");
    setText(code, spaced(welcome.code));
    code.setAttribute("aria-label", t("Code {code}: how to join", { code: spaced(welcome.code) }));
    bar.hidden = false;
    document.body.classList.add("in-room");
    for (const entry of Object.keys(board)) delete board[entry];
    dialog.fill(welcome, secret);
  }

  /** After a break this page's figures are the newest; at the first time, the room's are. */
  function tellAll() {
    teller.forget();
    for (const [slot, figure] of figures) {
      const state = board[`state/${slot}`];
      if (state && !begun) teller.has(figure, state);
      else teller.note(figure);
    }
    begun = true;
    if (presenting()) presents();
  }

  /** The step that this page presents, or that it presents none any more. */
  function presents() {
    if (!begun) return;
    const step = presenting() ? presentedStep() : null;
    remote.hidden = presenting() || !board.turn;
    if (step !== (board.turn ?? null)) say({ turn: step });
    if (step) look(onStage());
  }

  function show(news, first = false) {
    merge(board, news);
    if ("here" in news) {
      const count = t("{n} here", { n: board.here });
      setText(here, count);
      dialog.count(count);
    }
    if (board.mode) modes.show(board.mode);
    for (const part of parts) part.show(news, first);
    // One thing at a time: while everyone is asked, the bar is for that.
    const asks = answers.asks() || polls.asks();
    document.body.classList.toggle("room-asking", asks);
    for (const one of [modes.element, says, ask, record, dark, end, here]) one.hidden = asks;
    // After a break the screen is further than the room knows, which is told.
    if (begun && !first && news.turn && presenting()) {
      document.dispatchEvent(new CustomEvent("crossent-present", { detail: { step: news.turn } }));
      presents(); // behind the last step there is none: the phone hears which one is shown
    }
    remote.hidden = asks || presenting() || !board.turn;
    dark.setAttribute("aria-pressed", String(Boolean(board.blank)));
    cover.hidden = !board.blank;
    for (const [slot, figure] of figures) {
      const entry = `state/${slot}`;
      if (!(entry in news) || (first && begun) || figure.gestures.current) continue;
      teller.has(figure, board[entry]);
      mirror(figure, board[entry]);
    }
  }

  /** Tells which figure, and which step, the lecturer is at. */
  function look(where) {
    if (!where || JSON.stringify(where) === JSON.stringify(place) || !begun) return;
    if (wire.say({ where })) place = where;
  }

  function keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(FIELDS)) return;
    if (event.key !== "b" && event.key !== "." && event.key !== "B") return;
    if (dialog.element.open) return;
    event.preventDefault();
    dark.click();
  }

  function finish(why) {
    wire.end();
    document.removeEventListener("crossent-presents", presents);
    document.removeEventListener("keydown", keys);
    begun = false;
    for (const part of parts) part.end();
    for (const element of [bar, cover, dialog.element]) element.remove();
    document.body.classList.remove("in-room");
    inAddress(null);
    onend(why);
  }
}

/** All marks of a board, gone. */
const withoutMarks = (board) =>
  Object.fromEntries(
    Object.keys(board).flatMap((name) => (name.startsWith("mark/") ? [[name, null]] : [])),
  );

/** The name of the figure that is seen best. */
function inSight(figures) {
  const seen = (figure) => {
    const { top, bottom } = figure.getBoundingClientRect();
    return Math.min(bottom, innerHeight) - Math.max(top, 0);
  };
  const [[best]] = [...figures].sort(([, one], [, other]) => seen(other) - seen(one));
  return best;
}

/** What students can do, as one of three. */
function modeChoice(onchange) {
  const options = {
    explore: [t("Explore"), t("Each student works alone")],
    follow: [t("Follow"), t("Students' figures do what yours do")],
    pause: [t("Pause"), t("Students' figures stand still")],
  };
  const inputs = Object.entries(options).map(([value, [, title]]) =>
    h("input", {
      type: "radio",
      name: "room-mode",
      value,
      title,
      onchange: () => onchange(value),
    }),
  );
  const labels = inputs.map((input) =>
    h("label", { title: input.title }, input, h("span", { textContent: options[input.value][0] })),
  );
  const element = h(
    "div",
    { className: "segments room-modes", role: "radiogroup", "aria-label": t("The class") },
    ...labels,
  );
  return {
    element,
    show: (mode) => inputs.forEach((input) => (input.checked = input.value === mode)),
  };
}

const presenting = () => document.documentElement.classList.contains("presenting");

/** The number of the step that is presented, which the address has. */
const presentedStep = () => Number(new URLSearchParams(location.search).get("present")) || null;

/** The figure that is presented, and the step if it is one of a lesson's. */
function onStage() {
  /** @type {(selector: string) => DOMStringMap | undefined} */
  const staged = (selector) => {
    /** @type {HTMLElement | null} */
    const found = document.querySelector(`${selector}.on-stage, .on-stage ${selector}`);
    return found?.dataset;
  };
  const { slot } = staged("crossent-figure[data-slot]") ?? {};
  const { step } = staged("[data-step]") ?? {};
  return slot ? { figure: slot, ...(step ? { step } : {}) } : null;
}

/** Has the address say which room the page is in, or none. */
function inAddress(code) {
  const others = location.search
    .replace(/^\?/, "")
    .split("&")
    .filter((part) => part && !part.startsWith("room="));
  const query = [...others, ...(code ? [`room=${code}`] : [])].join("&");
  keepAddress(`${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
}
