// What the rules that are compiled together share: one look, and for each thing that any of them reads one closure.
import { createLook, type Look } from "./look.ts";
import type { Node } from "./node.ts";
import type { Parties } from "./parties.ts";
import type { Seats } from "./seats.ts";

export type Scope = {
  readonly look: Look;
  readonly seats: Map<string, () => Seats>;
  readonly parties: Map<string, () => Parties>;
  readonly nodes: Map<string, Node>;
};

export function createScope(): Scope {
  return { look: createLook(), seats: new Map(), parties: new Map(), nodes: new Map() };
}

/** What `known` has for `key`, made if it has nothing yet. */
export function share<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
