// What a reader has done, kept in this browser only. Where storage is refused, on this page only.

const KEY = "crossent-progress";
const here = {}; // where storage is refused

function all() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : {};
  } catch {
    return here;
  }
}

function keep(progress) {
  try {
    localStorage.setItem(KEY, JSON.stringify(progress));
  } catch {
    Object.assign(here, progress);
  }
}

/** What was done of a lesson: its steps with how they went, and whether it is finished. */
export function progressOf(slug) {
  const { done = {}, finished = false } = all()[slug] ?? {};
  return { done, finished };
}

export function noteStep(slug, step, how) {
  const progress = all();
  const lesson = progress[slug] ?? {};
  if (lesson.done?.[step]) return;
  progress[slug] = { ...lesson, done: { ...lesson.done, [step]: how } };
  keep(progress);
}

export function noteFinished(slug, finished) {
  const progress = all();
  progress[slug] = { ...progress[slug], finished };
  keep(progress);
}

export function clearProgress() {
  for (const slug of Object.keys(here)) delete here[slug];
  try {
    localStorage.removeItem(KEY);
  } catch {
    // There was nothing but this page's.
  }
}

export const anyProgress = () => Object.keys(all()).length > 0;
