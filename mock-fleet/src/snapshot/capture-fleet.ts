// Captures the fleet as it is: copies of its maps' values, which are never written again, in one short step; the rows are made
// of them later, while the fleet goes on.
import { type ColumnRows, sliceColumns, writeColumns } from "@muster/journal";
import type { PlacementId, ServerSessionId } from "@muster/proto";
import * as wire from "@muster/proto/journal-fleet";
import { placementOverMs } from "../core/ended.ts";
import type { FleetFold } from "../core/fleet-state.ts";
import type { CommandFold } from "../core/host-command.ts";
import type { Placement } from "../core/placement.ts";
import type { ServerProcess } from "../core/process.ts";
import type { SessionFold } from "../core/session.ts";
import { writeAlias } from "../grpc/alias-wire.ts";
import { writeControl } from "../grpc/control-wire.ts";
import { FLEET_COLUMNS, NO_TIME_MS } from "./fleet-columns.ts";
import { endedMsOf, putPlacementAway, writePlacement } from "./placement-row.ts";
import { writeCommands, writeProcess } from "./process-row.ts";
import {
  isActivating,
  putSessionAway,
  requestIdsOf,
  seatExpiriesMs,
  seatIdsOf,
  writeBattle,
  writeMemory,
} from "./session-row.ts";

/** Bytes of messages in one chunk: some milliseconds of work. */
const BLOCK_BYTES = 32_768;

/**
 * The fleet's snapshot, chunk by chunk. The same state makes the same bytes, whichever way it came about. What is over is put
 * away on the way: the state holds its row from then on, which the next snapshot has without work.
 */
export function captureFleet(state: FleetFold): Iterable<Uint8Array> {
  const processes = [...state.processes.values()];
  const commands = processes.map(({ processId }) => state.answeredCommands.get(processId));
  const columns = {
    fleet: [writeFleet(state)],
    ...processColumns(processes, commands),
    ...placementColumns(state, capture(state.placements), new Set(state.waitingPlacements)),
    ...sessionColumns(state, capture(state.sessions)),
  };
  // What is captured shares its memories with the state: from now on the fold copies them before it writes.
  state.captures += 1;
  const options = { blockBytes: BLOCK_BYTES };
  return writeColumns(FLEET_COLUMNS, sliceColumns<typeof FLEET_COLUMNS>(columns, options), options);
}

type Captured<Id, Value> = { readonly ids: readonly Id[]; readonly values: Value[] };

function capture<Id, Value>(things: ReadonlyMap<Id, Value>): Captured<Id, Value> {
  return { ids: [...things.keys()], values: [...things.values()] };
}

/** Every value, those that are over put away in the capture and, unless they have changed since, in the state. */
function* putAway<Id, Value>(
  { ids, values }: Captured<Id, Value>,
  things: Map<Id, Value>,
  away: (value: Value) => Value,
): Generator<Value, void> {
  for (const [index, id] of ids.entries()) {
    const value = values[index] as Value;
    const stored = away(value);
    values[index] = stored;
    if (stored !== value && things.get(id) === value) things.set(id, stored);
    yield stored;
  }
}

type Columns<Prefix extends string> = Pick<
  ColumnRows<typeof FLEET_COLUMNS>,
  Extract<keyof typeof FLEET_COLUMNS, `${Prefix}${string}`>
>;

function writeFleet({
  journalId,
  position,
  crashLoops,
  nextPorts,
  erasures,
  aliases,
  controls,
  creations,
  projects,
}: FleetFold): Uint8Array {
  return wire.SnapshotFleet.encode({
    journalId: journalId ?? "",
    position,
    crashLoops: Array.from(crashLoops, ([fleet, loop]) => ({ fleet, ...loop })).toSorted(byFleet),
    creations: Array.from(creations, writeCreations).toSorted(byCreator).flat(),
    aliases: Array.from(aliases, ([name, target]) => writeAlias({ name, target })).toSorted(byName),
    controls: Array.from(controls, ([fleet, control]) => writeControl(fleet, control)).toSorted(byFleet),
    projects: [...projects].toSorted(),
    erasures: Array.from(erasures, ([erasureId, playerDigest]) => ({ erasureId, playerDigest })),
    nextPorts: Array.from(nextPorts, ([fleet, port]) => ({ fleet, port })).toSorted(byFleet),
  }).finish();
}

type CreationRow = {
  readonly fleet: string;
  readonly creatorId: string;
  readonly battleSessionId: string;
  readonly atMs: number;
};

/** The sessions of one creator. */
function writeCreations([key, created]: readonly [string, ReadonlyMap<ServerSessionId, number>]): CreationRow[] {
  const space = key.indexOf(" ");
  const creator = { fleet: key.slice(0, space), creatorId: key.slice(space + 1) };
  return Array.from(created, ([battleSessionId, atMs]) => ({ battleSessionId, ...creator, atMs }));
}

function byCreator([a]: readonly CreationRow[], [b]: readonly CreationRow[]): number {
  const key = (row: CreationRow | undefined) => `${row?.fleet} ${row?.creatorId}`;
  return key(a) < key(b) ? -1 : 1;
}

function byFleet(a: { readonly fleet: string }, b: { readonly fleet: string }): number {
  return a.fleet < b.fleet ? -1 : 1;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function processColumns(
  processes: readonly ServerProcess[],
  commands: readonly (CommandFold | undefined)[],
): Columns<"process"> {
  return { process: map(processes, writeProcess), processCommands: map(commands, writeCommands) };
}

function placementColumns(
  state: FleetFold,
  placements: Captured<PlacementId, Placement>,
  waiting: ReadonlySet<PlacementId>,
): Columns<"placement"> {
  const { ids, values } = placements;
  const isOver = (placement: Placement) => {
    const session = placement.sessionId && state.sessions.get(placement.sessionId);
    return placementOverMs(endedMsOf(placement), session) !== undefined;
  };
  const stored = putAway(placements, state.placements, (one) => (isOver(one) ? putPlacementAway(one) : one));
  return {
    placementId: ids,
    placementSessionId: map(values, ({ sessionId }) => sessionId ?? ""),
    placementWaits: map(ids, (id) => (waiting.has(id) ? 1 : 0)),
    placementExpiresMs: map(values, ({ expiresAtMs }) => expiresAtMs),
    placementEndedMs: map(values, (placement) => endedMsOf(placement) ?? NO_TIME_MS),
    placement: map(stored, writePlacement),
  };
}

function sessionColumns(
  state: FleetFold,
  sessions: Captured<ServerSessionId, SessionFold>,
): Columns<"session" | "seat" | "request"> {
  const { ids, values } = sessions;
  const isOver = (session: SessionFold) => session.endedAtMs !== undefined;
  const stored = putAway(sessions, state.sessions, (one) => (isOver(one) ? putSessionAway(one) : one));
  return {
    sessionId: ids,
    sessionPlacementId: map(values, ({ placementId }) => placementId),
    sessionActivateByMs: map(values, ({ activateByMs }) => activateByMs),
    sessionCloseByMs: map(values, ({ closeByMs }) => closeByMs ?? NO_TIME_MS),
    sessionIsActivating: map(values, (session) => (isActivating(session) ? 1 : 0)),
    sessionUnreachableSinceMs: map(values, ({ unreachableSinceMs }) => unreachableSinceMs ?? NO_TIME_MS),
    sessionEndedMs: map(values, ({ endedAtMs }) => endedAtMs ?? NO_TIME_MS),
    sessionSeatsAddedAtVersion: map(values, ({ seatsAddedAtVersion }) => seatsAddedAtVersion),
    sessionBattle: map(stored, writeBattle),
    sessionMemory: map(values, writeMemory),
    sessionSeats: map(values, (session) => countOf(seatIdsOf(session))),
    sessionRequests: map(values, (session) => countOf(requestIdsOf(session))),
    seatId: flatMap(values, seatIdsOf),
    seatExpiresMs: flatMap(values, seatExpiriesMs),
    requestId: flatMap(values, requestIdsOf),
  };
}

function* map<Item, Row>(items: Iterable<Item>, rowOf: (item: Item) => Row): Generator<Row, void> {
  for (const item of items) yield rowOf(item);
}

function* flatMap<Item, Row>(items: readonly Item[], rowsOf: (item: Item) => Iterable<Row>): Generator<Row, void> {
  for (const item of items) yield* rowsOf(item);
}

function countOf(rows: Iterable<unknown>): number {
  let count = 0;
  for (const _ of rows) count += 1;
  return count;
}
