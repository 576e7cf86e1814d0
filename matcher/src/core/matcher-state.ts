// Everything the matcher knows for sure: the fold of its facts. Values in the maps are immutable; the maps are changed in
// place, by evolve() alone, because copying a million tickets for each fact is no option.
import type {
  BackfillId,
  ErasureId,
  MatchId,
  PartyId,
  ProcessId,
  ServerSessionId,
  SessionEndCause,
  TicketId,
} from "@muster/proto";
import type { RuleSet } from "@muster/rules";
import type { BackfillRecord, Fill } from "./backfill.ts";
import { createDeadlineHeap, type DeadlineHeap } from "./deadline-heap.ts";
import { createNoticeLog, type NoticeLog } from "./events/notices.ts";
import { HeldPlayers } from "./held-players.ts";
import type { RefusedTicket } from "./hooks/refused-tickets.ts";
import { createJoinBook, type JoinBook } from "./join-tokens/join-book.ts";
import type { Match, PlacingMatch } from "./match.ts";
import { createPartyBook, type PartyBook } from "./party/party-book.ts";
import type { KnownFormers, PoolEngine } from "./pool-engines.ts";
import type { Proposal } from "./proposal.ts";
import type { QueryPools } from "./query/query-pools.ts";
import { createSearchingTickets, type Search, type SearchingTickets } from "./searching-tickets.ts";
import { createSessionEventLog, type SessionEventLog } from "./session-events.ts";
import type { Ticket } from "./ticket.ts";
import { createTicketEventLog, type TicketEventLog, type TicketEventRecord } from "./ticket-events.ts";
import type { FormedBy, HeldConfiguration, HeldRuleSet } from "./versions.ts";
import { createWaitEstimates, type WaitBasis, type WaitEstimates } from "./waits/wait-estimates.ts";

/** A battle session that a match of this matcher was placed on. */
export type MatchedSession = {
  readonly battleSessionId: ServerSessionId;
  readonly matchId: MatchId;
  readonly configuration: string;
  /** Undefined: it was adopted, or is from before versions were counted. */
  readonly formedBy?: FormedBy | undefined;
  readonly capabilityKey: Uint8Array;
  readonly processId: ProcessId;
  readonly incarnation: number;
  /** Everybody who was completed with it and is still remembered. */
  readonly tickets: readonly TicketId[];
  /** The last one, live or ended. */
  readonly backfill: BackfillRecord | undefined;
  /** The one being applied. It may belong to a backfill that has ended since. */
  readonly fill: Fill | undefined;
  /** StartBackfill requests by id: a repeat gets what the first one got. */
  readonly startRequests: ReadonlyMap<string, { readonly bodyDigest: string; readonly backfillId: BackfillId }>;
  /** Tickets of fills that the game refused: they do not come here again. */
  readonly turnedAway: ReadonlySet<TicketId>;
  /** Undefined while it lives, or is not known to have ended. */
  readonly ended: { readonly atMs: number; readonly cause: SessionEndCause | undefined } | undefined;
  /** Events that were told of it so far. */
  readonly told: number;
};

/** The searching tickets of one configuration, and who holds its players. */
export type Pool = {
  readonly searching: SearchingTickets;
  /** What forms its matches: made by the first round, and follows the searches from then on (pool-engines.ts). */
  engines: readonly PoolEngine[];
  /** What they were made for. */
  known: KnownFormers | undefined;
  /** What forms its matches where tickets have queries, in place of engines. */
  queries: QueryPools | undefined;
  /** How long its tickets waited lately: follows the facts, and is in no snapshot. */
  readonly waits: WaitEstimates;
  /** Sessions whose backfill is SEARCHING. */
  readonly backfills: Set<ServerSessionId>;
  /** Those of them that a round has to look at: their roster or backfill changed, or could not be filled when it was looked at. */
  readonly touched: Set<ServerSessionId>;
  /** Sessions whose fill is being applied. */
  readonly filling: Set<ServerSessionId>;
  /** The live tickets of each player. */
  readonly players: HeldPlayers;
  /** Tickets that are prepared, search, are claimed, are asked for acceptance or are being placed. */
  live: number;
};

export type TicketEntry = {
  readonly ticket: Ticket;
  /** What watchers heard of it last; what they heard before hangs on it. */
  readonly latest: TicketEventRecord;
  /** While it searches: where it stands in its pool and among the deadlines. While it is prepared: among the deadlines alone. */
  readonly search: Search | undefined;
};

export type Ended =
  | { readonly type: "ticket"; readonly ticketId: TicketId; readonly atMs: number }
  | { readonly type: "refusal"; readonly ticketId: TicketId; readonly atMs: number }
  | { readonly type: "party"; readonly partyId: PartyId; readonly atMs: number }
  | { readonly type: "session"; readonly battleSessionId: ServerSessionId; readonly atMs: number };

export type MatcherState = {
  readonly ruleSets: Map<string, HeldRuleSet>;
  readonly configurations: Map<string, HeldConfiguration>;
  /** Those of them whose players may be in no other live ticket of the project: follows from them. */
  readonly projectWide: Set<string>;
  /** Last versions of names that are there no more, the longest gone first. */
  readonly deleted: { readonly ruleSets: Map<string, number>; readonly configurations: Map<string, number> };
  /** In the order of their arrival. */
  readonly tickets: Map<TicketId, TicketEntry>;
  readonly pools: Map<string, Pool>;
  /** Searching and prepared tickets by when they time out, and open proposals, each under its first ticket, by when they end. */
  readonly deadlines: DeadlineHeap;
  /** Matches that wait for their players' acceptance. */
  readonly proposals: Map<MatchId, Proposal>;
  /** Matches that wait for what a hook says of them: their tickets are CLAIMED. */
  readonly weighed: Map<MatchId, Match>;
  /** Matches whose placement has no outcome yet. */
  readonly matches: Map<MatchId, PlacingMatch>;
  readonly sessions: Map<ServerSessionId, MatchedSession>;
  readonly parties: PartyBook;
  readonly joins: JoinBook;
  /** Tickets that a hook did not let in, as long as tickets that ended. */
  readonly refused: Map<TicketId, RefusedTicket>;
  readonly events: TicketEventLog;
  readonly sessionEvents: SessionEventLog;
  readonly notices: NoticeLog;
  /** What ended and is still remembered, in the order of its end. */
  readonly ended: Ended[];
  /** Erasures of players whose records the journal may still hold, each with what finds these. */
  readonly erasures: Map<ErasureId, string>;
  arrivals: number;
};

/** The state before the first fact. */
export function createMatcherState(): MatcherState {
  return {
    ruleSets: new Map(),
    configurations: new Map(),
    projectWide: new Set(),
    deleted: { ruleSets: new Map(), configurations: new Map() },
    tickets: new Map(),
    pools: new Map(),
    deadlines: createDeadlineHeap(),
    proposals: new Map(),
    weighed: new Map(),
    matches: new Map(),
    sessions: new Map(),
    parties: createPartyBook(),
    joins: createJoinBook(),
    refused: new Map(),
    events: createTicketEventLog(),
    sessionEvents: createSessionEventLog(),
    notices: createNoticeLog(),
    ended: [],
    erasures: new Map(),
    arrivals: 0,
  };
}

/** Puts the configuration in the place of the one of its name. */
export function holdConfiguration(state: MatcherState, configuration: HeldConfiguration): void {
  const { name, duplicatePlayers } = configuration;
  state.configurations.set(name, configuration);
  if (duplicatePlayers?.scope === "PROJECT") state.projectWide.add(name);
  else state.projectWide.delete(name);
}

/** The session as the fleet shows it has changed: the next round looks at its backfill, if that searches. */
export function touchSession(state: MatcherState, id: ServerSessionId): void {
  const session = state.sessions.get(id);
  const pool = session && state.pools.get(session.configuration);
  if (pool?.backfills.has(id)) pool.touched.add(id);
}

/** The present rule set that the configuration prefers, if both are there. */
export function ruleSetOf(state: MatcherState, configuration: string): RuleSet | undefined {
  const name = state.configurations.get(configuration)?.ruleSet;
  return name === undefined ? undefined : state.ruleSets.get(name)?.ruleSet;
}

/** What the tickets of `configuration` wait for: its rule set, or how their queries are matched. */
export function waitBasisOf(state: MatcherState, configuration: string): WaitBasis | undefined {
  return state.configurations.get(configuration)?.query ?? ruleSetOf(state, configuration);
}

/** The pool of `configuration`, made when it is first asked for. */
export function poolOf(state: MatcherState, configuration: string): Pool {
  let pool = state.pools.get(configuration);
  if (!pool) {
    pool = {
      searching: createSearchingTickets(),
      engines: [],
      known: undefined,
      queries: undefined,
      waits: createWaitEstimates(),
      backfills: new Set(),
      touched: new Set(),
      filling: new Set(),
      players: new HeldPlayers(),
      live: 0,
    };
    state.pools.set(configuration, pool);
  }
  return pool;
}
