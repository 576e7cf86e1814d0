// Feeds the view from the contracts alone: every ticket, every session, and the list of processes. Services may come and go.
import { type Clock, isAbortError, type Random } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { connectFleet, connectMatcher } from "../contract/connection.ts";
import { watchResiliently } from "../contract/resilient-watch.ts";
import { type FeedMessage, readFeedMessage } from "../contract/session.ts";
import { readTicketEvent, type TicketEvent } from "../contract/ticket.ts";
import type { FleetsState } from "./fleet-lines.ts";
import { lookAtFleets } from "./look-at-fleets.ts";

/** From one look at the fleets to the next. */
const LOOK_MS = 1_000;

export type WatchListener = {
  readonly onTicket: (event: TicketEvent) => void;
  readonly onFeed: (message: FeedMessage) => void;
  readonly onFleets: (fleets: FleetsState) => void;
};

export type WatchOptions = {
  readonly matcherAddress: string;
  readonly fleetAddress: string;
  /** Somebody looks at the last line of each process. */
  readonly withLines: boolean;
  readonly clock: Clock;
  readonly random: Random;
};

/** Watches until `signal` aborts; a service that is away is waited for, however long. */
export async function watchServices(
  options: WatchOptions,
  listener: WatchListener,
  signal: AbortSignal,
): Promise<void> {
  await using matcher = connectMatcher(options.matcherAddress);
  await using fleet = connectFleet(options.fleetAddress);
  const { clock, random } = options;
  const patient = { clock, random, awayMs: Number.POSITIVE_INFINITY };

  const tickets = async () => {
    const open = async function* (resumeToken: string, stop: AbortSignal) {
      const request = { ticketIds: [], configuration: "", resumeToken };
      for await (const message of matcher.matchmaking.watchTickets(request, { signal: stop }))
        yield readTicketEvent(message);
    };
    const watch = watchResiliently({ ...patient, open, tokenOf: (event) => event.resumeToken }, signal);
    for await (const event of watch) listener.onTicket(event);
  };
  const sessions = async () => {
    const open = async function* (resumeToken: string, stop: AbortSignal) {
      for await (const message of fleet.fleet.watchSessions({ owner: "", resumeToken }, { signal: stop })) {
        yield readFeedMessage(message);
      }
    };
    const watch = watchResiliently({ ...patient, open, tokenOf: (message) => message.resumeToken }, signal);
    for await (const message of watch) listener.onFeed(message);
  };
  const fleets = async () => {
    let known: ReadonlySet<string> | undefined;
    while (!signal.aborted) {
      try {
        const { withLines } = options;
        const found = await lookAtFleets(fleet, { withLines, known }, signal);
        known = new Set(found.processes.filter(({ state }) => state === "ENDED").map(({ processId }) => processId));
        listener.onFleets(found);
      } catch (error) {
        // The fleet is away; the supervisor tells of it.
        if (!(error instanceof MusterError)) throw error;
      }
      await clock.sleep(LOOK_MS, signal);
    }
  };
  await Promise.all([tickets(), sessions(), fleets()].map((loop) => loop.catch(ignoreAbort)));
}

function ignoreAbort(error: unknown): void {
  if (!isAbortError(error)) throw error;
}
