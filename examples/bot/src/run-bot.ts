// One bot's life: asks the backend, waits for a seat, lives its story, is gone.
import { setTimeout as sleep } from "node:timers/promises";
import { type BackendClient, BackendRefusal } from "./backend-client.ts";
import type { Plan, Story } from "./core/plan.ts";
import type { Random } from "./core/random.ts";
import type { Seat, TicketAnswer } from "./core/ticket-answer.ts";
import { type Visit, type VisitEnd, visitArena } from "./visit-arena.ts";

export type BotEvent =
  | { readonly type: "asked" | "cancelled" | "no-show" | "left" | "broke" | "unreachable" }
  | { readonly type: "seated"; readonly port: number; readonly waitedMs: number }
  | { readonly type: "joined" | "returned"; readonly team: string }
  | { readonly type: "refused" | "over" | "unmatched"; readonly reason: string };

export type BotWorld = {
  readonly backend: BackendClient;
  readonly random: Random;
  readonly tell: (event: BotEvent) => void;
};

/** What a bot that is told to stop may take to give its ticket back, in ms. */
const FAREWELL_MS = 3_000;

/** Resolves when the bot is gone. An abort of `signal` takes it out of the search or the battle. */
export async function runBot(plan: Plan, world: BotWorld, signal: AbortSignal): Promise<void> {
  try {
    const seat = await findSeat(plan, world, signal);
    if (!seat) return;
    if (plan.story.type === "no-show") world.tell({ type: "no-show" });
    else await play(plan.story, seat, world, signal);
  } catch (error) {
    if (error instanceof BackendRefusal) world.tell({ type: "unmatched", reason: error.reason });
    else if (!signal.aborted) throw error;
  }
}

/** Undefined if there is none for it. */
async function findSeat(plan: Plan, world: BotWorld, signal: AbortSignal): Promise<Seat | undefined> {
  const { backend, tell } = world;
  const askedAtMs = performance.now();
  let answer = await backend.start({ player: plan.player, skill: plan.skill }, signal);
  tell({ type: "asked" });
  try {
    answer = await followTicket(answer, plan.story, backend, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    answer = await giveBack(answer.ticketId, backend, AbortSignal.timeout(FAREWELL_MS));
  }
  if (answer.phase === "seated") {
    tell({ type: "seated", port: answer.seat.port, waitedMs: Math.round(performance.now() - askedAtMs) });
    return answer.seat;
  }
  if (answer.phase === "ended" && answer.state !== "CANCELLED") tell({ type: "unmatched", reason: answer.state });
  else tell({ type: "cancelled" });
  return undefined;
}

async function followTicket(first: TicketAnswer, story: Story, backend: BackendClient, signal: AbortSignal) {
  let answer = first;
  const patience = story.type === "cancels" ? AbortSignal.timeout(story.patienceMs) : undefined;
  while (answer.phase === "waiting") {
    try {
      answer = await backend.follow(answer.ticketId, patience ? AbortSignal.any([signal, patience]) : signal);
    } catch (error) {
      if (!patience?.aborted || signal.aborted) throw error;
      return await giveBack(answer.ticketId, backend, signal);
    }
  }
  return answer;
}

/** A ticket that has its match already cannot be taken back: then the outcome is worth waiting for. */
async function giveBack(ticketId: string, backend: BackendClient, signal: AbortSignal): Promise<TicketAnswer> {
  let answer = await backend.cancel(ticketId, signal);
  while (answer.phase === "waiting") answer = await backend.follow(ticketId, signal);
  return answer;
}

async function play(story: Story, seat: Seat, world: BotWorld, signal: AbortSignal): Promise<void> {
  const { random, tell } = world;
  const first = { seat, reconnectSecret: undefined, onJoined: (team: string) => tell({ type: "joined", team }) };
  const visit = async (one: Visit): Promise<VisitEnd> => {
    const end = await visitArena(one, random, signal);
    tell(end.type === "broke" ? { type: "broke" } : end);
    return end;
  };
  switch (story.type) {
    case "returns": {
      const { breaksAfterMs, awayMs, playMs } = story;
      const end = await visit({ ...first, playMs: breaksAfterMs, ending: "breaks" });
      if (end.type !== "broke") return;
      await sleep(awayMs, undefined, { signal });
      const onJoined = (team: string) => tell({ type: "returned", team });
      const { reconnectSecret } = end;
      await visit({ seat, reconnectSecret, playMs: playMs - breaksAfterMs, ending: "leaves", onJoined });
      return;
    }
    case "vanishes":
      await visit({ ...first, playMs: story.breaksAfterMs, ending: "breaks" });
      return;
    case "plays":
      await visit({ ...first, playMs: story.playMs, ending: "leaves" });
      return;
    case "cancels": // Its cancel came too late: it has a seat, and plays for a moment.
      await visit({ ...first, playMs: story.patienceMs, ending: "leaves" });
      return;
    case "no-show":
      return;
  }
}
