import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: [".venv/", "site/", "build/", "dist/", "assets/bokeh/bokeh.min.js"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-console": ["error", { allow: ["warn"] }],
      "no-else-return": "error",
      "no-eval": "error",
      "no-implicit-coercion": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
          property,
          message: "Text goes in as text, never as markup.",
        })),
      ],
      "no-shadow": "error",
      "no-unused-expressions": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
  { files: ["assets/offline/*.js"], languageOptions: { globals: globals.serviceworker } },
  {
    // Only what a trace uses of it is emitted with that trace.
    files: ["app/crossent/trace/runtime.js"],
    rules: { "no-unused-vars": "off" },
  },
  {
    files: ["tests/runtime/**/*.js", "assets/bokeh/build.mjs"],
    languageOptions: { globals: globals.nodeBuiltin },
  },
];
