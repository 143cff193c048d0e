// Takes back what an earlier build of this site kept for readers without a network.

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => {
  const away = caches.delete(`crossent ${registration.scope}`);
  event.waitUntil(away.then(() => registration.unregister()));
});
