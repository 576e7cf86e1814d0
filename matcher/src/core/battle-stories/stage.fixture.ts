// Battles on the matcher's real core and engine, with a fleet of a few lines: seats by its contract, and everything else as the
// test says. A stage is told a story in words, and shows its battles as the game would see them.
import { createSeededRandom, type Random } from "@muster/kit";
import {
  type Attributes,
  applySessionChange,
  type Backfill,
  type BackfillId,
  type BackfillStrategy,
  type BattleSession,
  type MatchId,
  type PlayerId,
  type PlayerSession,
  type PlayerSessionId,
  type ProcessId,
  type SeatEndCause,
  type ServerSessionId,
  type SessionChange,
  type TicketId,
} from "@muster/proto";
import { capacityOf, parseRuleSet } from "@muster/rules";
import { configurationOf } from "../../matcher-world.fixture.ts";
import { isSameDocument } from "../backfill.ts";
import { decideCancelBackfill } from "../cancel-backfill.ts";
import { decideCancelMatching } from "../cancel-matching.ts";
import type { Configuration } from "../configuration.ts";
import { decideDue } from "../deadlines.ts";
import { evolve } from "../evolve.ts";
import type { MatcherFact, StampedFact } from "../fact.ts";
import { decideFillApplied, decideFillDropped, decidePlacementReport } from "../fleet-reports.ts";
import { presentPlacementId } from "../match.ts";
import { createMatcherState, type MatcherState, touchSession } from "../matcher-state.ts";
import { decideRound, teamsOf } from "../round.ts";
import { decideSessionChange } from "../session-change.ts";
import { decideStartBackfill } from "../start-backfill.ts";
import { decideStartMatching } from "../start-matching.ts";

/** What a player brings. */
export type Who = {
  readonly attributes?: Attributes;
  readonly latenciesMs?: Readonly<Record<string, number>>;
  readonly team?: string;
};

export type StageOptions = {
  readonly ruleSet: object;
  readonly configuration?: Partial<Configuration>;
  /** By player: who is not named brings nothing. */
  readonly who?: Readonly<Record<string, Who>>;
  readonly random?: Random;
  /** Whether the game lets them in, where it is asked. Default: it does. */
  readonly approves?: (playerIds: readonly string[]) => boolean;
};

export type Stage = ReturnType<typeof createStage>;

export const CONFIGURATION = "stage";
const REGION = "eu";

/** A stage without battles and without anybody who waits. */
export function createStage(options: StageOptions) {
  const { random = createSeededRandom(1), who = {}, approves = () => true } = options;
  const ruleSet = parseRuleSet(options.ruleSet);
  const state: MatcherState = createMatcherState();
  const journal: StampedFact[] = [];
  const sessions = new Map<ServerSessionId, BattleSession>();
  /** Fills that the fleet was asked for and has not answered yet, oldest first. */
  const underway: ServerSessionId[] = [];
  const refusals: string[] = [];
  let holdsFills = false;
  let nowMs = 0;
  let counter = 0;

  const commit = (facts: readonly MatcherFact[]) => {
    for (const fact of facts) {
      const stamped = { sequence: journal.length + 1, atMs: nowMs, atWallMs: nowMs, fact };
      journal.push(stamped);
      evolve(state, stamped);
      if (fact.type === "fill-decided") underway.push(fact.battleSessionId);
    }
  };
  commit([
    { type: "rule-set-put", name: "rules", document: JSON.stringify(options.ruleSet) },
    {
      type: "configuration-put",
      configuration: configurationOf({ name: CONFIGURATION, ruleSet: "rules", ...options.configuration }),
    },
  ]);

  const get = (id: string = [...sessions.keys()].at(-1) ?? ""): BattleSession => {
    const session = sessions.get(id as ServerSessionId);
    if (!session) throw new Error(`no battle ${id}`);
    return session;
  };
  /** The fleet makes a change, and the feed brings it to the matcher at once. */
  const change = (id: string | undefined, partial: Partial<SessionChange>): BattleSession => {
    const session = get(id);
    const { added = [], removed = [] } = partial;
    const isRoster = added.length + removed.length > 0 || partial.capacity !== undefined;
    const isDoor = partial.creationPolicy !== undefined || partial.unreachable !== undefined;
    const next = applySessionChange(session, {
      ...{ reason: "BACKFILL_UPDATED", updated: [], ...partial, added, removed },
      battleSessionId: session.battleSessionId,
      revision: session.revision + 1,
      rosterVersion: session.rosterVersion + (isRoster || isDoor ? 1 : 0),
    });
    sessions.set(session.battleSessionId, next);
    return next;
  };
  const hear = (id: string) => {
    commit(decideSessionChange(state, get(id)));
    touchSession(state, id as ServerSessionId);
    const document = state.sessions.get(id as ServerSessionId)?.backfill?.document;
    const shown = get(id).backfill;
    const isOver = get(id).state === "TERMINATED";
    if (document && !isOver && !(shown && isSameDocument(shown, document))) change(id, { backfill: document });
  };
  const changeAndHear = (id: string | undefined, partial: Partial<SessionChange>) => {
    hear(change(id, partial).battleSessionId);
  };
  const seatOf = (playerId: string, team: string, ticketId: TicketId | undefined): PlayerSession => {
    counter += 1;
    return {
      playerSessionId: `ps_${counter}` as PlayerSessionId,
      playerId: playerId as PlayerId,
      team,
      ticketId,
      state: "RESERVED",
      attributes: who[playerId]?.attributes ?? {},
      expiresAtMs: undefined,
    };
  };
  const ticketOf = (playerIds: readonly string[]): TicketId => `t-${playerIds.join("-")}` as TicketId;
  const queue = (playerIds: readonly string[]): TicketId => {
    const ticketId = ticketOf(playerIds);
    const players = playerIds.map((playerId) => {
      const { attributes = {}, latenciesMs = {}, team } = who[playerId] ?? {};
      return { playerId: playerId as PlayerId, attributes, latenciesMs, team };
    });
    commit(decideStartMatching(state, { ticketId, configuration: CONFIGURATION, players, bodyDigest: "" }, nowMs));
    return ticketId;
  };
  const sessionOf = (id: ServerSessionId, parts: Partial<BattleSession>): BattleSession => ({
    ...{ battleSessionId: id, revision: 1, rosterVersion: 1, state: "ACTIVE", teams: teamsOf(ruleSet) },
    ...{ capacity: capacityOf(ruleSet), properties: {}, data: "", creationPolicy: "ACCEPT_ALL", backfill: undefined },
    ...{ matchId: undefined, configuration: CONFIGURATION, address: undefined, processId: "proc" as ProcessId },
    ...{ incarnation: 1, fleet: "", region: REGION, createdAtMs: 0, unreachable: false, endCause: undefined },
    playerSessions: [],
    ...parts,
  });
  /** Every match that waits for a session gets one. */
  const place = () => {
    for (const match of [...state.matches.values()]) {
      const id = `bs_${sessions.size + 1}` as ServerSessionId;
      const { matchId, teams, capacity } = match;
      const playerSessions = match.players.map(({ playerId, team, ticketId }) => seatOf(playerId, team, ticketId));
      const session = sessionOf(id, { matchId, teams, capacity, playerSessions });
      sessions.set(id, session);
      commit(decidePlacementReport(state, { placementId: presentPlacementId(match), state: "FULFILLED", session }));
      hear(id);
    }
  };
  /** No match that waits for a session gets one. */
  const failPlacements = () => {
    for (const match of [...state.matches.values()]) {
      const placementId = presentPlacementId(match);
      commit(decidePlacementReport(state, { placementId, state: "FAILED", failure: "" }));
    }
  };
  /** The fleet answers the oldest fill that it was asked for. */
  const answerFill = () => {
    const id = underway.shift();
    const fill = id && state.sessions.get(id)?.fill;
    if (!id || !fill) return;
    const session = get(id);
    const refuse = (reason: string) => {
      refusals.push(reason);
      commit(decideFillDropped(state, fill.fillId, { battleSessionId: id, reason }));
    };
    const teamOf = (seat: { readonly team: string | undefined }, name: string) => seat.team === name;
    const isOver = session.teams.some(({ name, capacity }) => {
      const joining = fill.newcomers.filter((seat) => teamOf(seat, name)).length;
      const seated = session.playerSessions.filter((seat) => teamOf(seat, name)).length;
      return joining > 0 && seated + joining > capacity;
    });
    const isStale = fill.toleratesLeavers
      ? fill.expectedRosterVersion > session.rosterVersion || isOver
      : fill.expectedRosterVersion !== session.rosterVersion;
    if (session.state !== "ACTIVE") refuse("SESSION_NOT_ACTIVE");
    else if (session.creationPolicy === "DENY_ALL" || session.unreachable) refuse("SESSION_CLOSED_TO_PLAYERS");
    else if (isStale) refuse("ROSTER_VERSION_STALE");
    else if (isOver || session.playerSessions.length + fill.newcomers.length > session.capacity) refuse("SESSION_FULL");
    else if (fill.approvalTimeoutMs && !approves(fill.newcomers.map(({ playerId }) => playerId))) {
      refuse("FILL_REFUSED_BY_GAME");
    } else {
      const added = fill.newcomers.map(({ playerId, team, ticketId }) => seatOf(playerId, team, ticketId));
      const filled = change(id, { reason: "PLAYERS_ADDED", added, backfill: fill.document });
      commit(decideFillApplied(state, fill.fillId, { session: filled, present: filled }));
    }
    hear(id);
  };
  const round = () => {
    const { facts, isQuiet } = decideRound(state, {
      ...{ configuration: CONFIGURATION, nowMs, random, endpoint: "", withheld: new Set() },
      findFillable(id) {
        const session = sessions.get(id);
        const isOpen = session?.state === "ACTIVE" && !session.unreachable && session.creationPolicy === "ACCEPT_ALL";
        return isOpen ? session : undefined;
      },
    });
    commit(facts);
    return facts.length > 0 || !isQuiet;
  };
  /** Rounds and answers until nothing is left to do. */
  const settle = () => {
    for (let turn = 0; turn < 10_000; turn += 1) {
      const hasDecided = round();
      const isAnswered = !holdsFills && underway.length > 0;
      while (!holdsFills && underway.length > 0) answerFill();
      if (!hasDecided && !isAnswered) return;
    }
    throw new Error("the matcher never comes to rest");
  };
  const seatsOfPlayers = (playerIds: readonly string[]) =>
    [...sessions.values()].flatMap((session) =>
      session.playerSessions
        .filter(({ playerId }) => playerIds.includes(playerId))
        .map((seat) => ({ id: session.battleSessionId, seat })),
    );
  const become = (playerIds: readonly string[], next: PlayerSession["state"]) => {
    for (const { id, seat } of seatsOfPlayers(playerIds)) changeAndHear(id, { updated: [{ ...seat, state: next }] });
  };
  const free = (playerIds: readonly string[], cause: SeatEndCause) => {
    for (const { id, seat } of seatsOfPlayers(playerIds)) {
      const { playerSessionId, playerId, team, ticketId } = seat;
      changeAndHear(id, { removed: [{ playerSessionId, playerId, team, ticketId, cause }] });
    }
  };

  return {
    state,
    journal,
    sessions,
    refusals,
    ruleSet,
    get nowMs() {
      return nowMs;
    },
    get underway(): readonly ServerSessionId[] {
      return underway;
    },
    battle: get,
    commit,
    queue,
    place,
    failPlacements,
    round,
    settle,
    answerFill,
    become,
    free,
    /** A battle with these players, by team, all of them arrived. */
    open(seated: Readonly<Record<string, readonly string[]>>, isAuto = false): BattleSession {
      const players = Object.entries(seated).flatMap(([team, ids]) =>
        ids.map((playerId) => ({ ticketId: queue([playerId]), playerId: playerId as PlayerId, team })),
      );
      counter += 1;
      commit([
        {
          type: "match-formed",
          match: {
            ...{ matchId: `match_${counter}` as MatchId, configuration: CONFIGURATION, queue: "queue", players },
            ...{ teams: teamsOf(ruleSet), capacity: capacityOf(ruleSet), properties: {}, data: "" },
            ...{ capabilityKey: new Uint8Array(), placementRetries: 0, matcherEndpoint: "", regions: [] },
            backfillId: isAuto ? (`bf_${counter}` as BackfillId) : undefined,
          },
        },
      ]);
      place();
      become(
        players.map(({ playerId }) => playerId),
        "ACTIVE",
      );
      return get();
    },
    start(
      strategy: BackfillStrategy,
      addPlayers: Readonly<Record<string, number>> = {},
      { id, replace = false }: { readonly id?: string; readonly replace?: boolean } = {},
    ): Backfill {
      const { battleSessionId } = get(id);
      counter += 1;
      const request = {
        ...{ battleSessionId, strategy, addPlayers, replace, requestId: undefined, bodyDigest: "" },
        backfillId: `bf_${counter}` as BackfillId,
      };
      const { facts, backfill } = decideStartBackfill(state, request, get(id));
      commit(facts);
      hear(battleSessionId);
      return backfill;
    },
    cancelBackfill(id?: string): void {
      const { battleSessionId } = get(id);
      commit(decideCancelBackfill(state, { battleSessionId, requestId: undefined }).facts);
      hear(battleSessionId);
    },
    cancelTicket(ticketId: string): "cancelled" | "waits" {
      const decision = decideCancelMatching(state, ticketId as TicketId, nowMs);
      if (decision.type === "decided") commit(decision.facts);
      return decision.type === "decided" ? "cancelled" : "waits";
    },
    change: changeAndHear,
    hear,
    end(id?: string): void {
      const session = get(id);
      const removed = session.playerSessions.map((seat) => ({ ...seat, cause: "SESSION_ENDED" as const }));
      const isLive = session.backfill?.state === "SEARCHING" || session.backfill?.state === "PAUSED";
      const ended = { state: "CANCELLED", cause: "SESSION_ENDED", noLegalFill: false } as const;
      changeAndHear(session.battleSessionId, {
        ...{ reason: "SESSION_ENDED", state: "TERMINATED", endCause: "GAME_ENDED", removed },
        ...(isLive && session.backfill ? { backfill: { ...session.backfill, ...ended } } : {}),
      });
    },
    wait(ms: number): void {
      nowMs += ms;
      commit(decideDue(state, nowMs));
    },
    holdFills(holds: boolean): void {
      holdsFills = holds;
    },
    phaseOf: (ticketId: string) => state.tickets.get(ticketId as TicketId)?.ticket.state.phase,
  };
}

/**
 * One sentence of a story: "come a b" two solos, "party a b", "leave a", "accept" everybody expected, "vanish a" a reservation
 * runs out, "disconnect a", "return a", "deny", "allow", "silence", "sound", "room 4" an operator sets the capacity, "cancel", "end", "wait 10", "most", "custom red=1 blue=2",
 * "replace red=1", "withdraw t-a" a ticket.
 */
export function play(stage: Stage, sentence: string): void {
  const [verb = "", ...words] = sentence.split(" ");
  tell(stage, verb, words);
  stage.settle();
}

function tell(stage: Stage, verb: string, words: readonly string[]): unknown {
  switch (verb) {
    case "come":
      return words.map((word) => stage.queue([word]));
    case "party":
      return stage.queue(words);
    case "leave":
      return stage.free(words, "REMOVED");
    case "vanish":
      return stage.free(words, "RESERVATION_EXPIRED");
    case "accept":
      return stage.become(
        stage.battle().playerSessions.map((seat) => seat.playerId),
        "ACTIVE",
      );
    case "disconnect":
      return stage.become(words, "DISCONNECTED");
    case "return":
      return stage.become(words, "ACTIVE");
    case "deny":
    case "allow":
      return stage.change(undefined, { creationPolicy: verb === "deny" ? "DENY_ALL" : "ACCEPT_ALL" });
    case "silence":
    case "sound":
      return stage.change(undefined, { unreachable: verb === "silence" });
    case "room":
      return stage.change(undefined, { reason: "SESSION_UPDATED", capacity: Number(words[0]) });
    case "cancel":
      return stage.cancelBackfill();
    case "end":
      return stage.end();
    case "wait":
      return stage.wait(Number(words[0]) * 1_000);
    case "most":
      return stage.start("MAX_POSSIBLE");
    case "replace":
      return stage.start("CUSTOM", Object.fromEntries(words.map(numbered)), { replace: true });
    case "withdraw":
      return words.map(stage.cancelTicket);
    case "custom":
      return stage.start("CUSTOM", Object.fromEntries(words.map(numbered)));
    default:
      throw new Error(`no verb: ${verb}`);
  }
}

function numbered(word: string): readonly [string, number] {
  const [team = "", count = ""] = word.split("=");
  return [team, Number(count)];
}

/** "2v3 SEARCHING": players of each team, and the backfill as the game heard of it last. */
export function picture(stage: Stage, id?: string): string {
  const { playerSessions, backfill, teams } = stage.battle(id);
  const sizes = teams.map(({ name }) => playerSessions.filter((seat) => seat.team === name).length);
  const cause = backfill?.cause ? ` ${backfill.cause}` : "";
  const note = backfill?.noLegalFill ? " (no fill is legal)" : "";
  return `${sizes.join("v")} ${backfill?.state ?? "-"}${cause}${note}`;
}
