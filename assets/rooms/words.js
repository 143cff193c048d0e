// What is said of rooms in several places.

import { t } from "../runtime/texts.js";

/** Why the server refuses something, as rooms/store.py names it. */
export function refusal(reason) {
  const said = {
    rooms: t("This server has all the rooms that it can hold. Try again later."),
    full: t("This room has all the students that it can hold."),
    crowd: t("This server has all the people in rooms that it can hold. Try again later."),
    none: t("There is no such room, or it is closed. Look at the code once more."),
    often: t("That was tried too often. Wait a minute, then try again."),
    size: t("This room has kept all that it can hold."),
    page: t("No room can be opened on this page."),
  };
  return said[reason] ?? t("The server does not understand this page. Load it again.");
}

/** Kinds of a state's entries that somebody has written: they stay on their page. */
export const WORDS = ["names", "text"];

/** A code in two groups, as it is read out. */
export const spaced = (code) => `${code.slice(0, 3)} ${code.slice(3)}`;

const animals = () => [
  ...[t("Otter"), t("Fox"), t("Owl"), t("Hare"), t("Lynx"), t("Crane"), t("Badger"), t("Beaver")],
  ...[t("Bear"), t("Bison"), t("Camel"), t("Cat"), t("Crab"), t("Deer"), t("Dolphin"), t("Dove")],
  ...[t("Duck"), t("Eagle"), t("Falcon"), t("Ferret"), t("Finch"), t("Frog"), t("Gecko")],
  ...[t("Goat"), t("Goose"), t("Heron"), t("Horse"), t("Ibis"), t("Jay"), t("Koala"), t("Lark")],
  ...[t("Lion"), t("Llama"), t("Mole"), t("Moose"), t("Newt"), t("Octopus"), t("Panda")],
  ...[t("Puffin"), t("Raven"), t("Robin"), t("Seal"), t("Sheep"), t("Swan"), t("Tiger")],
  ...[t("Turtle"), t("Whale"), t("Zebra")],
];

// Each with its place on the circle of hues, or none, and how light it is.
const colours = () => [
  [t("blue"), "oklch(58% .17 255)"],
  [t("orange"), "oklch(70% .16 55)"],
  [t("green"), "oklch(60% .15 150)"],
  [t("pink"), "oklch(72% .15 350)"],
  [t("yellow"), "oklch(83% .16 95)"],
  [t("violet"), "oklch(52% .18 295)"],
  [t("turquoise"), "oklch(72% .11 195)"],
  [t("red"), "oklch(57% .2 27)"],
  [t("brown"), "oklch(48% .09 55)"],
  [t("grey"), "oklch(62% 0 0)"],
  [t("lime"), "oklch(80% .19 128)"],
  [t("navy"), "oklch(38% .12 265)"],
];

/** The animal and the colour of a seat; no two seats of a room have both. */
export function student(seat) {
  const [names, shades] = [animals(), colours()];
  const round = Math.floor(seat / names.length);
  const [colour, shade] = shades[(seat + round) % shades.length];
  const animal = names[seat % names.length];
  return { animal, name: `${animal} · ${colour}`, shade };
}
