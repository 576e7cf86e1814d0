// One backend request after the other, as many studios' backends would make them: parties, repeats, second thoughts, two
// requests for one player, and the battle that comes of it.
import type { MatcherConnection, Ticket } from "@muster/cli";
import { type Random, systemClock } from "@muster/kit";
import { newId } from "@muster/proto";
import type { Outcome } from "../history/entry.ts";
import type { History } from "../history/history.ts";
import { createAnswers } from "./answers.ts";
import { type BackendCalls, createBackendCalls, type Wish } from "./backend-calls.ts";
import { between, chance } from "./dice.ts";
import type { Address } from "./game-client.ts";
import { playBattle } from "./player.ts";
import { pollTicket, watchTicket } from "./ticket-follower.ts";

export type VisitorParts = {
  readonly history: History;
  readonly matcher: MatcherConnection;
  readonly random: Random;
  readonly name: string;
  readonly signal: AbortSignal;
  /** Addresses of battles, shared by all visitors. */
  readonly addresses: Address[];
};

/** Requests, until `signal` aborts. */
export async function visitAgainAndAgain(parts: VisitorParts): Promise<void> {
  const calls = createBackendCalls(parts.history, parts.matcher, parts.name);
  for (let visit = 1; !parts.signal.aborted; visit += 1) {
    await visitOnce(drawWish(parts, visit), { ...parts, calls });
    await pause(between(parts.random, 0, 300), parts.signal);
  }
}

type Visit = VisitorParts & { readonly calls: BackendCalls };

const CONFIGURATIONS = ["duel", "duel", "crowd", "manual", "ranked", "ranked"] as const;

function drawWish({ random, name }: VisitorParts, visit: number): Wish {
  const configuration = CONFIGURATIONS[Math.floor(random.fraction() * CONFIGURATIONS.length)] ?? "duel";
  const most = configuration === "crowd" ? 4 : 2;
  const size = chance(random, 0.7) ? 1 : 1 + Math.floor(random.fraction() * most);
  const playerIds = Array.from({ length: size }, (_, index) => `${name}-${visit}-${index + 1}`);
  return { configuration, ticketId: newId("ticket", random), playerIds };
}

async function visitOnce(wish: Wish, visit: Visit): Promise<void> {
  const { random, calls, signal } = visit;
  const isKnown = await startUntilKnown(wish, visit);
  if (!isKnown) return;
  const others = [
    chance(random, 0.3) ? calls.start(wish) : undefined,
    chance(random, 0.15) ? calls.start({ ...wish, playerIds: [...wish.playerIds, `${wish.ticketId}-x`] }) : undefined,
    chance(random, 0.15) ? startRival(wish, visit) : undefined,
    chance(random, 0.25) ? cancelLater(wish, visit) : undefined,
  ];
  const ticket = await follow(wish, visit);
  await Promise.all(others);
  if (ticket?.state === "COMPLETED") await playAll(ticket, visit);
  if (chance(random, 0.05) && !signal.aborted) await calls.cancel(wish.ticketId);
}

/** True once the ticket is known to be there. Some give up, and leave it to the checker what became of it. */
async function startUntilKnown(wish: Wish, { calls, random, signal }: Visit): Promise<boolean> {
  while (!signal.aborted) {
    const outcome = await calls.start(wish);
    if ("ok" in outcome) return true;
    if ("refused" in outcome && outcome.refused !== "OVERLOADED" && outcome.refused !== "JOURNAL_FULL") return false;
    if (chance(random, 0.1)) return false;
    await pause(between(random, 50, 400), signal);
  }
  return false;
}

/** Another ticket for the same players at the same time: one of the two must go without. */
async function startRival(wish: Wish, { calls, random }: Visit): Promise<Outcome> {
  const rival = { ...wish, ticketId: newId("ticket", random) };
  const outcome = await calls.start(rival);
  if (!("refused" in outcome)) await calls.cancel(rival.ticketId);
  return outcome;
}

async function cancelLater({ ticketId }: Wish, { calls, random, signal }: Visit): Promise<void> {
  await pause(between(random, 0, 400), signal);
  for (let outcome = await calls.cancel(ticketId); "unknown" in outcome && !signal.aborted; ) {
    await pause(between(random, 50, 400), signal);
    outcome = await calls.cancel(ticketId);
  }
}

async function follow({ ticketId }: Wish, visit: Visit): Promise<Ticket | undefined> {
  const answers = createAnswers(visit);
  const parts = { ...visit, hear: answers.hear };
  const isPolled = chance(visit.random, 0.4);
  const ticket = isPolled
    ? await pollTicket(ticketId, parts)
    : await watchTicket(ticketId, { ...parts, watcher: `watch of ${ticketId}` });
  await answers.done();
  return ticket;
}

const ADDRESSES_MAX = 20;

async function playAll(ticket: Ticket, visit: Visit): Promise<void> {
  const address = ticket.assignment?.address;
  if (!address) return;
  visit.addresses.push(address);
  if (visit.addresses.length > ADDRESSES_MAX) visit.addresses.shift();
  const own =
    ticket.assignment?.players.flatMap(({ playerSessionId }) => (playerSessionId ? [playerSessionId] : [])) ?? [];
  const parts = { ...visit, otherAddresses: () => visit.addresses };
  await Promise.all(
    own.map((playerSessionId) => playBattle({ ticketId: ticket.ticketId, address, playerSessionId }, parts)),
  );
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await systemClock.sleep(ms, signal).catch(() => undefined); // Called off: go on at once.
}
