// What a running matcher has journaled of one configuration, as events of a simulation: its tickets, its battles, and its rounds at
// the times at which they decided something. Replayed, the same tickets meet in the same teams.
import type { BackfillId, MatchId, ServerSessionId, TicketId } from "@muster/proto";
import type { MatcherFact, SeatedPlayer } from "../../core/fact.ts";
import { type AssignedPlayer, type Match, ticketsOf } from "../../core/match.ts";
import type { MatcherState } from "../../core/matcher-state.ts";
import type { TicketPlayer } from "../../core/ticket.ts";
import type { SimulationEvent } from "../simulation-event.ts";
import { factsOfConfiguration } from "./facts-of-configuration.ts";
import { foresee, type RecordedFact } from "./foresight.ts";
import { createRecordedBattle, type RecordedBattle } from "./recorded-battle.ts";

export type Recording = {
  readonly events: readonly SimulationEvent[];
  /** What a replay does not show as it was: a sentence each. */
  readonly notes: readonly string[];
};

type Fact<Type extends MatcherFact["type"]> = Extract<MatcherFact, { type: Type }>;
type Decision = Fact<"match-formed"> | Fact<"fill-decided">;

const NOTES = {
  configuration: "Rule sets or configurations changed on the way; a simulation plays by one of each",
  erased: "A player was erased; whatever named the player is not in the journal any more",
  proposals: "Matches waited for acceptance where the journal begins; the replay does not have them",
  seats: "Seats ran out before their tickets heard of them; those search on, and in the replay they do not",
} as const;

/**
 * The events of `configuration` in `journaled`, facts which are in the order of the journal. `before` is the state that the first of them
 * changed, where the journal does not begin with the matcher's first fact any more.
 */
export function recordEvents(
  journaled: readonly RecordedFact[],
  { configuration, before }: { readonly configuration: string; readonly before?: MatcherState | undefined },
): Recording {
  const facts = factsOfConfiguration(journaled, { configuration, before });
  const foresight = foresee(facts);
  const waiting = [...(before?.pools.get(configuration)?.searching.values() ?? [])].toSorted(
    (one, other) => one.searchingSinceMs - other.searchingSinceMs || one.arrival - other.arrival,
  );
  const startMs = Math.floor(waiting[0]?.searchingSinceMs ?? facts[0]?.atMs ?? 0);
  const journaledBefore = new Map<BackfillId, number>();
  for (const { backfill } of before?.sessions.values() ?? []) {
    if (backfill) journaledBefore.set(backfill.document.backfillId, backfill.startedAtMs);
  }
  const events: SimulationEvent[] = [];
  const notes = new Set<string>(before && before.proposals.size > 0 ? [NOTES.proposals] : []);
  const tickets = new Map<TicketId, readonly TicketPlayer[]>();
  const matches = new Map<MatchId, { readonly id: string; readonly match: Match }>();
  const battles = new Map<ServerSessionId, { readonly id: string; readonly battle: RecordedBattle }>();
  /** In a fill that is going to be refused, or waiting for its end to be cancelled. */
  const withheld = new Set<TicketId>();
  let formed = 0;
  let atMs = startMs;

  const tell = (event: { readonly op: string } & Readonly<Record<string, unknown>>) => {
    events.push({ at: (atMs - startMs) / 1_000, ...event });
  };
  const startTicket = (
    ticketId: TicketId,
    players: readonly TicketPlayer[],
    asking?: { readonly joined: number; readonly deadlineAtMs: number },
  ) => {
    tickets.set(ticketId, players);
    if (!asking) return tell({ op: "start", ticketId, players: players.map(writePlayer) });
    const askedPlayerIds = players.slice(asking.joined).map(({ playerId }) => playerId);
    const askedSeconds = Math.max(1, Math.round((asking.deadlineAtMs - atMs) / 1_000));
    const present = players.slice(0, asking.joined).map(writePlayer);
    tell({ op: "start", ticketId, players: present, askedPlayerIds, askedSeconds });
  };
  const joinPlayers = ({ ticketId, players: newcomers }: Fact<"players-joined">) => {
    const byId = new Map(newcomers.map((player) => [player.playerId, player]));
    const known = tickets.get(ticketId);
    if (!known) return;
    tickets.set(
      ticketId,
      known.map((player) => byId.get(player.playerId) ?? player),
    );
    tell({ op: "join", ticketId, players: newcomers.map(writePlayer) });
  };
  const addBattle = (
    battleSessionId: ServerSessionId,
    of: {
      readonly id: string;
      readonly seated: readonly (SeatedPlayer | AssignedPlayer)[];
      readonly backfillId?: string | undefined;
    },
  ): RecordedBattle => {
    const { id, seated, backfillId } = of;
    const startedAt = (of: BackfillId) => {
      const before = journaledBefore.get(of);
      const startedAtMs = foresight.startedAtMs(of) ?? before;
      return startedAtMs === undefined ? undefined : (startedAtMs - startMs) / 1_000;
    };
    const battle = createRecordedBattle({ id, seated, backfillId, startedAt, tell });
    battles.set(battleSessionId, { id, battle });
    return battle;
  };
  /** A battle that the replay does not have by itself, with whoever was in it before the fill. */
  const declare = ({ battleSessionId, newcomers }: Fact<"fill-decided">, { players, region }: Fact<"fill-applied">) => {
    const added = new Set(newcomers.map(({ playerId }) => playerId));
    const seated = players.filter(({ playerId }) => !added.has(playerId));
    const brought = seated.map(({ playerId, team, ticketId }) => {
      const player = ticketId && tickets.get(ticketId)?.find((one) => one.playerId === playerId);
      return player ? { ...writePlayer(player), team } : { playerId, team };
    });
    tell({ op: "session", battleSessionId, ...(region === "" ? {} : { region }), players: brought });
    return addBattle(battleSessionId, { id: battleSessionId, seated });
  };

  /** What one round decided, or several at one instant. */
  const round = (decisions: readonly Decision[], index: number) => {
    const sessions: string[] = [];
    const made: { readonly id: string; readonly decision: Decision }[] = [];
    for (const decision of decisions) {
      const applied = decision.type === "fill-decided" ? foresight.applied(decision.fillId) : undefined;
      if (decision.type === "fill-decided" && !applied) {
        for (const ticketId of ticketsOf(decision.newcomers)) withheld.add(ticketId);
        continue;
      }
      formed += 1;
      made.push({ id: `m${formed}`, decision });
      if (decision.type !== "fill-decided" || !applied) continue;
      const { battleSessionId, newcomers, backfill } = decision;
      const battle = battles.get(battleSessionId)?.battle ?? declare(decision, applied);
      battle.fill(newcomers, backfill, foresight.nextRoster(battleSessionId, index));
      sessions.push(battles.get(battleSessionId)?.id ?? battleSessionId);
    }
    for (const { id, decision } of made) {
      if (decision.type === "match-formed") matches.set(decision.match.matchId, { id, match: decision.match });
    }
    if (made.length === 0) return;
    const held = withheld.size === 0 ? {} : { withheld: [...withheld] };
    tell({ op: "round", decisions: made.length, ...(sessions.length === 0 ? {} : { sessions }), ...held });
  };
  const placed = ({ matchId, battleSessionId, players }: Fact<"match-placed">) => {
    const known = matches.get(matchId);
    matches.delete(matchId);
    // Without auto backfill the replay has no session: it is declared when it is filled.
    if (known?.match.backfillId === undefined) return;
    const { id, match } = known;
    const battle = addBattle(battleSessionId, { id, seated: match.players, backfillId: match.backfillId });
    battle.present(new Set(players.map(({ playerId }) => playerId)));
  };
  const endPlacement = ({ matchId, outcome }: Fact<"placement-ended">) => {
    const known = matches.get(matchId);
    if (known) tell({ op: "placementFailed", matchId: known.id, outcome });
  };
  const accepted = ({ matchId, ticketId, playerIds }: Fact<"match-accepted">) => {
    const known = matches.get(matchId);
    if (known) tell({ op: "accept", ticketId, playerIds, matchId: known.id });
  };
  /** What the clock ends it ends in the replay too. */
  const endProposal = ({ matchId, outcomes }: Fact<"proposal-ended">) => {
    const known = matches.get(matchId);
    matches.delete(matchId);
    if (!known) return;
    for (const { ticketId, fate } of outcomes) {
      if (fate === "REFUSED") tell({ op: "reject", ticketId, matchId: known.id });
      if (fate === "CANCELLED") tell({ op: "cancel", ticketId });
    }
  };
  const noteLostSeats = (assigned: readonly AssignedPlayer[], players: readonly SeatedPlayer[]) => {
    const seated = new Set(players.map(({ ticketId }) => ticketId));
    if (ticketsOf(assigned).some((ticketId) => !seated.has(ticketId))) notes.add(NOTES.seats);
  };
  const follow = (fact: MatcherFact, index: number): void => {
    switch (fact.type) {
      case "rule-set-put":
      case "configuration-put":
      case "rule-set-deleted":
      case "configuration-deleted":
        if (events.length > 0) notes.add(NOTES.configuration);
        break;
      case "ticket-created":
        startTicket(fact.ticketId, fact.players, askingOf(fact));
        break;
      case "players-joined":
        joinPlayers(fact);
        break;
      case "preparation-declined":
        if (tickets.has(fact.ticketId)) tell({ op: "decline", ticketId: fact.ticketId, playerId: fact.playerId });
        break;
      case "ticket-cancelled":
        withheld.delete(fact.ticketId);
        if (tickets.has(fact.ticketId)) tell({ op: "cancel", ticketId: fact.ticketId });
        break;
      case "match-accepted":
        accepted(fact);
        break;
      case "proposal-ended":
        endProposal(fact);
        break;
      case "match-placed":
        noteLostSeats(matches.get(fact.matchId)?.match.players ?? [], fact.players);
        placed(fact);
        break;
      case "placement-ended":
        endPlacement(fact);
        break;
      case "backfill-started":
      case "backfill-changed": {
        const next = foresight.nextRoster(fact.battleSessionId, index);
        battles.get(fact.battleSessionId)?.battle.backfillChanged(fact.backfill, next);
        break;
      }
      case "fill-applied":
        noteLostSeats(foresight.decided(fact.fillId)?.newcomers ?? [], fact.players);
        battles.get(fact.battleSessionId)?.battle.present(new Set(fact.players.map(({ playerId }) => playerId)));
        break;
      case "fill-dropped":
        for (const ticketId of ticketsOf(foresight.decided(fact.fillId)?.newcomers ?? [])) {
          if (!foresight.isCancelledNext(ticketId, index)) withheld.delete(ticketId);
        }
        break;
      case "session-ended": {
        const known = battles.get(fact.battleSessionId);
        battles.delete(fact.battleSessionId);
        if (known) tell({ op: "endSession", battleSessionId: known.id });
        break;
      }
      case "player-erased":
        notes.add(NOTES.erased);
        break;
      default:
        break;
    }
  };

  for (const ticket of waiting) {
    atMs = ticket.searchingSinceMs;
    startTicket(ticket.ticketId, ticket.players);
  }
  for (let index = 0; index < facts.length; ) {
    const decisions = decisionsAt(facts, index);
    const next = facts[index];
    if (next) atMs = next.atMs;
    if (decisions.length > 0) round(decisions, index);
    else if (next) follow(next.fact, index);
    index += Math.max(1, decisions.length);
  }
  return { events, notes: [...notes] };
}

/** What rounds decided in one go at the time of the fact at `index`: nothing else came between. */
function decisionsAt(facts: readonly RecordedFact[], index: number): readonly Decision[] {
  const decisions: Decision[] = [];
  const atMs = facts[index]?.atMs;
  for (let next = facts[index]; next?.atMs === atMs; next = facts[index + decisions.length]) {
    if (next?.fact.type !== "match-formed" && next?.fact.type !== "fill-decided") break;
    decisions.push(next.fact);
  }
  return decisions;
}

function writePlayer({ playerId, attributes, latenciesMs, team }: TicketPlayer) {
  const latencies = Object.keys(latenciesMs).length === 0 ? {} : { latencies: latenciesMs };
  return { playerId, ...(team === undefined ? {} : { team }), attributes, ...latencies };
}

function askingOf({ joined, timesOutAtMs: deadlineAtMs }: Fact<"ticket-created">) {
  return joined === undefined ? undefined : { joined, deadlineAtMs };
}
