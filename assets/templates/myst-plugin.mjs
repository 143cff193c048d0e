// The directives crossent-figure and crossent-lesson for MyST documents and Jupyter Book 2, written by
// `crossent myst-plugin`. In myst.yml:
//
//   project:
//     plugins:
//       - crossent/crossent.mjs

import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FIGURES, LESSONS, nearestName, StateSpace } from "./parts.mjs"; // see sites/myst.py

const FOLDER = dirname(fileURLToPath(import.meta.url));
const THEMES = ["auto", "light", "dark"];
let count = 0; // of widgets: each has an id

/** A mistake of an author's: one sentence, with the file and the line. */
class Mistake extends Error {}

const quoted = (text) => `'${String(text).slice(0, 40)}'`;

function unknown(name, known, start) {
  const near = nearestName(name, known);
  return new Mistake(`${start} ${quoted(name)}${near ? `; did you mean '${near}'?` : ""}`);
}

/** What the option `state` says, as JSON: {} where there is none. */
function stateOf({ state }) {
  if (state === undefined) return {};
  try {
    const read = JSON.parse(state);
    if (read && typeof read === "object" && !Array.isArray(read)) return read;
  } catch {
    // as an array or a number is
  }
  throw new Mistake(`the state is JSON such as {"target": 1}; got ${quoted(state)}`);
}

function themeOf({ theme = "auto" }) {
  if (!THEMES.includes(theme)) throw unknown(theme, THEMES, "no theme");
  return theme;
}

/** The way from a document to a file beside this one. */
const way = (vfile, file) => relative(dirname(resolve(vfile.path)), join(FOLDER, file));

function figure({ arg, options = {} }, vfile) {
  if (!Object.hasOwn(FIGURES, arg)) throw unknown(arg, Object.keys(FIGURES), "no figure");
  const { parameters, hideable } = FIGURES[arg];
  const state = stateOf(options);
  const { problems } = new StateSpace(arg, parameters).resolve(state);
  if (problems.length) throw new Mistake(problems[0]);
  for (const name of (options.hide ?? "").split(",").map((one) => one.trim()))
    if (name && !hideable.includes(name)) throw unknown(name, hideable, `${arg} has no control`);
  return {
    esm: way(vfile, "figures.mjs"),
    picture: way(vfile, `pictures/${arg}.png`),
    title: FIGURES[arg].title,
    model: {
      name: arg,
      state: JSON.stringify(state),
      hide: options.hide ?? "",
      theme: themeOf(options),
    },
  };
}

function lesson({ arg, options = {} }, vfile) {
  if (!Object.hasOwn(LESSONS, arg))
    throw Object.keys(LESSONS).length
      ? unknown(arg, Object.keys(LESSONS), "no lesson")
      : new Mistake(`lesson ${quoted(arg)} is not here: crossent myst-plugin --only ${arg}`);
  const { title, picture } = LESSONS[arg];
  const theme = themeOf(options);
  return {
    esm: way(vfile, `lessons/${arg}.mjs`),
    picture: picture && way(vfile, `pictures/${picture}.png`),
    title,
    model: {
      title: `Crossent: ${title}`,
      height: options.height ?? 900,
      ...(theme === "auto" ? {} : { theme }),
      ...(options.site ? { site: options.site } : {}),
    },
  };
}

/** The widget, with a picture for paper, and its caption. */
function shown({ esm, picture, title, model }, { body, options = {} }) {
  const widget = { type: "anywidget", id: `crossent-${++count}`, esm, model };
  const image = { type: "image", url: picture, alt: title, placeholder: true };
  const caption = options.caption ?? body;
  return [
    {
      type: "container",
      kind: "figure",
      enumerated: false,
      children: [
        widget,
        ...(picture ? [image] : []),
        ...(caption?.length ? [{ type: "caption", children: [paragraph(caption)] }] : []),
      ],
    },
  ];
}

const paragraph = ([first, ...others]) =>
  first.type === "paragraph" ? first : { type: "paragraph", children: [first, ...others] };

/** A directive whose mistakes are told with their place. */
const directive = (name, doc, what, options) => ({
  name,
  doc,
  arg: { type: String, required: true, doc: what },
  options: {
    theme: { type: String, doc: "light, dark or auto, which follows the page" },
    caption: { type: "myst", doc: "The caption; the body can be it instead" },
    ...options,
  },
  body: { type: "myst", doc: "The caption" },
  run(data, vfile) {
    try {
      return shown((name === "crossent-figure" ? figure : lesson)(data, vfile), data);
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      vfile.message(error.message, data.node).fatal = true;
      return [];
    }
  },
});

export default {
  name: "Crossent",
  directives: [
    directive("crossent-figure", "A figure on cross-entropy to drag", "The figure's name", {
      state: { type: String, doc: "Entries of its state, as JSON" },
      hide: { type: String, doc: "Names of controls or tools that are not shown" },
    }),
    directive("crossent-lesson", "A lesson on cross-entropy", "The lesson's name", {
      height: { type: Number, doc: "Pixels, until the lesson has told its own height" },
      site: { type: String, doc: "The address of a built site, for links to other lessons" },
    }),
  ],
};
