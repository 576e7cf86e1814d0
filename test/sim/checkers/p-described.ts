// P-DESCRIBED: a game is told of seats that its fleet has given, and of none that it gave back itself before it asked.
import type { Books } from "./books/books.ts";
import { okOf } from "./books/call-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "P-DESCRIBED";

export function pDescribed(books: Books): Checker {
  /** Seats whose removal was acknowledged, and at which tick. */
  const removed = new Map<string, number>();
  /** Processes of which something has died since: what nobody else was told dies with it. */
  const died = new Set<string>();
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "life" && observation.processId !== undefined && observation.how !== "start") {
        died.add(observation.processId);
      }
      if (observation.type !== "answer") return;
      const call = books.calls.get(observation.callId);
      if (!call) return;
      if (okOf(call, "removePlayerSession", observation.outcome)) {
        const { playerSessionId } = call.request as { readonly playerSessionId: string };
        removed.set(playerSessionId, books.tick);
      }
      const described = okOf(call, "describePlayerSessions", observation.outcome);
      for (const { battleSessionId, playerSession } of described?.playerSessions ?? []) {
        const { playerSessionId = "", playerId } = playerSession ?? {};
        const session = books.fleet.sessions.get(battleSessionId);
        if (!session) continue; // The fleet has forgotten it, or will say so when it has found its records again.
        if (!session.seats.has(playerSessionId) && !session.freed.has(playerSessionId)) {
          throw new BrokenPromise(
            NAME,
            `a game is told of a seat of ${playerId} in ${battleSessionId} that nobody gave`,
          );
        }
        const tick = removed.get(playerSessionId);
        if (tick === undefined || tick >= call.startedTick || died.has(session.processId)) continue;
        throw new BrokenPromise(
          NAME,
          `a game is told of the seat of ${playerId}, whom it has removed from ${battleSessionId}`,
        );
      }
    },
  };
}
