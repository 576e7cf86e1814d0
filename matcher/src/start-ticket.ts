// Starting a ticket, for every call that does. Where somebody wants to hear of it, a request that met another ticket of its players is
// told of, refused or not: durable before it is answered.
import type { Outcome } from "@muster/journal";
import { limits, MusterError } from "@muster/proto";
import { getTicket } from "./core/cancel-matching.ts";
import { type DuplicateNoted, noteRefused } from "./core/duplicate-players.ts";
import type { MatcherState } from "./core/matcher-state.ts";
import { decideStartMatching, type StartMatching } from "./core/start-matching.ts";
import type { Ticket } from "./core/ticket.ts";
import type { Outbox } from "./events/outbox.ts";
import type { BeforeTicket } from "./hooks/before-ticket.ts";
import type { SeatedPlayers } from "./seated-players.ts";
import { decide, decideAndShow, decideEach, type Workshop } from "./workshop.ts";

type StartDesk = Pick<Workshop, "ledger" | "clock"> & {
  readonly seated: SeatedPlayers;
  readonly outbox: Outbox | undefined;
  readonly beforeTicket: BeforeTicket;
};

/**
 * The ticket, once it is durable. Decided and folded when this returns, unless its configuration's hook is asked first.
 *
 * @throws {MusterError} as `decideStartMatching()` and `BeforeTicket.ask()`; JOURNAL_FULL.
 */
export async function startTicket(desk: StartDesk, asked: StartMatching): Promise<Ticket> {
  const hook = desk.beforeTicket.hookFor(desk.ledger.state, asked);
  const request = hook ? await desk.beforeTicket.ask(asked, hook) : asked;
  const decision = (state: MatcherState, nowMs: number) => decideStart(desk, state, request, nowMs);
  try {
    return await decideAndShow(desk, decision, (state) => getTicket(state, request.ticketId));
  } catch (error) {
    await tellRefused(desk, [{ request, error }]);
    throw error;
  }
}

/**
 * The tickets, each as it was when it was started or why it was refused, once all are durable: decided in their order, in one write, and
 * folded when this returns, unless hooks are asked first: of all of them at once.
 *
 * @throws {MusterError} JOURNAL_FULL, SERVICE_NOT_READY: nobody knows what became of them.
 */
export async function startTickets(
  desk: StartDesk,
  requests: readonly StartMatching[],
): Promise<readonly Outcome<Ticket>[]> {
  const { beforeTicket, ledger } = desk;
  const admitted = requests.map((request): Admission | Promise<Admission> => {
    try {
      const hook = beforeTicket.hookFor(ledger.state, request);
      return hook ? beforeTicket.ask(request, hook).then(admit, refuse) : admit(request);
    } catch (error) {
      return refuse(error);
    }
  });
  const isAsked = admitted.some((one) => one instanceof Promise || "refusal" in one);
  if (!isAsked) return await decideAll(desk, requests);
  const settled = await Promise.all(admitted);
  const outcomes = await decideAll(
    desk,
    settled.flatMap((one) => ("request" in one ? one.request : [])),
  );
  let next = 0;
  return settled.map((one): Outcome<Ticket> => {
    if ("refusal" in one) return one;
    const outcome = outcomes[next];
    next += 1;
    return outcome ?? { refusal: new Error("a ticket was decided without an outcome") };
  });
}

type Admission = { readonly request: StartMatching } | { readonly refusal: unknown };

const admit = (request: StartMatching): Admission => ({ request });
const refuse = (refusal: unknown): Admission => ({ refusal });

async function decideAll(desk: StartDesk, requests: readonly StartMatching[]): Promise<readonly Outcome<Ticket>[]> {
  const outcomes = await decideEach(desk, requests, {
    decide: (state, request, nowMs) => decideStart(desk, state, request, nowMs),
    show: (state, { ticketId }) => getTicket(state, ticketId),
  });
  const refused = requests.flatMap((request, index) => {
    const outcome = outcomes[index];
    return outcome && "refusal" in outcome ? [{ request, error: outcome.refusal }] : [];
  });
  if (refused.length > 0) await tellRefused(desk, refused);
  return outcomes;
}

function decideStart(desk: StartDesk, state: MatcherState, request: StartMatching, nowMs: number) {
  const parts = { findSeat: desk.seated.find, notesDuplicates: isHeard(desk, request) };
  return decideStartMatching(state, request, nowMs, limits.POOL_TICKETS_MAX, parts);
}

function isHeard({ outbox }: StartDesk, { configuration }: StartMatching): boolean {
  return outbox?.isWanted({ type: "TICKET_DUPLICATE", configuration }) ?? false;
}

type Refused = { readonly request: StartMatching; readonly error: unknown };

/** In one write; none where nobody wants to hear of it. @throws {MusterError} JOURNAL_FULL. */
async function tellRefused(desk: StartDesk, all: readonly Refused[]): Promise<void> {
  const noted = all.flatMap(({ request, error }) => {
    if (!(error instanceof MusterError) || !isHeard(desk, request)) return [];
    return noteRefused(error, playersOf(request)) ?? [];
  });
  if (noted.length > 0) await decide(desk, () => ({ facts: noted, reply: undefined }));
}

function playersOf(request: StartMatching): Pick<DuplicateNoted, "ticketId" | "configuration" | "playerIds"> {
  const { ticketId, configuration, players, preparation } = request;
  const playerIds = [...players.map(({ playerId }) => playerId), ...(preparation?.asked ?? [])];
  return { ticketId, configuration, playerIds };
}
