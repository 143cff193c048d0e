// A student's page: mirrors the lecturer's figures or is let go, and says who one is.

import { h, prefersReducedMotion, setText } from "../runtime/dom.js";
import { forget, keepAddress, remember, remembered } from "../runtime/storage.js";
import { t } from "../runtime/texts.js";
import { listen, merge, mirror } from "./board.js";
import { Marks } from "./marks.js";
import { startVoting } from "./polls.js";
import { refusal, student, WORDS } from "./words.js";
import { Teller, Wire } from "./wire.js";

const PARTS = "[data-part], [data-param]"; // of a figure, which say what they set or show
const PAUSE = 100; // ms between messages while an answer is dragged

/** `names` are what this page calls classes that a lecturer's page in another language names. */
export function startStudent(figures, code, { names: ours, onleave }) {
  // The lecturer may speak of any part, wherever this page's reader is.
  for (const figure of figures.values()) figure.reveal([...figure.laterNames]);
  const board = {};
  const place = `crossent-room-${code}`;
  const dot = h("span", { className: "room-dot", "aria-hidden": "true" });
  const name = h("strong", { className: "room-name" });
  const says = h("span", { className: "room-says", role: "status" });
  const leave = h("button", { type: "button", className: "tool", textContent: t("Leave") });
  const who = h("span", { className: "room-who" }, dot, name);
  const bar = h(
    "section",
    { className: "room-bar", "aria-label": t("Room"), "data-room": "student" },
    who,
    says,
    leave,
  );
  document.body.append(bar);
  document.body.classList.add("in-room");
  setText(says, t("Joining the room…"));

  const voting = startVoting({ say: (message) => wire.say(message), onvote: () => saySo() });
  let marks = null; // everyone's, once the lecturer shows them
  let answered = false;
  let seat = null;
  const goals = new Set(); // that were reached in the room
  const teller = new Teller(
    (figure, news) => wire.say({ mark: withoutWords(figure, news) }),
    PAUSE,
  );
  const moved = (figure, moves) => {
    if (board.ask !== figure.dataset.slot || !(moves || answered)) return;
    answered = true;
    teller.note(figure);
    saySo();
  };
  for (const figure of figures.values()) listen(figure, moved);
  /** @type {(event: any) => void} */
  const reached = ({ detail }) => {
    goals.add(detail.step);
    wire.say({ goal: detail.step });
  };
  document.addEventListener("crossent-goal", reached);

  const wire = new Wire({
    greeting: () => ({ join: { code, ticket: remembered(place) } }),
    hear,
    lost: (why) => setText(says, why),
  });
  leave.addEventListener("click", () => {
    wire.say({ leave: true });
    forget(place);
    depart(t("You have left the room. This page is yours."));
  });

  function hear({ welcome, now, closed, refused }) {
    if (seat !== null && ["state", "size"].includes(refused)) return undefined; // the next one comes
    if (refused) return depart(refusal(refused));
    if (closed) return depart(t("The room is closed. This page is yours."));
    if (welcome) return comeIn(welcome, now);
    if (!now) return undefined;
    if ("ask" in now) drop("mark/"); // those there were are gone, of which nobody tells students
    if ("poll" in now) drop("vote/");
    merge(board, now);
    return show(Object.keys(now));
  }

  /** For the first time, or back: what is on this page is newer than what the room has of it. */
  function comeIn(welcome, now) {
    remember(place, welcome.ticket);
    seat = welcome.seat;
    const { name: called, shade } = student(seat);
    setText(name, called);
    dot.style.setProperty("--shade", shade);
    const asked = board.ask;
    const first = board.mode === undefined;
    drop("");
    merge(board, now);
    if (first && board.mode === "pause") mirrorAll(); // who comes late is where the class is
    const stays = asked === board.ask && answered && ownMark();
    show(Object.keys(board).filter((entry) => !(stays && entry === "ask")));
    if (stays) {
      teller.forget();
      teller.note(figures.get(board.ask));
    }
    for (const step of goals) wire.say({ goal: step });
  }

  /** Has every figure be as the lecturer's is. */
  function mirrorAll() {
    for (const [slot, figure] of figures)
      if (board[`state/${slot}`]) mirror(figure, inOwnWords(board[`state/${slot}`], ours));
    if (board.where) lookAt(board.where);
  }

  /** Forgets the entries whose names begin so. */
  function drop(start) {
    for (const entry of Object.keys(board)) if (entry.startsWith(start)) delete board[entry];
  }

  const ownMark = () => board[`mark/${board.ask}/${seat}`];

  /** Does what the news say. */
  function show(names) {
    if (names.includes("mode")) {
      hold();
      bar.dataset.mode = board.mode;
    }
    if (names.includes("ask")) beginAnswer();
    if (names.includes("ask") || names.includes("free")) limit();
    showMarks(names);
    if (names.includes("poll")) {
      voting.show(board.poll, ownVote());
      lookAtBlock(voting.block());
    }
    saySo();
    if (board.mode !== "follow") return;
    const begun = names.includes("mode");
    for (const [slot, figure] of figures) {
      const entry = `state/${slot}`;
      if (board[entry] && (begun || names.includes(entry)))
        mirror(figure, inOwnWords(board[entry], ours));
    }
    if (board.where && (begun || names.includes("where"))) lookAt(board.where);
  }

  /** What the room has of this seat's vote in the round that is open, or was shown. */
  function ownVote() {
    const { question, round } = board.poll ?? {};
    return board[`vote/${question}/${round}/${seat}`] ?? null;
  }

  /** A figure is asked for: it begins as the lecturer's is, or as its visitor has left it. */
  function beginAnswer() {
    const own = ownMark();
    answered = Boolean(own);
    teller.forget();
    const figure = figures.get(board.ask);
    if (!figure) return;
    const led = inOwnWords({ ...board[`state/${board.ask}`], ...own }, ours);
    if (Object.keys(led).length) mirror(figure, { ...figure.state, ...led });
    lookAtBlock(figure);
  }

  /** What may be moved of the figure that is asked for; all of every other. */
  function limit() {
    for (const [slot, figure] of figures) {
      const free = slot === board.ask ? (board.free ?? null) : null;
      figure.gestures.allows = free && ((before, after) => allows(figure, free, before, after));
      for (const part of figure.stage.querySelectorAll(PARTS))
        part.classList.toggle("room-fixed", Boolean(free) && isFixed(figure, part, free));
    }
  }

  function allows(figure, free, before, after) {
    if (onlyThese(free, before, after)) return true;
    figure.say(t("The lecturer holds this as it is."));
    requestAnimationFrame(() => figure.refresh(new Set())); // what followed the finger goes back
    return false;
  }

  /** Everyone's answers, where the lecturer shows them. */
  function showMarks(names) {
    const figure = figures.get(board.ask);
    if (!figure || !board.show || marks?.figure !== figure) {
      marks?.end();
      marks = figure && board.show ? new Marks(figure) : null;
      names = Object.keys(board);
    }
    if (!marks) return;
    if (names.includes("ask")) marks.clear();
    marks.take(board, names);
  }

  function saySo() {
    const asked = answered ? t("Sent. You can still move it.") : asking();
    if (board.poll?.counts) setText(says, t("The votes are shown."));
    else if (board.poll)
      setText(says, voting.voted() ? t("Your vote is in.") : t("Vote: choose an answer."));
    else setText(says, board.ask ? asked : saying(board.mode));
  }

  function asking() {
    const figure = figures.get(board.ask);
    if (!board.free || !figure) return t("Answer with this figure.");
    const names = board.free.map((entry) => figure.parameter(entry).label).join(", ");
    return t("Answer: move {names}.", { names });
  }

  /** Figures take nothing from their visitor, or everything again. */
  function hold() {
    const why = { follow: t("You follow the lecturer now."), pause: t("The lecturer has paused.") };
    const reason = why[board.mode];
    for (const figure of figures.values()) {
      figure.classList.toggle("room-held", Boolean(reason));
      figure.gestures.held = reason ? () => figure.say(reason) : null;
      figure.say("");
    }
  }

  function lookAt({ figure, step }) {
    const block = step && document.querySelector(`[data-step="${CSS.escape(step)}"]`);
    lookAtBlock(block || figures.get(figure));
  }

  function lookAtBlock(shown) {
    if (!shown || isInView(shown)) return;
    shown.scrollIntoView({
      block: shown.offsetHeight > innerHeight ? "start" : "center",
      behavior: prefersReducedMotion() ? "auto" : "smooth",
    });
  }

  function depart(why) {
    wire.end();
    document.removeEventListener("crossent-goal", reached);
    drop("");
    showMarks([]);
    limit();
    voting.show(null);
    board.mode = "explore";
    hold();
    bar.dataset.mode = "explore";
    who.remove();
    setText(says, why);
    const query = new URLSearchParams(location.search);
    query.delete("room");
    keepAddress(`${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
    const close = h("button", {
      type: "button",
      className: "tool",
      textContent: t("Hide this"),
      onclick: () => {
        bar.remove();
        document.body.classList.remove("in-room");
        onleave();
      },
    });
    leave.replaceWith(close);
  }
}

/** A state with its classes called as this page calls them, if that leaves each a name of its own. */
export function inOwnWords(state, names) {
  if (!state.classes) return state;
  const classes = state.classes.map((name) => (Object.hasOwn(names, name) ? names[name] : name));
  return new Set(classes).size === classes.length ? { ...state, classes } : state;
}

/** Whether a part of a figure sets something, and nothing that may be moved, nor holds what does. */
function isFixed(figure, part, free) {
  const sets = setBy(figure, part);
  const inside = [...part.querySelectorAll(PARTS)].flatMap((one) => setBy(figure, one));
  return sets.length > 0 && ![...sets, ...inside].some((name) => free.includes(name));
}

/** The parameters that a part of a figure sets. */
const setBy = ({ space }, { dataset: { param, part = "" } }) =>
  (param ? [param] : part.split(" ")).filter((name) => space.parameter(name));

/** Whether nothing but these entries of a state has changed. */
const onlyThese = (names, before, after) =>
  Object.keys(after).every(
    (name) => names.includes(name) || JSON.stringify(before[name]) === JSON.stringify(after[name]),
  );

/** Some entries without those that hold what somebody has written. */
const withoutWords = (figure, entries) =>
  Object.fromEntries(
    Object.entries(entries).filter(([name]) => !WORDS.includes(figure.parameter(name).kind)),
  );

/** Whether all of an element, or half a screen of it, can be seen. */
function isInView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
  return seen >= Math.min(bottom - top, innerHeight / 2);
}

function saying(mode) {
  return {
    explore: t("Explore by yourself."),
    follow: t("You follow the lecturer."),
    pause: t("Paused: look at the lecturer."),
  }[mode];
}
