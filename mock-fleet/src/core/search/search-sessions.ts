// Finds the active sessions that somebody asks for. It walks the living processes, not everything that is remembered, and keeps
// no more than a page: finding twenty of a hundred thousand sorts none of the others.
import { type BattleSession, MusterError } from "@muster/proto";
import type { FleetConfig } from "../fleet-config.ts";
import { findFleet } from "../fleet-config.ts";
import type { FleetState } from "../fleet-state.ts";
import type { ServerProcess } from "../process.ts";
import { processesOf } from "../process-index.ts";
import type { SessionFilter } from "./parse-filter.ts";
import type { SessionSort, SortKeys } from "./parse-sort.ts";

/** The place of one session in the order of a search. */
export type SearchPlace = { readonly keys: SortKeys; readonly battleSessionId: string };

export type SessionSearch = {
  readonly filter: SessionFilter;
  readonly sort: SessionSort;
  /** Sessions of a page. */
  readonly limit: number;
  /** The last of the page before. */
  readonly after: SearchPlace | undefined;
  /** Undefined: of all fleets. */
  readonly fleet: string | undefined;
};

export type FoundSession = { readonly battle: BattleSession; readonly place: SearchPlace };

/** The page, first come first, and whether there is more. @throws {MusterError} FLEET_NOT_FOUND */
export function searchSessions(
  state: FleetState,
  search: SessionSearch,
  config: FleetConfig,
): { readonly found: readonly FoundSession[]; readonly hasMore: boolean } {
  const { filter, sort, limit, after } = search;
  const isBefore = (one: SearchPlace, other: SearchPlace) => {
    const order = sort.compare(one.keys, other.keys);
    return order !== 0 ? order < 0 : one.battleSessionId < other.battleSessionId;
  };
  const page: FoundSession[] = [];
  for (const process of searchedProcesses(state, search.fleet, config)) {
    for (const sessionId of process.sessionIds) {
      const battle = state.sessions.get(sessionId)?.battle;
      if (battle?.state !== "ACTIVE") continue;
      const searched = { battle, process };
      if (!filter(searched)) continue;
      const place = { keys: sort.keysOf(searched), battleSessionId: battle.battleSessionId };
      if (after && !isBefore(after, place)) continue;
      const last = page.at(-1);
      // One more than the page tells whether there is another.
      if (page.length > limit && last && !isBefore(place, last.place)) continue;
      page.splice(indexFor(page, place, isBefore), 0, { battle, place });
      if (page.length > limit + 1) page.pop();
    }
  }
  return { found: page.slice(0, limit), hasMore: page.length > limit };
}

function searchedProcesses(state: FleetState, fleet: string | undefined, config: FleetConfig): Iterable<ServerProcess> {
  if (fleet === undefined) return state.livingProcesses.values();
  const { living } = processesOf(state.processIndex, fleet);
  if (living.size === 0 && !findFleet(config, fleet)) {
    throw new MusterError("FLEET_NOT_FOUND", `Cannot search fleet ${fleet} as there is none of that name`);
  }
  return living.values();
}

function indexFor(
  page: readonly FoundSession[],
  place: SearchPlace,
  isBefore: (one: SearchPlace, other: SearchPlace) => boolean,
): number {
  let low = 0;
  let high = page.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore((page[middle] as FoundSession).place, place)) low = middle + 1;
    else high = middle;
  }
  return low;
}
