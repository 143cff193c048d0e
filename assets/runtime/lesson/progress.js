// What a reader has done, kept in this browser only. Where storage is refused, full or holds
// nonsense, what was done on this page still counts on it.

import { forget, remember, remembered } from "../storage.js";

export const PROGRESS = "crossent-progress"; // the name by which it is kept
const here = new Map(); // slug -> what was done on this page

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** A lesson's progress as it was kept, without what none of us has kept there. */
function cleaned(lesson) {
  const { done, answers, finished } = isObject(lesson) ? lesson : {};
  const steps = Object.entries(isObject(done) ? done : {});
  const chosen = Object.entries(isObject(answers) ? answers : {});
  return {
    // A wrong answer was once kept as a step done.
    done: Object.fromEntries(steps.filter(([, how]) => typeof how === "string" && how !== "wrong")),
    answers: Object.fromEntries(chosen.filter(([, places]) => Array.isArray(places))),
    ...(typeof finished === "boolean" ? { finished } : {}),
  };
}

function kept() {
  try {
    const progress = JSON.parse(remembered(PROGRESS) ?? "{}");
    return isObject(progress) ? progress : {};
  } catch {
    return {};
  }
}

const merged = (before, news) => ({
  ...before,
  ...news,
  done: { ...before.done, ...news.done },
  answers: { ...before.answers, ...news.answers },
});

function all() {
  const progress = kept();
  for (const [slug, news] of here) progress[slug] = merged(cleaned(progress[slug]), news);
  return progress;
}

/** What was done of a lesson: its steps with how they went, and whether it is finished. */
export function progressOf(slug) {
  return { finished: false, ...cleaned(all()[slug]) };
}

function note(slug, news) {
  here.set(slug, merged(here.get(slug) ?? {}, news));
  remember(PROGRESS, JSON.stringify(all()));
}

export function noteStep(slug, step, how) {
  if (!progressOf(slug).done[step]) note(slug, { done: { [step]: how } });
}

/** The choices made at a question, right or wrong, by their places. */
export function noteAnswer(slug, step, chosen) {
  note(slug, { answers: { [step]: chosen } });
}

export function noteFinished(slug, finished) {
  note(slug, { finished });
}

/** Forgets everything; returns what takes that back. */
export function clearProgress() {
  const before = all();
  here.clear();
  forget(PROGRESS);
  return () => {
    for (const [slug, progress] of Object.entries(before)) note(slug, progress);
  };
}

export const anyProgress = () => Object.keys(all()).length > 0;
