// Makes the fleet's state of its snapshot: maps and deadlines at once, the things themselves when somebody asks for them.
import { type ReadColumns, readColumns } from "@muster/journal";
import type { ErasureId, PlacementId, PlayerSessionId, ServerSessionId } from "@muster/proto";
import * as wire from "@muster/proto/journal-fleet";
import { looksAfterCrash } from "../core/crash-loop.ts";
import { noteCreation } from "../core/creations.ts";
import type { Deadline } from "../core/deadline.ts";
import { placementOverMs } from "../core/ended.ts";
import { createFleetState, type FleetFold } from "../core/fleet-state.ts";
import { deadlinesOfPlacement } from "../core/placement.ts";
import type { ServerProcess } from "../core/process.ts";
import { countActivating, indexProcess, sortOpen } from "../core/process-index.ts";
import { readAlias } from "../grpc/alias-wire.ts";
import { readControl } from "../grpc/control-wire.ts";
import { FLEET_COLUMNS, NO_TIME_MS } from "./fleet-columns.ts";
import { endedMsOf, StoredPlacement } from "./placement-row.ts";
import { readProcess, StoredCommands } from "./process-row.ts";
import { StoredSession } from "./session-row.ts";

/** @throws {MusterError} JOURNAL_UNREADABLE if the chunks are damaged. */
export async function restoreFleet(chunks: AsyncIterable<Uint8Array>): Promise<FleetFold> {
  const columns = await readColumns(FLEET_COLUMNS, chunks);
  const state = createFleetState();
  restoreWhole(state, columns);
  restoreProcesses(state, columns);
  restorePlacements(state, columns);
  restoreSessions(state, columns);
  restoreEndedPlacements(state);
  return state;
}

type Columns = ReadColumns<typeof FLEET_COLUMNS>;

function restoreWhole(state: FleetFold, { fleet }: Columns): void {
  const { journalId, position, crashLoops, nextPorts, erasures, aliases, controls, creations, projects } =
    wire.SnapshotFleet.decode(fleet.at(0));
  state.journalId = journalId || undefined;
  state.position = position;
  for (const project of projects) state.projects.add(project);
  for (const { fleet: name, crashes, notBeforeMs, failedStart } of crashLoops) {
    state.crashLoops.set(name, { crashes, notBeforeMs, failedStart });
    for (const atMs of looksAfterCrash(notBeforeMs)) state.agenda.add({ type: "launch-allowed", atMs, fleet: name });
  }
  for (const { battleSessionId, fleet: of, creatorId, atMs } of creations) {
    noteCreation(state.creations, { battleSessionId: battleSessionId as ServerSessionId, fleet: of, creatorId }, atMs);
  }
  for (const control of controls) {
    const { fleet: name, target } = control;
    state.controls.set(name, readControl(control));
    if (target) state.agenda.add({ type: "cooldown-over", atMs: target.cooldownUntilMs, fleet: name });
  }
  for (const alias of aliases) {
    const { name, target } = readAlias(alias);
    state.aliases.set(name, target);
  }
  for (const { fleet: name, port } of nextPorts) state.nextPorts.set(name, port);
  for (const { erasureId, playerDigest } of erasures) state.erasures.set(erasureId as ErasureId, playerDigest);
}

function restoreProcesses(state: FleetFold, { process: rows, processCommands }: Columns): void {
  for (let row = 0; row < rows.length; row += 1) {
    const process = readProcess(rows.at(row));
    const { processId, status } = process;
    state.processes.set(processId, process);
    const commands = processCommands.at(row);
    if (commands.length > 0) state.answeredCommands.set(processId, new StoredCommands(commands));
    if (status.phase === "ENDED") {
      state.ended.add({ type: "process", atMs: status.endedAtMs, processId });
      continue;
    }
    state.livingProcesses.set(processId, process);
    indexProcess(state.processIndex, undefined, process);
    for (const deadline of deadlinesOfProcess(process)) state.agenda.add(deadline);
  }
  sortOpen(state.processIndex);
}

function deadlinesOfProcess({ processId, status, draining }: ServerProcess): readonly Deadline[] {
  if (status.phase === "TERMINATING") return [{ type: "process-killed", atMs: status.deadlineMs, processId }];
  const drains: readonly Deadline[] =
    draining?.endByMs === undefined ? [] : [{ type: "drain-due", atMs: draining.endByMs, processId }];
  if (status.phase !== "STARTING" || status.readyByMs === undefined) return drains;
  return [...drains, { type: "ready-due", atMs: status.readyByMs, processId }];
}

function restorePlacements(state: FleetFold, columns: Columns): void {
  const { placementId: ids, placementSessionId, placementExpiresMs, placementEndedMs, placementWaits } = columns;
  for (let row = 0; row < ids.length; row += 1) {
    const placementId = ids.at(row) as PlacementId;
    const expiresAtMs = timeAt(placementExpiresMs, row);
    const endedMs = definedTime(timeAt(placementEndedMs, row));
    const sessionId = (placementSessionId.at(row) || undefined) as ServerSessionId | undefined;
    const placement = new StoredPlacement({ sessionId, expiresAtMs, endedMs, row: columns.placement.at(row) });
    state.placements.set(placementId, placement);
    if (endedMs !== undefined) continue;
    state.pendingPlacements.set(placementId, placement);
    if (placementWaits[row] === 1) state.waitingPlacements.add(placementId);
    for (const deadline of deadlinesOfPlacement(placement)) state.agenda.add(deadline);
  }
}

/** After the sessions, which they outlive. */
function restoreEndedPlacements(state: FleetFold): void {
  for (const [placementId, placement] of state.placements) {
    const session = placement.sessionId && state.sessions.get(placement.sessionId);
    const atMs = placementOverMs(endedMsOf(placement), session);
    if (atMs !== undefined) state.ended.add({ type: "placement", atMs, placementId });
  }
}

function restoreSessions(state: FleetFold, columns: Columns): void {
  let seat = 0;
  let request = 0;
  for (let row = 0; row < columns.sessionId.length; row += 1) {
    const sessionId = columns.sessionId.at(row) as ServerSessionId;
    const seats = { from: seat, to: seat + (columns.sessionSeats[row] ?? 0) };
    const requests = { from: request, to: request + (columns.sessionRequests[row] ?? 0) };
    const session = restoreSession(columns, row, { seats, requests });
    state.sessions.set(sessionId, session);
    const process = session.row.isActivating ? state.processes.get(session.battle.processId) : undefined;
    if (process) countActivating(state.processIndex, process, 1);
    for (const id of session.row.seatIds) state.sessionBySeat.set(id, sessionId);
    for (const id of session.row.requestIds) state.sessionByRequest.set(id, sessionId);
    if (session.endedAtMs !== undefined) state.ended.add({ type: "session", atMs: session.endedAtMs, sessionId });
    for (const deadline of deadlinesOfSession(sessionId, session)) state.agenda.add(deadline);
    seat = seats.to;
    request = requests.to;
  }
}

type Span = { readonly from: number; readonly to: number };

function restoreSession(
  columns: Columns,
  row: number,
  { seats, requests }: { readonly seats: Span; readonly requests: Span },
): StoredSession {
  return new StoredSession(
    {
      battle: columns.sessionBattle.at(row),
      memory: columns.sessionMemory.at(row),
      isActivating: columns.sessionIsActivating[row] === 1,
      seatIds: Array.from(
        { length: seats.to - seats.from },
        (_, i) => columns.seatId.at(seats.from + i) as PlayerSessionId,
      ),
      seatExpiresMs: columns.seatExpiresMs.subarray(seats.from, seats.to),
      requestIds: Array.from({ length: requests.to - requests.from }, (_, i) =>
        columns.requestId.at(requests.from + i),
      ),
    },
    {
      placementId: columns.sessionPlacementId.at(row) as PlacementId,
      activateByMs: timeAt(columns.sessionActivateByMs, row),
      closeByMs: definedTime(timeAt(columns.sessionCloseByMs, row)),
      seatsAddedAtVersion: columns.sessionSeatsAddedAtVersion[row] ?? 0,
      unreachableSinceMs: definedTime(timeAt(columns.sessionUnreachableSinceMs, row)),
      endedAtMs: definedTime(timeAt(columns.sessionEndedMs, row)),
    },
  );
}

function deadlinesOfSession(sessionId: ServerSessionId, session: StoredSession): readonly Deadline[] {
  const { row, activateByMs, closeByMs } = session;
  const deadlines: Deadline[] = [];
  if (row.isActivating) deadlines.push({ type: "activation-due", atMs: activateByMs, sessionId });
  if (closeByMs !== undefined) deadlines.push({ type: "session-closes", atMs: closeByMs, sessionId });
  for (const [index, playerSessionId] of row.seatIds.entries()) {
    const atMs = timeAt(row.seatExpiresMs, index);
    if (atMs !== NO_TIME_MS) deadlines.push({ type: "seat-expires", atMs, sessionId, playerSessionId });
  }
  return deadlines;
}

function timeAt(times: Float64Array, row: number): number {
  return times[row] ?? NO_TIME_MS;
}

function definedTime(timeMs: number): number | undefined {
  return timeMs === NO_TIME_MS ? undefined : timeMs;
}
