// What a reader has done, kept in this browser only. Where storage is refused, full or holds
// nonsense, what was done on this page still counts on it.

import { forget, remember, remembered } from "../storage.js";

const KEY = "crossent-progress";
const here = new Map(); // slug -> what was done on this page

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** A lesson's progress as it was kept, without what none of us has kept there. */
function cleaned(lesson) {
  const { done, finished } = isObject(lesson) ? lesson : {};
  const steps = Object.entries(isObject(done) ? done : {});
  return {
    done: Object.fromEntries(steps.filter(([, how]) => typeof how === "string")),
    ...(typeof finished === "boolean" ? { finished } : {}),
  };
}

function kept() {
  try {
    const progress = JSON.parse(remembered(KEY) ?? "{}");
    return isObject(progress) ? progress : {};
  } catch {
    return {};
  }
}

function all() {
  const progress = kept();
  for (const [slug, { done, ...rest }] of here) {
    const before = cleaned(progress[slug]);
    progress[slug] = { ...before, ...rest, done: { ...before.done, ...done } };
  }
  return progress;
}

/** What was done of a lesson: its steps with how they went, and whether it is finished. */
export function progressOf(slug) {
  return { finished: false, ...cleaned(all()[slug]) };
}

function note(slug, news) {
  const { done, ...rest } = here.get(slug) ?? {};
  here.set(slug, { ...rest, ...news, done: { ...done, ...news.done } });
  remember(KEY, JSON.stringify(all()));
}

export function noteStep(slug, step, how) {
  if (!progressOf(slug).done[step]) note(slug, { done: { [step]: how } });
}

export function noteFinished(slug, finished) {
  note(slug, { finished });
}

export function clearProgress() {
  here.clear();
  forget(KEY);
}

export const anyProgress = () => Object.keys(all()).length > 0;
