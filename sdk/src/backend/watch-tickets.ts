// The stream of ticket events as one that does not break: opened again after every break, from where it had got to.
import { backoffMs, type Clock, type Random } from "@muster/kit";
import { fieldInvalid, limits, MusterError, parseId, parsePlayerId, type TicketId, toMusterError } from "@muster/proto";
import type { MatchmakingServiceDefinition, WatchTicketsRequest } from "@muster/proto/matchmaking";
import type { Client } from "@muster/proto/rpc";
import { sleepOrCancel } from "../retry-call.ts";
import { endSilence, isBreak } from "./end-silence.ts";
import { readTicketEvent, type TicketEvent } from "./ticket.ts";

export type WatchTickets = {
  /** 1 to 128 tickets. */
  readonly ticketIds?: readonly string[];
  /** Every ticket of a player, in any configuration, those that are yet to be started included. */
  readonly playerId?: string;
  /** Every ticket of a configuration. Without `ticketIds`, `playerId` and `configuration`: every ticket. */
  readonly configuration?: string;
  /**
   * The `resumeToken` of the last event that was handled. Default: named tickets from their start, else what comes from
   * now on.
   */
  readonly resumeToken?: string;
};

export type WatchTicketsOptions = {
  readonly client: Client<typeof MatchmakingServiceDefinition>;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the watch: the reader's loop ends with CALL_CANCELLED. */
  readonly signal: AbortSignal;
};

/** Every event once and in order, over any number of breaks. @throws {MusterError} as `Matcher.watchTickets` says. */
export async function* watchTickets(watch: WatchTickets, options: WatchTicketsOptions): AsyncGenerator<TicketEvent> {
  const { client, clock, random, signal } = options;
  const request = writeWatchTickets(watch);
  const seen = new Map<string, Seen>();
  let { resumeToken } = request;
  for (let attempt = 1; ; attempt += 1) {
    const stream = new AbortController();
    const either = AbortSignal.any([signal, stream.signal]);
    try {
      const responses = client.watchTickets({ ...request, resumeToken }, { signal: either });
      for await (const response of endSilence(responses, { clock, stream })) {
        attempt = 1;
        resumeToken = response.resumeToken || resumeToken;
        const event = readTicketEvent(response);
        if (event && (request.ticketIds.length === 0 || isNews(event, seen))) yield event;
      }
    } catch (error) {
      const wire = toMusterError(error);
      if (signal.aborted) {
        throw new MusterError("CALL_CANCELLED", "Cannot watch on as the watch was called off", { cause: error });
      }
      // Named tickets start anew with what they were; of others something would be missing, and nobody would know.
      if (wire.reason === "CURSOR_EXPIRED" && request.ticketIds.length > 0 && resumeToken !== "") resumeToken = "";
      else if (!isBreak(wire)) throw wire;
    } finally {
      stream.abort();
    }
    await sleepOrCancel(clock, { waitMs: backoffMs(attempt, random), signal });
  }
}

function writeWatchTickets({
  ticketIds = [],
  playerId,
  configuration = "",
  resumeToken = "",
}: WatchTickets): WatchTicketsRequest {
  if (ticketIds.length > limits.TICKETS_PER_CALL_MAX) {
    throw fieldInvalid("ticketIds", `at most ${limits.TICKETS_PER_CALL_MAX} tickets`, ticketIds.length);
  }
  if (ticketIds.length > 0 && configuration !== "") {
    throw fieldInvalid("configuration", "absent where tickets are named", configuration);
  }
  if (playerId !== undefined && (ticketIds.length > 0 || configuration !== "")) {
    throw fieldInvalid("playerId", "absent where tickets or a configuration are named", playerId);
  }
  return {
    ticketIds: ticketIds.map((ticketId, index) => parseId<TicketId>(`ticketIds[${index}]`, ticketId)),
    playerId: playerId === undefined ? undefined : parsePlayerId("playerId", playerId),
    configuration,
    resumeToken,
  };
}

type Seen = { readonly version: number; readonly sessionEnded: boolean };

/** Events of named tickets come again when their watch has to start anew: each is shown once. */
function isNews({ type, ticket }: TicketEvent, seen: Map<string, Seen>): boolean {
  const before = seen.get(ticket.ticketId) ?? { version: 0, sessionEnded: false };
  const isEnd = type === "SESSION_ENDED";
  if (isEnd ? before.sessionEnded : ticket.version <= before.version) return false;
  seen.set(ticket.ticketId, {
    version: Math.max(before.version, ticket.version),
    sessionEnded: before.sessionEnded || isEnd,
  });
  return true;
}
