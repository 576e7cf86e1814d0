// What a sidecar is to be told: of each fact as it happens, and, when it attaches, of everything that it does not know yet.
import type { BattleSession, PlacementId, ProcessId, ServerSessionId, SessionChange } from "@muster/proto";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import type { ServerProcess } from "./process.ts";
import type { ServerSession } from "./session.ts";

export type HostMessage =
  /** A session for the process, or the whole of one that it has. */
  | {
      readonly type: "start-session";
      readonly battle: BattleSession;
      readonly placementId: PlacementId;
      readonly activateByMs: number;
      readonly matcherEndpoint: string;
      /** A secret. */
      readonly capabilityKey: Uint8Array;
    }
  | { readonly type: "session-change"; readonly change: SessionChange }
  | { readonly type: "terminate-session"; readonly sessionId: ServerSessionId }
  | { readonly type: "terminate-process"; readonly reason: string; readonly deadlineMs: number };

export type KnownSession = {
  readonly sessionId: ServerSessionId;
  readonly revision: number;
  /** Undefined: it does not say. */
  readonly matcherEndpoint?: string | undefined;
};

/**
 * Whom the fact concerns, and what he is told. Of `session-adopted` it shows the session as it is in `state`: as it was when the fact
 * was folded, if it is to tell nothing that could still be lost.
 */
export function hostMessagesOf(
  state: FleetState,
  fact: FleetFact,
): { readonly processId: ProcessId; readonly messages: readonly HostMessage[] } | undefined {
  switch (fact.type) {
    case "session-started": {
      const session = state.sessions.get(fact.session.battleSessionId);
      return session && { processId: fact.session.processId, messages: [startSession(state, session, fact.session)] };
    }
    case "session-changed": {
      const session = state.sessions.get(fact.change.battleSessionId);
      if (!session) return undefined;
      const messages: HostMessage[] = [{ type: "session-change", change: fact.change }];
      if (fact.change.state === "TERMINATING") messages.push(terminateSession(session));
      return { processId: session.battle.processId, messages };
    }
    case "session-adopted": {
      // Whole: where backfill commands go is no part of any change.
      const session = state.sessions.get(fact.sessionId);
      return (
        session && { processId: session.battle.processId, messages: [startSession(state, session, session.battle)] }
      );
    }
    case "process-terminating":
      return {
        processId: fact.processId,
        messages: [{ type: "terminate-process", reason: fact.reason, deadlineMs: fact.deadlineMs }],
      };
    default:
      return undefined;
  }
}

/** Everything that lies between what the sidecar knows and the present. */
export function catchUp(
  state: FleetState,
  process: ServerProcess,
  known: readonly KnownSession[],
): { readonly messages: readonly HostMessage[]; readonly endedSessionIds: readonly ServerSessionId[] } {
  const byId = new Map(known.map((one) => [one.sessionId, one]));
  const messages: HostMessage[] = [];
  for (const sessionId of process.sessionIds) {
    const session = state.sessions.get(sessionId);
    if (!session) continue;
    messages.push(...differences(state, session, byId.get(sessionId)));
    if (session.battle.state === "TERMINATING") messages.push(terminateSession(session));
  }
  if (process.status.phase === "TERMINATING") {
    const { reason, deadlineMs } = process.status;
    messages.push({ type: "terminate-process", reason, deadlineMs });
  }
  return { messages, endedSessionIds: [...byId.keys()].filter((id) => !process.sessionIds.has(id)) };
}

function differences(
  state: FleetState,
  session: ServerSession,
  known: KnownSession | undefined,
): readonly HostMessage[] {
  const { battle, changes } = session;
  const { revision: knownRevision, matcherEndpoint } = known ?? {};
  const whole = startSession(state, session, battle);
  // Who has taken it on since is no change that has a number.
  if (matcherEndpoint !== undefined && matcherEndpoint !== whole.matcherEndpoint) return [whole];
  if (knownRevision === battle.revision) return [];
  const oldest = changes[0]?.revision ?? battle.revision + 1;
  const reachesBack = knownRevision !== undefined && knownRevision + 1 >= oldest && knownRevision < battle.revision;
  if (!reachesBack) return [whole];
  const missed = changes.slice(knownRevision + 1 - oldest);
  return missed.map((change) => ({ type: "session-change", change }));
}

function startSession(
  state: FleetState,
  session: ServerSession,
  battle: BattleSession,
): Extract<HostMessage, { type: "start-session" }> {
  const request = state.placements.get(session.placementId)?.request;
  return {
    type: "start-session",
    battle,
    placementId: session.placementId,
    activateByMs: session.activateByMs,
    matcherEndpoint: request?.matcherEndpoint ?? "",
    capabilityKey: request?.capabilityKey ?? new Uint8Array(),
  };
}

function terminateSession(session: ServerSession): HostMessage {
  return { type: "terminate-session", sessionId: session.battle.battleSessionId };
}
