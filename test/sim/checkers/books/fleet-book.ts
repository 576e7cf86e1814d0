// What the fleet's facts say, read by somebody who does not trust the fleet: a second, plain bookkeeping of processes,
// placements, sessions and seats. It judges nothing; checkers see it as it was before the observation at hand.
import type { FleetFact } from "@muster/mock-fleet/testing";

type Fact<Type extends FleetFact["type"]> = Extract<FleetFact, { type: Type }>;
type Session = Fact<"session-started">["session"];
export type Change = Fact<"session-changed">["change"];

export type ProcessEntry = {
  readonly processId: string;
  readonly fleet: string;
  readonly hostNumber: number;
  readonly incarnation: number;
  phase: "STARTING" | "READY" | "TERMINATING" | "ENDED";
  concurrentSessions: number;
  attachGeneration: number;
  deadlineMs: number | undefined;
  isDraining: boolean;
  isUnreachable: boolean;
  /** Sessions that have not ended. */
  readonly sessionIds: Set<string>;
};

export type PlacementEntry = {
  readonly request: Fact<"placement-started">["request"];
  readonly expiresAtMs: number;
  /** It stands for a session that was created directly. */
  readonly isDirect: boolean;
  /** Of the latency caps that it goes by. Undefined: there are none. */
  readonly firstCapMs: number | undefined;
  end: string | undefined;
  /** Of its attempts, in their order. */
  readonly sessionIds: string[];
  readonly tried: Set<string>;
};

export type SeatEntry = {
  readonly playerSessionId: string;
  readonly playerId: string;
  readonly team: string | undefined;
  readonly ticketId: string | undefined;
  state: string;
  expiresAtMs: number | undefined;
  /** Undefined until it was accepted. */
  reconnectSecret: string | undefined;
  /** The player as rules see one. */
  readonly judged: Pick<Change["added"][number], "playerId" | "ticketId" | "attributes">;
};

export type SessionEntry = {
  readonly battleSessionId: string;
  readonly placementId: string;
  readonly matchId: string | undefined;
  readonly processId: string;
  capacity: number;
  readonly teams: Session["teams"];
  readonly activateByMs: number;
  state: string;
  revision: number;
  rosterVersion: number;
  /** Roster version at which seats were last added. */
  seatsAddedAt: number;
  readonly seats: Map<string, SeatEntry>;
  /** Ids of seats that were freed. */
  readonly freed: Set<string>;
  /** Everybody who ever had a seat. */
  readonly everSeated: Set<string>;
  /** Seats in use, by team. */
  readonly used: Map<string, number>;
  backfill: Session["backfill"];
  creationPolicy: string;
  isUnreachable: boolean;
  closeByMs: number | undefined;
  /** Of the matcher that has taken it on: its secret, and how often it did. Undefined: none has. */
  adopted: { readonly key: string; readonly times: number } | undefined;
  /** At revision 1, 2, …: ids and states of the seats, as one text. */
  readonly rosters: string[];
};

export interface FleetBook {
  readonly processes: ReadonlyMap<string, ProcessEntry>;
  readonly placements: ReadonlyMap<string, PlacementEntry>;
  /** What was set at run time, by name: a fleet, or undefined for a closed one. */
  readonly aliases: ReadonlyMap<string, string | undefined>;
  /** Fleets that take no sessions. */
  readonly drained: ReadonlySet<string>;
  readonly sessions: ReadonlyMap<string, SessionEntry>;
  /** The session of each seat that is remembered. */
  readonly sessionBySeat: ReadonlyMap<string, string>;
  /** Sessions of each match that have not ended. */
  readonly livingByMatch: ReadonlyMap<string, ReadonlySet<string>>;
  /** Seats in use of each ticket: in how many living sessions it has some. */
  readonly seatedTickets: ReadonlyMap<string, string>;
  fold(fact: FleetFact): void;
}

export function isOver(session: SessionEntry | undefined): boolean {
  return session === undefined || session.state === "TERMINATED";
}

/** An empty book. */
export function createFleetBook(): FleetBook {
  const processes = new Map<string, ProcessEntry>();
  const placements = new Map<string, PlacementEntry>();
  const aliases = new Map<string, string | undefined>();
  const drained = new Set<string>();
  const sessions = new Map<string, SessionEntry>();
  const sessionBySeat = new Map<string, string>();
  const livingByMatch = new Map<string, Set<string>>();
  const seatedTickets = new Map<string, string>();

  const startSession = (fact: Fact<"session-started">) => {
    const { session, placementId, activateByMs } = fact;
    const { battleSessionId, matchId, processId, capacity, teams, backfill, creationPolicy, state } = session;
    sessions.set(battleSessionId, {
      battleSessionId,
      placementId,
      matchId,
      processId,
      capacity,
      teams,
      activateByMs,
      state,
      revision: session.revision,
      rosterVersion: session.rosterVersion,
      seatsAddedAt: 0,
      seats: new Map(),
      freed: new Set(),
      everSeated: new Set(),
      used: new Map(),
      backfill,
      creationPolicy,
      isUnreachable: session.unreachable,
      closeByMs: undefined,
      adopted: undefined,
      rosters: [""],
    });
    processes.get(processId)?.sessionIds.add(battleSessionId);
    const placement = placements.get(placementId);
    placement?.sessionIds.push(battleSessionId);
    placement?.tried.add(processId);
    if (matchId !== undefined) {
      livingByMatch.set(matchId, (livingByMatch.get(matchId) ?? new Set()).add(battleSessionId));
    }
  };
  const changeSeats = (session: SessionEntry, { added, updated, removed }: Change) => {
    const { battleSessionId, seats, used, freed } = session;
    for (const { playerSessionId } of removed) {
      const seat = seats.get(playerSessionId);
      if (!seat) continue;
      seats.delete(playerSessionId);
      freed.add(playerSessionId);
      used.set(seat.team ?? "", (used.get(seat.team ?? "") ?? 0) - 1);
      if (seat.ticketId !== undefined && ![...seats.values()].some((one) => one.ticketId === seat.ticketId)) {
        seatedTickets.delete(seat.ticketId);
      }
    }
    for (const { playerSessionId, state, expiresAtMs } of updated) {
      const seat = seats.get(playerSessionId);
      if (!seat) continue;
      seat.state = state;
      seat.expiresAtMs = expiresAtMs;
    }
    for (const { playerSessionId, playerId, team, ticketId, state, expiresAtMs, attributes } of added) {
      seats.set(playerSessionId, {
        playerSessionId,
        playerId,
        team,
        ticketId,
        state,
        expiresAtMs,
        reconnectSecret: undefined,
        judged: { playerId, ticketId, attributes },
      });
      used.set(team ?? "", (used.get(team ?? "") ?? 0) + 1);
      sessionBySeat.set(playerSessionId, battleSessionId);
      session.everSeated.add(playerId);
      if (ticketId !== undefined) seatedTickets.set(ticketId, battleSessionId);
    }
  };
  const changeSession = (fact: Fact<"session-changed">) => {
    const { change, accepted, closeByMs } = fact;
    const session = sessions.get(change.battleSessionId);
    if (!session) return;
    session.revision = change.revision;
    session.rosterVersion = change.rosterVersion;
    if (change.added.length > 0) session.seatsAddedAt = change.rosterVersion;
    if (change.added.length + change.updated.length + change.removed.length > 0) changeSeats(session, change);
    const seat = accepted && session.seats.get(accepted.playerSessionId);
    if (seat) seat.reconnectSecret = accepted.reconnectSecret;
    session.rosters.push(rosterOf(session.seats.values()));
    if (change.backfill) session.backfill = change.backfill;
    if (change.capacity !== undefined) session.capacity = change.capacity;
    if (change.creationPolicy) session.creationPolicy = change.creationPolicy;
    if (change.unreachable !== undefined) session.isUnreachable = change.unreachable;
    if (closeByMs !== undefined) session.closeByMs = closeByMs;
    if (change.state) session.state = change.state;
    if (session.state !== "TERMINATED") return;
    processes.get(session.processId)?.sessionIds.delete(session.battleSessionId);
    const ofMatch = session.matchId === undefined ? undefined : livingByMatch.get(session.matchId);
    ofMatch?.delete(session.battleSessionId);
    if (ofMatch?.size === 0 && session.matchId !== undefined) livingByMatch.delete(session.matchId);
  };
  const forget = ({ processIds, placementIds, sessionIds }: Fact<"forgotten">) => {
    for (const processId of processIds) processes.delete(processId);
    for (const placementId of placementIds) placements.delete(placementId);
    for (const sessionId of sessionIds) {
      const session = sessions.get(sessionId);
      for (const id of [...(session?.seats.keys() ?? []), ...(session?.freed ?? [])]) sessionBySeat.delete(id);
      sessions.delete(sessionId);
    }
  };

  return {
    processes,
    placements,
    aliases,
    drained,
    sessions,
    sessionBySeat,
    livingByMatch,
    seatedTickets,
    fold(fact) {
      const process = "processId" in fact ? processes.get(fact.processId) : undefined;
      switch (fact.type) {
        case "process-launched":
          processes.set(fact.processId, {
            processId: fact.processId,
            fleet: fact.fleet,
            hostNumber: fact.hostNumber,
            incarnation: fact.incarnation,
            phase: "STARTING",
            concurrentSessions: 0,
            attachGeneration: 0,
            deadlineMs: undefined,
            isDraining: false,
            isUnreachable: false,
            sessionIds: new Set(),
          });
          break;
        case "process-attached":
          if (process) process.attachGeneration = fact.attachGeneration;
          break;
        case "process-became-ready":
          if (!process) break;
          process.phase = "READY";
          process.concurrentSessions = fact.concurrentSessions;
          break;
        case "process-draining":
          if (process) process.isDraining = true;
          break;
        case "fleet-drain-put":
          if (fact.isDrained) drained.add(fact.fleet);
          else drained.delete(fact.fleet);
          break;
        case "process-terminating":
          if (!process) break;
          process.phase = "TERMINATING";
          process.deadlineMs = fact.deadlineMs;
          break;
        case "process-ended":
          if (process) process.phase = "ENDED";
          break;
        case "process-reachability-changed":
          if (process) process.isUnreachable = fact.unreachable;
          break;
        case "placement-started":
          placements.set(fact.request.placementId, {
            request: fact.request,
            expiresAtMs: fact.expiresAtMs,
            isDirect: fact.isDirect === true,
            firstCapMs: fact.latencyPolicies?.[0]?.maxIndividualLatencyMs,
            end: undefined,
            sessionIds: [],
            tried: new Set(),
          });
          break;
        case "placement-ended": {
          const placement = placements.get(fact.placementId);
          if (placement) placement.end = fact.state;
          break;
        }
        case "alias-put":
          if (!fact.target) aliases.delete(fact.name);
          else aliases.set(fact.name, fact.target.type === "fleet" ? fact.target.fleet : undefined);
          break;
        case "session-started":
          startSession(fact);
          break;
        case "session-changed":
          changeSession(fact);
          break;
        case "session-adopted": {
          const session = sessions.get(fact.sessionId);
          const key = Buffer.from(fact.capabilityKey).toString("base64url");
          if (session) session.adopted = { key, times: (session.adopted?.times ?? 0) + 1 };
          break;
        }
        case "forgotten":
          forget(fact);
          break;
        case "opened":
        case "command-answered":
          break;
      }
    },
  };
}

/** Who sits there, as one text: for comparing what others were told. */
export function rosterOf(
  seats: Iterable<{ readonly playerSessionId: string; readonly team: string | undefined }>,
): string {
  return [...seats].map(({ playerSessionId, team }) => `${playerSessionId} ${team ?? ""}`).join("\n");
}
