// A served page's session: begins it, and takes a new one when the server was away. Meanwhile the
// page's own functions answer, where they have come.

import { forgetViews, sessionViews } from "./insides.js";
import { BrowserLink } from "./links.js";
import { forgetScripts, loadScripts, PartError } from "./scripts.js";

const FIRST = 4000; // ms that the first connection may take until something is said
const PAUSE = 1000; // ms between attempts at first; each is longer than the one before
const LONGEST_PAUSE = 8000;
const PATIENCE = 10000; // ms until a session must be there
const PATIENCE_FOR_PARTS = 30000; // ms until a script must be there, over a slow network too
const REPRIEVE = 8000; // ms in which a server that is silent may speak again in the old session
const REST = 3000; // ms after which a page that stands asks for what it needs only if all goes wrong

const wait = (duration) => new Promise((resolve) => setTimeout(resolve, duration));

/** What a page was given to begin its session with: a ticket, and where the scripts are. */
export function sessionGiven(root = document) {
  return JSON.parse(root.querySelector('[data-crossent="session"]').textContent);
}

/** The first attempt; the link is told if it takes long or goes wrong. */
export function beginSession(link, given) {
  setTimeout(() => link.model ?? link.away("unreachable"), FIRST);
  return connect(link, given);
}

/** One attempt: Panel's scripts, then a session, whose component connects the link. */
async function connect(link, { scripts, token }) {
  try {
    await within(PATIENCE_FOR_PARTS, loadScripts(scripts));
  } catch (error) {
    if (error instanceof PartError) link.away("part", error.message);
    else forgetScripts(scripts);
    return;
  }
  const connected = new Promise((resolve) => (link.onconnect = resolve));
  const place = document.createElement("div");
  place.hidden = true;
  place.id = `crossent-session-${Math.random().toString(36).slice(2)}`;
  document.body.append(place);
  forgetViews(link.document);
  const refused = sessionViews(token, place).then(
    ({ length }) => length || Promise.reject(new Error("refused")),
  );
  try {
    await within(PATIENCE, Promise.race([connected, refused.then(() => connected)]));
    link.place?.remove();
    link.place = place;
  } catch {
    place.remove();
    link.away("unreachable");
  }
}

/** Asks for this page again until it answers, or until the old session does. */
export async function recoverSession(link) {
  if (link.recovering) return;
  link.recovering = true;
  const since = performance.now();
  for (let pause = PAUSE; link.lost; pause = Math.min(1.5 * pause, LONGEST_PAUSE)) {
    await wait(pause * (0.75 + Math.random() / 2)); // not all pages of a class in one moment
    if (link.lost && !(link.model && performance.now() - since < REPRIEVE)) await renew(link);
  }
  link.recovering = false;
}

async function renew(link) {
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const response = await fetch(location.href, { cache: "no-store", signal });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const given = sessionGiven(fresh);
    if (given.made !== sessionGiven().made)
      location.reload(); // serve --dev: of other code now
    else await connect(link, given);
  } catch {
    // Still away.
  }
}

/** Has the page's own functions kept by the browser, so that they are there without the server. */
export async function keepPrograms({ programs }) {
  await wait(REST);
  for (const address of Object.values(programs)) {
    await fetch(address, { priority: "low" }).catch(() => {});
  }
}

/** Gives the link the page's own functions, if they have come. */
export async function computeHere(link, { programs }) {
  try {
    await loadScripts(Object.values(programs));
    link.compute(new BrowserLink());
  } catch {
    // They had not come in time: the page waits for the server.
  }
}

function within(duration, promise) {
  const late = wait(duration).then(() => Promise.reject(new Error("too late")));
  return Promise.race([promise, late]);
}
