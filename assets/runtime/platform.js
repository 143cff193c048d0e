// A lesson within a learning platform: what the page tells of itself is reported by SCORM 1.2 or 2004,
// and what the platform has kept is there again. Where no platform answers, the page keeps it as ever.

import { hearPage } from "./frame.js";
import { keepAddress, keepElsewhere } from "./storage.js";
import { PROGRESS } from "./lesson/progress.js";

const FARTHEST = 20; // windows around this one in which the platform is looked for
const WAIT = 400; // ms in which changes are reported together
const READ = 0.4; // of the window's height: what lies above it has been read

/** What the two versions of the standard call the same things. */
const VERSIONS = {
  1.2: {
    api: "API",
    call: (name) => `LMS${{ Initialize: "Initialize", Terminate: "Finish" }[name] ?? name}`,
    suspended: 4096, // characters
    names: {
      entry: "cmi.core.entry",
      location: "cmi.core.lesson_location",
      score: "cmi.core.score",
      time: "cmi.core.session_time",
      exit: "cmi.core.exit",
    },
    status: (done) => ({ "cmi.core.lesson_status": done ? "completed" : "incomplete" }),
    score: () => ({}),
    response: "student_response",
    letters: (places) => places.map(letter).join(","),
    reached: "reached",
    wrong: "wrong",
    when: (now) => ["time", now.toTimeString().slice(0, 8)],
    duration: (seconds) => {
      const parts = [seconds / 3600, (seconds / 60) % 60].map((part) => Math.floor(part));
      const [hours, minutes] = parts.map((part) => String(part).padStart(2, "0"));
      return `${hours.padStart(4, "0")}:${minutes}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;
    },
  },
  2004: {
    api: "API_1484_11",
    call: (name) => name,
    suspended: 64000,
    names: {
      entry: "cmi.entry",
      location: "cmi.location",
      score: "cmi.score",
      time: "cmi.session_time",
      exit: "cmi.exit",
    },
    status: (done, share) => ({
      "cmi.completion_status": done ? "completed" : "incomplete",
      "cmi.success_status": share === 1 ? "passed" : "unknown",
      ...(share === null ? {} : { "cmi.progress_measure": String(share) }),
    }),
    score: (share) => ({ "cmi.score.scaled": String(share) }),
    response: "learner_response",
    letters: (places) => places.map(letter).join("[,]"),
    reached: "[.]reached", // a step without a name, and what came of it
    wrong: "incorrect",
    // A time zone is allowed after hundredths of a second only.
    when: (now) => ["timestamp", `${now.toISOString().slice(0, 22)}Z`],
    duration: (seconds) => `PT${seconds.toFixed(2)}S`,
  },
};

const letter = (place) => String.fromCharCode(97 + place);

/** The platform's end, in a window around this one or in the one that opened it. */
function found() {
  for (const first of [window, window.opener]) {
    let one = first;
    for (let i = 0; one && i < FARTHEST; i++) {
      for (const version of Object.values(VERSIONS)) {
        try {
          const api = one[version.api];
          if (typeof api?.[version.call("Initialize")] === "function") return { api, version };
        } catch {
          break; // a window of another origin says nothing, but one around it may be the platform's
        }
      }
      if (one.parent === one) break;
      one = one.parent;
    }
  }
  return null;
}

class Platform {
  #api;
  #version;
  #page = JSON.parse(document.querySelector('[data-crossent="page"]').textContent);
  #began = performance.now();
  #late = 0;
  #ended = false;
  #place = ""; // where the student was, until the page is there again
  #kept = null; // the progress of lessons, as text

  constructor({ api, version }) {
    this.#api = api;
    this.#version = version;
  }

  /** Takes up what was left, before the page begins; whether the platform lets it. */
  begin() {
    if (String(this.#call("Initialize", "")) !== "true") return false;
    const left = this.#suspended();
    if (left.progress) this.#kept = JSON.stringify({ [this.slug]: left.progress });
    if (typeof left.query === "string" && left.query.startsWith("?")) keepAddress(left.query);
    keepElsewhere(PROGRESS, {
      read: () => this.#kept,
      write: (text) => {
        this.#kept = text;
        this.#soon();
      },
    });
    hearPage((kind, told) => this.hear(kind, told));
    this.#place = this.#get("location");
    addEventListener("load", () => this.#goBack());
    addEventListener("visibilitychange", () => document.hidden && this.report());
    addEventListener("pagehide", () => this.end());
    addEventListener("click", leadOut, { capture: true });
    this.#soon();
    return true;
  }

  get slug() {
    return this.#page.lesson.slug;
  }

  /** What the platform answers; one that fails answers nothing, and the lesson goes on. */
  #call(name, ...given) {
    try {
      return this.#api[this.#version.call(name)](...given);
    } catch (error) {
      console.warn(error);
      return "";
    }
  }

  #get(name) {
    return String(this.#call("GetValue", this.#version.names[name] ?? name) ?? "");
  }

  #set(values) {
    for (const [name, value] of Object.entries(values))
      this.#call("SetValue", this.#version.names[name] ?? name, value);
  }

  #suspended() {
    try {
      return JSON.parse(this.#get("cmi.suspend_data") || "{}") ?? {};
    } catch {
      return {};
    }
  }

  /** The lesson's own progress: {done, answers, finished}. */
  get #progress() {
    return JSON.parse(this.#kept ?? "{}")[this.slug] ?? {};
  }

  // -- what the page tells --------------------------------------------------------------------------

  hear(kind, { step, right }) {
    if (kind === "answer") {
      const { letters, wrong } = this.#version;
      const chosen = this.#progress.answers?.[step] ?? [];
      this.#interaction(step, "choice", letters(chosen), right ? "correct" : wrong);
    } else if (kind === "goal")
      this.#interaction(step, "performance", this.#version.reached, "correct");
    else if (kind === "state") this.#soon();
  }

  #interaction(step, type, response, result) {
    const place = `cmi.interactions.${this.#get("cmi.interactions._count") || 0}`;
    const [when, now] = this.#version.when(new Date());
    const values = { id: `${this.slug}.${step}`, type, [when]: now };
    const { letters } = this.#version;
    for (const [name, value] of Object.entries(values)) this.#set({ [`${place}.${name}`]: value });
    if (type === "choice") {
      const right = letters(rightOnes(step));
      this.#set({ [`${place}.correct_responses.0.pattern`]: right });
    }
    this.#set({ [`${place}.${this.#version.response}`]: response, [`${place}.result`]: result });
    this.#soon();
  }

  #soon() {
    clearTimeout(this.#late);
    this.#late = setTimeout(() => this.report(), WAIT);
  }

  /** Tells all that there is to tell. */
  report() {
    if (this.#ended) return;
    clearTimeout(this.#late);
    const { status, score, names } = this.#version;
    const { steps } = this.#page.lesson;
    const { done = {}, finished = false } = this.#progress;
    const count = steps.filter((step) => done[step]).length;
    const share = steps.length ? count / steps.length : null;
    this.#set({
      location: this.#place || placeReached(),
      "cmi.suspend_data": this.#leaves(),
      ...status(Boolean(finished) || share === 1, share),
    });
    if (share !== null) {
      const raw = String(Math.round(100 * share));
      const of100 = { [`${names.score}.min`]: "0", [`${names.score}.max`]: "100" };
      this.#set({ ...of100, [`${names.score}.raw`]: raw, ...score(share) });
    }
    this.#call("Commit", "");
  }

  /** What is to be there again: the progress and, where there is room, the figures' states. */
  #leaves() {
    const { done = {}, answers = {}, finished = false } = this.#progress;
    const wholes = [
      { progress: { done, answers, finished }, query: location.search },
      { progress: { done, answers, finished } },
      { progress: { done, finished } },
    ];
    const texts = wholes.map((whole) => inAscii(JSON.stringify(whole)));
    return texts.find((text) => text.length <= this.#version.suspended) ?? "{}";
  }

  end() {
    if (this.#ended) return;
    const { duration } = this.#version;
    const seconds = Math.round((performance.now() - this.#began) / 1000); // 59.999 would be 60.00
    this.#set({ time: duration(seconds), exit: "suspend" });
    this.report();
    this.#ended = true;
    this.#call("Terminate", "");
  }

  /** Where the student was, once the figures have their sizes. */
  #goBack() {
    const place = this.#place;
    this.#place = "";
    if (!place || location.hash) return;
    const target = document.getElementById(place) ?? stepNamed(place);
    target?.scrollIntoView();
  }
}

/** Some platforms count bytes. */
const inAscii = (text) =>
  text.replace(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** @type {(selector: string) => HTMLElement[]} */
const all = (selector) =>
  [...document.querySelectorAll(selector)].map((one) => /** @type {any} */ (one));

const stepNamed = (name) =>
  all(".lesson-body [data-step]").find(({ dataset }) => dataset.step === name);

/** The last heading or step that has come into view. */
function placeReached() {
  const places = all(".lesson-body > h2[id], .lesson-body [data-step]");
  const read = places.filter((one) => one.getBoundingClientRect().top < READ * innerHeight);
  const last = read.at(-1);
  return scrollY && last ? last.dataset.step || last.id : "";
}

/** The places of a question's right answers. */
function rightOnes(step) {
  const controls = [...(stepNamed(step)?.querySelectorAll("[data-answer]") ?? [])];
  return controls.flatMap((control, i) =>
    /** @type {HTMLElement} */ (control).dataset.answer === "right" ? [i] : [],
  );
}

/** Another page is not the one that the platform has opened: it comes beside it. */
function leadOut(event) {
  const link = event.target.closest?.("a[href]");
  if (link && (link.pathname !== location.pathname || link.origin !== location.origin))
    link.target = "_blank";
}

/** Begins with the platform that there is, if there is one; whether it has. */
export const onPlatform = (() => {
  const platform = document.querySelector(".lesson-body") ? found() : null;
  return platform !== null && new Platform(platform).begin();
})();
