// One look at a roster. What several rules read of it — the players of a team, their values, an average — is worked out
// once a look and only if somebody asks, into lists that the next look uses again: a look leaves next to no garbage.
import type { Roster } from "../../roster.ts";

/** What is being looked at; `number` rises with every look. */
export type Look = { roster: Roster; number: number };

export function createLook(): Look {
  return { roster: [], number: 0 };
}

/** Makes `roster` what everything that was compiled for `look` reads. A roster may change between looks, not within one. */
export function lookAt(look: Look, roster: Roster): void {
  look.roster = roster;
  look.number += 1;
}

/** `read`, run at most once a look. It is given its last value, to write over. */
export function oncePerLook<Value>(look: Look, first: Value, read: (last: Value) => Value): () => Value {
  let seen = look.number;
  let value = first;
  return () => {
    if (seen !== look.number) {
      seen = look.number;
      value = read(value);
    }
    return value;
  };
}
