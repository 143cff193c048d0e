// Making elements. Text goes in as text, never as markup.

/** An element with properties, attributes (data-, aria-, role, ...) and children. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !name.includes("-") && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets text only where it differs: most numbers on a page do not change in a move. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  const text = String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Calls at most once a frame, however often it is asked for. */
export function onceAFrame(call) {
  let frame = 0;
  return () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      call();
    });
  };
}

/** How many times as large as its own pixels an element is shown, as on a slide that is scaled. */
export function scaleOf(element) {
  const { width } = Element.prototype.getBoundingClientRect.call(element);
  const own = element.offsetWidth; // a whole number: a part of a pixel is no scale
  return own && Math.abs(width - own) >= 1 ? width / own : 1;
}

/** Where a pointer is in an element, in the element's own pixels. */
export function placeIn(element, { clientX, clientY }) {
  const { left, top } = element.getBoundingClientRect();
  const scale = scaleOf(element);
  return { x: (clientX - left) / scale, y: (clientY - top) / scale };
}

let lastId = 0;
export const uniqueId = (stem) => `crossent-${stem}-${++lastId}`;

/** An icon: a path in a 16 by 16 box, drawn in the colour of the text. */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(svg.namespaceURI, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const prefersReducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
