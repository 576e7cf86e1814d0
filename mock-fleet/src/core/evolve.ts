// The fold: what each fact makes of the state. The only writer of FleetFold; it never refuses, because what is a fact was
// decided, and it asks nobody for time or chance, so that a replay gives the same state.
import { invariant, unreachable } from "@muster/kit";
import {
  applySessionChange,
  type BattleSession,
  type PlacementId,
  type PlayerSessionId,
  type ProcessId,
  type ServerSessionId,
  type SessionChange,
} from "@muster/proto";
import { foldEnd } from "./crash-loop.ts";
import { creationOf, forgetCreation, noteCreation } from "./creations.ts";
import { placementOverMs } from "./ended.ts";
import { erasePlayer } from "./erase-player.ts";
import { controlOf, type FleetControl } from "./fleet-control.ts";
import type { FleetFact, SessionChanged } from "./fleet-fact.ts";
import type { FleetFold } from "./fleet-state.ts";
import { type AnsweredCommand, COMMANDS_KEPT_MAX } from "./host-command.ts";
import { changePlacement, deadlinesOfPlacement, type Placement } from "./placement.ts";
import { freeSlots, type ServerProcess } from "./process.ts";
import { countActivating, indexProcess } from "./process-index.ts";
import { ACCEPTS_KEPT_MAX } from "./seat.ts";
import {
  type AnsweredRequest,
  CHANGES_KEPT_MAX,
  closesOrOpens,
  ENDED_SEATS_KEPT_MAX,
  ownSession,
  REQUESTS_KEPT_MAX,
  type SeatMemory,
  type SessionFold,
} from "./session.ts";

/** Position of a fact in the journal, and the journal time at which it was decided, in ms. */
export type FactMeta = { readonly sequence: number; readonly timeMs: number };

/** Folds one fact into the state. */
export function evolve(state: FleetFold, fact: FleetFact, meta: FactMeta): void {
  state.position = meta.sequence;
  const timeMs = Math.floor(meta.timeMs);
  switch (fact.type) {
    case "opened":
      state.journalId = fact.journalId;
      return;
    case "process-launched":
      launch(state, fact, timeMs);
      return;
    case "process-attached":
      changeProcess(state, fact.processId, (process) => ({
        ...process,
        attachGeneration: fact.attachGeneration,
        pid: fact.pid ?? process.pid,
      }));
      return;
    case "process-became-ready":
      changeProcess(state, fact.processId, (process) => ({
        ...process,
        address: { host: process.address.host, ports: { ...process.address.ports, ...fact.ports } },
        status: { phase: "READY", concurrentSessions: fact.concurrentSessions },
      }));
      return;
    case "process-terminating":
      state.agenda.add({ type: "process-killed", atMs: fact.deadlineMs, processId: fact.processId });
      changeProcess(state, fact.processId, (process) => ({
        ...process,
        status: { phase: "TERMINATING", reason: fact.reason, deadlineMs: fact.deadlineMs },
      }));
      return;
    case "process-ended":
      endProcess(state, fact, timeMs);
      return;
    case "process-reachability-changed":
      changeProcess(state, fact.processId, (process) => ({
        ...process,
        unreachableSinceMs: fact.unreachable ? timeMs : undefined,
      }));
      return;
    case "placement-started":
      startPlacement(state, fact, timeMs);
      return;
    case "placement-ended":
      endPlacement(state, fact, timeMs);
      return;
    case "process-draining": {
      const { processId, reason, endByMs } = fact;
      if (endByMs !== undefined) state.agenda.add({ type: "drain-due", atMs: endByMs, processId });
      changeProcess(state, processId, (process) => ({ ...process, draining: { reason, endByMs } }));
      return;
    }
    case "fleet-scaling-put":
      // What it had made itself under the old terms says nothing under the new.
      changeControl(state, fact.fleet, { scaling: fact.scaling, target: undefined });
      return;
    case "fleet-scaled": {
      const { fleet, processes, cooldownUntilMs } = fact;
      state.agenda.add({ type: "cooldown-over", atMs: cooldownUntilMs, fleet });
      changeControl(state, fleet, { target: { processes, cooldownUntilMs } });
      return;
    }
    case "fleet-drain-put":
      changeControl(state, fact.fleet, { isDrained: fact.isDrained });
      return;
    case "fleet-build-put":
      changeControl(state, fact.fleet, { rollout: fact.rollout });
      return;
    case "fleet-restarted":
      state.crashLoops.delete(fact.fleet);
      return;
    case "alias-put":
      if (fact.target) state.aliases.set(fact.name, fact.target);
      else state.aliases.delete(fact.name);
      return;
    case "session-started":
      startSession(state, fact, timeMs);
      return;
    case "session-changed":
      changeSession(state, fact, timeMs);
      return;
    case "fill-refused":
      rememberRefusal(state, fact);
      return;
    case "session-adopted":
      adoptSession(state, fact);
      return;
    case "command-answered":
      rememberCommand(state, fact);
      return;
    case "forgotten":
      forget(state, fact);
      return;
    case "player-erased":
      erasePlayer(state, fact.playerId);
      state.erasures.set(fact.erasureId, fact.playerDigest);
      return;
    case "erasure-completed":
      state.erasures.delete(fact.erasureId);
      return;
    default:
      unreachable(fact);
  }
}

type Fact<Type extends FleetFact["type"]> = Extract<FleetFact, { readonly type: Type }>;

function launch(state: FleetFold, fact: Fact<"process-launched">, timeMs: number): void {
  const { type: _, readyByMs, ...identity } = fact;
  const process: ServerProcess = {
    ...identity,
    startedAtMs: timeMs,
    status: { phase: "STARTING", readyByMs },
    attachGeneration: 0,
    pid: undefined,
    unreachableSinceMs: undefined,
    sessionIds: new Set(),
    draining: undefined,
    roomSince: 0,
  };
  state.processes.set(fact.processId, process);
  state.livingProcesses.set(fact.processId, process);
  indexProcess(state.processIndex, undefined, process);
  if (readyByMs !== undefined) state.agenda.add({ type: "ready-due", atMs: readyByMs, processId: fact.processId });
  const ports = Object.values(fact.address.ports);
  if (ports.length > 0) state.nextPorts.set(fact.fleet, Math.max(...ports) + 1);
}

function changeControl(state: FleetFold, fleet: string, change: Partial<FleetControl>): void {
  state.controls.set(fleet, { ...controlOf(state, fleet), ...change });
}

function changeProcess(
  state: FleetFold,
  processId: ProcessId,
  change: (process: ServerProcess) => ServerProcess,
): void {
  const process = state.processes.get(processId);
  invariant(process, "a fact of a process names one that was launched");
  const next = withRoomSince(change(process), state.position);
  state.processes.set(processId, next);
  if (next.status.phase === "ENDED") state.livingProcesses.delete(processId);
  else state.livingProcesses.set(processId, next);
  indexProcess(state.processIndex, process, next);
}

function withRoomSince(process: ServerProcess, position: number): ServerProcess {
  const hasRoom = freeSlots(process) > 0;
  if (hasRoom === process.roomSince > 0) return process;
  return { ...process, roomSince: hasRoom ? position : 0 };
}

function endProcess(state: FleetFold, fact: Fact<"process-ended">, timeMs: number): void {
  const before = state.processes.get(fact.processId);
  changeProcess(state, fact.processId, (process) => ({
    ...process,
    status: { phase: "ENDED", reason: fact.reason, endedAtMs: timeMs },
  }));
  state.answeredCommands.delete(fact.processId);
  state.ended.add({ type: "process", atMs: timeMs, processId: fact.processId });
  if (before) foldEnd(state, before, fact, timeMs);
}

function startPlacement(state: FleetFold, fact: Fact<"placement-started">, timeMs: number): void {
  const { placementId } = fact.request;
  const placement: Placement = {
    request: fact.request,
    bodyDigest: fact.bodyDigest,
    startedAtMs: timeMs,
    expiresAtMs: fact.expiresAtMs,
    createdAtWallMs: fact.createdAtWallMs,
    latencyPolicies: fact.latencyPolicies,
    isDirect: fact.isDirect,
    sessionId: undefined,
    tried: new Set(),
    end: undefined,
  };
  if (fact.request.project !== undefined) state.projects.add(fact.request.project);
  state.placements.set(placementId, placement);
  state.pendingPlacements.set(placementId, placement);
  state.waitingPlacements.add(placementId);
  for (const deadline of deadlinesOfPlacement(placement)) state.agenda.add(deadline);
}

function endPlacement(state: FleetFold, fact: Fact<"placement-ended">, timeMs: number): void {
  const { placementId } = fact;
  const placement = state.placements.get(placementId);
  invariant(placement && !placement.end, "a placement ends once");
  const end = {
    state: fact.state,
    failure: fact.failure,
    endedAtMs: timeMs,
    endedAtWallMs: fact.endedAtWallMs,
  };
  state.placements.set(placementId, changePlacement(placement, { end }));
  state.pendingPlacements.delete(placementId);
  state.waitingPlacements.delete(placementId);
  noteWhenOver(state, placementId);
}

function adoptSession(state: FleetFold, fact: Fact<"session-adopted">): void {
  const session = state.sessions.get(fact.sessionId);
  const placement = session && state.placements.get(session.placementId);
  invariant(session && placement, "a session that is adopted lives, and so does what it was made for");
  const { owner, matcherEndpoint, capabilityKey } = fact;
  const request = { ...placement.request, owner, matcherEndpoint, capabilityKey };
  state.placements.set(session.placementId, changePlacement(placement, { request }));
}

/** Remembers a placement that is over, its session too, for as long as what has ended is. */
function noteWhenOver(state: FleetFold, placementId: PlacementId): void {
  const placement = state.placements.get(placementId);
  const session = placement?.sessionId && state.sessions.get(placement.sessionId);
  const atMs = placementOverMs(placement?.end?.endedAtMs, session);
  if (atMs !== undefined) state.ended.add({ type: "placement", atMs, placementId });
}

function startSession(state: FleetFold, fact: Fact<"session-started">, timeMs: number): void {
  const { session: battle, placementId } = fact;
  const sessionId = battle.battleSessionId;
  noteCreation(state.creations, creationOf(battle, state.placements.get(placementId)), timeMs);
  state.sessions.set(sessionId, {
    battle,
    placementId,
    activateByMs: fact.activateByMs,
    closeByMs: undefined,
    seatsAddedAtVersion: battle.rosterVersion,
    changes: [],
    seats: new Map(),
    requests: new Map(),
    unreachableSinceMs: undefined,
    endedAtMs: undefined,
    ownedSince: state.captures,
  });
  state.agenda.add({ type: "activation-due", atMs: fact.activateByMs, sessionId });
  const process = state.processes.get(battle.processId);
  if (process) countActivating(state.processIndex, process, 1);
  changeProcess(state, battle.processId, (process) => ({
    ...process,
    sessionIds: new Set([...process.sessionIds, sessionId]),
  }));
  const placement = state.placements.get(placementId);
  invariant(placement, "a session is made for a placement");
  const tried = new Set([...placement.tried, battle.processId]);
  const attempt = changePlacement(placement, { sessionId, tried });
  state.placements.set(placementId, attempt);
  state.pendingPlacements.set(placementId, attempt);
  state.waitingPlacements.delete(placementId);
}

function changeSession(state: FleetFold, fact: SessionChanged, timeMs: number): void {
  const { change } = fact;
  const sessionId = change.battleSessionId;
  const before = state.sessions.get(sessionId);
  invariant(before && change.revision === before.battle.revision + 1, "changes of a session follow one another");
  const session = ownSession(before, state.captures);
  const battle = applySessionChange(session.battle, change);
  invariant(battle.playerSessions.length <= battle.capacity, "S-CAPACITY: used seats never exceed capacity");
  const isOver = battle.state === "TERMINATED";
  const process = state.processes.get(battle.processId);
  if (process && session.battle.state === "ACTIVATING" && battle.state !== "ACTIVATING") {
    countActivating(state.processIndex, process, -1);
  }
  const hasFailed = session.battle.state === "ACTIVATING" && (isOver || battle.state === "TERMINATING");
  if (hasFailed) waitAgain(state, session.placementId, timeMs);
  state.sessions.set(sessionId, {
    battle,
    placementId: session.placementId,
    activateByMs: session.activateByMs,
    closeByMs: isOver ? undefined : (fact.closeByMs ?? session.closeByMs),
    seatsAddedAtVersion:
      change.added.length > 0 || closesOrOpens(change) ? change.rosterVersion : session.seatsAddedAtVersion,
    // Nobody is told differences of a session that is over.
    changes: isOver ? [] : keepLast(session.changes, change),
    seats: rememberSeats(state, session.seats, { fact, seatsInUse: battle.playerSessions.length, timeMs }),
    requests: rememberRequest(state, session, fact, battle),
    unreachableSinceMs: silentSince(session, change, timeMs),
    endedAtMs: isOver ? timeMs : undefined,
    ownedSince: session.ownedSince,
  });
  for (const seat of change.added) state.sessionBySeat.set(seat.playerSessionId, sessionId);
  for (const { expiresAtMs, playerSessionId } of [...change.added, ...change.updated]) {
    if (expiresAtMs !== undefined)
      state.agenda.add({ type: "seat-expires", atMs: expiresAtMs, sessionId, playerSessionId });
  }
  if (fact.closeByMs !== undefined) state.agenda.add({ type: "session-closes", atMs: fact.closeByMs, sessionId });
  if (isOver) {
    state.ended.add({ type: "session", atMs: timeMs, sessionId });
    if (state.placements.get(session.placementId)?.sessionId === sessionId) noteWhenOver(state, session.placementId);
    changeProcess(state, battle.processId, (process) => ({
      ...process,
      sessionIds: new Set([...process.sessionIds].filter((id) => id !== sessionId)),
    }));
  }
}

function silentSince(session: SessionFold, change: SessionChange, timeMs: number): number | undefined {
  if (change.unreachable === undefined) return session.unreachableSinceMs;
  return change.unreachable ? timeMs : undefined;
}

/** The attempt is over and the placement is not: it waits in its old place, or, if it has no other attempt, ends by itself. */
function waitAgain(state: FleetFold, placementId: PlacementId, timeMs: number): void {
  const placement = state.pendingPlacements.get(placementId);
  if (!placement) return;
  if (placement.isDirect) {
    const failed = changePlacement(placement, { expiresAtMs: timeMs });
    state.placements.set(placementId, failed);
    state.pendingPlacements.set(placementId, failed);
    for (const deadline of deadlinesOfPlacement(failed)) state.agenda.add(deadline);
    return;
  }
  const waiting = new Set([...state.waitingPlacements, placementId]);
  state.waitingPlacements = new Set([...state.pendingPlacements.keys()].filter((id) => waiting.has(id)));
}

function keepLast(changes: SessionChange[], change: SessionChange): SessionChange[] {
  changes.push(change);
  // Cut by half at a time: each change is moved twice on average, not two hundred times.
  if (changes.length > 2 * CHANGES_KEPT_MAX) changes.splice(0, changes.length - CHANGES_KEPT_MAX);
  return changes;
}

function rememberSeats(
  state: FleetFold,
  seats: Map<PlayerSessionId, SeatMemory>,
  { fact, seatsInUse, timeMs }: { readonly fact: SessionChanged; readonly seatsInUse: number; readonly timeMs: number },
): Map<PlayerSessionId, SeatMemory> {
  const { change, accepted } = fact;
  for (const { playerSessionId, playerId, team, ticketId } of change.added) {
    seats.set(playerSessionId, {
      ...{ acceptIds: [], reconnectSecret: undefined, endCause: undefined },
      ...{ playerId, team, ticketId, createdAtMs: timeMs, endedAtMs: undefined },
    });
  }
  for (const { playerSessionId, cause } of change.removed) {
    const memory = seats.get(playerSessionId);
    if (!memory) continue;
    // Behind those that ended before: the oldest are forgotten first.
    seats.delete(playerSessionId);
    seats.set(playerSessionId, { ...memory, endCause: cause, endedAtMs: timeMs });
  }
  const memory = accepted && seats.get(accepted.playerSessionId);
  if (memory) {
    const acceptIds = [...memory.acceptIds, accepted.requestId].slice(-ACCEPTS_KEPT_MAX);
    seats.set(accepted.playerSessionId, { ...memory, acceptIds, reconnectSecret: accepted.reconnectSecret });
  }
  if (seats.size - seatsInUse > 2 * ENDED_SEATS_KEPT_MAX) forgetEndedSeats(state, seats);
  return seats;
}

/** Called once twice as many are there as are kept, so that each is looked at once on average. */
function forgetEndedSeats(state: FleetFold, seats: Map<PlayerSessionId, SeatMemory>): void {
  const ended = [...seats].filter(([, { endCause }]) => endCause !== undefined).map(([id]) => id);
  for (const id of ended.slice(0, -ENDED_SEATS_KEPT_MAX)) {
    seats.delete(id);
    state.sessionBySeat.delete(id);
  }
}

function rememberRequest(
  state: FleetFold,
  { requests }: SessionFold,
  fact: SessionChanged,
  battle: BattleSession,
): Map<string, AnsweredRequest> {
  if (!fact.request) return requests;
  const { id, bodyDigest } = fact.request;
  // An update is answered by its revision: the sessions after hundreds of them would be kept for nothing.
  const filled = fact.change.added.length > 0 ? battle : undefined;
  keepRequest(
    state,
    requests,
    { id, sessionId: battle.battleSessionId },
    {
      bodyDigest,
      revision: battle.revision,
      filled,
      refusal: undefined,
    },
  );
  return requests;
}

function rememberRefusal(state: FleetFold, fact: Fact<"fill-refused">): void {
  const { sessionId, request, refusal } = fact;
  const before = state.sessions.get(sessionId);
  invariant(before, "a fill is refused for a session that is known");
  const session = ownSession(before, state.captures);
  const answered = { bodyDigest: request.bodyDigest, revision: session.battle.revision, filled: undefined, refusal };
  keepRequest(state, session.requests, { id: request.id, sessionId }, answered);
  state.sessions.set(sessionId, session);
}

function keepRequest(
  state: FleetFold,
  requests: Map<string, AnsweredRequest>,
  { id, sessionId }: { readonly id: string; readonly sessionId: ServerSessionId },
  answered: AnsweredRequest,
): void {
  requests.set(id, answered);
  state.sessionByRequest.set(id, sessionId);
  for (const old of requests.keys()) {
    if (requests.size <= REQUESTS_KEPT_MAX) break;
    requests.delete(old);
    state.sessionByRequest.delete(old);
  }
}

function rememberCommand(state: FleetFold, fact: Fact<"command-answered">): void {
  const process = state.processes.get(fact.processId);
  if (process?.status.phase === "ENDED") return;
  const known = state.answeredCommands.get(fact.processId);
  let results = known?.results;
  if (!results || known?.ownedSince !== state.captures) {
    results = new Map<string, AnsweredCommand>(results);
    state.answeredCommands.set(fact.processId, { results, ownedSince: state.captures });
  }
  results.set(fact.commandId, { bodyDigest: fact.bodyDigest, result: fact.result });
  for (const oldest of results.keys()) {
    if (results.size <= COMMANDS_KEPT_MAX) break;
    results.delete(oldest);
  }
}

function forget(state: FleetFold, fact: Fact<"forgotten">): void {
  for (const processId of fact.processIds) state.processes.delete(processId);
  // Before the placements, which say whose sessions they were.
  for (const sessionId of fact.sessionIds) forgetSession(state, sessionId);
  for (const placementId of fact.placementIds) state.placements.delete(placementId);
}

function forgetSession(state: FleetFold, sessionId: ServerSessionId): void {
  const session = state.sessions.get(sessionId);
  if (session) forgetCreation(state.creations, creationOf(session.battle, state.placements.get(session.placementId)));
  for (const playerSessionId of session?.seats.keys() ?? []) state.sessionBySeat.delete(playerSessionId);
  for (const requestId of session?.requests.keys() ?? []) state.sessionByRequest.delete(requestId);
  state.sessions.delete(sessionId);
}
