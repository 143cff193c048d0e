// What a built site's service worker keeps, with a browser of the test's own around it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

const WORKER = readFileSync(new URL("../../assets/offline/worker.js", import.meta.url), "utf8");
const SITE = "https://x.org/course/";

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A reader of a site: `files` are its files by name, each with how long it takes to come. */
function reader(files) {
  const kept = new Map();
  const hears = {};
  let isThere = true;
  const cache = {
    keys: async () => [...kept.keys()].map((url) => ({ url })),
    match: async (one) => kept.get(one.url ?? one)?.clone(),
    put: async (url, response) => void kept.set(url, response),
    delete: async (one) => kept.delete(one.url ?? one),
  };
  const caches = { open: async () => cache };
  const fetch = async (one) => {
    const { text, type = "text/html", ms = 0 } = files[(one.url ?? one).slice(SITE.length)];
    await later(ms);
    if (!isThere) throw new TypeError("no network");
    return new Response(text, { headers: { "content-type": type } });
  };
  runInNewContext(WORKER, {
    ...{ URL, Response, caches, fetch, registration: { scope: SITE } },
    addEventListener: (name, hear) => (hears[name] = hear),
    setTimeout: (...given) => setTimeout(...given).unref(),
  });
  return {
    kept,
    /** Pages that are shown at one time. */
    async shows(...names) {
      const work = [];
      for (const name of names)
        hears.message({ data: { keep: SITE + name }, waitUntil: (one) => work.push(one) });
      await Promise.all(work);
    },
    async goesTo(name) {
      isThere = false;
      let answer = null;
      const request = { method: "GET", mode: "navigate", url: SITE + name };
      hears.fetch({ request, respondWith: (one) => (answer = one) });
      return (await answer).text();
    },
  };
}

const script = (ms = 0) => ({ text: "", type: "text/javascript", ms });
const page = (...names) => ({ text: names.map((name) => `<script src="${name}">`).join("") });

test("of pages that are opened at one time each is kept whole", async () => {
  const [one, slow, other] = ["one", "slow", "other"].map((name) => `assets/${name}.0123456789.js`);
  const files = { [one]: script(), [slow]: script(60), [other]: script(20) };
  const { kept, shows } = reader({ "a.html": page(one, slow), "b.html": page(other), ...files });
  await shows("a.html", "b.html");
  assert.deepEqual(
    new Set([...kept.keys()].map((url) => url.slice(SITE.length))),
    new Set(["a.html", "b.html", one, slow, other]),
  );
});

test("a page is found by its address with its ending and without", async () => {
  const site = reader({ a: { text: "A" }, "": { text: "index" }, "b.html": { text: "B" } });
  await site.shows("a", "", "b.html");
  const found = [];
  for (const name of ["a.html?x=1", "a", "index.html", "", "b", "b.html"])
    found.push(await site.goesTo(name));
  assert.deepEqual(found, ["A", "A", "index", "index", "B", "B"]);
});
