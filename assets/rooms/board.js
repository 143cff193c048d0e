// What a page knows of its room: entries by name, as app/crossent/rooms/rooms.py writes them; and how
// what they say becomes the page's figures.

const STATES = /^(state|mark)\//;
const REST = 300; // ms after its last move when a figure that follows has been let go

/** Takes news over: of a state what has changed, of everything else the whole. */
export function merge(board, news) {
  for (const [name, value] of Object.entries(news)) {
    if (value === null) delete board[name];
    else board[name] = STATES.test(name) ? { ...board[name], ...value } : value;
  }
}

/** The page's figures by their names on it, once each is there. */
export async function figuresOfPage() {
  /** @type {NodeListOf<HTMLElement>} */
  const found = document.querySelectorAll("crossent-figure[data-slot]");
  const figures = [...found];
  await Promise.all(figures.map(ready));
  return new Map(figures.map((figure) => [figure.dataset.slot, figure]));
}

/** @type {(figure: HTMLElement) => Promise<void>} */
const ready = (figure) =>
  new Promise((resolve) => {
    const watching = new MutationObserver(look);
    watching.observe(figure, { attributeFilter: ["data-ready"] });
    look();
    function look() {
      if (!("ready" in figure.dataset)) return;
      watching.disconnect();
      resolve();
    }
  });

/** Has somebody hear of each move that a visitor makes, as `hear(figure, true)`, and of its end. */
export function listen(figure, hear) {
  const { tellMove, tellSettled } = figure;
  figure.tellMove = (...told) => {
    tellMove?.(...told);
    hear(figure, true);
  };
  figure.tellSettled = (...told) => {
    tellSettled?.(...told);
    hear(figure, false); // also of one that follows another
  };
}

const endings = new WeakMap();

/** Shows another's state in a figure. */
export function mirror(figure, state) {
  if (JSON.stringify(state) === JSON.stringify(figure.state)) return;
  figure.follow(state);
  clearTimeout(endings.get(figure));
  endings.set(
    figure,
    setTimeout(() => figure.followed(), REST),
  );
}
