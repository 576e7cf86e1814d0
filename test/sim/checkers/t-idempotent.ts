// T-IDEMPOTENT: one ticket an id. The same request again gets the same ticket, another one under its id is refused and
// changes nothing.
import type { StartMatchingRequest } from "@muster/proto/matchmaking";
import type { Books } from "./books/books.ts";
import { isCallOf, type OpenCall, okOf } from "./books/call-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "T-IDEMPOTENT";

export function tIdempotent(books: Books): Checker {
  /** The request that each ticket was acknowledged for. */
  const bodies = new Map<string, string>();
  const forgetOld = () => {
    if (bodies.size < 1_000 + 2 * books.matcher.tickets.size) return;
    for (const ticketId of bodies.keys()) if (!books.matcher.tickets.has(ticketId)) bodies.delete(ticketId);
  };
  const acknowledged = (call: OpenCall<StartMatchingRequest>, ticketId: string) => {
    const body = JSON.stringify(call.request);
    const before = bodies.get(ticketId);
    if (before !== undefined && before !== body) {
      throw new BrokenPromise(NAME, `${ticketId} was acknowledged for two different requests`);
    }
    const ticket = books.matcher.tickets.get(ticketId);
    const { players, asked: others, party } = call.request;
    const asked = [...players.map((player) => player.playerId), ...(others?.playerIds ?? [])];
    const held = ticket?.players.map((player) => player.playerId);
    const isNamed = !party || asked.length > 0; // Else it is of the party's members, and T-PARTY speaks.
    if (held && isNamed && asked.join("\n") !== held.join("\n")) {
      throw new BrokenPromise(NAME, `${ticketId} was acknowledged for ${asked} and holds ${held}`);
    }
    bodies.set(ticketId, body);
    forgetOld();
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "matcher-fact" && observation.fact.type === "ticket-created") {
        const { ticketId } = observation.fact;
        if (books.matcher.tickets.has(ticketId)) throw new BrokenPromise(NAME, `${ticketId} is made a second time`);
      }
      if (observation.type !== "answer") return;
      const call = books.calls.get(observation.callId);
      if (!isCallOf(call, "startMatching") || call.request.ticketId === "") return;
      const { ticketId } = call.request;
      const { outcome } = observation;
      if (okOf(call, "startMatching", outcome)) return acknowledged(call, ticketId);
      const isReused = "refused" in outcome && outcome.refused === "ID_REUSED";
      if (isReused && bodies.get(ticketId) === JSON.stringify(call.request)) {
        throw new BrokenPromise(NAME, `${ticketId} is refused to the request that it was acknowledged for`);
      }
    },
  };
}
