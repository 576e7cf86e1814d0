// E-CUSTOM-DATA: what the fleet shows of a game's numbers, the game reported of that session; and what it was thanked for arrives.
import type { Books } from "./books/books.ts";
import { isCallOf } from "./books/call-book.ts";
import { isOver } from "./books/fleet-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { SETTLE_MS } from "./settle.ts";

const NAME = "E-CUSTOM-DATA";

export function eCustomData(books: Books): Checker {
  /** By session: what its game reported, answered or not. */
  const reported = new Map<string, Set<string>>();
  /** Sessions whose numbers were taken, and since when, until the fleet shows some. */
  const thanked = new Map<string, number>();
  /** Processes of which something has died: their sessions end, or hear it again. */
  const died = new Set<string>();
  const checkArrived = (nowMs: number) => {
    if (books.healedMs === undefined) return;
    for (const [battleSessionId, atMs] of thanked) {
      const session = books.fleet.sessions.get(battleSessionId);
      if (isOver(session) || died.has(session?.processId ?? "")) thanked.delete(battleSessionId);
      else if (nowMs > Math.max(atMs, books.healedMs) + SETTLE_MS) {
        throw new BrokenPromise(NAME, `the fleet knows of no numbers of ${battleSessionId}, which its game reported`);
      }
    }
  };
  return {
    name: NAME,
    end: () => checkArrived(books.nowMs),
    see(observation) {
      if (observation.type === "life" && observation.processId !== undefined) {
        if (observation.how === "start") died.delete(observation.processId);
        else died.add(observation.processId);
      }
      if (observation.type === "call" && observation.method === "reportCustomData") {
        const { battleSessionId, currentCount, maxCount } = observation.request as Report;
        const known = reported.get(battleSessionId) ?? new Set();
        reported.set(battleSessionId, known.add(`${currentCount}/${maxCount}`));
      }
      if (observation.type === "answer" && "ok" in observation.outcome) {
        const call = books.calls.get(observation.callId);
        if (isCallOf(call, "reportCustomData")) thanked.set(call.request.battleSessionId, observation.atMs);
      }
      if (observation.type !== "fleet-fact") return;
      checkArrived(observation.atMs);
      if (observation.fact.type !== "session-changed") return;
      const { battleSessionId, customData } = observation.fact.change;
      if (!customData) return;
      thanked.delete(battleSessionId);
      const numbers = `${customData.currentCount}/${customData.maxCount}`;
      if (reported.get(battleSessionId)?.has(numbers)) return;
      throw new BrokenPromise(NAME, `the fleet shows ${numbers} of ${battleSessionId}, which its game never reported`);
    },
  };
}

type Report = { readonly battleSessionId: string; readonly currentCount: number; readonly maxCount: number };
