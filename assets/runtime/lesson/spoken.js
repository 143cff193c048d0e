// Which figure each part of a lesson's text speaks of. A lesson says nothing for this: its directives
// name their figures, and what stands between them goes with one of them.

/**
 * @typedef {object} Block
 * @property {string | null} names the figure that it is or names
 * @property {boolean} is whether it is that figure itself
 * @property {boolean} begins whether it is a heading
 */

/**
 * The figure of each block: what it names, else what was named last. But a section's opening, and the
 * paragraph before a figure, lead to what comes: they go with the next that is named in their section.
 * @param {Block[]} blocks in the order of the page
 * @returns {(string | null)[]}
 */
export function spokenFigures(blocks) {
  /** @type {string | null} */
  let last = null;
  let opens = true; // nothing was named yet in this section
  return blocks.map((block, i) => {
    if (block.begins) opens = true;
    if (block.names) {
      opens = false;
      last = block.names;
      return last;
    }
    const next = blocks[i + 1];
    if (opens || next?.is) return nextNamed(blocks, i) ?? last ?? firstNamed(blocks);
    return last;
  });
}

/** What a section names first from a block on. */
function nextNamed(blocks, from) {
  for (const block of blocks.slice(from + 1)) {
    if (block.begins) return null;
    if (block.names) return block.names;
  }
  return null;
}

const firstNamed = (blocks) => blocks.find(({ names }) => names)?.names ?? null;

/** The numbers that a goal speaks of. */
export function namesIn(tree) {
  if (!Array.isArray(tree)) return [];
  const [operation, ...given] = tree;
  return operation === "get" || operation === "first" ? [given[0]] : tree.flatMap(namesIn);
}

/** What a question or a challenge says to look at, else what its goal is about. */
export function spokenBy({ dataset: { goal = "[]", look = "[]" } }) {
  const asked = JSON.parse(look);
  return asked.length ? asked : namesIn(JSON.parse(goal));
}

/** What shows a thing in a figure, by its name. */
export function partsOf(root, name) {
  const all = root.querySelectorAll(
    `[data-part~="${name}"], [data-readout="${name}"], .sentence [data-shows="${name}"]`,
  );
  return [...all].filter((part) => part.checkVisibility());
}

export const partOf = (root, name) => partsOf(root, name)[0];
