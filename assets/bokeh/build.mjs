// Makes bokeh.min.js of Bokeh's own npm package: what the figures draw with, and no more.
// `make bokeh` runs it; the result is committed, with the licences of what is in it.
//
// Left out: mathematics in labels (MathJax), WebGL, the toolbar's pictures, map projections, widgets,
// and every model that no figure names. A figure that names one which is missing fails a test that
// says so: add it below and run `make bokeh`.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");
const LIBRARY = "@bokeh/bokehjs/build/js/lib";

const MODELS = [
  ...["arrow", "arrow_head", "band", "box_annotation", "label", "label_set", "slope", "span"].map(
    (name) => `annotations/${name}`,
  ),
  "annotations/title",
  ...["categorical_axis", "linear_axis", "log_axis"].map((name) => `axes/${name}`),
  "filters/all_indices",
  ...["basic", "categorical", "log"].map((name) => `formatters/${name}_tick_formatter`),
  ...["circle", "harea", "hbar", "hspan", "hstrip", "image", "image_rgba", "line"].map(
    (name) => `glyphs/${name}`,
  ),
  ...["multi_line", "patch", "patches", "quad", "ray", "rect", "scatter", "segment"].map(
    (name) => `glyphs/${name}`,
  ),
  ...["step", "text", "varea", "varea_step", "vbar", "vspan", "vstrip"].map(
    (name) => `glyphs/${name}`,
  ),
  "grids/grid",
  ...["categorical", "linear", "log"].map((name) => `mappers/${name}_color_mapper`),
  ...["figure", "plot"].map((name) => `plots/${name}`),
  "policies/labeling",
  ...["data_range1d", "factor_range", "range1d"].map((name) => `ranges/${name}`),
  "renderers/glyph_renderer",
  ...["categorical", "linear", "log"].map((name) => `scales/${name}_scale`),
  ...["interaction_policy", "selection"].map((name) => `selections/${name}`),
  ...["cds_view", "column_data_source"].map((name) => `sources/${name}`),
  ...["basic", "fixed", "log", "single_interval"].map((name) => `tickers/${name}_ticker`),
  "tools/toolbar",
  "transforms/dodge",
  "ui/notifications",
].map((name) => `models/${name}`);

/** The entry: BokehJS's own index, and these models registered in it. */
const ENTRY = [
  `export * from "${LIBRARY}/index";`,
  `import { register_models } from "${LIBRARY}/base";`,
  ...MODELS.map((file, i) => `import * as part${i} from "${LIBRARY}/${file}";`),
  `for (const part of [${MODELS.map((_, i) => `part${i}`)}]) register_models(part);`,
].join("\n");

/** A model that is only a name. */
const NO_NOTES = [
  'import { Model } from "../../model";',
  "export class Notifications extends Model {",
  '  static __name__ = "Notifications";',
  "}",
].join("\n");

/** Modules whose content is exchanged for next to nothing. */
const leftOut = {
  name: "left-out",
  setup(esbuild) {
    const instead = (filter, contents) => esbuild.onLoad({ filter }, () => ({ contents }));
    instead(/lib\/models\/text\/mathjax\//, "export {};");
    instead(/lib\/models\/glyphs\/webgl\//, "export {};");
    instead(
      /proj4\/lib\/(core|Proj)\.js$/,
      "export default function flat() { return { forward: (p) => p, inverse: (p) => p }; }",
    );
    // Notes in a corner of the page would put an element into it for every plot, seen or not.
    instead(/lib\/models\/ui\/notifications\.js$/, NO_NOTES);
    esbuild.onLoad({ filter: /lib\/document\/config\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace("() => new Notifications()", "() => null"),
    }));
    // The toolbar's pictures are 90 kB of data in a style sheet; their names stay.
    esbuild.onLoad({ filter: /styles\/icons\.css\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/^export default[\s\S]*/m, 'export default "";'),
    }));
  },
};

const { metafile } = await build({
  stdin: { contents: ENTRY, resolveDir: HERE },
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "Bokeh",
  target: "es2022",
  legalComments: "none",
  metafile: true,
  plugins: [leftOut],
  outfile: join(HERE, "bokeh.min.js"),
});

/** The packages that a file of the bundle came from, as npm's lock knows them. */
function packagesIn(inputs) {
  const path = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//;
  const named = Object.entries(inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([name]) => path.exec(name.replaceAll("\\", "/"))?.[1]);
  return [...new Set(named.filter(Boolean))].sort();
}

function licenceOf(name) {
  const folder = join(MODULES, name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : "(no text is shipped)";
  return `${name} ${version}: ${license}\n\n${text.replaceAll("\r\n", "\n")}`;
}

const packages = packagesIn(Object.values(metafile.outputs)[0].inputs);
const rule = `\n\n${"-".repeat(78)}\n\n`;
const head = "bokeh.min.js holds parts of these packages, minified by esbuild.";
writeFileSync(join(HERE, "LICENSES"), `${[head, ...packages.map(licenceOf)].join(rule)}\n`);

const { version } = JSON.parse(readFileSync(join(MODULES, "@bokeh/bokehjs/package.json"), "utf8"));
const source = readFileSync(join(HERE, "bokeh.min.js"), "utf8");
writeFileSync(
  join(HERE, "bokeh.min.js"),
  `/*! BokehJS ${version}, in part; licences: see LICENSES beside this file */\n${source}`,
);
process.stdout.write(
  `BokehJS ${version}: ${Math.round(source.length / 1000)} kB of ${packages.join(", ")}\n`,
);
