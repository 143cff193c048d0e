// Keeps what was visited of a built site for a reader without a network: each page with the scripts and
// styles that it names. Their names hold their contents' digests, and a page is kept when all of them
// are: so an old page never meets a new script, nor a new page an old one. Where there is a network the
// page comes from there.

const KEPT = `crossent ${registration.scope}`;
const ASSET = /assets\/[\w.-]+\.[0-9a-f]{10}\.\w+/g;
const NAMES = "x-crossent-assets"; // of a kept page: the assets that it names
const PATIENCE = 4000; // ms for a network that is there and says nothing

const inScope = (address) => address.startsWith(registration.scope);
const isAsset = (address) => inScope(address) && address.search(ASSET) > 0;
const place = (asset) => new URL(asset, registration.scope).href;

/** A page's name: its address without the state of its figures; some hosts leave out its ending. */
function nameOf(address) {
  const { origin, pathname } = new URL(address);
  if (pathname.endsWith(".html")) return origin + pathname;
  return `${origin}${pathname}${pathname.endsWith("/") ? "index" : ""}.html`;
}

async function keep(address) {
  const page = await fetch(address, { cache: "force-cache" }); // as it was shown a moment ago
  if (!page.ok || !/html/.test(page.headers.get("content-type"))) return;
  const html = await page.text();
  const names = [...new Set(html.match(ASSET) ?? [])];
  const cache = await caches.open(KEPT);
  await Promise.all(names.map((name) => keepAsset(cache, place(name))));
  const headers = { "content-type": "text/html; charset=utf-8", [NAMES]: names.join(" ") };
  await cache.put(nameOf(address), new Response(html, { headers }));
  await tidy(cache);
}

async function keepAsset(cache, address) {
  if (await cache.match(address)) return;
  const asset = await fetch(address, { cache: "force-cache" });
  if (!asset.ok) throw new Error(`${asset.status}: ${address}`);
  await cache.put(address, asset);
}

/** What no kept page names any more is not kept either. */
async function tidy(cache) {
  const requests = await cache.keys();
  const pages = requests.filter(({ url }) => !isAsset(url));
  const named = await Promise.all(
    pages.map(async (page) => (await cache.match(page)).headers.get(NAMES).split(" ")),
  );
  const needed = new Set(named.flat().map(place));
  const left = requests.filter(({ url }) => isAsset(url) && !needed.has(url));
  await Promise.all(left.map((request) => cache.delete(request)));
}

/** A page from the network, or as it was kept where none is there. */
async function pageFor(request) {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(nameOf(request.url));
  const come = fetch(request, { cache: "no-cache" }); // the newest, however long the last may be kept
  if (!kept) return come;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  return Promise.race([come.catch(() => kept), late]);
}

async function assetFor(request) {
  const cache = await caches.open(KEPT);
  return (await cache.match(request.url)) ?? fetch(request);
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
let keeping = Promise.resolve(); // one page after the other: what one needs, another's tidying would take
addEventListener("message", (event) => {
  const address = String(event.data?.keep);
  if (!inScope(address)) return;
  // What cannot be kept now, for want of a network or of room, is kept at the next visit.
  keeping = keeping.then(() => keep(address)).catch(() => {});
  event.waitUntil(keeping);
});
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !inScope(request.url)) return;
  if (request.mode === "navigate") event.respondWith(pageFor(request));
  else if (isAsset(request.url)) event.respondWith(assetFor(request));
});
