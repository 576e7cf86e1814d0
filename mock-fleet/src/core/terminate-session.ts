// Somebody wants a session to end: its game is asked, or, by force, nobody is.
import { MusterError, type ServerSessionId } from "@muster/proto";
import { type Decision, type Moment, unchanged } from "./decision.ts";
import { getSession } from "./fill.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import { closeSessions, isEnded, type ServerProcess } from "./process.ts";
import { closeSession, isLiving, terminateSession } from "./session.ts";

/** What a process has that is ended by force: a word, SIGTERM and SIGKILL, in ms. */
const FORCE_MS = 2_000;

/**
 * Asks the game to end the session. A repeat changes nothing.
 *
 * @throws {MusterError} SERVER_SESSION_NOT_FOUND
 */
export function askToTerminate(state: FleetState, sessionId: ServerSessionId, moment: Moment): Decision<undefined> {
  const { battle } = getSession(state, sessionId);
  if (battle.state === "TERMINATING" || battle.state === "TERMINATED") return unchanged(undefined);
  return { facts: [terminateSession(battle, moment)], reply: undefined };
}

/**
 * Closes the session and whatever else its process runs, and ends the process. Nothing if the session is over.
 *
 * @throws {MusterError} SERVER_SESSION_NOT_FOUND; NOT_PERMITTED if the process runs what the caller may not see
 */
export function forceToTerminate(state: FleetState, sessionId: ServerSessionId, moment: Moment): Decision<undefined> {
  const { battle } = getSession(state, sessionId);
  const process = state.processes.get(battle.processId);
  if (!isLiving(battle) || !process) return unchanged(undefined);
  if ([...process.sessionIds].some((id) => !state.sessions.has(id))) {
    const why = `Cannot end session ${sessionId} by force as its process would end: it runs a session of another project`;
    throw new MusterError("NOT_PERMITTED", why);
  }
  const others = closeSessions(state, process, "PROCESS_ENDED").filter(
    (fact) => fact.type !== "session-changed" || fact.change.battleSessionId !== sessionId,
  );
  return { facts: [closeSession(battle, "TERMINATED"), ...others, ...forceToEnd(process, moment)], reply: undefined };
}

/** A process that was asked to end before has less time from now on. */
function forceToEnd(process: ServerProcess, { nowMs }: Moment): readonly FleetFact[] {
  const deadlineMs = nowMs + FORCE_MS;
  const { processId, status } = process;
  if (isEnded(process) || (status.phase === "TERMINATING" && status.deadlineMs <= deadlineMs)) return [];
  return [{ type: "process-terminating", processId, reason: "FORCED", deadlineMs }];
}
