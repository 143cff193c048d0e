// What a class leaves: the votes of each question, who has reached each challenge, and the pictures that
// were kept; to look at, to print, and as CSV.

import { h, setText } from "../runtime/dom.js";
import { download, quoted } from "../runtime/saving.js";
import { t } from "../runtime/texts.js";
import { roomDialog, savingChoices } from "./dialog.js";
import { timesOf } from "./goals.js";
import { Answers } from "./marks.js";
import { choicesOf, countsOf, votesOf } from "./polls.js";
import { spaced, student } from "./words.js";

const FEW = 3; // answers that have a middle half
const KEPT = /^kept\/(\d+)$/;

/** The pictures of a board, each with its name, its figure and its answers. */
export function keptOf(board, figures) {
  return Object.entries(board)
    .flatMap(([name, picture]) => {
      const [, number] = name.match(KEPT) ?? [];
      const figure = number && figures.get(picture.figure);
      if (!figure) return [];
      const answers = new Answers(figure);
      for (const [seat, state] of Object.entries(picture.answers)) answers.put(seat, state);
      const called = t("Picture {n}", { n: number });
      return [{ number: Number(number), name: called, at: picture.at, figure, all: answers }];
    })
    .sort((one, other) => one.number - other.number)
    .map((one) => ({ ...one, answers: one.all.answers }));
}

/** The median and the middle half of what a class answers, if its figure has a number for it. */
export function middleOf(answers) {
  const { count, low, middle, high } = answers.summary();
  if (count < FEW || middle === undefined) return "";
  const values = {
    middle: answers.written(middle),
    low: answers.written(low),
    high: `${answers.written(high)}${answers.unit}`,
  };
  return t("median {middle}, half from {low} to {high}", values);
}

/** The lecturer's part: a dialog with all of it. */
export function startResults({ figures, board }) {
  const id = "room-results-title";
  const about = h("p", { className: "room-about" });
  const body = h("div", {
    className: "room-list room-results",
    tabIndex: 0,
    role: "region",
    "aria-labelledby": id,
  });
  const element = roomDialog(
    { "aria-labelledby": id },
    h("h2", { id, textContent: t("Results") }),
    about,
    body,
    savingChoices(() => download("room.csv", new Blob([csv()], { type: "text/csv" }))),
  );
  element.classList.add("room-paper");
  document.body.append(element);
  let code = "";

  function draw() {
    const title = document.querySelector("main h1")?.textContent.trim() ?? "";
    const style = /** @type {const} */ ({ dateStyle: "medium", timeStyle: "short" });
    const when = new Date().toLocaleString(document.documentElement.lang, style);
    setText(about, [title, t("Room {code}", { code: spaced(code) }), when].join(" · "));
    const parts = [...questions(board), ...challenges(board), ...pictures()];
    body.replaceChildren(
      ...(parts.length ? parts : [h("p", { textContent: t("Nothing has been asked yet.") })]),
    );
  }

  function pictures() {
    return keptOf(board, figures).map(({ name, at, all }) =>
      part(
        `${name} · ${clock(at)}`,
        h("p", {
          textContent: [t("Answers: {n}", { n: all.answers.size }), middleOf(all)]
            .filter(Boolean)
            .join(" · "),
        }),
        all.about
          ? table(
              [t("Student"), all.about.label ?? t("Answer")],
              [...all.answers].map(([seat, one]) => [
                student(seat).name,
                `${all.written(all.valueOf(one))}${all.unit}`,
              ]),
            )
          : "",
      ),
    );
  }

  /** A line for each vote, each challenge that was reached, and each answer of a picture. */
  function csv() {
    const lines = [["kind", "of", "round", "student", "answer", "value", "time"]];
    for (const { step, title, labels, votes } of asked(board)) {
      for (const { round, seat, chosen } of votes)
        for (const place of chosen)
          lines.push(["vote", title, round, student(seat).name, labels[place], "", ""]);
      for (const [round, counts] of countsOf(board, step).entries())
        for (const [place, count] of counts.entries())
          lines.push(["count", title, round + 1, "", labels[place], count, ""]);
    }
    for (const { title, times } of reached(board))
      for (const [seat, at] of times)
        lines.push(["challenge", title, "", student(seat).name, "", "", moment(at)]);
    for (const { name, at, figure, all } of keptOf(board, figures))
      for (const [seat, one] of all.answers) {
        const value = all.valueOf(one);
        const state = JSON.stringify(one.state);
        const shown = Number.isNaN(value) ? "" : value;
        const of = figure.dataset.slot;
        lines.push([name, of, "", student(seat).name, state, shown, moment(at)]);
      }
    const cell = (one) => (typeof one === "number" ? String(one) : quoted(one));
    return `${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
  }

  return {
    open(of) {
      code = of;
      draw();
      element.showModal();
    },
    show() {
      if (element.open) draw();
    },
    end: () => element.remove(),
  };
}

const moment = (seconds) => new Date(1000 * seconds).toISOString();
const clock = (seconds) =>
  new Date(1000 * seconds).toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
  });

const titleOf = (block) => block.querySelector(".block-title").textContent.trim();

const labelOf = (item) =>
  item.firstElementChild.querySelector("span:last-child").textContent.trim();

/** The questions of the page that somebody has voted on. */
function asked(board) {
  /** @type {NodeListOf<HTMLElement>} */
  const blocks = document.querySelectorAll(".question[data-step]");
  return [...blocks].flatMap((block) => {
    const { step } = block.dataset;
    const votes = votesOf(board, step);
    const labels = choicesOf(block).map(labelOf);
    return votes.length ? [{ step, block, title: titleOf(block), labels, votes }] : [];
  });
}

function questions(board) {
  return asked(board).map(({ step, block, title, labels }) => {
    const counts = countsOf(board, step);
    const rounds = [t("First round"), t("Second round")].slice(0, counts.length);
    const right = choicesOf(block).map((item) =>
      Boolean(item.querySelector("[data-answer=right]")),
    );
    const rows = labels.map((label, i) => [
      right[i] ? `${label} ✓` : label,
      ...counts.map((votes) => String(votes[i])),
    ]);
    return part(title, table([t("Answer"), ...rounds], rows));
  });
}

/** The challenges of the page that somebody has reached: their seats, and when. */
function reached(board) {
  /** @type {NodeListOf<HTMLElement>} */
  const blocks = document.querySelectorAll(".challenge[data-step]");
  return [...blocks].flatMap((block) => {
    const times = timesOf(board, block.dataset.step);
    return times.length ? [{ title: titleOf(block), times }] : [];
  });
}

function challenges(board) {
  const rows = reached(board).map(({ title, times }) => [title, String(times.length)]);
  return rows.length ? [part(t("Challenges"), table([t("Challenge"), t("Reached")], rows))] : [];
}

const part = (title, ...children) => h("section", {}, h("h3", { textContent: title }), ...children);

function table(head, rows) {
  const cells = ([first, ...others]) => [
    h("th", { scope: "row", textContent: first }),
    ...others.map((textContent) => h("td", { textContent })),
  ];
  return h(
    "table",
    {},
    h(
      "thead",
      {},
      h("tr", {}, ...head.map((textContent) => h("th", { scope: "col", textContent }))),
    ),
    h("tbody", {}, ...rows.map((row) => h("tr", {}, ...cells(row)))),
  );
}
