// Random histories of the pure core, with a fleet that answers as it likes: for tests of what must always be true.
import type { Random } from "@muster/kit";
import {
  type BattleSession,
  type ErasureId,
  type FillId,
  type JoinKeyId,
  MusterError,
  type PartyId,
  type PlayerId,
  type PlayerSessionId,
  type ProcessId,
  type ServerSessionId,
  type TicketId,
} from "@muster/proto";
import fc from "fast-check";
import { configurationOf, DUEL, EQUAL_TEAMS } from "../matcher-world.fixture.ts";
import { decideAcceptMatch } from "./accept-match.ts";
import { decideCancelMatching } from "./cancel-matching.ts";
import { decideDue } from "./deadlines.ts";
import { decideAbsences } from "./decide-absences.ts";
import { decideDeleteConfiguration } from "./delete-configuration.ts";
import { type FindSeat, noteRefused } from "./duplicate-players.ts";
import { decideErasePlayer, decideErasureCompleted } from "./erase-player.ts";
import { evolve } from "./evolve.ts";
import type { MatcherFact, StampedFact } from "./fact.ts";
import { decideFillApplied, decideFillDropped, decidePlacementReport } from "./fleet-reports.ts";
import { decideDeclineMatching, decideJoinMatching } from "./join-matching.ts";
import { decideDueKey } from "./join-tokens/decide-keys.ts";
import { decideRedeem } from "./join-tokens/decide-redeem.ts";
import { presentPlacementId } from "./match.ts";
import { createMatcherState, type MatcherState, touchSession } from "./matcher-state.ts";
import { decideCreateParty, decideParty, type PartyAction } from "./party/decide-party.ts";
import { missingPlayers } from "./preparation.ts";
import { decidePutConfiguration, decidePutRuleSet } from "./put-configuration.ts";
import { decideRound } from "./round.ts";
import { decideSessionChange } from "./session-change.ts";
import { decideStartMatching } from "./start-matching.ts";
import type { TicketPlayer } from "./ticket.ts";

/** Most tickets of a box are of the first. */
export const BOX_CONFIGURATIONS = ["auto", "asked", "asked-once", "group"] as const;
/** What the sessions of one of them are made with. */
const SESSION = { name: "Box", reservationMs: 5_000, disconnectGraceMs: 0 };

export type Box = ReturnType<typeof createBox>;

/** A core with its journal, and a fleet of battle sessions as plain values. */
export function createBox(
  random: Random,
  options: {
    readonly onDecided?: (state: MatcherState, fact: MatcherFact) => void;
    /** How long what has ended is remembered, in ms. Default: longer than any history lasts. */
    readonly endedMs?: number;
    readonly placementRetries?: number;
  } = {},
) {
  const state = createMatcherState();
  const journal: StampedFact[] = [];
  const sessions = new Map<ServerSessionId, BattleSession>();
  const acknowledged = new Set<TicketId>();
  let nowMs = 0;

  const commit = (facts: readonly MatcherFact[]) => {
    for (const fact of facts) {
      const stamped = { sequence: journal.length + 1, atMs: nowMs, atWallMs: nowMs, fact };
      journal.push(stamped);
      evolve(state, stamped);
    }
  };
  const pick = <Item>(items: Iterable<Item>): Item | undefined => {
    const all = [...items];
    return all[Math.floor(random.fraction() * all.length)];
  };
  const seat = (playerId: PlayerId, team: string, ticketId: TicketId) => ({
    ...{ playerSessionId: `ps_${playerId}` as PlayerSessionId, playerId, team, ticketId, state: "ACTIVE" as const },
    ...{ attributes: {}, expiresAtMs: undefined },
  });
  const findSeat: FindSeat = (playerId) => {
    for (const session of sessions.values()) {
      const own = session.playerSessions.find((one) => one.playerId === playerId);
      const { battleSessionId } = session;
      if (own?.ticketId !== undefined) return { ticketId: own.ticketId, battleSessionId, session };
    }
    return undefined;
  };
  const { placementRetries = 2 } = options;
  const configurations = BOX_CONFIGURATIONS.map((name) => {
    const acceptance = { timeoutMs: 60_000, autoContinue: name === "asked" };
    if (name === "group") return configurationOf({ name, queue: undefined, joinTokens: { lifetimeMs: 20_000 } });
    const duplicatePlayers = { scope: "CONFIGURATION", onDuplicate: "REFUSE", onSeated: "REJOIN" } as const;
    const more = name === "auto" ? { autoBackfill: true, session: SESSION, duplicatePlayers } : { acceptance };
    return configurationOf({ name, ruleSet: "equal", placementRetries, ...more });
  });
  commit([
    { type: "join-key-added", keyId: "jk_0" as JoinKeyId, secret: new Uint8Array(32), signsFromMs: 0 },
    { type: "rule-set-put", name: "duel", document: JSON.stringify(DUEL) },
    { type: "rule-set-put", name: "equal", document: JSON.stringify(EQUAL_TEAMS) },
    ...configurations.map((configuration): MatcherFact => ({ type: "configuration-put", configuration })),
  ]);

  const steps = {
    queue(size: number, seed: number) {
      const ticketId = `t${acknowledged.size}` as TicketId;
      const players = Array.from({ length: size }, (_, i) => ({
        ...{ playerId: `p${(seed + i) % 40}` as PlayerId, team: seed % 7 === 0 ? "red" : undefined },
        ...(seed % 4 === 0 ? { data: `{"skin":${seed}}` } : {}),
        ...(seed % 2 === 0
          ? { attributes: {}, latenciesMs: {} }
          : { attributes: { skill: seed }, latenciesMs: { eu: i } }),
      }));
      const isOfGroup = size === 1 && seed >= 36;
      const configuration = isOfGroup ? "group" : (BOX_CONFIGURATIONS[Math.max(0, (seed >> 3) - 2)] ?? "auto");
      try {
        const presenceGraceMs = seed % 5 === 0 ? 7_000 : undefined;
        const request = { ticketId, configuration, bodyDigest: "", presenceGraceMs };
        if (size > 1 && seed % 3 === 0) {
          const asked = players.slice(1).map(({ playerId }) => playerId);
          const preparation = { asked, timeoutMs: 20_000 };
          commit(decideStartMatching(state, { ...request, players: players.slice(0, 1), preparation }, nowMs));
        } else {
          // Of those who come in threes some sit in a battle, and are led back.
          const parts = size === 3 || seed % 4 === 0 ? { findSeat } : {};
          commit(decideStartMatching(state, { ...request, players }, nowMs, undefined, parts));
        }
        acknowledged.add(ticketId);
      } catch (error) {
        const refused =
          error instanceof MusterError &&
          ["PLAYER_ALREADY_QUEUED", "PLAYER_ALREADY_SEATED", "CONFIGURATION_NOT_FOUND"].includes(error.reason);
        if (!refused) throw error;
        const playerIds = players.map(({ playerId }) => playerId);
        const noted = noteRefused(error as MusterError, { ticketId, configuration, playerIds });
        if (noted) commit([noted]);
      }
    },
    /** Something happens to a party of a few players, of whom nobody asks whether they may; or its leader queues. */
    party(word: number, seed: number) {
      const player = (id: number) => {
        return { playerId: `p${id % 40}` as PlayerId, attributes: { skill: id }, latenciesMs: {}, team: undefined };
      };
      const known = pick(state.parties.byId.values());
      const { partyId = `party${seed % 5}` as PartyId, leaderId = "" as PlayerId } = known ?? {};
      const mate: TicketPlayer = player(seed);
      const { playerId } = mate;
      const others = known?.members ?? [mate];
      const member = pick(others)?.playerId ?? playerId;
      const actions: readonly PartyAction[] = [
        { type: "invite", leaderId, playerId, timeoutMs: 10_000 },
        { type: "ask", player: mate, timeoutMs: 10_000 },
        { type: "join", player: mate },
        { type: "join", player: pick(known?.offers ?? [])?.player ?? mate },
        { type: "accept-ask", leaderId, playerId: pick(known?.offers ?? [])?.player.playerId ?? playerId },
        { type: "refuse-ask", leaderId, playerId },
        { type: "leave", playerId: member },
        { type: "kick", leaderId, playerId: member },
        { type: "promote", leaderId, playerId: member },
        { type: "update-member", player: { ...mate, playerId: member } },
        { type: "dissolve", leaderId },
      ];
      const action = actions[word % (actions.length + 6)];
      try {
        if (!known || known.endedAtMs !== undefined || word % 7 === 0) {
          const terms = { membersMax: 3, isOpen: seed % 2 === 0, properties: { map: "dust" }, bodyDigest: "" };
          commit(decideCreateParty(state, { partyId: `party${journal.length}` as PartyId, leader: mate, ...terms }));
        } else if (action) {
          const requestId = seed % 3 === 0 ? `r${word}` : undefined;
          commit(decideParty(state, { partyId, requestId, bodyDigest: "", action }, nowMs));
        } else {
          const ticketId = `t${acknowledged.size}` as TicketId;
          const configuration = BOX_CONFIGURATIONS[word % BOX_CONFIGURATIONS.length] ?? "auto";
          const request = { ticketId, configuration, players: [], bodyDigest: "", party: { partyId, leaderId } };
          commit(decideStartMatching(state, request, nowMs));
          acknowledged.add(ticketId);
        }
      } catch (error) {
        if (!(error instanceof MusterError)) throw error;
      }
    },
    /** Somebody who was asked to a ticket joins it, or rarely declines. */
    join(word: number) {
      const prepared = [...state.tickets.values()].filter(({ ticket }) => ticket.state.phase === "PREPARING");
      const { ticketId, state: at, players } = pick(prepared)?.ticket ?? {};
      if (ticketId === undefined || !players || at?.phase !== "PREPARING") return;
      const playerId = pick(missingPlayers(at.preparation, players));
      if (playerId === undefined || nowMs >= at.preparation.deadlineAtMs) return;
      const player = { playerId, attributes: { skill: word }, latenciesMs: {}, team: undefined };
      if (word === 0) commit(decideDeclineMatching(state, { ticketId, playerId }));
      else commit(decideJoinMatching(state, { ticketId, players: [player] }, nowMs));
    },
    cancel() {
      const id = pick(acknowledged);
      if (id === undefined) return;
      try {
        const decision = decideCancelMatching(state, id, nowMs);
        if (decision.type === "decided") commit(decision.facts);
      } catch (error) {
        const refused =
          error instanceof MusterError && ["TICKET_ALREADY_MATCHED", "TICKET_NOT_FOUND"].includes(error.reason);
        if (!refused) throw error;
      }
    },
    /** Owners of a few tickets are gone for good. */
    absences() {
      const live = [...state.tickets.values()].filter(({ ticket }) => ticket.presenceGraceMs !== undefined);
      const missed = [pick(live), pick(live), pick(live)].flatMap((entry) => (entry ? [entry.ticket.ticketId] : []));
      commit(decideAbsences(state, [...new Set(missed)], nowMs).facts);
    },
    round() {
      for (const id of sessions.keys()) touchSession(state, id);
      for (const configuration of BOX_CONFIGURATIONS) {
        const round = decideRound(state, {
          ...{ configuration, nowMs, random, endpoint: "", withheld: new Set() },
          findFillable: (id) => sessions.get(id),
        });
        for (const fact of round.facts) options.onDecided?.(state, fact);
        commit(round.facts);
      }
    },
    /** Players of an open proposal accept, all or one of them, or one refuses. */
    answer(word: number) {
      const proposal = pick(state.proposals.values());
      if (!proposal) return;
      const { matchId, players } = proposal.match;
      const asked = word < 8 ? [pick(players) ?? players[0]] : players;
      for (const one of asked) {
        if (!one || !state.proposals.has(matchId)) continue;
        const answer = word === 0 ? "REFUSE" : "ACCEPT";
        const request = { ticketId: one.ticketId, matchId, playerIds: [one.playerId], answer } as const;
        commit(decideAcceptMatch(state, request, nowMs));
      }
    },
    placement(word: number) {
      const match = pick(state.matches.values());
      if (!match) return;
      const placementId = presentPlacementId(match);
      if (word % 4 !== 0) {
        const id = `bs_${sessions.size}` as ServerSessionId;
        const session: BattleSession = {
          ...{ battleSessionId: id, revision: 1, rosterVersion: 1, state: "ACTIVE", teams: match.teams },
          ...{ capacity: match.capacity, properties: {}, data: "", creationPolicy: "ACCEPT_ALL", backfill: undefined },
          ...{
            matchId: match.matchId,
            configuration: match.configuration,
            address: undefined,
            processId: "proc" as ProcessId,
          },
          ...{ incarnation: 1, fleet: "", region: "", createdAtMs: 0, unreachable: false, endCause: undefined },
          playerSessions: match.players.map((one) => seat(one.playerId, one.team, one.ticketId)),
        };
        sessions.set(id, session);
        commit(decidePlacementReport(state, { placementId, state: "FULFILLED", session }));
        commit(decideSessionChange(state, session));
      } else {
        const outcome = (["FAILED", "TIMED_OUT", "CANCELLED"] as const)[word % 3] ?? "FAILED";
        commit(decidePlacementReport(state, { placementId, state: outcome, failure: "" }));
      }
    },
    fill() {
      const matched = pick([...state.sessions.values()].filter((one) => one.fill));
      const session = matched && sessions.get(matched.battleSessionId);
      if (!matched?.fill || !session) return;
      const { fillId, expectedRosterVersion, newcomers } = matched.fill;
      const { battleSessionId, rosterVersion } = session;
      if (session.state !== "ACTIVE" || rosterVersion !== expectedRosterVersion) {
        commit(decideFillDropped(state, fillId, { battleSessionId, reason: "ROSTER_VERSION_STALE" }));
      } else {
        const added = newcomers.map((one) => seat(one.playerId, one.team, one.ticketId));
        const filled = {
          ...session,
          rosterVersion: rosterVersion + 1,
          playerSessions: [...session.playerSessions, ...added],
        };
        sessions.set(battleSessionId, filled);
        commit(decideFillApplied(state, fillId as FillId, { session: filled, present: filled }));
      }
      commit(decideSessionChange(state, sessions.get(battleSessionId) ?? session));
    },
    leave() {
      const session = pick(sessions.values());
      const gone = session && pick(session.playerSessions);
      if (!session || !gone) return;
      const playerSessions = session.playerSessions.filter((one) => one !== gone);
      const next = { ...session, rosterVersion: session.rosterVersion + 1, playerSessions };
      sessions.set(session.battleSessionId, next);
      commit(decideSessionChange(state, next));
    },
    end() {
      const session = pick(sessions.values());
      if (!session || session.state === "TERMINATED") return;
      const ended = { ...session, state: "TERMINATED" as const, endCause: "GAME_ENDED" as const, playerSessions: [] };
      sessions.set(session.battleSessionId, ended);
      commit(decideSessionChange(state, ended));
    },
    erase(seed: number) {
      const erasureId = `er_${journal.length}` as ErasureId;
      const erasure = { erasureId, playerId: `p${seed}` as PlayerId, playerDigest: "digest" };
      try {
        commit(decideErasePlayer(state, erasure, (id) => sessions.get(id)));
      } catch (error) {
        const refused =
          error instanceof MusterError &&
          ["PLAYER_IN_LIVE_TICKET", "PLAYER_SEATED", "PLAYER_IN_PARTY"].includes(error.reason);
        if (!refused) throw error;
      }
      if (seed % 2 === 0) commit(decideErasureCompleted(state, erasureId));
    },
    /** Rules are said in other words; a configuration is changed, goes, or comes again. */
    configure(word: number) {
      const configuration = configurations[word % 3];
      if (!configuration) return;
      const { name } = configuration;
      if (word < 3) {
        const document = JSON.stringify(EQUAL_TEAMS) + " ".repeat(word);
        commit(decidePutRuleSet(state, { name: "equal", document, newTicketsOnly: word !== 1 }));
      } else if (word < 6 && state.configurations.has(name)) {
        commit(decideDeleteConfiguration(state, { name }));
      } else {
        commit(
          decidePutConfiguration(state, { ...configuration, data: `${word}` }, { newTicketsOnly: word % 2 === 0 }),
        );
      }
    },
    /** A player shows a join token, or there is another key. */
    joins(word: number) {
      if (word === 0) {
        const keyId = `jk_${journal.length}` as JoinKeyId;
        return commit(decideDueKey(state, { keyId, secret: random.bytes(32), everyMs: 1, delayMs: 5_000 }, nowMs));
      }
      const granted = [...state.tickets.values()].filter(({ ticket: { state: at } }) => {
        return at.phase === "COMPLETED" && at.assignment.joinGrant;
      });
      const ticket = pick(granted)?.ticket;
      const playerId = ticket && pick(ticket.players)?.playerId;
      if (ticket?.state.phase !== "COMPLETED" || !ticket.state.matchId || playerId === undefined) return;
      const { ticketId } = ticket;
      const claims = { matchId: ticket.state.matchId, ticketId, playerId, expiresAtWallMs: nowMs + 1 };
      const request = { claims, matchId: undefined, requestId: word % 2 === 0 ? "again" : "" };
      try {
        commit(decideRedeem(state, request, { nowMs, wallMs: nowMs }).facts);
      } catch (error) {
        const reasons = ["JOIN_TOKEN_EXPIRED", "JOIN_TOKEN_REDEEMED"];
        if (!(error instanceof MusterError && reasons.includes(error.reason))) throw error;
      }
    },
    wait(ms: number) {
      nowMs += ms;
      commit(decideDue(state, nowMs, options.endedMs));
    },
  };
  return { state, journal, acknowledged, sessions, steps };
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("queue" as const), size: fc.integer({ min: 1, max: 3 }), seed: fc.nat(39) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("round" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("placement" as const), word: fc.nat(11) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("answer" as const), word: fc.nat(11) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("join" as const), word: fc.nat(11) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("party" as const), word: fc.nat(1_000), seed: fc.nat(39) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("fill" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("leave" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("cancel" as const, "end" as const, "absences" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("erase" as const), seed: fc.nat(39) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("configure" as const), word: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("joins" as const), word: fc.nat(11) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(30_000) }) },
);

export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** What happens to a box, as a list of 60 to 250 steps. */
export const histories = fc.array(step, { minLength: 60, maxLength: 250 });

export function takeStep(box: Box, one: Step): void {
  if (one.do === "erase") box.steps.erase(one.seed);
  else if (one.do === "queue") box.steps.queue(one.size, one.seed);
  else if (one.do === "party") box.steps.party(one.word, one.seed);
  else if (one.do === "join") box.steps.join(one.word);
  else if (one.do === "answer") box.steps.answer(one.word);
  else if (one.do === "placement") box.steps.placement(one.word);
  else if (one.do === "configure") box.steps.configure(one.word);
  else if (one.do === "joins") box.steps.joins(one.word);
  else if (one.do === "wait") box.steps.wait(one.ms);
  else box.steps[one.do]();
}
