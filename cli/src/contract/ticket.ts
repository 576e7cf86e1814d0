// Tickets as this command knows and prints them: plain values with states in words. The JSON of `--json` is this shape.
import { type Address, type EnumWord, fieldInvalid, readEnum, readWord, type SessionEndCause } from "@muster/proto";
import * as wire from "@muster/proto/matchmaking";
import { SessionEndCause as sessionEndCauses } from "@muster/proto/session";

export type TicketState = EnumWord<typeof wire.TicketState>;

export type Ticket = {
  readonly ticketId: string;
  readonly configuration: string;
  readonly state: TicketState;
  readonly version: number;
  readonly players: readonly TicketPlayer[];
  /** ISO 8601. */
  readonly createdAt: string | undefined;
  readonly timesOutAt: string | undefined;
  readonly matchId: string | undefined;
  readonly assignment: Assignment | undefined;
  readonly cause: string | undefined;
  /** How often it returned to the search. */
  readonly returns: number;
  /** From its request, in ms; undefined: it does not search, or nobody knows. */
  readonly estimatedWaitMs: number | undefined;
  /** The match that waits for acceptance; undefined: none does. */
  readonly proposal: Proposal | undefined;
  /** Whom it waits for; undefined: it is not PREPARING. */
  readonly preparation: Preparation | undefined;
  /** Whom it seeks; undefined: its configuration has a rule set. */
  readonly query?: TicketQuery | undefined;
};

/** As the contract has it. */
export type TicketQuery = Readonly<wire.TicketQuery>;

export type Preparation = {
  /** ISO 8601. */
  readonly expiresAt: string | undefined;
  readonly players: readonly { readonly playerId: string; readonly joined: boolean }[];
};

export type Proposal = {
  /** ISO 8601. */
  readonly expiresAt: string | undefined;
  readonly players: readonly {
    readonly playerId: string;
    readonly team: string | undefined;
    readonly ticketId: string;
    readonly accepted: boolean;
  }[];
};

export type TicketPlayer = {
  readonly playerId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly latenciesMs: Readonly<Record<string, number>>;
  readonly team: string | undefined;
  /** For the game server. */
  readonly data: string | undefined;
};

export type Assignment = {
  readonly address: Address | undefined;
  readonly battleSessionId: string;
  readonly region: string | undefined;
  readonly players: readonly {
    readonly playerId: string;
    readonly team: string | undefined;
    readonly ticketId: string | undefined;
    /** Of the ticket's own players only. */
    readonly playerSessionId: string | undefined;
    readonly joinToken?: string | undefined;
    /** What the player's ticket said of itself; undefined unless the match is by queries. */
    readonly properties?: Readonly<wire.TicketProperties> | undefined;
  }[];
};

export type TicketEvent = {
  readonly resumeToken: string;
  readonly at: string | undefined;
} & (
  | { readonly type: "STATE_CHANGED" | "ACCEPTANCE_CHANGED" | "PREPARATION_CHANGED"; readonly ticket: Ticket }
  | { readonly type: "SESSION_ENDED"; readonly ticket: Ticket; readonly sessionEndCause: SessionEndCause | undefined }
  | { readonly type: "HEARTBEAT" }
);

/** Whether nothing more will become of a ticket in this state. */
export function isOver(state: TicketState): boolean {
  return state !== "PREPARING" && state !== "SEARCHING" && state !== "REQUIRES_ACCEPTANCE" && state !== "PLACING";
}

export function readTicket(message: wire.Ticket | undefined): Ticket {
  if (!message) throw fieldInvalid("ticket", "a ticket", undefined);
  const { assignment } = message;
  return {
    ticketId: message.ticketId,
    configuration: message.configuration,
    state: readWord("ticket.state", wire.TicketState, message.state),
    version: message.version,
    players: message.players.map((player) => ({
      playerId: player.playerId,
      attributes: player.attributes,
      latenciesMs: player.latenciesMs,
      team: player.team || undefined,
      data: player.data,
    })),
    createdAt: message.createdAt?.toISOString(),
    timesOutAt: message.timesOutAt?.toISOString(),
    matchId: message.matchId || undefined,
    assignment: assignment && {
      address: assignment.address,
      battleSessionId: assignment.battleSessionId,
      region: assignment.region || undefined,
      players: assignment.players.map((player) => ({
        playerId: player.playerId,
        team: player.team || undefined,
        ticketId: player.ticketId || undefined,
        playerSessionId: player.playerSessionId || undefined,
        ...(player.joinToken !== undefined && { joinToken: player.joinToken }),
        properties: player.properties,
      })),
    },
    cause: message.cause || undefined,
    returns: message.returns,
    estimatedWaitMs: message.estimatedWaitMs,
    proposal: message.proposal && readProposal(message.proposal),
    preparation: message.preparation && readPreparation(message.preparation),
    query: message.query,
  };
}

function readPreparation({ expiresAt, players }: wire.Preparation): Preparation {
  return { expiresAt: expiresAt?.toISOString(), players: players.map((player) => ({ ...player })) };
}

function readProposal({ expiresAt, players }: wire.Proposal): Proposal {
  return {
    expiresAt: expiresAt?.toISOString(),
    players: players.map((player) => ({ ...player, team: player.team || undefined })),
  };
}

export function readTicketEvent(message: wire.WatchTicketsResponse): TicketEvent {
  const type = readWord("type", wire.TicketEventType, message.type);
  const base = { resumeToken: message.resumeToken, at: message.at?.toISOString() };
  if (type === "HEARTBEAT") return { ...base, type };
  const ticket = readTicket(message.ticket);
  if (type !== "SESSION_ENDED") return { ...base, type, ticket };
  return { ...base, type, ticket, sessionEndCause: readEnum(sessionEndCauses, message.sessionEndCause) };
}
