// An engine with the searches in it, driven as a round of the matcher drives it: form, and take whoever is matched out by id.
import { createEngine, type EngineMatch, type Search } from "@muster/matcher/testing";
import type { TicketId } from "@muster/proto";
import { judge, type RuleSet } from "@muster/rules";

/** What it took to form everything that can be formed. */
export type Formation = {
  readonly matches: number;
  readonly matchedTickets: number;
  /** Calls of the engine: each ends when its steps are spent. */
  readonly turns: number;
  /** The longest call. */
  readonly worstTurnMs: number;
  /** False if the time given was over first. */
  readonly isDone: boolean;
};

export type EnginePool = {
  readonly waiting: ReadonlyMap<TicketId, Search>;
  add(searches: readonly Search[]): void;
  /** Forms until nothing is left to find, or until `untilMs` of performance.now(). */
  formAll(untilMs?: number): Formation;
};

export type EnginePoolOptions = {
  readonly ruleSet: RuleSet;
  /** Those that will be added; found by id from now on. */
  readonly searches: readonly Search[];
  /** Told of every match, within the time that is measured. Default: nobody is. */
  readonly onMatch?: (match: EngineMatch) => void;
};

const NOW_MS = 0;

export function createEnginePool({ ruleSet, searches, onMatch }: EnginePoolOptions): EnginePool {
  const engine = createEngine(ruleSet);
  const waiting = indexSearches(searches);
  const formed: EngineMatch[] = [];
  const round = {
    nowMs: NOW_MS,
    isUsable: () => true,
    take(match: EngineMatch) {
      formed.push(match);
      return true;
    },
  };
  return {
    waiting,
    add(added) {
      for (const search of added) {
        waiting.set(search.ticketId, search);
        engine.add(search);
      }
    },
    formAll(untilMs = Number.POSITIVE_INFINITY) {
      let [matches, matchedTickets, turns, worstTurnMs] = [0, 0, 0, 0];
      for (;;) {
        const startedMs = performance.now();
        if (startedMs > untilMs) return { matches, matchedTickets, turns, worstTurnMs, isDone: false };
        engine.begin(NOW_MS);
        const isDone = engine.form(round);
        worstTurnMs = Math.max(worstTurnMs, performance.now() - startedMs);
        for (const match of formed) {
          onMatch?.(match);
          for (const { ticketId } of match.tickets) {
            const search = waiting.get(ticketId);
            if (!search) throw new Error(`M-DISJOINT: ${ticketId} is matched twice`);
            engine.remove(search);
            waiting.delete(ticketId);
            matchedTickets += 1;
          }
        }
        matches += formed.length;
        formed.length = 0;
        turns += 1;
        if (isDone) return { matches, matchedTickets, turns, worstTurnMs, isDone };
      }
    },
  };
}

/** Holds every match against the judge: whole parties, nobody twice, no rule broken. */
export function createMatchChecker(ruleSet: RuleSet): (match: EngineMatch) => void {
  const seated = new Set<TicketId>();
  return ({ seats }) => {
    const teams = new Map<string, (typeof seats)[number][]>();
    for (const seat of seats) {
      const team = teams.get(seat.team);
      if (team) team.push(seat);
      else teams.set(seat.team, [seat]);
    }
    const roster = [...teams].map(([name, of]) => ({
      name,
      players: of.map(({ ticket, player }) => ({ ...player, ticketId: ticket.ticketId })),
    }));
    const violations = judge(ruleSet, roster, { ageMs: 0 });
    if (violations.length > 0) throw new Error(`M-RULES: a match breaks a rule: ${JSON.stringify(violations)}`);
    const tickets = new Set(seats.map(({ ticket }) => ticket));
    let players = 0;
    for (const ticket of tickets) {
      if (seated.has(ticket.ticketId)) throw new Error(`M-DISJOINT: ${ticket.ticketId} is matched twice`);
      seated.add(ticket.ticketId);
      players += ticket.players.length;
    }
    if (players !== seats.length) throw new Error("M-WHOLE: a match holds a part of a party");
  };
}

function indexSearches(searches: readonly Search[]): Map<TicketId, Search> {
  return new Map(searches.map((search) => [search.ticketId, search]));
}
