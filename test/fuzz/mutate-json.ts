// Damage to JSON values, as data: a list of edits makes a bad document from a good one, and a shorter list a smaller finding.
import fc from "fast-check";

export type JsonEdit =
  | { readonly type: "remove"; readonly at: number }
  | { readonly type: "replace"; readonly at: number; readonly value: unknown }
  | { readonly type: "rename"; readonly at: number; readonly key: string }
  | { readonly type: "misspell"; readonly at: number; readonly letter: number }
  | { readonly type: "repeat"; readonly at: number; readonly times: number }
  | { readonly type: "move"; readonly at: number; readonly to: number };

const LONG = "x".repeat(70_000);
/** Names that mean something to JavaScript, or that nobody expects. */
export const oddNames = [
  "",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "length",
  "0",
  "é",
  "\u0000",
  "\ud800",
  "a.b",
  "a[0]",
  "*",
  "{",
  "\u202e",
  LONG,
];
const oddNumbers = [0, -0, -1, 1, 1.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53, 1e15, 1e16, 1e308, 5e-324, -1e308];
/** Values that are no good almost anywhere. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, ...oddNumbers),
  fc.constantFrom(...oddNames),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: "grapheme" }),
  fc.integer({ min: 1, max: 2_000 }).map((count) => Array.from({ length: count }, () => 1)),
  fc
    .integer({ min: 1, max: 2_000 })
    .map((count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]))),
  fc.integer({ min: 1, max: 200 }).map((depth) => nest(depth)),
);

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

/** Edits whose new values are odd ones or those of `values`, which are good somewhere. */
export function jsonEdits(values: readonly unknown[]): fc.Arbitrary<readonly JsonEdit[]> {
  const value = fc.oneof(oddValue, fc.constantFrom<unknown>(...values));
  const key = fc.oneof(fc.constantFrom(...oddNames), fc.string());
  const edit: fc.Arbitrary<JsonEdit> = fc.oneof(
    fc.record({ type: fc.constant("replace" as const), at: share, value }),
    fc.record({ type: fc.constant("remove" as const), at: share }),
    fc.record({ type: fc.constant("rename" as const), at: share, key }),
    fc.record({ type: fc.constant("misspell" as const), at: share, letter: fc.nat(20) }),
    fc.record({ type: fc.constant("repeat" as const), at: share, times: fc.constantFrom(1, 2, 20, 70, 300) }),
    fc.record({ type: fc.constant("move" as const), at: share, to: share }),
  );
  return fc.array(edit, { maxLength: 5 });
}

type Place = { readonly holder: Record<string, unknown> | unknown[]; readonly key: string };

/** A copy of `document` after the edits, one after the other. */
export function editJson(document: unknown, edits: readonly JsonEdit[]): unknown {
  const root: { document: unknown } = { document: structuredClone(document) };
  for (const edit of edits) {
    const places = placesOf(root);
    const place = places[Math.floor(edit.at * places.length)];
    if (place) apply(place, edit, places);
  }
  return root.document;
}

/** Places that edits choose from. */
const PLACES_MAX = 5_000;

/** Where values stand, the root's first. */
function placesOf(holder: Place["holder"]): readonly Place[] {
  const places: Place[] = [];
  const open: unknown[] = [holder];
  for (let next = open.shift(); next !== undefined && places.length < PLACES_MAX; next = open.shift()) {
    if (!isHolder(next)) continue;
    for (const key of Object.keys(next)) {
      places.push({ holder: next, key });
      open.push(read({ holder: next, key }));
    }
  }
  return places;
}

function isHolder(value: unknown): value is Place["holder"] {
  return typeof value === "object" && value !== null;
}

function read({ holder, key }: Place): unknown {
  return Array.isArray(holder) ? holder[Number(key)] : holder[key];
}

/** By definition rather than assignment: a key may be `__proto__`. */
function write(holder: Place["holder"], key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function apply(place: Place, edit: JsonEdit, places: readonly Place[]): void {
  const { holder, key } = place;
  switch (edit.type) {
    case "remove":
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case "replace":
      write(holder, key, structuredClone(edit.value));
      break;
    case "rename":
      rename(place, edit.key);
      break;
    case "misspell": {
      const letter = edit.letter % (key.length + 1);
      rename(place, key.slice(0, letter) + key.slice(letter + 1));
      break;
    }
    case "repeat":
      repeat(place, Math.min(edit.times, Math.ceil(PLACES_MAX / places.length)));
      break;
    case "move": {
      const other = places[Math.floor(edit.to * places.length)];
      if (other) write(holder, key, structuredClone(read(other)));
      break;
    }
  }
}

/** Lists of lists that are repeated in turn would fill the memory: whoever calls sees to that. */
function repeat(place: Place, times: number): void {
  const { holder, key } = place;
  const value = read(place);
  if (Array.isArray(holder))
    holder.splice(Number(key), 0, ...Array.from({ length: times }, () => structuredClone(value)));
  else write(holder, key, [value, value]);
}

function rename(place: Place, key: string): void {
  const { holder } = place;
  if (Array.isArray(holder)) return;
  const value = read(place);
  delete holder[place.key];
  write(holder, key, value);
}
