// P-REMOVE-ONCE: a seat is freed once, however often its end is told; and whoever judges by the roster's version sees that
// it changed, and only when it did.
import type { Books } from "./books/books.ts";
import { isCallOf } from "./books/call-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { SETTLE_MS } from "./settle.ts";

const NAME = "P-REMOVE-ONCE";

export function pRemoveOnce(books: Books): Checker {
  /** Seats whose removal was acknowledged, and when: their fleet hears of it as soon as it can. */
  const acknowledged = new Map<string, number>();
  /** Processes of which something has died: what nobody else was told dies with it, and the fleet closes their sessions. */
  const died = new Set<string>();
  const checkFreed = (nowMs: number) => {
    if (books.healedMs === undefined) return;
    for (const [playerSessionId, atMs] of acknowledged) {
      const sessionId = books.fleet.sessionBySeat.get(playerSessionId);
      const session = books.fleet.sessions.get(sessionId ?? "");
      const seat = session?.seats.get(playerSessionId);
      if (!seat || died.has(session?.processId ?? "")) acknowledged.delete(playerSessionId);
      else if (nowMs > Math.max(atMs, books.healedMs) + SETTLE_MS) {
        throw new BrokenPromise(
          NAME,
          `${seat.playerId} was removed from ${sessionId} and is still ${seat.state} there`,
        );
      }
    }
  };
  return {
    name: NAME,
    end: () => checkFreed(books.nowMs),
    see(observation) {
      if (observation.type === "life" && observation.processId !== undefined) {
        if (observation.how === "start") died.delete(observation.processId);
        else died.add(observation.processId);
      }
      if (observation.type === "answer") {
        const call = books.calls.get(observation.callId);
        if (!isCallOf(call, "removePlayerSession") || !("ok" in observation.outcome)) return;
        acknowledged.set(call.request.playerSessionId, observation.atMs);
      }
      if (observation.type === "fleet-fact" && acknowledged.size > 0) checkFreed(observation.atMs);
      if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return;
      const { change } = observation.fact;
      const session = books.fleet.sessions.get(change.battleSessionId);
      if (!session) return;
      const id = change.battleSessionId;
      for (const { playerSessionId, playerId } of [...change.removed, ...change.added]) {
        if (!session.freed.has(playerSessionId)) continue;
        throw new BrokenPromise(NAME, `the seat of ${playerId} in ${id} was freed before`);
      }
      const isOpened = change.creationPolicy !== undefined || change.unreachable !== undefined;
      const touches = change.added.length + change.removed.length > 0 || isOpened || change.capacity !== undefined;
      const expected = session.rosterVersion + (touches ? 1 : 0);
      if (change.rosterVersion === expected) return;
      throw new BrokenPromise(
        NAME,
        `${id} has roster version ${change.rosterVersion} after ${change.reason}: ${expected} is next`,
      );
    },
  };
}
