// A leader and a friend who come to be a party, queue together, and often part while their ticket waits: of which the ticket has to hear.
// Half of the time the friend has to say first that the ticket may search at all.
import type { MatcherConnection } from "@muster/cli";
import { type Random, systemClock } from "@muster/kit";
import { MusterError, newId } from "@muster/proto";
import { connectMatcher, type Matcher } from "@muster/sdk/backend";
import type { Outcome } from "../history/entry.ts";
import type { History } from "../history/history.ts";
import { createAnswers } from "./answers.ts";
import { type BackendCalls, createBackendCalls, type Wish } from "./backend-calls.ts";
import { between, chance } from "./dice.ts";
import { watchTicket } from "./ticket-follower.ts";
import { viewOf } from "./ticket-view.ts";

export type PartyBandParts = {
  readonly history: History;
  readonly matcher: MatcherConnection;
  /** Of the matcher. */
  readonly address: string;
  readonly random: Random;
  readonly name: string;
  readonly signal: AbortSignal;
};

/** Where nothing but acceptance stands between the search and the end: no fill holds a ticket back. */
const CONFIGURATION = "ranked";

/** Parties, one after the other, until `signal` aborts. */
export async function bandTogether(parts: PartyBandParts): Promise<void> {
  const { signal, random, name } = parts;
  await using sdk = connectMatcher({ address: parts.address });
  const calls = createBackendCalls(parts.history, parts.matcher, name);
  for (let visit = 1; !signal.aborted; visit += 1) {
    const [leaderId, friendId] = [`${name}-${visit}-1`, `${name}-${visit}-2`];
    const partyId = await createParty(sdk, { leaderId, friendId, signal });
    if (partyId === undefined) continue;
    const ticketId = newId("ticket", random);
    const wish = { configuration: CONFIGURATION, ticketId, playerIds: [leaderId, friendId] };
    const isAsked = chance(random, 0.5);
    await queueTogether(
      { ...wish, party: { partyId, leaderId }, ...(isAsked && { askedIds: [friendId] }) },
      {
        ...parts,
        ...{ sdk, calls, partyId, friendId },
      },
    );
  }
}

type Members = { readonly leaderId: string; readonly friendId: string; readonly signal: AbortSignal };

/** Undefined: somebody was away for too long, or the run is over. */
async function createParty(sdk: Matcher, { leaderId, friendId, signal }: Members): Promise<string | undefined> {
  try {
    const { partyId } = await sdk.parties.create({ leader: { playerId: leaderId } }, { signal });
    await sdk.parties.invite({ partyId, leaderId, playerId: friendId }, { signal });
    await sdk.parties.join({ partyId, player: { playerId: friendId } }, { signal });
    return partyId;
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return undefined;
  }
}

type Queueing = PartyBandParts & {
  readonly sdk: Matcher;
  readonly calls: BackendCalls;
  readonly partyId: string;
  readonly friendId: string;
};

async function queueTogether(wish: Wish, parts: Queueing): Promise<void> {
  const { calls, random, friendId, signal } = parts;
  const { ticketId } = wish;
  if (!(await repeatedly(parts, () => calls.start(wish)))) return;
  if (wish.askedIds && chance(random, 0.9)) await repeatedly(parts, () => calls.come({ ticketId, playerId: friendId }));
  const answers = createAnswers(parts);
  const watch = { ...parts, hear: answers.hear, watcher: `party's watch of ${ticketId}` };
  const parting = chance(random, 0.6) ? partLater(ticketId, parts) : undefined;
  await watchTicket(ticketId, { ...watch, signal });
  await Promise.all([answers.done(), parting]);
}

/** Until somebody has heard what became of it: answers whether it was done. */
async function repeatedly({ random, signal }: Queueing, call: () => Promise<Outcome>): Promise<boolean> {
  while (!signal.aborted) {
    const outcome = await call();
    if ("ok" in outcome) return true;
    if ("refused" in outcome && outcome.refused !== "OVERLOADED") return false;
    await systemClock.sleep(between(random, 50, 400), signal).catch(() => undefined); // The loop looks itself.
  }
  return false;
}

async function partLater(ticketId: string, parts: Queueing): Promise<void> {
  const { random, signal, sdk, history, partyId, friendId, calls, name } = parts;
  await systemClock.sleep(between(random, 0, 1_500), signal).catch(() => undefined); // Called off: they part at once.
  await history.call(name, { op: "part", ticketId }, async () => {
    await sdk.parties.leave({ partyId, playerId: friendId });
    const { ticket } = await calls.read(ticketId);
    if (ticket) return viewOf(ticket);
    throw new MusterError("CALL_CANCELLED", "Cannot tell what became of the ticket as nobody answered");
  });
}
