// Notes for teachers beside a lesson: shown where the address says teacher=1, and on from there.

import { h } from "../dom.js";
import { t } from "../texts.js";

/** Shows a page's notes, if it has any, with a way to them; the site's other pages show theirs. */
export function showToTeachers(root) {
  const notes = root.querySelector(".teacher-notes");
  if (notes) {
    notes.hidden = false;
    const way = h("a", { href: `#${notes.id}`, textContent: t("For teachers") });
    root.querySelector(".lesson-head").append(h("p", { className: "teacher-way" }, way));
  }
  for (const link of root.querySelectorAll("a[href]")) keepTeacher(link);
}

/** A link to another page of the site asks for teachers' notes too. */
function keepTeacher(link) {
  const within = link.protocol === location.protocol && link.host === location.host;
  if (!within || link.getAttribute("href").startsWith("#")) return;
  const address = new URL(link.href);
  address.searchParams.set("teacher", "1");
  link.href = address.href;
}
