// A backend that is written with the SDK: one promise a ticket, over restarts of the matcher, some called off on their way.
import { type Random, systemClock } from "@muster/kit";
import { MusterError, newId } from "@muster/proto";
import { connectMatcher, type MatchResult } from "@muster/sdk/backend";
import type { TicketView } from "../history/entry.ts";
import type { History } from "../history/history.ts";
import { between, chance } from "./dice.ts";
import { bodyOf, viewOf } from "./ticket-view.ts";

export type SdkBackendParts = {
  readonly history: History;
  readonly address: string;
  readonly random: Random;
  readonly name: string;
  readonly signal: AbortSignal;
};

/** Matches, until `signal` aborts. Its players never come: their reservations run out. */
export async function matchAgainAndAgain({ history, address, random, name, signal }: SdkBackendParts): Promise<void> {
  await using matcher = connectMatcher({ address });
  for (let visit = 1; !signal.aborted; visit += 1) {
    const playerIds = [`${name}-${visit}`];
    const request = {
      configuration: "duel",
      ticketId: newId("ticket", random),
      players: [{ playerId: `${name}-${visit}` }],
    };
    const { ticketId } = request;
    const calledOff = new AbortController();
    const either = AbortSignal.any([signal, calledOff.signal]);
    const timer = new AbortController();
    if (chance(random, 0.5)) {
      void systemClock.sleep(between(random, 0, 1_500), timer.signal).then(
        () => calledOff.abort(),
        () => undefined,
      );
    }
    let cancelling: Promise<unknown> = Promise.resolve();
    const matching = matcher.match(request, { signal: either });
    const result = matching.then(({ ticket }) => viewOf(ticket));
    either.addEventListener(
      "abort",
      () => {
        cancelling = history.call(name, { op: "cancel", ticketId }, () => cancelOf(matching));
      },
      { once: true },
    );
    await history.call(name, { op: "start", ticketId, body: bodyOf(request), playerIds }, () => result);
    timer.abort();
    await cancelling;
  }
}

/** What a call off amounted to: the ticket is out of the search, or it was too late. */
async function cancelOf(matching: Promise<MatchResult>): Promise<TicketView> {
  const { ticket } = await matching;
  if (ticket.state !== "COMPLETED") return viewOf(ticket);
  const metadata = ticket.matchId === undefined ? {} : { matchId: ticket.matchId };
  throw new MusterError("TICKET_ALREADY_MATCHED", "Cannot call the match off as it was too late", { metadata });
}
