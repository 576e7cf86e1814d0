// S-CREATED: a session that is asked for directly is made once a token, whatever is asked again, and only as it was asked for; one
// that is ended is on its way out, and by force over, when the answer comes; a search finds what its filter says, in its order.
import type { Books } from "./books/books.ts";
import { isCallOf, okOf } from "./books/call-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "S-CREATED";

export function sCreated(books: Books): Checker {
  const { placements, sessions } = books.fleet;
  /** By token: the session that it was answered with, and the capacity that was asked for. */
  const answered = new Map<string, { readonly battleSessionId: string; readonly capacity: number }>();
  const created = (token: string, capacity: number, battleSessionId: string) => {
    const before = answered.get(token) ?? { battleSessionId, capacity };
    answered.set(token, before);
    if (before.battleSessionId !== battleSessionId) {
      throw new BrokenPromise(NAME, `${token} is ${battleSessionId}, and was ${before.battleSessionId}`);
    }
    if (before.capacity === capacity) return;
    throw new BrokenPromise(NAME, `${token} is taken for ${capacity} players as well as for ${before.capacity}`);
  };
  const ended = (battleSessionId: string, isForced: boolean) => {
    const state = sessions.get(battleSessionId)?.state ?? "TERMINATED";
    if (state === "TERMINATED" || (state === "TERMINATING" && !isForced)) return;
    throw new BrokenPromise(NAME, `${battleSessionId} was ended${isForced ? " by force" : ""} and is ${state}`);
  };
  const found = (page: readonly { readonly capacity: number; readonly playerSessions: readonly unknown[] }[]) => {
    const counts = page.map(({ playerSessions }) => playerSessions.length);
    const isSorted = counts.every((count, index) => index === 0 || count <= (counts[index - 1] ?? 0));
    if (isSorted && page.every(({ capacity }) => capacity >= 3)) return;
    throw new BrokenPromise(NAME, "a search finds what was not looked for, or in another order");
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "fleet-fact" && observation.fact.type === "session-started") {
        const { placementId, session } = observation.fact;
        const placement = placements.get(placementId);
        if (!placement?.isDirect) return;
        const [earlier] = placement.sessionIds;
        if (earlier === undefined && session.fleet === placement.request.queue) return;
        throw new BrokenPromise(
          NAME,
          `${placementId} gets ${session.battleSessionId} on ${session.fleet} after ${earlier}`,
        );
      }
      if (observation.type === "fleet-fact" && observation.fact.type === "placement-started") {
        const { placementId } = observation.fact.request;
        if (!observation.fact.isDirect || !placements.has(placementId)) return;
        throw new BrokenPromise(NAME, `${placementId} is asked for twice and made twice`);
      }
      if (observation.type !== "answer") return;
      const call = books.calls.get(observation.callId);
      if (!call) return;
      const session = okOf(call, "createServerSession", observation.outcome)?.session;
      if (session && isCallOf(call, "createServerSession")) {
        created(call.request.idempotencyToken, call.request.capacity, session.battleSessionId);
      }
      if (isCallOf(call, "terminateServerSession") && "ok" in observation.outcome) {
        ended(call.request.battleSessionId, call.request.force === true);
      }
      const page = okOf(call, "searchServerSessions", observation.outcome)?.sessions;
      if (page) found(page);
    },
  };
}
