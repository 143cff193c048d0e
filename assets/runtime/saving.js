// Files that a visitor saves.

import { h } from "./dom.js";

/**
 * A text as a cell of CSV: quoted always; a leading =, +, - or @ would be run as a formula by a
 * spreadsheet.
 */
export const quoted = (text) =>
  `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replace(/"/g, '""')}"`;

export function download(name, blob) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
