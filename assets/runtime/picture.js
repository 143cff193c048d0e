// A figure as a picture. What is on the page is collected as simple marks (boxes, lines, words,
// paths, plots), which are then written as SVG or drawn on a canvas for PNG.

import { scaleOf } from "./dom.js";
import { svgOf } from "./insides.js";

const MARGIN = 20;
const PNG_SCALE = 2;
// What is there to be pressed and says nothing about the numbers.
const LEFT_OUT = ".cb-tools, .row-form, .cb-remove, .button, .tool, .icon-button, .ghost, [hidden]";

/** The figure's stage as a Blob: format is "svg" or "png". */
export async function figurePicture(figure, format) {
  const stage = figure.stage;
  const plots = new Map();
  for (const box of stage.querySelectorAll(".plot")) {
    if (box.offsetWidth) plots.set(box, await box.drawn);
  }
  const frame = stage.getBoundingClientRect();
  const scale = scaleOf(stage);
  const size = {
    width: frame.width / scale + 2 * MARGIN,
    height: frame.height / scale + 2 * MARGIN,
  };
  const marks = [];
  const corner = { x: frame.left - MARGIN * scale, y: frame.top - MARGIN * scale };
  collect(stage, { ...corner, scale }, plots, marks);
  const paper = getComputedStyle(stage).backgroundColor;
  return format === "svg" ? asSvg(marks, size, paper, figure) : asPng(marks, size, paper);
}

// -- collecting ---------------------------------------------------------------------------------

function collect(element, origin, plots, marks, opacity = 1) {
  const style = getComputedStyle(element);
  if (element.matches(LEFT_OUT) || style.display === "none" || style.visibility === "hidden")
    return;
  if (style.clipPath !== "none") return; // for screen readers only
  const clear = opacity * Number(style.opacity);
  if (clear === 0) return;
  const box = placed(element.getBoundingClientRect(), origin);
  if (element instanceof SVGSVGElement)
    return void marks.push(pathMark(element, box, style, clear));
  boxMarks(box, style, clear, marks);
  pseudoMark(element, "::before", box, clear, marks);
  if (plots.has(element)) marks.push({ kind: "plot", view: plots.get(element), ...box });
  if (element.matches("input[type=text], input:not([type])")) fieldMark(element, box, style, marks);
  if (element.localName === "select")
    fieldMark(element, box, style, marks, element.selectedOptions[0]?.text);
  if (element.localName === "mfrac") fractionMark(element, origin, style, marks);
  if (element.matches(".plot-canvas, input, select")) return;
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) textMarks(child, origin, style, clear, marks);
    else if (child.nodeType === Node.ELEMENT_NODE) collect(child, origin, plots, marks, clear);
  }
  pseudoMark(element, "::after", box, clear, marks);
}

const placed = (rect, { x, y, scale }) => ({
  x: (rect.left - x) / scale,
  y: (rect.top - y) / scale,
  width: rect.width / scale,
  height: rect.height / scale,
});

const isClear = (color) => color === "transparent" || /(,|\/)\s*0\)$/.test(color);

function boxMarks(box, style, opacity, marks) {
  const { width, height } = box;
  if (!width || (!height && style.borderBottomWidth === "0px")) return;
  const radius = Math.min(parseFloat(style.borderTopLeftRadius) || 0, width / 2, height / 2);
  const stroke = uniformBorder(style);
  const hatched = style.backgroundImage !== "none";
  const fill = isClear(style.backgroundColor) ? null : style.backgroundColor;
  if (fill || stroke || hatched) {
    marks.push({
      kind: "box",
      ...box,
      radius,
      fill: hatched ? style.getPropertyValue("--role").trim() : fill,
      hatched,
      stroke,
      opacity,
    });
  }
  if (!stroke) edgeMarks(box, style, opacity, marks);
}

function uniformBorder(style) {
  const sides = ["Top", "Right", "Bottom", "Left"];
  const widths = sides.map((side) => parseFloat(style[`border${side}Width`]));
  const plain =
    widths.every((width) => width > 0) &&
    !isClear(style.borderTopColor) &&
    style.borderTopStyle !== "none";
  return plain
    ? { color: style.borderTopColor, width: widths[0], dash: style.borderTopStyle === "dashed" }
    : null;
}

function edgeMarks({ x, y, width, height }, style, opacity, marks) {
  for (const [side, at] of [
    ["Top", y],
    ["Bottom", y + height],
  ]) {
    const line = parseFloat(style[`border${side}Width`]);
    if (!line || style[`border${side}Style`] === "none" || isClear(style[`border${side}Color`]))
      continue;
    const middle = side === "Top" ? at + line / 2 : at - line / 2;
    marks.push({
      kind: "line",
      x1: x,
      y1: middle,
      x2: x + width,
      y2: middle,
      color: style[`border${side}Color`],
      width: line,
      dash: style[`border${side}Style`] === "dashed",
      opacity,
    });
  }
}

// Grips and thumbs are drawn by pseudo-elements; their used sizes are in the computed style.
function pseudoMark(element, which, box, opacity, marks) {
  const style = getComputedStyle(element, which);
  if (style.content === "none" || style.content === "normal" || style.position !== "absolute")
    return;
  const width = parseFloat(style.width);
  const height = parseFloat(style.height);
  if (!(width > 0 && height > 0)) return;
  const shift = style.transform === "none" ? new DOMMatrix() : new DOMMatrix(style.transform);
  const borders = style.boxSizing === "border-box" ? 0 : 2 * parseFloat(style.borderTopWidth);
  const place = {
    x: box.x + parseFloat(style.left) + shift.e,
    y: box.y + parseFloat(style.top) + shift.f,
    width: width + borders,
    height: height + borders,
  };
  boxMarks(place, style, opacity, marks);
}

function pathMark(svg, box, style, opacity) {
  const path = svg.querySelector("path").getAttribute("d");
  // An icon may be turned half round by its style.
  const turned = style.transform.startsWith("matrix(-1");
  return { kind: "path", path, ...box, turned, color: style.stroke, fill: style.fill, opacity };
}

function fontOf(style, element) {
  const letter = element?.localName === "mi" && element.textContent.trim().length === 1;
  return {
    family: style.fontFamily,
    size: parseFloat(style.fontSize),
    weight: style.fontWeight,
    slant: letter ? "italic" : style.fontStyle,
  };
}

const measuring = document.createElement("canvas").getContext("2d");

const fontText = ({ slant, weight, size, family }) => `${slant} ${weight} ${size}px ${family}`;

function ascentShare(font) {
  measuring.font = fontText(font);
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = measuring.measureText("x");
  return up / (up + down);
}

function textMarks(node, origin, style, opacity, marks) {
  if (!node.data.trim()) return;
  const font = fontOf(style, node.parentElement);
  const share = ascentShare(font);
  for (const line of linesOf(node)) {
    const box = placed(line.rect, origin);
    if (!box.width) continue;
    const text = style.textTransform === "uppercase" ? line.text.toUpperCase() : line.text;
    marks.push({
      kind: "text",
      text,
      x: box.x,
      y: box.y + box.height * share,
      width: box.width,
      font,
      color: style.color,
      opacity,
    });
  }
}

/** The lines that a text node is broken into, each with its place. */
function linesOf(node) {
  const range = document.createRange();
  const lines = [];
  for (const { 0: word, index } of node.data.matchAll(/\S+\s*/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.trimEnd().length);
    const rect = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (last && Math.abs(last.rect.top - rect.top) < rect.height / 2) {
      last.text += word;
      last.rect = new DOMRect(
        last.rect.left,
        last.rect.top,
        rect.right - last.rect.left,
        last.rect.height,
      );
    } else lines.push({ text: word, rect });
  }
  return lines.map(({ text, rect }) => ({ text: text.trimEnd(), rect }));
}

function fieldMark(input, box, style, marks, text = input.value) {
  if (!text) return;
  const font = fontOf(style);
  measuring.font = fontText(font);
  const size = measuring.measureText(text);
  const turned = style.writingMode !== "horizontal-tb";
  const left = box.x + parseFloat(style.paddingLeft) + parseFloat(style.borderLeftWidth);
  const right =
    box.x + box.width - parseFloat(style.paddingRight) - parseFloat(style.borderRightWidth);
  const room = Math.max(0, right - left);
  const width = Math.min(size.width, turned ? box.height : room);
  const start =
    style.textAlign === "center"
      ? left + (room - width) / 2
      : style.textAlign === "right"
        ? right - width
        : left;
  const baseline =
    box.y + box.height / 2 + (size.fontBoundingBoxAscent - size.fontBoundingBoxDescent) / 2;
  const place = turned
    ? { x: box.x + box.width / 2 + font.size * 0.35, y: box.y + width, turn: -90 }
    : { x: start, y: baseline };
  marks.push({ kind: "text", text, ...place, width, font, color: style.color, opacity: 1 });
}

function fractionMark(element, origin, style, marks) {
  const [over, under] = [...element.children].map((child) =>
    placed(child.getBoundingClientRect(), origin),
  );
  const box = placed(element.getBoundingClientRect(), origin);
  const y = (over.y + over.height + under.y) / 2;
  marks.push({
    kind: "line",
    x1: box.x,
    y1: y,
    x2: box.x + box.width,
    y2: y,
    color: style.color,
    width: 1,
    opacity: 1,
  });
}

// -- writing ------------------------------------------------------------------------------------

const SVG = "http://www.w3.org/2000/svg";

export function svgElement(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined)
      element.setAttribute(key, typeof value === "number" ? Number(value.toFixed(2)) : value);
  }
  element.append(...children);
  return element;
}

// What XML cannot hold: control characters, and halves of characters. A class may be named so.
const NO_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
const asXml = (text) => text.replace(NO_XML, "\ufffd");

/** A plot's curves and words as an SVG element. */
export function plotDrawing(view) {
  const drawn = new DOMParser().parseFromString(
    asXml(svgOf(view)),
    "image/svg+xml",
  ).documentElement;
  return document.importNode(drawn, true);
}

const HATCH = 9; // pixels from stripe to stripe

function hatchPattern(color, id) {
  const stripe = {
    width: HATCH,
    height: HATCH,
    patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)",
  };
  return svgElement(
    "pattern",
    { id, ...stripe },
    svgElement("rect", { width: HATCH, height: HATCH, fill: color, "fill-opacity": 0.62 }),
    svgElement("rect", { width: 5, height: HATCH, fill: color }),
  );
}

const WRITERS = {
  box({ x, y, width, height, radius, fill, stroke, hatched, opacity }, defs) {
    let paint = fill ?? "none";
    if (hatched) {
      const id = `hatch-${defs.children.length}`;
      defs.append(hatchPattern(fill, id));
      paint = `url(#${id})`;
    }
    const inset = stroke ? stroke.width / 2 : 0;
    return svgElement("rect", {
      x: x + inset,
      y: y + inset,
      width: Math.max(0, width - 2 * inset),
      height: Math.max(0, height - 2 * inset),
      rx: radius,
      fill: paint,
      stroke: stroke?.color,
      "stroke-width": stroke?.width,
      "stroke-dasharray": stroke?.dash ? "4 3" : null,
      opacity,
    });
  },
  line({ x1, y1, x2, y2, color, width, dash, opacity }) {
    return svgElement("line", {
      x1,
      y1,
      x2,
      y2,
      stroke: color,
      "stroke-width": width,
      "stroke-dasharray": dash ? "8 5" : null,
      opacity,
    });
  },
  text({ text, x, y, width, font, color, opacity, turn }) {
    const element = svgElement("text", {
      x,
      y,
      fill: color,
      opacity,
      "font-family": font.family,
      "font-size": font.size,
      "font-weight": font.weight,
      "font-style": font.slant,
      textLength: width,
      lengthAdjust: "spacingAndGlyphs",
      transform: turn ? `rotate(${turn} ${x.toFixed(2)} ${y.toFixed(2)})` : null,
    });
    element.textContent = text;
    return element;
  },
  path({ path, x, y, width, turned, color, fill, opacity }) {
    const scale = width / 16;
    const turn = turned ? " rotate(180 8 8)" : "";
    return svgElement("path", {
      d: path,
      fill: fill === "none" ? "none" : fill,
      stroke: color,
      "stroke-width": 1.8,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
      opacity,
      transform: `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${scale.toFixed(3)})${turn}`,
    });
  },
  plot({ view, x, y }) {
    return svgElement(
      "g",
      { transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})` },
      plotDrawing(view),
    );
  },
};

function asSvg(marks, { width, height }, paper, figure) {
  const defs = svgElement("defs", {});
  const title = svgElement("title", {});
  title.textContent = `${figure.spec.title}: ${figure.spec.summary}`;
  const root = svgElement(
    "svg",
    { width, height, viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}` },
    title,
    defs,
    svgElement("rect", { width, height, fill: paper }),
  );
  for (const mark of marks) root.append(WRITERS[mark.kind](mark, defs));
  const text = asXml(new XMLSerializer().serializeToString(root));
  return new Blob([text], { type: "image/svg+xml" });
}

function hatchFill(context, color) {
  const tile = new OffscreenCanvas(HATCH * PNG_SCALE, HATCH * PNG_SCALE);
  const brush = tile.getContext("2d");
  brush.scale(PNG_SCALE, PNG_SCALE);
  brush.fillStyle = color;
  brush.globalAlpha = 0.62;
  brush.fillRect(0, 0, HATCH, HATCH);
  brush.globalAlpha = 1;
  brush.fillRect(0, 0, 5, HATCH);
  const pattern = context.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().rotate(45).scale(1 / PNG_SCALE));
  return pattern;
}

const PAINTERS = {
  box(context, { x, y, width, height, radius, fill, stroke, hatched }) {
    const inset = stroke ? stroke.width / 2 : 0;
    context.beginPath();
    context.roundRect(
      x + inset,
      y + inset,
      Math.max(0, width - 2 * inset),
      Math.max(0, height - 2 * inset),
      radius,
    );
    if (fill) {
      context.fillStyle = hatched ? hatchFill(context, fill) : fill;
      context.fill();
    }
    if (stroke) {
      context.strokeStyle = stroke.color;
      context.lineWidth = stroke.width;
      context.setLineDash(stroke.dash ? [4, 3] : []);
      context.stroke();
    }
  },
  line(context, { x1, y1, x2, y2, color, width, dash }) {
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.setLineDash(dash ? [8, 5] : []);
    context.stroke();
  },
  text(context, { text, x, y, width, font, color, turn }) {
    context.translate(x, y);
    if (turn) context.rotate((turn * Math.PI) / 180);
    context.font = fontText(font);
    context.fillStyle = color;
    context.fillText(text, 0, 0, width + 1);
  },
  path(context, { path, x, y, width, turned, color, fill }) {
    context.translate(x, y);
    context.scale(width / 16, width / 16);
    if (turned) {
      context.translate(16, 16);
      context.rotate(Math.PI);
    }
    const line = new Path2D(path);
    context.lineWidth = 1.8;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = color;
    if (fill !== "none") {
      context.fillStyle = fill;
      context.fill(line);
    }
    context.stroke(line);
  },
  plot(context, { view, x, y, width, height }) {
    context.drawImage(view.export("png", true).canvas, x, y, width, height);
  },
};

async function asPng(marks, { width, height }, paper) {
  const canvas = new OffscreenCanvas(Math.ceil(width * PNG_SCALE), Math.ceil(height * PNG_SCALE));
  const context = canvas.getContext("2d");
  context.scale(PNG_SCALE, PNG_SCALE);
  context.fillStyle = paper;
  context.fillRect(0, 0, width, height);
  for (const mark of marks) {
    context.save();
    context.globalAlpha = mark.opacity ?? 1;
    PAINTERS[mark.kind](context, mark);
    context.restore();
  }
  return canvas.convertToBlob({ type: "image/png" });
}
