// What we use of BokehJS and of Panel's script that they do not promise to keep, and nowhere else.
// Each use has a canary in tests/browser/test_insides.py, which says in one sentence what an upgrade
// has moved.

import { scaleOf } from "./dom.js";

/** @import { BokehDocument, Model, PlotView, Scale, SocketModel } from "./types.d.ts" */

/** On a page of others', which may have another Bokeh, ours is apart. */
const bokeh = () => globalThis.crossentBokeh ?? window.Bokeh;

/**
 * Draws a plot in a place on the page.
 * @param {object} item as json_item gives it; left as it is
 * @param {HTMLElement} place
 * @returns {Promise<PlotView>}
 */
export async function embedded(item, place) {
  const views = await bokeh().embed.embed_item(structuredClone(item), place);
  return [...views][0];
}

/**
 * Bokeh keeps paintings at least 1/60 s apart by a timer, and so misses every other frame of a
 * drag on a screen of 60 frames a second. Once a frame is as rare, and late for none.
 * @param {PlotView} view
 */
export function paintEachFrame(view) {
  /** @type {Promise<void> | null} */
  let next = null;
  view.throttled_paint = () =>
    (next ??= new Promise((resolve) => {
      requestAnimationFrame(() => {
        next = null;
        if (!view.is_destroyed) view.repaint();
        resolve();
      });
    }));
}

/**
 * In each painting Bokeh gives every axis and curve its style sheet again, as it is, and asks the
 * page's style for each colour and width anew: the page's style is then worked out several times a
 * frame. Sheets are given when they change; our plots' looks are properties, not CSS variables.
 * @param {PlotView} view
 */
export function keepStyle(view) {
  for (const { visuals = [], position, style } of [view, ...view.computed_renderer_views]) {
    for (const visual of visuals) visual._get_css_value = () => "";
    for (const sheet of [position, style]) if (sheet) giveOnce(sheet);
  }
}

function giveOnce(sheet) {
  const { _update } = sheet;
  let given = sheet.css;
  sheet._update = (text) => {
    if (text === given) return;
    given = text;
    _update.call(sheet, text);
  };
}

/**
 * Bokeh takes for a plot's size what is seen of it. On a slide that is scaled, a plot is as large as
 * its box all the same: what Bokeh asks an element is answered in the element's own pixels.
 * @param {PlotView} view
 */
export function measureOwnPixels(view) {
  const views = prototypeWith(view, "update_bbox");
  const { update_bbox: measure } = views;
  if (!measured.has(views))
    views.update_bbox = function () {
      for (const { el } of [this, this.parent ?? this]) answerInOwnPixels(el, this.root.el);
      return measure.call(this);
    };
  measured.add(views);
  if (scaleOf(view.el) !== 1) view.after_resize();
}

const measured = new WeakSet(); // prototypes

function prototypeWith(object, name) {
  while (!Object.hasOwn(object, name)) object = Object.getPrototypeOf(object);
  return object;
}

/** @param {HTMLElement} element @param {HTMLElement} root the plot's, which is large enough to ask */
function answerInOwnPixels(element, root) {
  element.getBoundingClientRect = () => {
    const { x, y, width, height } = Element.prototype.getBoundingClientRect.call(element);
    const scale = scaleOf(root);
    return new DOMRect(x / scale, y / scale, width / scale, height / scale);
  };
}

/** @param {PlotView} view @returns {BokehDocument} */
export const documentOf = (view) => view.model.document;

/** @param {BokehDocument} document @returns {Model[]} */
const modelsOf = (document) => [...document._all_models.values()];

/**
 * The sources of a document's plots, by name.
 * @param {BokehDocument} document
 */
export function namedSources(document) {
  /** @type {Map<string, Model[]>} */
  const sources = new Map();
  for (const model of modelsOf(document)) {
    if (model.type !== "ColumnDataSource" || !model.name) continue;
    sources.set(model.name, [...(sources.get(model.name) ?? []), model]);
  }
  return sources;
}

/**
 * Gives models' properties other values: those for which `changed` returns one. A property that was
 * never set is passed over. It is told the model's tags too.
 * @param {BokehDocument} document
 * @param {(value: any, name: string, tags: any[]) => unknown} changed
 */
export function changeProperties(document, changed) {
  for (const model of modelsOf(document)) {
    /** @type {Record<string, unknown>} */
    const changes = {};
    for (const property of model) {
      if (property.is_unset) continue;
      const next = changed(property.get_value(), property.attr, model.tags ?? []);
      if (next !== undefined) changes[property.attr] = next;
    }
    if (Object.keys(changes).length) model.setv(changes);
  }
}

const COLORS = /^(line|fill|text)_color$/;
const ALPHAS = /^(line|fill|text|global)_alpha$/;

/** What a property says of all that a glyph draws, if it says one thing. */
const oneOf = (/** @type {any} */ value) =>
  value && typeof value === "object" ? value.value : value;

/** @param {PlotView} view @returns {Model[]} */
const glyphsOf = ({ model }) => model.renderers.flatMap(({ glyph }) => glyph ?? []);

/** @param {Model} glyph @returns {unknown[]} */
const colorsOf = (glyph) =>
  [...glyph].filter(({ attr }) => COLORS.test(attr)).map((color) => oneOf(color.get_value()));

/**
 * The colours of each glyph of a plot.
 * @param {PlotView} view
 */
export const glyphColors = (view) => glyphsOf(view).map(colorsOf);

/** @type {WeakMap<Model, Record<string, any>>} each glyph's own opacities */
const opacities = new WeakMap();

/**
 * Draws all glyphs fainter but those whose colours are kept; without `isKept`, all as they were.
 * @param {PlotView} view
 * @param {((colors: unknown[]) => boolean) | null} isKept
 * @param {number} share of its opacity that a glyph keeps
 */
export function fade(view, isKept, share) {
  for (const glyph of glyphsOf(view)) {
    const alphas = [...glyph].filter(({ attr }) => ALPHAS.test(attr));
    const own =
      opacities.get(glyph) ?? Object.fromEntries(alphas.map((a) => [a.attr, a.get_value()]));
    const fades = isKept && !isKept(colorsOf(glyph));
    if (!fades && !opacities.has(glyph)) continue;
    opacities.set(glyph, own);
    glyph.setv(
      fades
        ? Object.fromEntries(alphas.map(({ attr }) => [attr, share * Number(oneOf(own[attr]))]))
        : own,
    );
    if (!fades) opacities.delete(glyph);
  }
}

/**
 * From values to pixels from the corner of the plot's box, and back.
 * @param {PlotView} view
 * @returns {{ x: Scale, y: Scale }}
 */
export const scalesOf = ({ frame }) => ({ x: frame.x_scale, y: frame.y_scale });

/**
 * Takes the size that the plot's box has now, without waiting for a frame.
 * @param {PlotView} view
 */
export const fitNow = (view) => view.after_resize();

/** @param {PlotView} view */
export const sizeOf = ({ bbox: { width, height } }) => ({ width, height });

/**
 * A plot's curves and words as the text of an SVG.
 * @param {PlotView} view
 */
export const svgOf = (view) => view.export("svg").ctx.get_serialized_svg(true);

// -- a session ------------------------------------------------------------------------------------

/**
 * Begins the session of a ticket, with its one view in a place on the page; without views, it was
 * refused.
 * @param {string} token
 * @param {HTMLElement} place
 * @returns {Promise<unknown[]>}
 */
export const sessionViews = (token, place) =>
  window.Bokeh.embed.embed_items(
    "{}",
    [{ token, roots: { link: place.id }, root_ids: ["link"], use_for_title: false }],
    "/",
  );

/**
 * Has a document's views forgotten, with all that they hold. Of a session's, Panel finds one by its
 * model's id, and a new server counts from the same first id again.
 * @param {BokehDocument | null | undefined} document
 */
export const forgetViews = (document) => document?.views_manager?.clear();

/**
 * Tells the other end something.
 * @param {SocketModel} model
 * @param {object} message
 */
export const tell = (model, message) => model.send_msg(message);

/**
 * Hears what the other end tells.
 * @param {SocketModel} model
 * @param {(message: any) => void} hear
 */
export const listen = (model, hear) => model.on("msg:custom", (event) => hear(event.data ?? event));

/**
 * Hears that the connection to the other end is gone. In a notebook there is no document.
 * @param {SocketModel} model
 * @param {() => void} hear
 */
export const listenForLoss = (model, hear) => model.document?.on_event("connection_lost", hear);
