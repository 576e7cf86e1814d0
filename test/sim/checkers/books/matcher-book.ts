// What the matcher's facts say, read by somebody who does not trust the matcher: a second, plain bookkeeping of tickets,
// matches, sessions and backfills. It judges nothing; checkers see it as it was before the observation at hand.
import type { MatcherFact } from "@muster/matcher/testing";
import {
  type Backfill,
  type Configuration,
  type Fact,
  type FillEntry,
  holderKey,
  isLiveBackfill,
  isTerminal,
  keyText,
  type MatchEntry,
  type MatchedSessionEntry,
  shownAs,
  type TicketEntry,
  type TicketStep,
} from "./matcher-entries.ts";
import { createPartyBook, type PartyBook } from "./party-book.ts";
import { joinedAtFirst, joinedText, takeJoined } from "./preparation-book.ts";
import { isAcceptedByAll, type ProposalEntry } from "./proposal-book.ts";
import { createStepReader } from "./step-reader.ts";
import { createVersionBook, type VersionBook } from "./version-book.ts";

export interface MatcherBook {
  readonly versions: VersionBook;
  readonly ruleSets: ReadonlyMap<string, string>;
  readonly configurations: ReadonlyMap<string, Configuration>;
  readonly tickets: ReadonlyMap<string, TicketEntry>;
  /** SEARCHING only, by configuration. */
  readonly searching: ReadonlyMap<string, ReadonlySet<TicketEntry>>;
  /** The live ticket of each player, by configuration and player. */
  readonly holders: ReadonlyMap<string, string>;
  readonly parties: PartyBook;
  readonly matches: ReadonlyMap<string, MatchEntry>;
  /** Open and past ones. */
  readonly proposals: ReadonlyMap<string, ProposalEntry>;
  readonly sessions: ReadonlyMap<string, MatchedSessionEntry>;
  /** Fills that were decided and have no outcome yet. */
  readonly fills: ReadonlyMap<string, FillEntry>;
  /** What `fact` does to tickets, seen from the present state. */
  stepsOf(fact: MatcherFact): readonly TicketStep[];
  fold(seen: {
    readonly fact: MatcherFact;
    readonly journalMs: number;
    readonly wallMs: number;
    readonly seenMs: number;
    readonly tick: number;
    /** As `stepsOf` told them. */
    readonly steps: readonly TicketStep[];
  }): void;
}

/** An empty book. */
export function createMatcherBook(): MatcherBook {
  const ruleSets = new Map<string, string>();
  const configurations = new Map<string, Configuration>();
  const tickets = new Map<string, TicketEntry>();
  const searching = new Map<string, Set<TicketEntry>>();
  const holders = new Map<string, string>();
  const parties = createPartyBook();
  const matches = new Map<string, MatchEntry>();
  /** Matches that a hook is asked of. */
  const weighed = new Map<string, MatchEntry["match"]>();
  const proposals = new Map<string, ProposalEntry>();
  const sessions = new Map<string, MatchedSessionEntry>();
  const fills = new Map<string, FillEntry>();
  let ended: { readonly ticketId?: string; readonly sessionId?: string; readonly atMs: number }[] = [];
  let arrivals = 0;
  const versions = createVersionBook();

  const poolOf = (configuration: string) => {
    const pool = searching.get(configuration) ?? new Set();
    searching.set(configuration, pool);
    return pool;
  };
  const stepsOf = createStepReader({ configurations, tickets, parties, matches, weighed, proposals, sessions, fills });
  const take = (step: TicketStep, at: { readonly journalMs: number; readonly tick: number }) => {
    const ticket = tickets.get(step.ticketId);
    if (!ticket) return;
    if (step.viaSearch && shownAs(ticket.phase) !== "SEARCHING") {
      ticket.version += 1;
      ticket.states.push("SEARCHING");
    }
    const shownBefore = step.viaSearch ? "SEARCHING" : shownAs(ticket.phase);
    const isProgress = step.to === "REQUIRES_ACCEPTANCE" || step.to === "PREPARING";
    ticket.phase = step.to;
    ticket.fillId = step.fillId;
    ticket.matchId = step.to === "SEARCHING" ? undefined : (step.matchId ?? ticket.matchId);
    if (step.matchId !== undefined) ticket.matchIds.add(step.matchId);
    ticket.battleSessionId = step.battleSessionId;
    if (step.returns) ticket.placementReturns += 1;
    if (step.returns || (step.proposalOver && step.to === "SEARCHING")) {
      ticket.returns += 1;
      const { requestTimeoutFrom, requestTimeoutMs = 0 } = configurations.get(ticket.configuration) ?? {};
      if (requestTimeoutFrom === "RETURN") {
        ticket.timesOutAtMs = Math.ceil(at.journalMs + requestTimeoutMs);
        ticket.deadlinesMs.push(ticket.timesOutAtMs);
      }
    }
    if (isProgress || shownAs(step.to) !== shownBefore) {
      ticket.version += 1;
      ticket.states.push(shownAs(step.to));
    }
    if (step.progress !== undefined) ticket.progress.set(ticket.version, step.progress);
    if (step.to === "SEARCHING") {
      ticket.sinceMs = at.journalMs;
      poolOf(ticket.configuration).add(ticket);
    } else poolOf(ticket.configuration).delete(ticket);
    if (!isTerminal(step.to)) return;
    for (const { playerId } of ticket.players) holders.delete(holderKey(ticket.configuration, playerId));
    ticket.endedTick = at.tick;
    ended.push({ ticketId: ticket.ticketId, atMs: at.journalMs });
  };
  const create = (fact: Fact<"ticket-created">, at: { journalMs: number; wallMs: number; tick: number }) => {
    arrivals += 1;
    const ticket: TicketEntry = {
      ticketId: fact.ticketId,
      configuration: fact.configuration,
      players: fact.players,
      bodyDigest: fact.bodyDigest,
      createdMs: at.journalMs,
      createdWallMs: at.wallMs,
      timesOutAtMs: fact.timesOutAtMs,
      deadlinesMs: [fact.timesOutAtMs],
      createdTick: at.tick,
      arrival: arrivals,
      endedTick: undefined,
      sinceMs: at.journalMs,
      partyId: fact.partyId,
      presenceGraceMs: fact.presenceGraceMs,
      membersVersion: parties.parties.get(fact.partyId ?? "")?.membersVersion,
      joined: joinedAtFirst(fact),
      phase: fact.joined === undefined ? "SEARCHING" : "PREPARING",
      version: 1,
      returns: 0,
      placementReturns: 0,
      matchId: undefined,
      matchIds: new Set(),
      fillId: undefined,
      battleSessionId: undefined,
      states: [fact.joined === undefined ? "SEARCHING" : "PREPARING"],
      progress: new Map(),
    };
    if (ticket.joined) ticket.progress.set(1, joinedText(ticket.joined));
    tickets.set(ticket.ticketId, ticket);
    if (ticket.phase === "SEARCHING") poolOf(ticket.configuration).add(ticket);
    for (const { playerId } of ticket.players) holders.set(holderKey(ticket.configuration, playerId), ticket.ticketId);
  };
  const goOn = (match: MatchEntry["match"]) => {
    if (match.queue === undefined) return; // It is nothing but a group: all is said.
    matches.set(match.matchId, { match, attempt: 1, isOpen: true, battleSessionId: undefined });
  };
  const place = (fact: Fact<"match-placed">, steps: readonly TicketStep[]) => {
    const entry = matches.get(fact.matchId);
    if (!entry) return;
    entry.isOpen = false;
    entry.battleSessionId = fact.battleSessionId;
    sessions.set(fact.battleSessionId, {
      battleSessionId: fact.battleSessionId,
      matchId: fact.matchId,
      configuration: entry.match.configuration,
      tickets: new Set(steps.filter((step) => step.to === "COMPLETED").map((step) => step.ticketId)),
      backfill: bornBackfill(entry.match),
      ...{ goals: [], knownPlayers: [], adoptedKey: undefined },
      fill: undefined,
      turnedAway: new Set(),
      hasEnded: false,
    });
  };
  const adopt = ({ battleSessionId, matchId, configuration, capabilityKey }: Fact<"session-adopted">) => {
    sessions.set(battleSessionId, {
      ...{ battleSessionId, matchId, configuration, tickets: new Set(), backfill: undefined },
      ...{ goals: [], knownPlayers: [], adoptedKey: keyText(capabilityKey) },
      ...{ fill: undefined, turnedAway: new Set(), hasEnded: false },
    });
  };
  const endFill = (fillId: string, battleSessionId: string, steps: readonly TicketStep[]) => {
    const session = sessions.get(battleSessionId);
    const fill = fills.get(fillId);
    fills.delete(fillId);
    if (!session || !fill) return;
    session.fill = undefined;
    for (const step of steps) if (step.to === "COMPLETED") session.tickets.add(step.ticketId);
  };
  const forget = (untilMs: number) => {
    const gone = ended.filter((one) => one.atMs <= untilMs);
    ended = ended.filter((one) => one.atMs > untilMs);
    if (gone.length > 0) {
      for (const [id, { match, isOpen }] of proposals) {
        if (!isOpen && match.players.every(({ ticketId }) => gone.some((one) => one.ticketId === ticketId)))
          proposals.delete(id);
      }
    }
    for (const { ticketId, sessionId } of gone) {
      if (ticketId !== undefined) tickets.delete(ticketId);
      const session = sessionId === undefined ? undefined : sessions.get(sessionId);
      if (!session) continue;
      sessions.delete(session.battleSessionId);
      matches.delete(session.matchId);
    }
  };

  return {
    versions,
    ruleSets,
    configurations,
    tickets,
    searching,
    holders,
    parties,
    matches,
    proposals,
    sessions,
    fills,
    stepsOf,
    fold({ fact, journalMs, wallMs, seenMs, tick, steps }) {
      versions.fold(fact, arrivals);
      switch (fact.type) {
        case "rule-set-deleted":
          ruleSets.delete(fact.name);
          break;
        case "configuration-deleted":
          configurations.delete(fact.name);
          for (const proposal of proposals.values()) {
            if (!proposal.isOpen || proposal.match.configuration !== fact.name) continue;
            proposal.isOpen = false;
            proposal.closedTick = tick;
          }
          break;
        case "rule-set-put":
          ruleSets.set(fact.name, fact.document);
          break;
        case "configuration-put":
          configurations.set(fact.configuration.name, fact.configuration);
          break;
        case "ticket-created":
          create(fact, { journalMs, wallMs, tick });
          break;
        case "party-changed":
          parties.fold(fact);
          break;
        case "players-joined":
          takeJoined(tickets.get(fact.ticketId), fact, journalMs);
          break;
        case "match-formed":
        case "match-weighed": {
          const { match } = fact;
          if (fact.type === "match-weighed") weighed.delete(fact.matchId);
          if (!match) break;
          if (match.hook) {
            weighed.set(match.matchId, match);
            break;
          }
          const { acceptance } = match;
          if (!acceptance) {
            goOn(match);
            break;
          }
          const { deadlineAtMs } = acceptance;
          proposals.set(match.matchId, {
            match,
            deadlineAtMs,
            openedTick: tick,
            accepted: new Set(),
            isOpen: true,
            closedTick: 0,
          });
          break;
        }
        case "match-accepted": {
          const proposal = proposals.get(fact.matchId);
          if (!proposal) break;
          for (const playerId of fact.playerIds) proposal.accepted.add(playerId);
          if (!isAcceptedByAll(proposal)) break;
          proposal.isOpen = false;
          proposal.closedTick = tick;
          goOn(proposal.match);
          break;
        }
        case "proposal-ended": {
          const proposal = proposals.get(fact.matchId);
          if (!proposal) break;
          proposal.isOpen = false;
          proposal.closedTick = tick;
          break;
        }
        case "match-placed":
          place(fact, steps);
          break;
        case "session-adopted":
          adopt(fact);
          break;
        case "ticket-rejoined":
          sessions.get(fact.battleSessionId)?.tickets.add(fact.ticketId);
          break;
        case "placement-ended": {
          const entry = matches.get(fact.matchId);
          if (!entry) break;
          if (steps.length === 0) entry.attempt += 1;
          else matches.delete(fact.matchId);
          break;
        }
        case "backfill-started": {
          const session = sessions.get(fact.battleSessionId);
          if (!session) break;
          session.backfill = fact.backfill;
          session.goals = fact.goals;
          session.knownPlayers = fact.players;
          break;
        }
        case "backfill-changed": {
          const session = sessions.get(fact.battleSessionId);
          if (session) session.backfill = fact.backfill;
          break;
        }
        case "fill-decided": {
          const fill = { ...fact, decidedMs: journalMs, seenMs };
          fills.set(fact.fillId, fill);
          const session = sessions.get(fact.battleSessionId);
          if (session) session.fill = fill;
          break;
        }
        case "fill-applied": {
          const session = sessions.get(fact.battleSessionId);
          const fill = fills.get(fact.fillId);
          if (session && fill && isLiveBackfill(session.backfill)) {
            if (session.backfill?.backfillId === fill.backfill.backfillId) session.backfill = fill.backfill;
          }
          endFill(fact.fillId, fact.battleSessionId, steps);
          break;
        }
        case "fill-dropped":
          if (fact.reason === "FILL_REFUSED_BY_GAME") {
            const { turnedAway } = sessions.get(fact.battleSessionId) ?? {};
            for (const { ticketId } of steps) turnedAway?.add(ticketId);
          }
          endFill(fact.fillId, fact.battleSessionId, steps);
          break;
        case "session-ended": {
          const session = sessions.get(fact.battleSessionId);
          if (session) session.hasEnded = true;
          ended.push({ sessionId: fact.battleSessionId, atMs: journalMs });
          break;
        }
        case "ended-forgotten":
          forget(fact.endedUntilMs);
          break;
        case "ticket-cancelled":
        case "ticket-timed-out":
          break;
      }
      for (const step of steps) take(step, { journalMs, tick });
    },
  };
}

/** What the session is born with: a backfill up to the maximum, PAUSED if there is no room for anybody. */
function bornBackfill({ backfillId, players, capacity, teams }: MatchEntry["match"]): Backfill | undefined {
  if (backfillId === undefined) return undefined;
  const isFull =
    players.length >= capacity ||
    teams.every((team) => players.filter((player) => player.team === team.name).length >= team.capacity);
  return {
    backfillId,
    state: isFull ? "PAUSED" : "SEARCHING",
    strategy: "MAX_POSSIBLE",
    addPlayers: {},
    progress: [],
    cause: isFull ? "FULL" : undefined,
    noLegalFill: false,
  };
}
