// Has a built site keep the pages that were visited for when there is no network: offline/worker.js.

/** Once the page is there, and in no frame of another's page. */
export async function keepForOffline() {
  /** @type {HTMLMetaElement | null} */
  const given = document.querySelector("meta[name=crossent-offline]");
  if (!given || !isSecureContext || !("serviceWorker" in navigator) || parent !== window) return;
  if (document.readyState !== "complete")
    await new Promise((resolve) => addEventListener("load", resolve));
  try {
    await navigator.serviceWorker.register(given.content);
    const { active } = await navigator.serviceWorker.ready;
    const { origin, pathname, search } = location;
    active.postMessage({ keep: origin + pathname + search });
  } catch {
    // A browser that may keep nothing, as in a private window, shows the page all the same.
  }
}
