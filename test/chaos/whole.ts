// Whether everything works: a fresh match is made, placed and completed, and its players are let in.
import type { MatcherConnection } from "@muster/cli";
import { type Random, systemClock } from "@muster/kit";
import { newId } from "@muster/proto";
import type { History } from "./history/history.ts";
import { createBackendCalls } from "./load/backend-calls.ts";
import { GameClient } from "./load/game-client.ts";
import { pollTicket } from "./load/ticket-follower.ts";

export type WholeParts = {
  readonly history: History;
  readonly matcher: MatcherConnection;
  readonly random: Random;
  /** Gives up. */
  readonly signal: AbortSignal;
};

/** Resolves once a whole match was seen from its tickets to its players' seats; false if `signal` aborted before. */
export async function becomesWhole(parts: WholeParts): Promise<boolean> {
  while (!parts.signal.aborted) {
    if (await playFreshMatch(parts)) return true;
    await systemClock.sleep(100, parts.signal).catch(() => undefined); // The loop looks itself.
  }
  return false;
}

async function playFreshMatch({ history, matcher, random, signal }: WholeParts): Promise<boolean> {
  const calls = createBackendCalls(history, matcher, "probe");
  const ticketIds = [newId("ticket", random), newId("ticket", random)];
  const started = await Promise.all(
    ticketIds.map((ticketId) => calls.start({ configuration: "manual", ticketId, playerIds: [`probe-${ticketId}`] })),
  );
  if (!started.every((outcome) => "ok" in outcome)) return false;
  const tickets = await Promise.all(ticketIds.map((ticketId) => pollTicket(ticketId, { calls, random, signal })));
  const entered = await Promise.all(
    tickets.map(async (ticket) => {
      const seat = ticket?.assignment?.players.find(({ ticketId }) => ticketId === ticket.ticketId);
      const address = ticket?.assignment?.address;
      const playerSessionId = seat?.playerSessionId;
      if (!ticket || !address || playerSessionId === undefined) return false;
      using client = new GameClient(address);
      const ask = { op: "join", ticketId: ticket.ticketId, seat: "of the probe", returns: false } as const;
      const outcome = await history.call("probe", ask, async () => {
        await client.ask({ ask: "join", playerSessionId });
        await client.ask({ ask: "leave" });
        return "joined";
      });
      return "ok" in outcome;
    }),
  );
  return entered.every(Boolean);
}
