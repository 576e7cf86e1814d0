// What the players of a visitor's ticket say to a match that is proposed to them: most accept, some refuse, a few are silent or change
// their mind. What nobody heard the end of is said again.
import type { Ticket } from "@muster/cli";
import { type Random, systemClock } from "@muster/kit";
import type { BackendCalls } from "./backend-calls.ts";
import { between, chance } from "./dice.ts";

/** Hears of the ticket as it changes, and answers once for each match. */
export function createAnswers({
  calls,
  random,
  signal,
}: {
  readonly calls: BackendCalls;
  readonly random: Random;
  readonly signal: AbortSignal;
}) {
  const answered = new Set<string>();
  const all: Promise<void>[] = [];
  const say = async (ticket: Ticket, matchId: string, answer: "ACCEPT" | "REFUSE") => {
    const playerIds = ticket.players.map(({ playerId }) => playerId);
    for (;;) {
      const outcome = await calls.answer({ ticketId: ticket.ticketId, matchId, playerIds, answer });
      if (!("unknown" in outcome) || signal.aborted) return;
      await systemClock.sleep(between(random, 50, 400));
    }
  };
  const answer = async (ticket: Ticket, matchId: string) => {
    await systemClock.sleep(between(random, 0, 600));
    if (chance(random, 0.06)) return;
    if (chance(random, 0.06)) return await say(ticket, matchId, "REFUSE");
    await say(ticket, matchId, "ACCEPT");
    if (chance(random, 0.05)) await say(ticket, matchId, "REFUSE");
  };
  return {
    hear(ticket: Ticket): void {
      const { state, matchId } = ticket;
      if (state !== "REQUIRES_ACCEPTANCE" || matchId === undefined || answered.has(matchId)) return;
      answered.add(matchId);
      all.push(answer(ticket, matchId));
    },
    /** Resolves when all has been said. */
    done: () => Promise.all(all),
  };
}
