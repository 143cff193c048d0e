// The socket of a page in a room: comes back by itself, and notices when nobody is at the other end.

import { t } from "../runtime/texts.js";

const FIRST_PAUSE = 500; // ms between attempts at first; each is longer than the one before
const LONGEST_PAUSE = 6000;
const BEAT = 15000; // ms between looks whether the other end is there
const PATIENCE = 8000; // ms that it may take to say so

export class Wire {
  /**
   * `greeting()` is what is said at each beginning and gets an answer, `hear(message)` what comes,
   * `lost(why)` is told, in a sentence, when the socket has gone and a new one is sought.
   */
  constructor({ greeting, hear, lost }) {
    this.greeting = greeting;
    this.hear = hear;
    this.lost = lost;
    this.pause = FIRST_PAUSE;
    this.away = false; // the server answers, and what keeps its rooms does not
    this.ended = false;
    this.open();
    this.beating = setInterval(() => this.beat(), BEAT);
    this.wake = () => document.visibilityState === "visible" && this.beat();
    document.addEventListener("visibilitychange", this.wake);
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/room`);
    this.socket = socket;
    this.away = false;
    socket.onopen = () => socket.send(JSON.stringify(this.greeting()));
    this.expect(socket);
    socket.onmessage = ({ data }) => {
      clearTimeout(this.silence);
      this.silence = 0;
      const message = JSON.parse(data);
      this.away = message.refused === "away";
      if (this.away) return this.again(socket);
      this.pause = FIRST_PAUSE;
      return this.hear(message);
    };
    socket.onclose = () => this.again(socket);
  }

  again(socket) {
    if (this.ended || socket !== this.socket) return;
    clearTimeout(this.silence);
    this.silence = 0;
    this.socket = null;
    socket.close();
    const away = t("The server cannot reach its rooms. Trying again.");
    this.lost(this.away ? away : t("The network is away. Trying again."));
    const pause = this.pause * (0.75 + Math.random() / 2); // not a whole class in one moment
    setTimeout(() => this.ended || this.open(), pause);
    this.pause = Math.min(1.6 * this.pause, LONGEST_PAUSE);
  }

  /** Asks whether anybody is there. */
  beat() {
    if (!this.silence && this.say({ alive: true })) this.expect(this.socket);
  }

  /** A socket that says nothing for a while is given up. */
  expect(socket) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.again(socket), PATIENCE);
  }

  /** Whether it could be said. */
  say(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  end() {
    this.ended = true;
    clearInterval(this.beating);
    clearTimeout(this.silence);
    document.removeEventListener("visibilitychange", this.wake);
    this.socket?.close();
  }
}

/** Tells of figures' states what has changed, so often at most; the newest wins. */
export class Teller {
  constructor(send, pause) {
    this.send = send;
    this.pause = pause;
    this.sent = new Map(); // figure -> the state that was told
    this.waiting = new Set();
    this.timer = 0;
    this.last = -Infinity;
  }

  note(figure) {
    this.waiting.add(figure);
    const left = this.last + this.pause - performance.now();
    this.timer ||= setTimeout(() => this.flush(), Math.max(0, left));
  }

  flush() {
    this.timer = 0;
    this.last = performance.now();
    for (const figure of this.waiting) {
      const news = difference(this.sent.get(figure), figure.state);
      if (Object.keys(news).length && this.send(figure, news))
        this.sent.set(figure, structuredClone(figure.state));
    }
    this.waiting.clear();
  }

  /** The other end has this state of a figure. */
  has(figure, state) {
    this.sent.set(figure, structuredClone(state));
  }

  /** The other end knows nothing, or must be told again. */
  forget() {
    this.sent.clear();
  }
}

function difference(before = {}, after) {
  const same = (name) => JSON.stringify(before[name]) === JSON.stringify(after[name]);
  return Object.fromEntries(Object.entries(after).filter(([name]) => !same(name)));
}
