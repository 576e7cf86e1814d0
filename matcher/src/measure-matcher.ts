// The matcher's numbers, in the words of the domain: what waits and plays is asked of the state when somebody reads, what happened is
// counted as its facts become durable.
import type { CommittedFact, Ledger } from "@muster/journal";
import type { Metrics } from "@muster/kit";
import type { MatcherState } from "./core/matcher-state.ts";
import type { JournaledFact } from "./journal-codec/fact-codec.ts";
import { type MeasureRulesOptions, measureRules } from "./measure-rules.ts";

/** Seconds: an arena finds a match at once, a rare rating may take minutes. */
const WAIT_BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];

export type MeasureMatcherOptions = Omit<MeasureRulesOptions, "state"> & {
  readonly ledger: Ledger<MatcherState, JournaledFact>;
};

/** Registers them. The function that it answers stops the counting. */
export function measureMatcher(metrics: Metrics, { ledger, project, ...drawing }: MeasureMatcherOptions): () => void {
  const { state } = ledger;
  void measureRules(metrics, { state, project, ...drawing });
  const byConfiguration = (count: (name: string) => number) => () =>
    [...state.configurations.keys()].map((configuration) => ({
      labels: { project, configuration },
      value: count(configuration),
    }));
  const pool = (name: string) => state.pools.get(name);
  metrics.gauge(
    "muster_tickets_waiting",
    "Tickets that search for a match now.",
    byConfiguration((name) => pool(name)?.searching.size ?? 0),
  );
  metrics.gauge(
    "muster_tickets_live",
    "Tickets that prepare, search, are asked for acceptance or are placed now.",
    byConfiguration((name) => pool(name)?.live ?? 0),
  );
  metrics.gauge(
    "muster_backfills_searching",
    "Battles that look for players now.",
    byConfiguration((name) => pool(name)?.backfills.size ?? 0),
  );
  const one = (value: () => number) => () => [{ labels: { project }, value: value() }];
  metrics.gauge(
    "muster_matches_proposed",
    "Matches that wait for their players' acceptance now.",
    one(() => state.proposals.size),
  );
  metrics.gauge(
    "muster_matches_placing",
    "Matches that wait for a server now.",
    one(() => state.matches.size),
  );
  metrics.gauge(
    "muster_battles_live",
    "Battles that have not ended.",
    one(() => {
      let live = 0;
      for (const { ended } of state.sessions.values()) if (ended === undefined) live += 1;
      return live;
    }),
  );
  metrics.gauge(
    "muster_journal_facts",
    "Facts in the journal since it began.",
    one(() => ledger.durableSequence),
  );

  const started = metrics.counter("muster_tickets_started_total", "Tickets that were taken.");
  const ended = metrics.counter("muster_tickets_ended_total", "Tickets that ended without a match, by how.");
  const formed = metrics.counter("muster_matches_formed_total", "Matches that were formed.");
  const placed = metrics.counter("muster_matches_placed_total", "Matches that got a server.");
  const placements = metrics.counter(
    "muster_placements_failed_total",
    "Placements that gave no server, by how they ended.",
  );
  const fills = metrics.counter("muster_fills_total", "Fills of running battles, by what became of them.");
  const waits = metrics.histogram(
    "muster_ticket_wait_seconds",
    "How long tickets searched until their match was formed.",
    WAIT_BOUNDS,
  );

  const waited = (ticketIds: Iterable<unknown>, atMs: number) => {
    for (const id of ticketIds) {
      const ticket = state.tickets.get(id as Parameters<typeof state.tickets.get>[0])?.ticket;
      if (!ticket) continue;
      const waitMs = Math.max(0, atMs - ticket.searchingSinceMs);
      waits.observe(waitMs / 1_000, { project, configuration: ticket.configuration });
    }
  };
  const count = ({ fact: { fact }, timeMs }: CommittedFact<JournaledFact>) => {
    switch (fact.type) {
      case "ticket-cancelled":
        return ended.add({ project, state: "CANCELLED" });
      case "ticket-timed-out":
        return ended.add({ project, state: "TIMED_OUT" });
      case "match-formed":
        waited(new Set(fact.match.players.map(({ ticketId }) => ticketId)), timeMs);
        return formed.add({ project, configuration: fact.match.configuration });
      case "match-placed":
        return placed.add({ project });
      case "placement-ended":
        return placements.add({ project, state: fact.outcome });
      case "fill-applied":
        return fills.add({ project, outcome: "APPLIED" });
      case "fill-dropped":
        return fills.add({ project, outcome: fact.reason });
      default:
        return;
    }
  };
  return ledger.onCommitted((facts) => {
    const ticketsOf = new Map<string, number>();
    for (const one of facts) {
      const { fact } = one.fact;
      if (fact.type === "ticket-created") add(ticketsOf, fact.configuration);
      else count(one);
    }
    // Of a batch at once: a ticket costs less than a line of metrics.
    for (const [configuration, tickets] of ticketsOf) started.add({ project, configuration }, tickets);
  });
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
