// A student's page: mirrors the lecturer's figures or is let go, and says who one is.

import { h, prefersReducedMotion, setText } from "../runtime/dom.js";
import { forget, keepAddress, remember, remembered } from "../runtime/storage.js";
import { t } from "../runtime/texts.js";
import { merge, mirror } from "./board.js";
import { refusal, student } from "./words.js";
import { Wire } from "./wire.js";

export function startStudent(figures, code, onleave) {
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

  const wire = new Wire({
    greeting: () => ({ join: { code, ticket: remembered(place) } }),
    hear,
    lost: () => setText(says, t("The network is away. Trying again.")),
  });
  leave.addEventListener("click", () => {
    wire.say({ leave: true });
    forget(place);
    depart(t("You have left the room. This page is yours."));
  });

  function hear({ welcome, now, closed, refused }) {
    if (refused) return depart(refusal(refused));
    if (closed) return depart(t("The room is closed. This page is yours."));
    if (welcome) {
      remember(place, welcome.ticket);
      const { name: called, shade } = student(welcome.seat);
      setText(name, called);
      dot.style.setProperty("--shade", shade);
      for (const entry of Object.keys(board)) delete board[entry];
    }
    if (!now) return undefined;
    merge(board, now);
    return show(welcome ? Object.keys(board) : Object.keys(now));
  }

  /** Does what the news say. */
  function show(names) {
    if (names.includes("mode")) {
      hold();
      setText(says, saying(board.mode));
      bar.dataset.mode = board.mode;
    }
    if (board.mode !== "follow") return;
    const begun = names.includes("mode");
    for (const [slot, figure] of figures) {
      const entry = `state/${slot}`;
      if (board[entry] && (begun || names.includes(entry))) mirror(figure, board[entry]);
    }
    if (board.where && (begun || names.includes("where"))) lookAt(board.where);
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
    const shown = block || figures.get(figure);
    if (!shown || isInView(shown)) return;
    shown.scrollIntoView({
      block: shown.offsetHeight > innerHeight ? "start" : "center",
      behavior: prefersReducedMotion() ? "auto" : "smooth",
    });
  }

  function depart(why) {
    wire.end();
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
