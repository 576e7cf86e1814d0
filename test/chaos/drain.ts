// The end of a run: every ticket comes to its end, every seat is given back, and everything is read once more.
import type { FleetConnection, MatcherConnection } from "@muster/cli";
import { systemClock } from "@muster/kit";
import { limits } from "@muster/proto";
import { findMissing } from "./history/check-events.ts";
import { TERMINAL } from "./history/entry.ts";
import type { History } from "./history/history.ts";
import { readTicketTrails } from "./history/ticket-trail.ts";
import { createBackendCalls } from "./load/backend-calls.ts";
import { readSessions } from "./load/session-watcher.ts";

/** More than a ticket may search and be placed, than a reservation and a grace last, and than a battle goes on. */
const DRAIN_MS = 90_000;
const LOOK_MS = 250;

type Parts = { readonly history: History; readonly matcher: MatcherConnection; readonly fleet: FleetConnection };

/** Cancels what still searches, waits for the rest and for its events, then reads all of it for the checker. */
export async function drain({ history, matcher, fleet }: Parts): Promise<void> {
  const calls = createBackendCalls(history, matcher, "drain");
  const giveUpMs = systemClock.nowMs() + DRAIN_MS;
  const isOver = () => systemClock.nowMs() > giveUpMs;
  let open = unfinished(history);
  await Promise.all(open.map((ticketId) => calls.cancel(ticketId)));
  for (; open.length > 0 && !isOver(); open = unfinished(history)) {
    await Promise.all(open.map((ticketId) => calls.read(ticketId)));
    await systemClock.sleep(LOOK_MS);
  }
  for (;;) {
    const sessions = await readSessions({ history, fleet });
    if (isOver() || sessions?.every(({ playerSessions }) => playerSessions.length === 0)) break;
    await systemClock.sleep(LOOK_MS);
  }
  while (!isOver() && findMissing(history.entries).length > 0) await systemClock.sleep(LOOK_MS);
  history.add({ type: "drained" });
  await readSessions({ history, fleet });
  const all = [...readTicketTrails(history.entries).keys()];
  for (let from = 0; from < all.length; from += limits.TICKETS_PER_CALL_MAX) {
    const some = all.slice(from, from + limits.TICKETS_PER_CALL_MAX);
    // One that never came to be spoils the answer for all.
    if (!(await calls.readMany(some))) for (const ticketId of some) await calls.read(ticketId);
  }
}

/** Tickets that may be there and are not known to have ended. */
function unfinished(history: History): readonly string[] {
  return [...readTicketTrails(history.entries).values()].flatMap(({ ticketId, starts, reads, sightings }) => {
    const last = sightings.at(-1)?.view;
    if (last) return TERMINAL.has(last.state) ? [] : [ticketId];
    const isAbsent = reads.some(({ outcome }) => "refused" in outcome);
    const wasRefused = starts.every(({ outcome }) => "refused" in outcome);
    return isAbsent || wasRefused ? [] : [ticketId];
  });
}
