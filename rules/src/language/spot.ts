// A place in a rule set document: its JSON path and value. Readers report to one list, so that an author sees every
// problem at once; a reader that reported answers undefined.
import { didYouMean } from "./did-you-mean.ts";
import { stepTo } from "./scan-json.ts";

/** What is wrong at one place: `message` says which rule `value` breaks, as in "must be a whole number from 1 to 64". */
export type Problem = { readonly path: string; readonly message: string; readonly value: unknown };

export type Spot = { readonly path: string; readonly value: unknown; readonly problems: Problem[] };

/** The problem as a sentence about its place and its value, which is cut short. */
export function describeProblem({ path, message, value }: Problem): string {
  const isOdd = typeof value === "number" && !Number.isFinite(value);
  const shown = value === undefined ? "missing" : isOdd ? String(value) : (JSON.stringify(value) ?? String(value));
  return `${path} ${message}: it is ${shown.length > 64 ? `${shown.slice(0, 64)}…` : shown}`;
}

/** Reports that the value at `spot` breaks the rule `message`. */
export function refuse(spot: Spot, message: string): undefined {
  spot.problems.push({ path: spot.path, message, value: spot.value });
  return undefined;
}

/** The fields of an object, those that are absent with the value undefined. */
export type Fields = (name: string) => Spot;

/** An object with no other keys than `known`. */
export function readObject(spot: Spot, { known }: { readonly known: readonly string[] }): Fields | undefined {
  const { value } = spot;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(spot, "must be an object");
  const fields = new Map<string, unknown>(Object.entries(value));
  const at: Fields = (name) => ({ ...spot, path: `${spot.path}${stepTo(name)}`, value: fields.get(name) });
  for (const name of fields.keys()) {
    if (!known.includes(name)) refuse(at(name), `is not a known key${didYouMean(name, known)}`);
  }
  return at;
}

/** The items of a list of `min` to `max` items; an absent one where `min` is 0 is empty. */
export function readList(
  spot: Spot,
  size: { readonly min: number; readonly max: number },
): readonly Spot[] | undefined {
  if (spot.value === undefined && size.min === 0) return [];
  if (!Array.isArray(spot.value) || spot.value.length < size.min || spot.value.length > size.max) {
    return refuse(spot, `must be a list of ${size.min} to ${size.max} items`);
  }
  return spot.value.map((value, index) => ({ ...spot, path: `${spot.path}[${index}]`, value }));
}

/** A whole number from `min` to `max`. */
export function readCount(spot: Spot, range: { readonly min: number; readonly max: number }): number | undefined {
  const { value } = spot;
  if (typeof value === "number" && Number.isInteger(value) && value >= range.min && value <= range.max)
    return value + 0;
  return refuse(spot, `must be a whole number from ${range.min} to ${range.max}`);
}

/** A finite number from `min` to `max`. */
export function readNumber(spot: Spot, range: { readonly min: number; readonly max: number }): number | undefined {
  const { value } = spot;
  if (typeof value === "number" && value >= range.min && value <= range.max) return value + 0; // −0 is 0.
  return refuse(spot, `must be a number from ${range.min} to ${range.max}`);
}

/** One of the texts of `choices`. */
export function readChoice<Choice extends string>(spot: Spot, choices: readonly Choice[]): Choice | undefined {
  const choice = choices.find((text) => text === spot.value);
  if (choice !== undefined) return choice;
  const hint = typeof spot.value === "string" ? didYouMean(spot.value, choices) : "";
  return refuse(spot, `must be one of ${choices.join(", ")}${hint}`);
}

const NAME_CHARS_MAX = 64;
// What expressions are made of, and what nobody could see or find again in a log.
const NAME_BREAKERS = /[[\](),*"\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|^\s|\s$/u;
/** What objects have anyway. */
export const RESERVED: readonly unknown[] = ["__proto__", "constructor", "prototype"];

/** A name that expressions can refer to and that no other of its kind has. It enters `taken`. */
export function readName(spot: Spot, taken: Set<string>): string | undefined {
  const { value } = spot;
  if (
    typeof value !== "string" ||
    value.length < 1 ||
    value.length > NAME_CHARS_MAX ||
    NAME_BREAKERS.test(value) ||
    !value.isWellFormed() ||
    RESERVED.includes(value)
  ) {
    return refuse(
      spot,
      `must be a name of 1 to ${NAME_CHARS_MAX} characters without [ ] ( ) , * ", outer spaces and what cannot be seen`,
    );
  }
  if (taken.has(value)) return refuse(spot, "must be a name that nothing else of its kind has");
  taken.add(value);
  return value;
}
