// Put into every page before its own scripts: reads when a pointer moved, when the answer to that
// move was there, when a canvas was drawn and when frames were. Times are performance.now()'s.

(() => {
  const ADAPTERS = {
    // Our figure, and the page by hand: a bar's grip, and readouts with data-value.
    bars: {
      ready: () => find("[data-ready]") && grip() && readout() && true,
      grip: () => grip(),
      axis: "y",
      // The bar's track: the whole way of its grip.
      track: () => grip().parentElement,
      asked: () => Number(grip().getAttribute("aria-valuenow")),
      shown: () => Number(readout().dataset.value),
      onshown(tell) {
        new MutationObserver(tell).observe(readout(), {
          attributes: true,
          attributeFilter: ["data-value"],
        });
      },
      // A drag without a hand. A mouse is pointer 1, which may be captured at any time.
      drag() {
        const box = grip().getBoundingClientRect();
        const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
        const event = (type, dy) =>
          new PointerEvent(type, {
            ...at,
            clientY: at.clientY + dy,
            pointerId: 1,
            pointerType: "mouse",
            isPrimary: true,
            button: type === "pointermove" ? -1 : 0,
            buttons: 1,
            bubbles: true,
            composed: true,
            cancelable: true,
          });
        grip().dispatchEvent(event("pointerdown", 0));
        grip().dispatchEvent(event("pointermove", 12));
      },
    },
    // The plain Panel app: its slider's handle, and the source of its dot.
    slider: {
      ready: () => slider() && dot() && deep(".noUi-handle") && true,
      grip: () => deep(".noUi-handle"),
      axis: "x",
      track: () => deep(".noUi-base"),
      asked: () => slider().value,
      shown: () => dot().data.p[0],
      onshown: (tell) => dot().properties.data.change.connect(tell),
      drag: () => (slider().value = 0.5),
    },
    // A plot and nothing to drag.
    bare: {
      ready: () =>
        window.Bokeh?.documents?.[0]?.is_idle && document.querySelector("body > *") && true,
      drag() {},
      shown: (() => {
        let n = 0;
        return () => ++n;
      })(),
    },
  };

  /** On a page of others' a figure is in its element's shadow root. */
  const find = (selector) =>
    document.querySelector(selector) ??
    document.querySelector("crossent-figure[name]")?.shadowRoot?.querySelector(selector);
  const grip = () => find('[role="slider"][aria-label="fox"]');
  const readout = () => /** @type {HTMLElement} */ (find('[data-readout="p_target"]'));
  const models = () => [...(window.Bokeh?.documents?.[0]?._all_models?.values() ?? [])];
  const slider = () => models().find((model) => model.type.endsWith("Slider"));
  const dot = () =>
    models().find((model) => model.type === "ColumnDataSource" && model.data.p?.length === 1);

  /** The first element for a selector, in shadow roots too. */
  function deep(selector, root = /** @type {ParentNode} */ (document)) {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const element of root.querySelectorAll("*")) {
      const inner = element.shadowRoot && deep(selector, element.shadowRoot);
      if (inner) return inner;
    }
    return null;
  }

  const record = { moves: [], shows: [], draws: [], frames: [] };
  let on = 0; // the number of the recording that runs
  let recordings = 0;

  // Each drawing of a plot begins with a clearing of its canvas.
  for (const name of ["clearRect", "stroke"]) {
    const original = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      if (on) record.draws.push(performance.now());
      return original.apply(this, given);
    };
  }

  function frame(number) {
    if (on !== number) return;
    const begin = performance.now();
    const { port1, port2 } = new MessageChannel();
    // A message sent in a frame's callback arrives when the frame has been painted.
    port1.onmessage = () => {
      record.frames.push([begin, performance.now()]);
      port1.close();
    };
    port2.postMessage(0);
    requestAnimationFrame(() => frame(number));
  }

  window.probe = {
    /** Resolves with the time at which the page answered a drag. */
    interactive: (adapter) =>
      new Promise((resolve) => {
        const page = ADAPTERS[adapter];
        let readyAt = null;
        let first = null;
        const look = () => {
          if (readyAt === null && page.ready()) {
            readyAt = performance.now();
            first = page.shown();
            page.drag();
          }
          if (readyAt !== null && page.shown() !== first) {
            resolve({ ready: readyAt, interactive: performance.now() });
            return;
          }
          setTimeout(look, 4);
        };
        look();
      }),

    ready: (adapter) => Boolean(ADAPTERS[adapter].ready()),

    /** Where the grip is, and the ends of its way. */
    way(adapter) {
      const page = ADAPTERS[adapter];
      const box = page.grip().getBoundingClientRect();
      const track = page.track().getBoundingClientRect();
      const { axis } = page;
      return {
        axis,
        x: box.x + box.width / 2,
        y: box.y + box.height / 2,
        low: axis === "x" ? track.left : track.bottom,
        high: axis === "x" ? track.right : track.top,
      };
    },

    start(adapter) {
      const page = ADAPTERS[adapter];
      if (!page.watched) {
        page.watched = true;
        addEventListener(
          "pointermove",
          (event) => {
            if (!on) return;
            const move = { at: event.timeStamp, asked: null };
            record.moves.push(move);
            setTimeout(() => (move.asked ??= page.asked()), 0); // where the event does not come back
          },
          true,
        );
        // All listeners of an event have run when it comes back to the window. A page that listens
        // to the mouse gets its event after the pointer's.
        for (const type of ["pointermove", "mousemove"]) {
          addEventListener(
            type,
            () => on && record.moves.length && (record.moves.at(-1).asked = page.asked()),
          );
        }
        page.onshown(() => on && record.shows.push([performance.now(), page.shown()]));
      }
      for (const list of Object.values(record)) list.length = 0;
      const number = (on = ++recordings);
      requestAnimationFrame(() => frame(number));
    },

    /** Resolves when what was asked last has been shown for some frames, or after two seconds. */
    async settled(adapter, frames) {
      const page = ADAPTERS[adapter];
      const limit = performance.now() + 2000;
      let still = 0;
      while (still < frames && performance.now() < limit) {
        await new Promise(requestAnimationFrame);
        still = Math.abs(page.shown() - page.asked()) < 1e-9 ? still + 1 : 0;
      }
    },

    stop() {
      on = 0;
      return structuredClone(record);
    },

    last: (adapter) => ({ asked: ADAPTERS[adapter].asked(), shown: ADAPTERS[adapter].shown() }),
  };
})();
