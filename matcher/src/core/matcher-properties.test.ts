// Random histories of the pure core against what must always be true (T-NO-LOSS, T-LEGAL-EDGE, T-PLAYER-ONCE, M-DISJOINT, M-RULES,
// M-DETERMINISTIC), with a fleet that answers as it likes.
import { createSeededRandom } from "@muster/kit";
import type { TicketId } from "@muster/proto";
import { judge } from "@muster/rules";
import fc from "fast-check";
import { expect, test } from "vitest";
import { factCodec } from "../journal-codec/fact-codec.ts";
import { seatedTeams } from "./assess-backfill.ts";
import { type Cohort, cohortsOf } from "./cohorts.ts";
import { evolve } from "./evolve.ts";
import type { MatcherFact } from "./fact.ts";
import { createMatcherState, type MatcherState } from "./matcher-state.ts";
import { BOX_CONFIGURATIONS, type Box, createBox, histories, takeStep } from "./random-history.fixture.ts";
import { isLive, readPhase } from "./ticket.ts";
import { historyOf } from "./ticket-events.ts";

const LEGAL = new Set([
  ...[
    "PREPARING>PREPARING",
    "PREPARING>SEARCHING",
    "PREPARING>CANCELLED",
    "PREPARING>TIMED_OUT",
    "SEARCHING>REQUIRES_ACCEPTANCE",
    "REQUIRES_ACCEPTANCE>REQUIRES_ACCEPTANCE",
    "REQUIRES_ACCEPTANCE>PLACING",
  ],
  ...["REQUIRES_ACCEPTANCE>SEARCHING", "REQUIRES_ACCEPTANCE>CANCELLED", "REQUIRES_ACCEPTANCE>TIMED_OUT"],
  ...["SEARCHING>PLACING", "SEARCHING>COMPLETED", "SEARCHING>CANCELLED", "SEARCHING>TIMED_OUT"],
  ...["PLACING>COMPLETED", "PLACING>SEARCHING", "PLACING>FAILED"],
]);

/** M-RULES and B-FIT: what was decided is legal by the judge, on the roster that it was decided for. */
function assertLegal(state: MatcherState, fact: MatcherFact): void {
  const held = state.ruleSets.get("equal");
  if (!held || fact.type !== "match-formed") return;
  // Tickets meet those of their cohort, by the versions of it.
  const { configuration, players, formedBy } = fact.match;
  const arrivals = players.map(({ ticketId }) => state.tickets.get(ticketId)?.ticket.arrival ?? 0);
  const isIn =
    ({ fromArrival, untilArrival }: Cohort) =>
    (at: number) =>
      at >= fromArrival && at < untilArrival;
  const cohort = cohortsOf(state, configuration).find((one) => arrivals.every(isIn(one)));
  expect(cohort?.choices.map((choice) => choice.formedBy)).toEqual([formedBy]);
  const playerSessions = fact.match.players.map((one) => ({ ...one, attributes: {} }));
  const teams = fact.match.teams.map(({ name }) => ({
    name,
    players: playerSessions.filter((one) => one.team === name),
  }));
  expect(judge(held.ruleSet, teams)).toEqual([]);
}

function assertInvariants(box: Box): void {
  const { state, acknowledged, sessions } = box;
  const inMatch = new Map<TicketId, string>();
  const claim = (ticketId: TicketId, by: string) => {
    // M-DISJOINT, for what is under way.
    expect(inMatch.get(ticketId) ?? by).toBe(by);
    inMatch.set(ticketId, by);
  };
  for (const match of state.matches.values()) for (const { ticketId } of match.players) claim(ticketId, match.matchId);
  for (const { match, view } of state.proposals.values()) {
    for (const { ticketId } of match.players) claim(ticketId, match.matchId);
    expect(view.accepted.length).toBeLessThan(match.players.length);
  }
  for (const { fill } of state.sessions.values()) {
    for (const { ticketId } of fill?.newcomers ?? []) claim(ticketId, fill?.fillId ?? "");
  }
  const searching = new Set(
    BOX_CONFIGURATIONS.flatMap((name) => Array.from(state.pools.get(name)?.searching.values() ?? [])).map(
      ({ ticketId }) => ticketId,
    ),
  );
  const livePlayers = new Set<string>();
  for (const id of acknowledged) {
    const entry = state.tickets.get(id);
    // T-NO-LOSS.
    if (!entry) throw new Error(`ticket ${id} is lost`);
    const { ticket } = entry;
    const history = historyOf(entry);
    expect(inMatch.has(id)).toBe(["PLACING", "CLAIMED", "REQUIRES_ACCEPTANCE"].includes(ticket.state.phase));
    expect(searching.has(id)).toBe(ticket.state.phase === "SEARCHING");
    // T-LEGAL-EDGE.
    const changes = history.filter((event) => event.type !== "SESSION_ENDED");
    for (const [index, event] of changes.entries()) {
      expect(event.ticket.version).toBe(index + 1);
      const before = changes[index - 1];
      if (before) expect(LEGAL).toContain(`${readPhase(before.ticket.state)}>${readPhase(event.ticket.state)}`);
    }
    if (!isLive(ticket)) continue;
    for (const { playerId } of ticket.players) {
      const held = `${playerId} of ${ticket.configuration}`;
      expect(livePlayers.has(held)).toBe(false); // T-PLAYER-ONCE.
      livePlayers.add(held);
    }
  }
  assertParties(state);
  for (const session of sessions.values()) {
    for (const { players, name } of seatedTeams(session)) expect([name, players.length <= 3]).toEqual([name, true]);
    const record = state.sessions.get(session.battleSessionId);
    if (session.state !== "TERMINATED") continue;
    // ERROR: its configuration had been deleted before.
    const ends = session.configuration === "auto" ? ["CANCELLED", "ERROR"] : [undefined];
    expect(ends).toContain(record?.backfill?.document.state);
  }
}

/** A player is in one party; a party's live ticket that may be matched is of its members, all of them. */
function assertParties(state: MatcherState): void {
  const members = new Map<string, string>();
  for (const party of state.parties.byId.values()) {
    expect(party.members.length).toBeLessThanOrEqual(party.membersMax);
    const isLed = party.members.some(({ playerId }) => playerId === party.leaderId);
    expect(isLed).toBe(party.endedAtMs === undefined);
    for (const { playerId } of party.members) {
      expect(members.has(playerId)).toBe(false);
      members.set(playerId, party.partyId);
    }
  }
  expect(Object.fromEntries(state.parties.memberOf)).toEqual(Object.fromEntries(members));
  for (const { ticket } of state.tickets.values()) {
    const { partyId, state: at, players } = ticket;
    const isOpen = at.phase === "PREPARING" || at.phase === "SEARCHING" || at.phase === "REQUIRES_ACCEPTANCE";
    if (partyId === undefined || !isOpen) continue;
    const idsOf = (of: readonly { readonly playerId: string }[]) => of.map(({ playerId }) => playerId).toSorted();
    expect(idsOf(state.parties.byId.get(partyId)?.members ?? [])).toEqual(idsOf(players));
  }
}

/** Without where the engine keeps them: it is made by the first round, and a replay has none. */
function ticketsOf({ tickets }: MatcherState) {
  return new Map(
    [...tickets].map(([id, { search, ...entry }]) => [id, { ...entry, search: search && { ...search, slot: -1 } }]),
  );
}

const reached = new Set<string>();

test("random histories keep every promise, and the journal alone makes the same state again", () => {
  fc.assert(
    fc.property(histories, fc.nat(), (history, seed) => {
      const box = createBox(createSeededRandom(seed), { onDecided: assertLegal });
      for (const one of history) {
        takeStep(box, one);
        assertInvariants(box);
      }
      for (const { fact } of box.journal) reached.add(fact.type);
      const replayed = createMatcherState();
      for (const { fact, ...at } of box.journal) {
        const { kind, body } = factCodec.encode({ atWallMs: at.atWallMs, fact });
        evolve(replayed, { ...at, ...factCodec.decode(kind, body) });
      }
      expect(ticketsOf(replayed)).toEqual(ticketsOf(box.state));
      expect(new Map(replayed.matches)).toEqual(new Map(box.state.matches));
      expect([...replayed.proposals].map(([id, { view }]) => [id, view])).toEqual(
        [...box.state.proposals].map(([id, { view }]) => [id, view]),
      );
      expect(new Map(replayed.sessions)).toEqual(new Map(box.state.sessions));
      expect([...replayed.parties.byId.values()]).toEqual([...box.state.parties.byId.values()]);
      expect(replayed.events.last).toBe(box.state.events.last);
    }),
    // A fixed seed, so that the goals below are reached by every run or by none.
    { numRuns: 40, seed: 7 },
  );
  // The histories are worth something only if they get there.
  const goals = ["match-placed", "placement-ended", "fill-decided", "fill-applied", "fill-dropped", "session-ended"];
  goals.push("match-accepted", "proposal-ended", "party-changed");
  expect([...reached]).toEqual(
    expect.arrayContaining([...goals, "ticket-cancelled", "ticket-timed-out", "player-erased"]),
  );
}, 60_000);
