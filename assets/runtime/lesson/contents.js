// The table of contents follows the reader.

import { onceAFrame } from "../dom.js";

const TOP = 140; // px from the top at which a heading counts as reached

export function followReader(list, headings) {
  if (!list || !headings.length) return;
  const links = new Map(
    [...list.querySelectorAll("a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]),
  );
  const mark = () => {
    const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 4;
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top <= TOP);
    const current = atEnd ? headings.at(-1) : passed.at(-1);
    for (const [id, link] of links) {
      if (current && id === current.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  const later = onceAFrame(mark);
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later);
  mark();
}
