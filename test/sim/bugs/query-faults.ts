// Faults of matching by queries.
import type { PlantedFault } from "./planted-fault.ts";

export const queryFaults: readonly PlantedFault[] = [
  {
    name: "a player may have a ticket too many by queries",
    patches: [
      {
        file: "matcher/src/core/query/tickets-per-player.ts",
        find: "if (length >= limit) throw exceeded(`player",
        replace: "if (length > limit) throw exceeded(`player",
      },
    ],
  },
  {
    name: "a match by queries is mutual only as far as classes say",
    patches: [
      {
        file: "rules/src/query/engine/ticket-class.ts",
        find: "return score !== undefined && other.query.score(this.#valuesOf(one)) !== undefined ? score : undefined;",
        replace: "return score;",
      },
    ],
  },
];
