// When the server is away: ask for this page again until it answers, then take up a new session.

const PAUSE = 1000; // ms between attempts

/** Resolves once the page has a session with the server again. */
export async function keepSession(link) {
  while (link.lost) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    try {
      const response = await fetch(location.href, { cache: "no-store" });
      if (response.ok && (await takeSession(await response.text(), link))) return;
    } catch {
      // Still away.
    }
  }
}

/** Puts the new session's link in the place of the old one; its render connects the figures. */
async function takeSession(html, link) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const slot = document.getElementById("crossent-session");
  const found = fresh.getElementById("crossent-session");
  const script = [...fresh.scripts]
    .map((s) => /const render_items = (\[.*?\]);/s.exec(s.textContent))
    .find(Boolean);
  if (!slot || !found || !script) return false;
  // Panel finds a view by its model's id, and a new server counts from the same first id again.
  link.document?.views_manager?.clear();
  // eslint-disable-next-line no-restricted-properties -- our own server's page
  slot.innerHTML = found.innerHTML;
  await window.Bokeh.embed.embed_items("{}", JSON.parse(script[1]));
  return true;
}
