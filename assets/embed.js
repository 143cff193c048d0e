// Beside the iframes of a site that is not ours: each is as high as its page, and as light or dark as
// what is behind it. Works from a file, too: a classic script, and messages alone.

(() => {
  const frames = () => document.querySelectorAll("iframe.crossent");

  /** What the browser makes of a colour, as numbers; black without any of it where there is none. */
  const channels = (color) => (color.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);

  /** Whether what is behind an element is dark: the nearest background that can be seen. */
  function isDark(element) {
    for (let behind = element.parentElement; behind; behind = behind.parentElement) {
      const [red, green, blue, alpha = 1] = channels(getComputedStyle(behind).backgroundColor);
      if (alpha > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
    }
    const schemes = getComputedStyle(document.documentElement).colorScheme;
    const asked = matchMedia("(prefers-color-scheme: dark)").matches;
    return schemes.includes("dark") && (asked || !schemes.includes("light"));
  }

  /** Tells a frame its theme, unless its address has one; it answers with its height. */
  function tell(frame) {
    const chosen = new URL(frame.src).searchParams.get("theme");
    const theme = chosen ?? (isDark(frame) ? "dark" : "light");
    frame.contentWindow?.postMessage({ crossent: "theme", theme }, "*");
  }

  const tellAll = () => frames().forEach(tell);
  const known = new WeakSet();

  addEventListener("message", ({ source, data }) => {
    if (data?.crossent !== "height") return;
    for (const frame of frames()) {
      if (source !== frame.contentWindow) continue;
      frame.style.height = `${data.height}px`;
      if (known.has(frame)) continue;
      known.add(frame);
      tell(frame);
    }
  });

  /** A theme is changed by an attribute or a class, and may come in gently. */
  function changed() {
    tellAll();
    setTimeout(tellAll, 400);
  }

  const watched = {
    attributes: true,
    attributeFilter: ["class", "style", "data-theme", "data-mode"],
  };
  for (const element of [document.documentElement, document.body])
    if (element) new MutationObserver(changed).observe(element, watched);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  tellAll();
})();
