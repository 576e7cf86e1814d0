// Projects share a fleet's processes and see nothing of one another. Who looks in a project's name is shown a state that holds its own
// placements and sessions alone, so that no decision has to keep projects apart: another's id is one that nobody knows.

import { MusterError, type PlacementId, type ServerSessionId } from "@muster/proto";
import type { FleetConfig } from "./fleet-config.ts";
import { findFleet } from "./fleet-config.ts";
import type { FleetState } from "./fleet-state.ts";
import type { Placement } from "./placement.ts";
import type { ServerSession } from "./session.ts";

/** Whose something is. Undefined: the default project's. */
export type Project = string | undefined;

/** In whose name somebody looks. Undefined in place of one: in everybody's. */
export type Viewer = { readonly project: Project };

/** What may belong to a project. */
type Owned = { readonly project?: string | undefined };

/** Fleets and queues that belong to nobody are everybody's. */
export function mayUse({ project: owner }: Owned, project: Project): boolean {
  return owner === undefined || owner === (project ?? "default");
}

/** The configuration without the fleets and queues of other projects. The same object where there are none. */
export function configFor(config: FleetConfig, viewer: Viewer | undefined): FleetConfig {
  if (!viewer) return config;
  const isOpen = (owned: Owned) => mayUse(owned, viewer.project);
  if (config.fleets.every(isOpen) && config.queues.every(isOpen)) return config;
  const fleets = config.fleets.filter(isOpen);
  const names = new Set(fleets.map(({ name }) => name));
  const aliases = config.aliases.filter(({ target }) => target.type === "closed" || names.has(target.fleet));
  return { ...config, fleets, queues: config.queues.filter(isOpen), aliases };
}

/** The state as the viewer is shown it, for one decision or answer: it goes with the state, and copies nothing of it. */
export function stateFor(state: FleetState, viewer: Viewer | undefined, config: FleetConfig): FleetState {
  if (!viewer) return state;
  const { project } = viewer;
  const isAlone = project === undefined && state.projects.size === 0;
  const seesFleet = (name: string) => {
    const fleet = findFleet(config, name);
    return fleet ? mayUse(fleet, project) : project === undefined;
  };
  if (isAlone && config.fleets.every((fleet) => mayUse(fleet, project))) return state;
  const isOwn = ({ request }: Placement) => request.project === project;
  const isOwnSession = ({ placementId }: ServerSession) => {
    const placement = state.placements.get(placementId);
    return placement !== undefined && isOwn(placement);
  };
  const seesProcess = ({ fleet }: { readonly fleet: string }) => seesFleet(fleet);
  return {
    ...state,
    whole: state,
    placements: only(state.placements, isOwn),
    pendingPlacements: only(state.pendingPlacements, isOwn),
    sessions: only(state.sessions, isOwnSession),
    processes: only(state.processes, seesProcess),
    livingProcesses: only(state.livingProcesses, seesProcess),
    processIndex: { ...state.processIndex, byFleet: only(state.processIndex.byFleet, (_, name) => seesFleet(name)) },
  };
}

/** Whose the session is. */
export function projectOf(state: FleetState, sessionId: ServerSessionId): Project {
  if (state.projects.size === 0) return undefined;
  const session = state.sessions.get(sessionId);
  return session && state.placements.get(session.placementId)?.request.project;
}

/**
 * Whoever names a placement or session anew must not take the id of another project's: ids of these are one's own in the whole fleet.
 *
 * @throws {MusterError} ID_REUSED
 */
export function checkFree(
  { whole, placements, sessions }: FleetState,
  { placementId, sessionId }: { readonly placementId?: PlacementId; readonly sessionId?: ServerSessionId | undefined },
): void {
  const isForeign =
    (placementId !== undefined && whole?.placements.has(placementId) && !placements.has(placementId)) ||
    (sessionId !== undefined && whole?.sessions.has(sessionId) && !sessions.has(sessionId));
  if (!isForeign) return;
  throw new MusterError("ID_REUSED", `Cannot use ${placementId ?? sessionId} as a new id as it is taken`);
}

/** A name that is told apart by project. No name of ours has a slash. */
export function nameIn(project: Project, name: string): string {
  return project === undefined ? name : `${project}/${name}`;
}

/** @throws {MusterError} NOT_PERMITTED unless the viewer runs the whole set-up: as operators of the default project do. */
export function checkRunsAll(viewer: Viewer | undefined, what: string): void {
  if (viewer?.project === undefined) return;
  const why = `Cannot ${what} as that concerns every project: the caller is of project ${viewer.project}`;
  throw new MusterError("NOT_PERMITTED", why, { metadata: { project: viewer.project } });
}

/**
 * Whether the viewer may say how the fleet, which it sees, is to run.
 *
 * @throws {MusterError} NOT_PERMITTED for a fleet that the viewer shares with others.
 */
export function checkRuns(viewer: Viewer | undefined, fleet: string, config: FleetConfig): void {
  const spec = findFleet(config, fleet);
  // That there is none is for the decision to say.
  if (viewer?.project === undefined || !spec || spec.project !== undefined) return;
  const why = `Cannot say how fleet ${fleet} is to run as projects share it: the caller is of project ${viewer.project}`;
  throw new MusterError("NOT_PERMITTED", why, { metadata: { project: viewer.project } });
}

/** What of the map is kept, looked at as it is asked for. */
function only<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  keep: (value: Value, key: Key) => boolean,
): ReadonlyMap<Key, Value> {
  function* entries(): MapIterator<[Key, Value]> {
    for (const entry of map) if (keep(entry[1], entry[0])) yield entry;
    return undefined;
  }
  const kept: ReadonlyMap<Key, Value> = {
    get size() {
      let size = 0;
      for (const _ of entries()) size += 1;
      return size;
    },
    get(key) {
      const value = map.get(key);
      return value !== undefined && keep(value, key) ? value : undefined;
    },
    has: (key) => kept.get(key) !== undefined,
    forEach(each) {
      for (const [key, value] of entries()) each(value, key, kept);
    },
    entries,
    *keys() {
      for (const [key] of entries()) yield key;
      return undefined;
    },
    *values() {
      for (const [, value] of entries()) yield value;
      return undefined;
    },
    [Symbol.iterator]: entries,
  };
  return kept;
}
