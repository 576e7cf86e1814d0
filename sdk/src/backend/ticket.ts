// A ticket as a game backend sees it: plain values, states as words, times as Dates. The backend's one door to the messages.
import {
  type Address,
  type Attributes,
  fieldInvalid,
  limits,
  parseAttributes,
  parseId,
  parsePlayerId,
  readEnum,
  readWord,
  type SessionEndCause,
  type TicketId,
  writeAttributes,
} from "@muster/proto";
import * as wire from "@muster/proto/matchmaking";
import * as session from "@muster/proto/session";

/** SEARCHING → PLACING → COMPLETED; CANCELLED, TIMED_OUT and FAILED end a ticket without a battle. */
export type TicketState = "SEARCHING" | "PLACING" | "COMPLETED" | "CANCELLED" | "TIMED_OUT" | "FAILED";

/** One player of a ticket that is started. */
export type TicketPlayer = {
  /** 1 to 256 bytes of text. */
  readonly playerId: string;
  /** As the rule set declares them: numbers, strings, lists of strings, maps from string to number. Default none. */
  readonly attributes?: Attributes;
  /** Round trip in ms by region, 0 to 60,000, rounded to whole ones. Default: unknown. */
  readonly latenciesMs?: Readonly<Record<string, number>>;
  /** The team that the player asks for: "red", or one instance of it. Default any. */
  readonly team?: string | undefined;
};

export type StartMatching = {
  /** Name of the matchmaking configuration. */
  readonly configuration: string;
  /**
   * 1 to 128 of `A-Z a-z 0-9 _ . : -`. The same id with the same body is the same ticket, however often it is started.
   * Default: drawn.
   */
  readonly ticketId?: string;
  /** 1 to 100 who stay together. */
  readonly players: readonly TicketPlayer[];
};

/** One request to be matched, as it stood when it was sent. */
export type Ticket = {
  readonly ticketId: string;
  readonly configuration: string;
  readonly state: TicketState;
  /** +1 with every change, from 1. */
  readonly version: number;
  readonly players: readonly Required<TicketPlayer>[];
  readonly createdAt: Date;
  /** When a ticket that still searches becomes TIMED_OUT. Undefined if it never does. */
  readonly timesOutAt: Date | undefined;
  /** Set from PLACING on, or when a fill seated the ticket. */
  readonly matchId: string | undefined;
  /** Where to go, and who else is there. Set exactly when the ticket is COMPLETED. */
  readonly assignment: Assignment | undefined;
  /** Why it is CANCELLED, TIMED_OUT or FAILED, or what happened last, such as "CANCELLED_BY_REQUEST". */
  readonly cause: string | undefined;
  /** How often it returned to the search, its age kept. */
  readonly returns: number;
  /**
   * How long it will have waited in all when it is matched, in ms from its request: half of the tickets like it that were matched
   * lately waited less. Undefined in events, for a ticket that does not search, and where too few were matched lately.
   */
  readonly estimatedWaitMs: number | undefined;
};

export type Assignment = {
  /** Undefined in a configuration without a queue: it forms groups only. */
  readonly address: Address | undefined;
  /** Undefined in a configuration without a queue. */
  readonly battleSessionId: string | undefined;
  readonly region: string | undefined;
  /** Everybody in the battle when the ticket was completed. */
  readonly players: readonly MatchedPlayer[];
};

export type MatchedPlayer = {
  readonly playerId: string;
  /** Undefined in a battle without teams. */
  readonly team: string | undefined;
  readonly ticketId: string | undefined;
  /** What the game client presents to the server. Only of the ticket's own players; undefined for everybody else. A secret. */
  readonly playerSessionId: string | undefined;
};

export type TicketEvent =
  /** The ticket entered the state that it shows. */
  | { readonly type: "STATE_CHANGED"; readonly ticket: Ticket; readonly at: Date; readonly resumeToken: string }
  /** The battle that the ticket was completed with is over. */
  | {
      readonly type: "SESSION_ENDED";
      readonly ticket: Ticket;
      readonly at: Date;
      readonly resumeToken: string;
      readonly cause: SessionEndCause | undefined;
    };

/** @throws {MusterError} FIELD_INVALID or ID_MALFORMED naming the field, before anything is sent. */
export function writeStartMatching(start: StartMatching & { readonly ticketId: string }): wire.StartMatchingRequest {
  const { configuration, ticketId, players } = start;
  if (players.length < 1 || players.length > limits.PLAYERS_PER_TICKET_MAX) {
    throw fieldInvalid("players", `1 to ${limits.PLAYERS_PER_TICKET_MAX} players`, players.length);
  }
  return {
    configuration,
    ticketId: parseId<TicketId>("ticketId", ticketId),
    players: players.map((player, index) => {
      const path = `players[${index}]`;
      return {
        playerId: parsePlayerId(`${path}.playerId`, player.playerId),
        attributes: writeAttributes(parseAttributes(`${path}.attributes`, player.attributes ?? {})),
        latenciesMs: writeLatencies(`${path}.latenciesMs`, player.latenciesMs ?? {}),
        team: player.team ?? "",
      };
    }),
  };
}

function writeLatencies(path: string, latenciesMs: Readonly<Record<string, number>>): Record<string, number> {
  const rounded: Record<string, number> = {};
  for (const [region, latencyMs] of Object.entries(latenciesMs)) {
    if (!(latencyMs >= 0 && latencyMs <= limits.LATENCY_MS_MAX)) {
      throw fieldInvalid(`${path}.${region}`, `0 to ${limits.LATENCY_MS_MAX} ms`, latencyMs);
    }
    rounded[region] = Math.round(latencyMs);
  }
  return rounded;
}

/** @throws {MusterError} FIELD_INVALID for a ticket that is absent or in a state that this build does not know. */
export function readTicket(message: wire.Ticket | undefined): Ticket {
  if (!message) throw fieldInvalid("ticket", "present in the answer", "absent");
  return {
    ticketId: message.ticketId,
    configuration: message.configuration,
    state: readWord("ticket.state", wire.TicketState, message.state),
    version: message.version,
    players: message.players.map((player) => ({
      playerId: player.playerId,
      attributes: parseAttributes("ticket.players.attributes", player.attributes),
      latenciesMs: player.latenciesMs,
      team: player.team || undefined,
    })),
    createdAt: message.createdAt ?? new Date(0),
    timesOutAt: message.timesOutAt,
    matchId: message.matchId || undefined,
    assignment: message.assignment && readAssignment(message.assignment),
    cause: message.cause || undefined,
    returns: message.returns,
    estimatedWaitMs: message.estimatedWaitMs,
  };
}

function readAssignment(message: wire.Assignment): Assignment {
  return {
    address: message.address,
    battleSessionId: message.battleSessionId || undefined,
    region: message.region || undefined,
    players: message.players.map((player) => ({
      playerId: player.playerId,
      team: player.team || undefined,
      ticketId: player.ticketId || undefined,
      playerSessionId: player.playerSessionId || undefined,
    })),
  };
}

/** Undefined for a heartbeat, and for what only a newer backend would understand. */
export function readTicketEvent(message: wire.WatchTicketsResponse): TicketEvent | undefined {
  const type = readEnum(wire.TicketEventType, message.type);
  if (type !== "STATE_CHANGED" && type !== "SESSION_ENDED") return undefined;
  const { resumeToken, at = new Date(0) } = message;
  const ticket = readTicket(message.ticket);
  if (type === "STATE_CHANGED") return { type, ticket, at, resumeToken };
  return { type, ticket, at, resumeToken, cause: readEnum(session.SessionEndCause, message.sessionEndCause) };
}
