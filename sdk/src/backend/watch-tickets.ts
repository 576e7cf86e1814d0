// The stream of ticket events, over any number of breaks.
import { fieldInvalid, limits, parseId, parsePlayerId, type TicketId } from "@muster/proto";
import type { MatchmakingServiceDefinition, WatchTicketsRequest } from "@muster/proto/matchmaking";
import type { Client } from "@muster/proto/rpc";
import { keepWatching, type WatchPorts } from "./keep-watching.ts";
import type { TicketEvent } from "./ticket.ts";
import { readTicketEvent } from "./ticket-wire.ts";

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
  /** Looks on: tickets that end with their owners' watches do not count it. Default false. */
  readonly onlooker?: boolean;
};

export type WatchTicketsOptions = WatchPorts & { readonly client: Client<typeof MatchmakingServiceDefinition> };

/** Every event once and in order, over any number of breaks. @throws {MusterError} as `Matcher.watchTickets` says. */
export async function* watchTickets(watch: WatchTickets, options: WatchTicketsOptions): AsyncGenerator<TicketEvent> {
  const { client, ...ports } = options;
  const request = writeWatchTickets(watch);
  const isNamed = request.ticketIds.length > 0;
  const seen = new Map<string, Seen>();
  const responses = keepWatching({
    ...ports,
    open: (resumeToken, signal) => client.watchTickets({ ...request, resumeToken }, { signal }),
    resumeToken: request.resumeToken,
    mayBeginAnew: isNamed,
  });
  for await (const response of responses) {
    const event = readTicketEvent(response);
    if (event && (!isNamed || isNews(event, seen))) yield event;
  }
}

function writeWatchTickets({
  ticketIds = [],
  playerId,
  configuration = "",
  resumeToken = "",
  onlooker = false,
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
    ...(onlooker ? { onlooker } : {}),
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
