// What a simulation comes to: counts, waits and spreads, gathered as it goes and summed up at its end.
import type { TicketId } from "@muster/proto";
import { type RuleSet, type SeatedTeam, spreadsOf } from "@muster/rules";
import type { Distribution, ProposalCounts, SimulationCounts, SimulationSummary } from "./simulation-fact.ts";

type Formed = {
  readonly matchId: string;
  readonly isFill: boolean;
  readonly tickets: readonly {
    readonly ticketId: TicketId;
    readonly waitSeconds: number;
    readonly players: number;
  }[];
  /** Everybody in the match, or in the battle after the fill. */
  readonly teams: readonly SeatedTeam[];
  /** By which of the rule sets it was formed. */
  readonly choice: number;
};

export interface Tally {
  count(what: "started" | "timedOut" | "cancelled" | "failed" | "refused"): void;
  countProposal(what: keyof ProposalCounts): void;
  /** What the ticket was told at its start that it would wait. */
  estimated(ticketId: TicketId, seconds: number): void;
  formed(formed: Formed): void;
  /** The match could not be placed: its tickets, which these are, were not matched by it after all. */
  lost(matchId: string): readonly TicketId[];
  summary(end: { readonly untilMs: number; readonly ticketsLeft: number }): SimulationSummary;
}

/** Each match's spreads are measured by that of `ruleSets` which formed it; without any there are none. */
export function createTally(ruleSets: readonly RuleSet[]): Tally {
  const counts = { started: 0, timedOut: 0, cancelled: 0, failed: 0, refused: 0, matches: 0, fills: 0 };
  const proposals = { made: 0, accepted: 0, refused: 0, unanswered: 0 };
  const standing = new Map<
    string,
    { readonly tickets: Formed["tickets"]; readonly spreads: ReadonlyMap<string, number> }
  >();
  const estimates = new Map<TicketId, number>();
  const rules = ruleSets.flatMap(({ tiers }) => tiers[0].rules);
  const distances = rules.filter(({ type }) => type === "distance" || type === "batchDistance");
  const measured = new Set(distances.map(({ name }) => name));
  return {
    count(what) {
      counts[what] += 1;
    },
    countProposal(what) {
      proposals[what] += 1;
    },
    estimated(ticketId, seconds) {
      estimates.set(ticketId, seconds);
    },
    formed({ matchId, isFill, tickets, teams, choice }) {
      const ruleSet = ruleSets[choice];
      counts[isFill ? "fills" : "matches"] += 1;
      standing.set(matchId, { tickets, spreads: ruleSet ? spreadsOf(ruleSet, teams) : new Map() });
    },
    lost(matchId) {
      const tickets = standing.get(matchId)?.tickets ?? [];
      standing.delete(matchId);
      return tickets.map(({ ticketId }) => ticketId);
    },
    summary({ untilMs, ticketsLeft }) {
      const tickets = [...standing.values()].flatMap((match) => match.tickets);
      const { started, timedOut, cancelled, failed, matches, fills, refused } = counts;
      const playersMatched = tickets.reduce((sum, ticket) => sum + ticket.players, 0);
      const all: SimulationCounts = {
        ...{ started, matched: tickets.length, timedOut, cancelled, failed },
        ...{ playersMatched, matches, fills, refused },
        ...(proposals.made > 0 ? { proposals } : {}),
      };
      const spreads = Array.from(measured, (name) => {
        const values = [...standing.values()].map((match) => match.spreads.get(name));
        return [name, distributionOf(values.filter((value) => value !== undefined))] as const;
      });
      return {
        type: "Summary",
        until: untilMs / 1_000,
        counts: all,
        waits: distributionOf(tickets.map((ticket) => ticket.waitSeconds)),
        estimates: errorOf(
          tickets.flatMap(({ ticketId, waitSeconds }) => {
            const estimate = estimates.get(ticketId);
            return estimate === undefined ? [] : [{ estimate, waitSeconds }];
          }),
        ),
        spreads: Object.fromEntries(spreads),
        ticketsLeft,
      };
    },
  };
}

function errorOf(
  tickets: readonly { readonly estimate: number; readonly waitSeconds: number }[],
): SimulationSummary["estimates"] {
  const off = tickets.reduce((sum, { estimate, waitSeconds }) => sum + Math.abs(estimate - waitSeconds), 0);
  const waited = tickets.reduce((sum, { waitSeconds }) => sum + waitSeconds, 0);
  return {
    tickets: tickets.length,
    meanAbsoluteError: rounded(tickets.length === 0 ? undefined : off / tickets.length),
    relativeError: rounded(waited === 0 ? undefined : off / waited),
  };
}

/** Nearest rank: each is one of the values. */
function distributionOf(values: readonly number[]): Distribution {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => rounded(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1_000) / 1_000;
}
