// What the fleet shows of its sessions: its feed, folded change by change, and its answers when it is asked.
import { type FleetConnection, readFeedMessage } from "@muster/cli";
import { backoffMs, type Random, systemClock } from "@muster/kit";
import { applySessionChange, type BattleSession, fingerprint, MusterError, readBattleSession } from "@muster/proto";
import type { SessionView } from "../history/entry.ts";
import { type History, monotonicMs } from "../history/history.ts";

type Parts = {
  readonly history: History;
  readonly fleet: FleetConnection;
  readonly random: Random;
  readonly signal: AbortSignal;
};

const SILENCE_MS = 8_000;
const ASK_MS = 500;
const CALL_MS = 2_500;

/** Follows the feed, over any number of breaks, until `signal` aborts. */
export async function watchFeed({ history, fleet, random, signal }: Parts): Promise<void> {
  const sessions = new Map<string, BattleSession>();
  let resumeToken = "";
  const show = (session: BattleSession) => {
    sessions.set(session.battleSessionId, session);
    history.add({ type: "session", source: "feed", session: sessionViewOf(session) });
  };
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    let inSnapshot = false;
    try {
      const either = AbortSignal.any([signal, silence.signal]);
      for await (const wire of fleet.fleet.watchSessions({ owner: "", resumeToken }, { signal: either })) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        attempt = 1;
        const message = readFeedMessage(wire);
        if (message.type === "snapshot-begin") {
          inSnapshot = true;
          sessions.clear();
          history.add({ type: "feed-opened" });
        }
        if (message.type === "snapshot-end") inSnapshot = false;
        if (message.type === "session") show(message.session);
        if (message.type === "change") {
          const { change } = message;
          const before = sessions.get(change.battleSessionId);
          if (before && change.revision === before.revision + 1) show(applySessionChange(before, change));
          else if (before && change.revision > before.revision) {
            const { battleSessionId, revision: to } = change;
            history.add({ type: "feed-gap", battleSessionId, from: before.revision, to });
          }
        }
        resumeToken = inSnapshot ? "" : message.resumeToken || resumeToken;
      }
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      if (error.reason === "CURSOR_EXPIRED") resumeToken = "";
    } finally {
      clearTimeout(timer);
    }
    await systemClock.sleep(backoffMs(attempt, random, { maxMs: 1_000 }), signal).catch(() => undefined);
  }
}

/** Asks for all living sessions, again and again, until `signal` aborts. */
export async function askForSessions(parts: Parts): Promise<void> {
  const { signal } = parts;
  while (!signal.aborted) {
    await readSessions(parts);
    await systemClock.sleep(ASK_MS, signal).catch(() => undefined);
  }
}

/** The living sessions as the fleet answers now; undefined if it does not answer. */
export async function readSessions({
  history,
  fleet,
}: Pick<Parts, "history" | "fleet">): Promise<readonly BattleSession[] | undefined> {
  const askedMs = monotonicMs();
  try {
    const request = { battleSessionIds: [], includeEnded: false };
    const { sessions } = await fleet.fleet.describeServerSessions(request, { deadlineMs: CALL_MS });
    const read = sessions.map(readBattleSession);
    for (const session of read)
      history.add({ type: "session", source: "asked", askedMs, session: sessionViewOf(session) });
    return read;
  } catch (error) {
    if (error instanceof MusterError) return undefined; // Away: the next look may find it.
    throw error;
  }
}

/** A session as the history keeps it. */
export function sessionViewOf(session: BattleSession): SessionView {
  const { battleSessionId, revision, state, matchId, processId, capacity, teams, playerSessions, backfill } = session;
  return {
    battleSessionId,
    revision,
    state,
    matchId,
    processId,
    capacity,
    teams: teams.map(({ name, capacity: most }) => ({ name, capacity: most })),
    seats: playerSessions.map((seat) => ({
      seat: fingerprint(seat.playerSessionId),
      playerId: seat.playerId,
      ticketId: seat.ticketId,
      team: seat.team,
      state: seat.state,
    })),
    backfill: backfill && { backfillId: backfill.backfillId, state: backfill.state },
  };
}
