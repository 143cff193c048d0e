// The shapes of what passes between the runtime's modules, for `tsc --checkJs`; pages do not load it.

import type { FigureElement } from "./figure.js";
import type { Gestures } from "./gestures.js";

// -- state and columns ----------------------------------------------------------------------------

/** A JSON value of a state; its parameter says of which kind. */
export type Value = any;
export type State = Record<string, Value>;
export type Bounds = [number, number];

export type Kind =
  | "number"
  | "choice"
  | "flag"
  | "names"
  | "text"
  | "vector"
  | "distribution"
  | "index"
  | "rows"
  | "targets"
  | "mask";

/** What Python's `StateParameter.schema` gives; which entries there are depends on the kind. */
export interface Parameter {
  name: string;
  kind: Kind;
  default: Value;
  label?: string;
  doc?: string;
  /** number, vector, distribution and rows */
  bounds?: Bounds;
  /** index and targets: numbers that are no class, and may stand there */
  besides?: number[];
  step?: number;
  unit?: string;
  /** choice: the options' names and labels; mask: the letters and their classes' names */
  options?: Record<string, string>;
  /** text: what a character may be, what else counts as one of these, how many there may be */
  letters?: string;
  alike?: Record<string, string>;
  length?: number;
  /** targets: the entry whose rows they are of */
  rows?: string;
  /** mask: its height and width */
  size?: [number, number];
  /** mask: the letter of pixels that have no class */
  void?: string;
}

export type Column = number | ArrayLike<number>;
/** Tables of columns; the table "readout" has single numbers. */
export type Columns = Record<string, Record<string, any>>;

/** Columns as they travel: see `encode_columns` in links/server.py. */
export interface EncodedColumns {
  tables: Record<string, Record<string, number>>;
  data: string;
}

// -- a figure -------------------------------------------------------------------------------------

/** A component of a view, by its kind; its entries are those of the Python class of that name. */
export interface Node {
  kind: string;
  [entry: string]: any;
}

export interface Preset {
  label: string;
  state: State;
  see: string;
}

/** What Python's `Figure.spec` gives. */
export interface FigureSpec {
  name: string;
  title: string;
  summary: string;
  parameters: Parameter[];
  presets: Preset[];
  /** Whether nan is what has not come. */
  blank: boolean;
  edits: string[];
  code: Record<string, string>;
  view: Node;
  torch?: boolean;
}

/** What follows a figure's columns: told which tables have changed. */
export interface Part {
  update(changed: Set<string>): void;
}

/** Where an entry of a state lies: what marks others' states on a figure asks for these. */
export interface Marked {
  /** The box in which the points lie, in its pixels. */
  element: HTMLElement;
  /** A dot, a line across a bar, or one across a slider; or a choice, which many can have made. */
  shape: "dot" | "level" | "notch" | "choice";
  /** The points of a state; of a choice that is not the state's, none. */
  points(state: State, columns: Columns): [number, number][];
  /** Where a plot's axes lie, in the same pixels. */
  axes?(): { left: number; bottom: number };
  /** The line on which a number lies, by its name, if it lies here. */
  along?(name: string): Line | null;
}

/** A line of values in a box; lengths are shares of the box, from its upper left corner. */
export interface Line {
  axis: "x" | "y";
  /** The values between which it runs. */
  ends: Bounds;
  at(value: number): number;
  /** How far its zones reach the other way. */
  across: [number, number];
}

export interface Mount {
  spec: FigureSpec;
  initial: { state: State; columns: Columns };
  link: Link;
  hidden?: Set<string>;
  card?: boolean;
  start?: State | null;
  onchange?: (figure: FigureElement) => void;
}

// -- who computes ---------------------------------------------------------------------------------

export interface Edit {
  name: string;
  index: number;
  value: number;
}

export interface Request {
  state: State;
  /** An edit of that state, whose result the answer's state is. */
  edit?: Edit | null;
}

export interface Answer {
  /** The state that was asked for, after its edit. */
  state: State;
  /** The tables that may have changed since the last answer to this figure, each whole. */
  columns: Columns;
  extra?: any;
}

/** Hears an answer that takes its time, as far as it has come. */
export type OnPart = (answer: Answer) => void;

/** What a link knows of a figure. */
export interface Asking {
  spec: Pick<FigureSpec, "name">;
  space: import("./state.js").StateSpace;
  checked(state: State): State;
  receive?(answer: Answer): void;
  linkId?: string;
  wantsTorch?: boolean;
}

/**
 * Who computes a figure's columns. tests/browser/test_links.py holds every link to this:
 *
 *  - `ask` answers, now or by a promise, with the state asked for and its columns, which are those
 *    of NumPy. The state has been checked by the figure's space. An edit whose result is refused
 *    throws, or rejects with, a StateError whose sentence can be shown; what is asked after it is
 *    answered as ever.
 *  - Answers come in the order of their questions.
 *  - `register` is called once, before a figure asks, with the figure's name on its page.
 *  - An `eager` link wants to hear of a move at once, because its answer takes a while.
 */
export interface Link {
  register(id: string, figure: FigureElement): void;
  ask(figure: Asking, request: Request, onpart?: OnPart): Answer | Promise<Answer>;
  eager?: boolean;
}

/** What a state's shape is made of, for one of a program's functions. See links/browser.py. */
export interface Uses {
  inputs: string[];
  classes: boolean;
  rows: string | null;
  options: string[];
}

/** A figure's traced functions: "compute", its edits, and "run" where it has one. */
export interface Program {
  uses: Record<string, Uses>;
  forms: Record<string, (inputs: Record<string, Value>, pause?: any) => any>;
  script?: any;
}

// -- gestures -------------------------------------------------------------------------------------

/** A request, and what is asked after it at once, for the state that its answer brings. */
export interface Step extends Request {
  after?: (state: State) => Step;
}

export interface Gesture {
  base: State | null;
  ended: boolean;
  history: boolean;
  complete?: (() => void) | null;
  settled?: boolean;
  /** A click or a typed number, not a drag. */
  isOneMove?: boolean;
  /** What another figure of the page does, which this one follows. */
  follows?: boolean;
}

// -- BokehJS and Panel's script, as far as they are used; all of it in insides.js -------------------

export interface Property {
  attr: string;
  is_unset: boolean;
  get_value(): any;
}

export interface Model extends Iterable<Property> {
  id: string;
  type: string;
  name: string | null;
  data?: any;
  setv(changes: Record<string, unknown>): void;
  [property: string]: any;
}

export interface BokehDocument {
  _all_models: Map<string, Model>;
  views_manager: { clear(): void } | null;
  clear(): void;
  on_event(name: string, hear: () => void): void;
}

/** What Panel gives a component's script: the end of its socket in this page. */
export interface SocketModel {
  document?: BokehDocument;
  send_msg(message: object): void;
  on(name: "msg:custom", hear: (event: any) => void): void;
}

export interface Scale {
  compute(value: number): number;
  invert(pixels: number): number;
}

interface Sheet {
  css: string;
  _update(text: string): void;
}

export interface PlotView {
  el: HTMLElement;
  model: Model & { document: BokehDocument };
  frame: { x_scale: Scale; y_scale: Scale };
  bbox: { width: number; height: number };
  is_destroyed: boolean;
  throttled_paint: () => Promise<void>;
  visuals: Iterable<{ _get_css_value: (name: string) => string }>;
  position?: Sheet;
  style?: Sheet;
  computed_renderer_views: Pick<PlotView, "visuals" | "position" | "style">[];
  repaint(): void;
  update_bbox(): boolean;
  after_resize(): void;
  export(format: "svg"): { ctx: { get_serialized_svg(whole: boolean): string } };
}

/** The element of a plot. */
export interface PlotBox extends HTMLElement {
  /** The plot, once it is drawn. */
  drawn: Promise<PlotView>;
  plotView?: PlotView;
  fit?: () => void;
}

declare global {
  interface Window {
    Bokeh: any;
    crossent: any;
    probe: any;
  }
  var crossentPrograms: Record<string, Program>;
}
