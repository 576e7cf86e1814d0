// What was answered to requests and commands, kept for those that are repeated.
import { invariant } from "@muster/kit";
import type { BattleSession, ServerSessionId } from "@muster/proto";
import type { SessionChanged } from "../fleet-fact.ts";
import type { FleetFold } from "../fleet-state.ts";
import { type AnsweredCommand, COMMANDS_KEPT_MAX } from "../host-command.ts";
import { type AnsweredRequest, ownSession, REQUESTS_KEPT_MAX, type SessionFold } from "../session.ts";
import type { Fact } from "./fact-of.ts";

export function rememberRequest(
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

export function rememberRefusal(state: FleetFold, fact: Fact<"fill-refused">): void {
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

export function rememberCommand(state: FleetFold, fact: Fact<"command-answered">): void {
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
