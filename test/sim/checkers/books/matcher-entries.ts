// What stands in the matcher's book: an entry a ticket, match, fill and session, and what can be said of one.
import type { MatcherFact } from "@muster/matcher/testing";

export type Phase =
  | "PREPARING"
  | "SEARCHING"
  | "CLAIMED"
  | "REQUIRES_ACCEPTANCE"
  | "PLACING"
  | "COMPLETED"
  | "CANCELLED"
  | "TIMED_OUT"
  | "FAILED";

export type Fact<Type extends MatcherFact["type"]> = Extract<MatcherFact, { type: Type }>;
export type Configuration = Fact<"configuration-put">["configuration"];
export type Backfill = Fact<"backfill-started">["backfill"];

export type TicketPlayer = Fact<"ticket-created">["players"][number];

export type TicketEntry = {
  readonly ticketId: string;
  readonly configuration: string;
  /** What those bring who have not joined is added when they do. */
  players: readonly TicketPlayer[];
  readonly bodyDigest: string;
  /** What its age counts from: of a ticket that was prepared, when all were in. */
  createdMs: number;
  readonly createdWallMs: number;
  /** Of the search; while it is prepared, of that. */
  timesOutAtMs: number;
  /** Every one that it had. */
  readonly deadlinesMs: number[];
  /** The party that it was started for; undefined: none. */
  readonly partyId: string | undefined;
  /** How long it may be without a watch of its owner, in ms; undefined: it needs none. */
  readonly presenceGraceMs: number | undefined;
  /** Of its party's members when it was started. */
  readonly membersVersion: number | undefined;
  /** Who is in, of a ticket that asked players to join. */
  readonly joined: Set<string> | undefined;
  /** Number of the observation that showed it. */
  readonly createdTick: number;
  readonly arrival: number;
  endedTick: number | undefined;
  /** Journal time since when it has searched this time. */
  sinceMs: number;
  phase: Phase;
  version: number;
  /** From placements and from proposals. */
  returns: number;
  placementReturns: number;
  /** The match that it is in, or was completed with. */
  matchId: string | undefined;
  /** Every match that it was ever in. */
  readonly matchIds: Set<string>;
  fillId: string | undefined;
  battleSessionId: string | undefined;
  /** As readers are shown it at version 1, 2, … */
  readonly states: string[];
  /** Who had accepted its match, by version. */
  readonly progress: Map<number, string>;
};

export type MatchEntry = {
  readonly match: Fact<"match-formed">["match"];
  attempt: number;
  /** A placement may still come of it. */
  isOpen: boolean;
  battleSessionId: string | undefined;
};

/** `decidedMs` is journal time, `seenMs` the simulation's. */
export type FillEntry = Fact<"fill-decided"> & { readonly decidedMs: number; readonly seenMs: number };

export type MatchedSessionEntry = {
  readonly battleSessionId: string;
  readonly matchId: string;
  readonly configuration: string;
  readonly tickets: Set<string>;
  backfill: Backfill | undefined;
  goals: Fact<"backfill-started">["goals"];
  /** Whom rules know by the request of the backfill. */
  knownPlayers: Fact<"backfill-started">["players"];
  /** Of a session that was taken on: what its commands present. */
  readonly adoptedKey: string | undefined;
  fill: FillEntry | undefined;
  /** Whom its game did not want. */
  readonly turnedAway: Set<string>;
  hasEnded: boolean;
};

/** What a fact does to one ticket. */
export type TicketStep = {
  readonly ticketId: string;
  readonly to: Phase;
  /** It goes on searching although it was matched. */
  readonly returns?: boolean;
  readonly matchId?: string | undefined;
  readonly fillId?: string | undefined;
  readonly battleSessionId?: string | undefined;
  /** Who has accepted, of a ticket that is asked; who has joined, of one that is prepared. */
  readonly progress?: string | undefined;
  /** Its proposal has ended without a match. */
  readonly proposalOver?: boolean;
  /** It came back to the search, and its party is another than it was started for: cancelled at once. */
  readonly viaSearch?: boolean;
};

export function holderKey(configuration: string, playerId: string): string {
  return `${configuration} ${playerId}`;
}

export function isTerminal(phase: Phase): boolean {
  return phase === "COMPLETED" || phase === "CANCELLED" || phase === "TIMED_OUT" || phase === "FAILED";
}

export function isLiveBackfill(backfill: { readonly state: string } | undefined): boolean {
  return backfill?.state === "SEARCHING" || backfill?.state === "PAUSED";
}

/** The state as readers are shown it. */
export function shownAs(phase: Phase): Exclude<Phase, "CLAIMED"> {
  return phase === "CLAIMED" ? "SEARCHING" : phase;
}

/** A session's secret, to be compared. */
export function keyText(key: Uint8Array): string {
  return Buffer.from(key).toString("base64url");
}

/** The tickets of players, each once. */
export function ticketsOf(players: readonly { readonly ticketId: string }[]): readonly string[] {
  return [...new Set(players.map((player) => player.ticketId))];
}
