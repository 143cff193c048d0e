// A lesson's question as a vote of the class: nobody sees a count, and nobody an explanation, until the
// lecturer shows them; and after a discussion the class can vote again, both rounds beside each other.

import { h, setText } from "../runtime/dom.js";
import { t } from "../runtime/texts.js";
import { tool } from "./tools.js";

const VOTE = /^vote\/(.+)\/([12])\/(\d+)$/;

const blockOf = (question) =>
  /** @type {HTMLElement | null} */ (
    document.querySelector(`.question[data-step="${CSS.escape(question)}"]`)
  );

export const choicesOf = (block) => [...block.querySelectorAll(".choices > li")];

/** @type {(block: ParentNode) => NodeListOf<HTMLInputElement>} */
const controls = (block) => block.querySelectorAll("[data-answer]");
const controlsOf = (block) => [...controls(block)];

/** The votes on a question: in which round, by which seat, for which choices. */
export const votesOf = (board, question) =>
  Object.entries(board).flatMap(([name, chosen]) => {
    const [, of, round, seat] = name.match(VOTE) ?? [];
    return of === question ? [{ round: Number(round), seat: Number(seat), chosen }] : [];
  });

/** How many have made each choice, in each round that somebody has voted in, or so many. */
export function countsOf(board, question, rounds = 1) {
  const votes = votesOf(board, question);
  const length = Math.max(rounds, ...votes.map(({ round }) => round));
  const counts = Array.from({ length }, () => choicesOf(blockOf(question)).map(() => 0));
  for (const { round, chosen } of votes) for (const place of chosen) counts[round - 1][place] += 1;
  return counts;
}

/** The lecturer's part: a button at each question, and a face of the bar while one is voted on. */
export function startPolls({ board, say }) {
  let seen = false; // the lecturer looks at the counts before the class does
  const says = h("span", { className: "room-says", role: "status" });
  const look = tool(t("See the votes"), t("On this screen; phones show nothing yet"), () => {
    seen = !seen;
    draw();
  });
  const again = tool(t("Vote again"), t("A second round, after a discussion"), () => ask(2));
  const reveal = tool(t("Show"), t("The votes and the answer, on every phone"), () =>
    say({ poll: { ...board.poll, counts: counted() } }),
  );
  const done = tool(t("Done"), t("Ends the vote"), () => say({ poll: null }));
  const element = h(
    "div",
    { className: "room-face", hidden: true },
    says,
    look,
    again,
    reveal,
    done,
  );
  /** @type {NodeListOf<HTMLElement>} */
  const blocks = document.querySelectorAll(".question[data-step]");
  const buttons = [...blocks].map((block) => {
    const button = h("button", {
      type: "button",
      className: "button room-poll",
      textContent: t("Ask the class"),
      onclick: () => begin(block.dataset.step),
    });
    block.querySelector(".choices").after(button);
    return button;
  });

  function begin(question) {
    const votes = Object.keys(board).filter((name) => name.startsWith(`vote/${question}/`));
    const poll = { question, round: 1, counts: null };
    say({ poll }, { poll, ...Object.fromEntries(votes.map((name) => [name, null])) });
  }

  function ask(round) {
    say({ poll: { ...board.poll, round, counts: null } });
  }

  const counted = () => countsOf(board, board.poll.question, board.poll.round);

  const voted = () =>
    votesOf(board, board.poll.question).filter(({ round }) => round === board.poll.round).length;

  function show(news) {
    if ("poll" in news) {
      seen = false;
      clearCounts();
      element.hidden = !board.poll;
      if (board.poll) blockOf(board.poll.question)?.scrollIntoView({ block: "center" });
    }
    if (board.poll) draw();
  }

  function draw() {
    const { question, round, counts } = board.poll;
    const block = blockOf(question);
    if (!block) return;
    const here = Math.max(board.here ?? 0, voted());
    const count = t("{n} of {here} have voted", { n: voted(), here });
    setText(says, round === 2 ? `${t("Second round")}: ${count}` : count);
    look.hidden = reveal.hidden = Boolean(counts);
    look.setAttribute("aria-pressed", String(seen));
    again.hidden = round === 2 || Boolean(counts);
    if (counts) revealed(block, counts);
    else if (seen) drawCounts(block, counted());
    else clearCounts();
  }

  return {
    element,
    show,
    asks: () => Boolean(board.poll),
    end() {
      clearCounts();
      for (const button of buttons) button.remove();
    },
  };
}

/** The student's part: what is chosen is a vote, and is answered when everyone's is. */
export function startVoting({ say, onvote }) {
  let poll = null;
  let block = null;
  let chosen = null;

  /** `own` are the places that the room knows to be chosen here, as before this page was loaded. */
  function show(next, own = null) {
    const before = poll;
    poll = next ?? null;
    if (!poll) return leave();
    const another = before?.question !== poll.question || before?.round !== poll.round;
    if (another) {
      chosen = null;
      leave();
    }
    if (own) chosen = own;
    else if (chosen && !poll.counts) say(vote()); // it was lost on its way
    block = blockOf(poll.question);
    if (!block) return undefined;
    if (poll.counts) return answer();
    block.classList.add("room-asked");
    block.classList.remove("room-shown");
    clearCounts();
    mark();
    block.addEventListener("click", choose, true);
    return undefined;
  }

  const vote = () => ({
    vote: { question: poll.question, round: poll.round, choices: chosen },
  });

  /** A choice, or the choices that are ticked: sent, and not answered yet. */
  function choose(event) {
    const control = event.target.closest?.("[data-answer], [data-check]");
    if (!control || control.type === "checkbox" || event.target.closest(".choice-box")) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    if (chosen) return;
    const ticked = (one) => ("check" in control.dataset ? one.checked : one === control);
    const places = controlsOf(block).flatMap((one, i) => (ticked(one) ? [i] : []));
    if (!places.length) return;
    chosen = places;
    if (!say(vote())) chosen = null;
    mark();
    onvote();
  }

  function mark() {
    controlsOf(block).forEach((control, i) => {
      const mine = Boolean(chosen?.includes(i));
      control.closest("li").classList.toggle("room-voted", mine);
      if (control.type !== "checkbox") control.setAttribute("aria-pressed", String(mine));
    });
  }

  /** The lecturer shows it: the own choice is answered as ever, beside everyone's. */
  function answer() {
    leave();
    block = blockOf(poll.question);
    revealed(block, poll.counts);
    if (!chosen) return; // who has not voted sees what is right all the same
    const own = controlsOf(block);
    for (const [i, control] of own.entries())
      if (control.type === "checkbox") control.checked = chosen.includes(i);
    (block.querySelector("[data-check]") ?? own[chosen[0]]).click();
  }

  function leave() {
    block?.removeEventListener("click", choose, true);
    block?.classList.remove("room-asked");
    if (!poll) clearCounts();
    for (const item of block ? choicesOf(block) : []) item.classList.remove("room-voted");
    block = null;
  }

  return { show, block: () => block, voted: () => Boolean(chosen) };
}

/** The right choices, marked and explained, and how many have chosen each. */
function revealed(block, counts) {
  drawCounts(block, counts);
  controlsOf(block).forEach((control) =>
    control.closest("li").classList.toggle("right", control.dataset.answer === "right"),
  );
  block.classList.add("answered");
  block.querySelector(".explanation").hidden = false;
}

/** Beside each choice how many have made it: a bar for each round. */
function drawCounts(block, counts) {
  clearCounts();
  const totals = counts.map((votes) => Math.max(1, ...[votes.reduce((a, b) => a + b, 0)]));
  choicesOf(block).forEach((item, i) => {
    const bars = counts.map((votes, round) => {
      const bar = h(
        "span",
        { className: "room-vote" },
        h("i"),
        h("b", { textContent: String(votes[i]) }),
      );
      bar.style.setProperty("--share", String(votes[i] / totals[round]));
      if (counts.length > 1) bar.title = round ? t("second round") : t("first round");
      return bar;
    });
    const said = counts.map((votes) => votes[i]).join(" → ");
    const text = h("span", { className: "spoken", textContent: t("{n} votes", { n: said }) });
    item.append(h("div", { className: "room-votes" }, ...bars, text));
  });
}

function clearCounts() {
  for (const drawn of document.querySelectorAll(".room-votes")) drawn.remove();
}
