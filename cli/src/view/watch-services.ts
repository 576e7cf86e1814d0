// Feeds the view from the contracts alone: every ticket, every session, and the list of processes. Services may come and go.
import { type Clock, isAbortError, type Random } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { connectFleet, connectMatcher } from "../contract/connection.ts";
import { watchResiliently } from "../contract/resilient-watch.ts";
import { type FeedMessage, readFeedMessage, readProcess, type ServerProcess } from "../contract/session.ts";
import { readTicketEvent, type TicketEvent } from "../contract/ticket.ts";

const PROCESSES_LOOK_MS = 1_000;

export type WatchListener = {
  readonly onTicket: (event: TicketEvent) => void;
  readonly onFeed: (message: FeedMessage) => void;
  /** Ended ones too. */
  readonly onProcesses: (processes: readonly ServerProcess[]) => void;
};

export type WatchOptions = {
  readonly matcherAddress: string;
  readonly fleetAddress: string;
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
  const processes = async () => {
    while (!signal.aborted) {
      try {
        const response = await fleet.fleet.describeProcesses({ includeEnded: true }, { signal });
        listener.onProcesses(response.processes.map(readProcess));
      } catch (error) {
        // The fleet is away; the supervisor tells of it.
        if (!(error instanceof MusterError)) throw error;
      }
      await clock.sleep(PROCESSES_LOOK_MS, signal);
    }
  };
  await Promise.all([tickets(), sessions(), processes()].map((loop) => loop.catch(ignoreAbort)));
}

function ignoreAbort(error: unknown): void {
  if (!isAbortError(error)) throw error;
}
