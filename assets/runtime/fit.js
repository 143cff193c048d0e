// Present mode's size: as large as the window is wide, and no larger than fits its height.

const DESIGN = 1200; // pixels: a window of this width shows things at their usual size
const NARROW = 1000; // pixels: below this a page is scrolled rather than made small
const LEAST = 0.8;

/** Keeps the page's size, the custom property --fit, so that `used()` pixels fit the window. */
export function fitWindow(used, watched) {
  const root = document.documentElement;
  let fit = 1;
  const set = (value) => {
    fit = value;
    root.style.setProperty("--fit", fit.toFixed(3));
  };
  /** Makes things smaller where they do not fit. */
  function shrink() {
    const least = innerWidth < NARROW ? 1 : LEAST;
    const over = used() / innerHeight;
    if (over > 1 && fit > least) set(Math.max(least, fit / over));
  }
  /** Begins anew, for what is on the screen now. Borders and grips do not scale: hence twice. */
  function refit() {
    set(Math.max(1, innerWidth / DESIGN));
    shrink();
    shrink();
  }
  const observer = new ResizeObserver(shrink);
  observer.observe(watched);
  addEventListener("resize", refit);
  function stop() {
    observer.disconnect();
    removeEventListener("resize", refit);
    root.style.removeProperty("--fit");
  }
  return { refit, stop };
}
