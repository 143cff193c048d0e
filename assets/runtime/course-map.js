// The map of the course: the way to the lesson that is pointed at, or has the focus, stands out.

export function followMap(map) {
  if (!map) return;
  const show = (link) => {
    const way = link ? [...link.dataset.after.split(" "), link.dataset.stop] : [];
    const on = new Set(way);
    map.classList.toggle("asked", on.size > 0);
    for (const stop of map.querySelectorAll("[data-stop]"))
      stop.classList.toggle("on-the-way", on.has(stop.dataset.stop));
    for (const path of map.querySelectorAll("path")) {
      const lit = on.has(path.dataset.from) && on.has(path.dataset.to);
      path.classList.toggle("on-the-way", lit);
      if (lit) path.parentNode.append(path); // over those that run along with it
    }
  };
  const linkOf = (element) => element?.closest?.("a[data-stop]") ?? null;
  const held = () => linkOf(document.activeElement);
  map.addEventListener("pointerover", (event) => show(linkOf(event.target) ?? held()));
  map.addEventListener("pointerleave", () => show(held()));
  map.addEventListener("focusin", (event) => show(linkOf(event.target)));
  map.addEventListener("focusout", () => show(null));
}
