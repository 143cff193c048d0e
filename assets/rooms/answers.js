// The lecturer's face of the bar while everyone answers with a figure: how many have, what the class
// says in numbers, and what can be done with it.

import { h, setText } from "../runtime/dom.js";
import { download, quoted } from "../runtime/saving.js";
import { t } from "../runtime/texts.js";
import { mirror } from "./board.js";
import { limitDialog, listDialog } from "./dialog.js";
import { keptOf, middleOf } from "./kept.js";
import { Marks } from "./marks.js";
import { tool } from "./tools.js";
import { student } from "./words.js";

/** `say(message)` tells the room; `lead(figure, leads)` whether the lecturer's figure is told to it. */
export function startAnswers({ figures, board, say, lead }) {
  let marks = null;
  let slot = null;
  let own = null; // the lecturer's state, while a student's is looked at

  const says = h("span", { className: "room-says" });
  const share = tool(t("Show to all"), t("Every phone shows everyone’s answers"), () =>
    say({ show: !board.show }),
  );
  const list = listDialog(t("Everyone’s answers"), (named) => marks?.name(named));
  const limits = limitDialog((free) => say({ free }));
  const look = tool(t("List"), t("Each answer, and what can be saved"), () => openList());
  const keep = tool(t("Keep"), t("Keep this picture, and draw the next over it"), () => {
    marks.keep(new Map(marks.answers));
    say({ keep: true, ask: slot }); // and everyone answers anew
  });
  const limit = tool(t("Limit"), t("What of the figure can be moved"), () =>
    limits.open(figures.get(slot), board.free),
  );
  const back = tool(t("Back to mine"), t("Your figure as it was"), () => lookAway());
  const done = tool(t("Done"), t("Ends the question; the answers go"), () => say({ ask: null }));
  const element = h(
    "div",
    { className: "room-face", hidden: true },
    says,
    back,
    share,
    keep,
    look,
    limit,
    done,
  );
  back.hidden = true;

  function show(news, first) {
    if ("ask" in news || first) begin(board.ask ?? null);
    if (!marks) return;
    marks.take(board, Object.keys(news));
    share.setAttribute("aria-pressed", String(Boolean(board.show)));
    if ("here" in news || first) tellSummary();
  }

  function begin(asked) {
    lookAway();
    if (asked !== slot) {
      marks?.end();
      marks = asked
        ? new Marks(figures.get(asked), { onpress: lookAt, onnews: tellSummary })
        : null;
      slot = asked;
    }
    element.hidden = !asked;
    if (!asked) {
      list.close();
      return limits.close();
    }
    marks.clear();
    marks.take(board, Object.keys(board));
  }

  function tellSummary() {
    if (!own) setText(says, summary(marks, board.here ?? 0));
    list.refresh();
  }

  // -- one student's --------------------------------------------------------------------------------

  function lookAt(seat) {
    const figure = figures.get(slot);
    const { state } = marks.answers.get(seat);
    lead(figure, false);
    own ??= structuredClone(figure.state);
    mirror(figure, state);
    back.hidden = false;
    setText(says, t("This is {name}’s figure.", { name: student(seat).name }));
    list.close();
  }

  function lookAway() {
    back.hidden = true;
    if (!own) return;
    const figure = figures.get(slot);
    mirror(figure, own);
    own = null;
    lead(figure, true);
    tellSummary();
  }

  // -- as a table -----------------------------------------------------------------------------------

  function openList() {
    list.open({
      head: [t("Student"), marks.about?.label ?? t("Answer")],
      rows: () =>
        [...marks.answers].map(([seat, one]) => ({
          shade: student(seat).shade,
          name: student(seat).name,
          value: marks.about ? `${marks.written(marks.valueOf(one))}${marks.unit}` : "",
          action: { text: t("Look"), run: () => lookAt(seat) },
        })),
      save: () => download(`${slot}-answers.csv`, new Blob([csv()], { type: "text/csv" })),
    });
  }

  /** Each answer of each picture as a line: what the figure is about, then the state's entries. */
  function csv() {
    const kept = keptOf(board, figures).filter(({ figure }) => figure === marks.figure);
    const pictures = [...kept, { name: t("now"), answers: marks.answers }];
    const names = Object.keys(figures.get(slot).state).filter((name) => name !== "classes");
    const head = ["picture", "student", marks.about?.shows ?? "answer", ...names];
    const lines = pictures.flatMap(({ name, answers }) =>
      [...answers].map(([seat, one]) =>
        [
          quoted(name),
          quoted(student(seat).name),
          marks.valueOf(one),
          ...names.map((entry) => quoted(JSON.stringify(one.state[entry]))),
        ].join(","),
      ),
    );
    return `${[head.join(","), ...lines].join("\r\n")}\r\n`;
  }

  const end = () => {
    begin(null);
    for (const dialog of [list, limits]) dialog.remove();
  };
  return { element, show, end, asks: () => Boolean(slot) };
}

/** What the class says, in a sentence. */
function summary(marks, here) {
  const count = marks.answers.size;
  const answered = t("{n} of {here} have answered", { n: count, here: Math.max(here, count) });
  return [answered, middleOf(marks)].filter(Boolean).join(" · ");
}
