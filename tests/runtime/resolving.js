import { StateSpace } from "../../assets/runtime/state.js";

/** States of figures as the page resolves them; each comes as JSON text, as from an address. */
export function answer({ parameters, states }) {
  const spaces = new Map(
    Object.entries(parameters).map(([name, schemas]) => [name, new StateSpace(name, schemas)]),
  );
  return states.map(([name, text]) => spaces.get(name).resolve(JSON.parse(text)));
}
