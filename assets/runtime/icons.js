// Line icons in a 16 by 16 box.

export const ICONS = {
  undo: "M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6",
  redo: "M10.5 3l3 3-3 3M13.5 6h-7a4 4 0 0 0 0 8H10",
  reset: "M3 8a5 5 0 1 0 1.6-3.7M3 2.5v3h3",
  link: "M6.5 9.5l3-3M7 4.5l1.4-1.4a2.8 2.8 0 0 1 4 4L11 8.5M9 11.5l-1.4 1.4a2.8 2.8 0 0 1-4-4L5 7.5",
  embed: "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
  code: "M3 3h10v10H3zM5.5 6.5l2 1.5-2 1.5M8.5 10h2.5",
  save: "M8 2.5v7.5M5 7.5l3 3 3-3M3 13h10",
  check: "M3 8.5l3.2 3.2L13 5",
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  close: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  play: "M5 3.5l7 4.5-7 4.5z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  first: "M11 3L6 8l5 5M4 3v10",
  last: "M5 3l5 5-5 5M12 3v10",
  paste: "M5.5 3H4v10.5h8V3h-1.5M6 2h4v2.5H6zM6 8h4M6 10.5h4",
  up: "M8 13V3.5M4 7l4-4 4 4",
  next: "M6 3l5 5-5 5",
  before: "M10 3L5 8l5 5",
};
