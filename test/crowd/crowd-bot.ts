// One bot of the crowd: comes, and leaves, vanishes, returns or never shows up; then it comes again as somebody else.
import type { Ticket } from "@muster/cli";
import { type Random, systemClock } from "@muster/kit";
import { between, drawWeighted } from "../chaos/load/dice.ts";
import { GameClient } from "../demo/game-client.ts";

export const HABITS = [
  { habit: "leaves", weight: 60 },
  { habit: "returns", weight: 20 },
  { habit: "vanishes", weight: 10 },
  { habit: "never shows up", weight: 10 },
] as const;

export type Deed = (typeof HABITS)[number]["habit"] | "was refused";

export type BotParts = {
  /** Resolves with the completed ticket of a new player. */
  readonly seek: () => Promise<Ticket>;
  readonly random: Random;
  readonly stayMs: { readonly least: number; readonly most: number };
  readonly tell: (deed: Deed) => void;
  readonly signal: AbortSignal;
};

/** Shorter than the grace, in ms. */
const AWAY_MS = { least: 100, most: 1_500 };

/** Comes and goes until the signal aborts, and rejects then. */
export async function runCrowdBot(parts: BotParts): Promise<never> {
  for (;;) await liveOnce(parts);
}

async function liveOnce({ seek, random, stayMs, tell, signal }: BotParts): Promise<void> {
  const ticket = await seek();
  const own = ticket.assignment?.players.find(({ ticketId }) => ticketId === ticket.ticketId);
  const address = ticket.assignment?.address;
  if (own?.playerSessionId === undefined || !address) throw new Error(`Cannot find the seat of ${ticket.ticketId}`);
  const { playerSessionId } = own;
  const { habit } = drawWeighted(random, HABITS) ?? HABITS[0];
  const stay = (share: number) => systemClock.sleep(share * between(random, stayMs.least, stayMs.most), signal);
  if (habit === "never shows up") return tell(habit);

  await using client = await GameClient.connect(address);
  const joined = await client.ask({ ask: "join", playerSessionId });
  if (joined.refused !== undefined) return tell("was refused");
  if (habit === "leaves") {
    await stay(1);
    await client.ask({ ask: "leave" });
    return tell(habit);
  }
  await stay(0.5);
  await client.ask({ ask: "break" });
  if (habit === "vanishes") return tell(habit);
  await systemClock.sleep(between(random, AWAY_MS.least, AWAY_MS.most), signal);
  await using again = await GameClient.connect(address);
  const { reconnectSecret = "" } = joined;
  const returned = await again.ask({ ask: "join", playerSessionId, reconnectSecret });
  if (returned.refused !== undefined) return tell("was refused");
  tell(habit);
  await stay(0.5);
  await again.ask({ ask: "leave" });
}
