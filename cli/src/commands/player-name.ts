// Names for players that nobody named: short, and different enough that two commands do not draw the same.
import { drawId, type Random } from "@muster/kit";

const NAMES = ["ada", "bo", "cleo", "dan", "eve", "finn", "gus", "hedy", "ivo", "june", "kai", "lux", "mia", "noor"];
const SUFFIX_CHARS = 5;

/** A name such as "cleo-7g2kd". */
export function drawPlayerName(random: Random): string {
  const name = NAMES[Math.floor(random.fraction() * NAMES.length)] ?? "kim";
  return `${name}-${drawId("x", random).slice(2, 2 + SUFFIX_CHARS)}`;
}
