// How long the tickets of one pool will wait, by how long others like them did: with the same values in what all players of a match
// share, as many players who ask for the same teams, and numbers like theirs where those have to be near, if enough such were matched
// lately; else with fewer likenesses. Where tickets have queries, by what these ask for. Follows from the facts and is in no snapshot: after a restart it is known again once enough has
// been matched.
import type { QuerySettings, RuleSet } from "@muster/rules";
import { groupsByTeam } from "@muster/rules/plan";
import { compilePlan } from "../../engine/plan.ts";
import { rangeReader, valueReader } from "../../engine/traits.ts";
import type { Ticket } from "../ticket.ts";
import { DecayedWaits } from "./decayed-waits.ts";
import { queryLikenesses } from "./query-likeness.ts";

/** What the tickets of a pool are matched by: likenesses hold as long as it is there. */
export type WaitBasis = RuleSet | QuerySettings;

export interface WaitEstimates {
  /** The ticket is out of the search, as it is in a match or fill. */
  matched(ticket: Ticket, basis: WaitBasis, atMs: number): void;
  /** How long the ticket, which searches, will have waited in all when it is matched, in ms; undefined: nobody knows. */
  estimateMs(ticket: Ticket, basis: WaitBasis, nowMs: number): number | undefined;
}

/** Likenesses that are told apart: beyond it new ones count with the others only. */
const CLASSES_MAX = 4_096;

export function createWaitEstimates(): WaitEstimates {
  const byClass = new Map<string, DecayedWaits>();
  let known: { readonly basis: WaitBasis; readonly likenesses: Likenesses } | undefined;

  /** From what is most like the ticket to all. */
  const classesOf = (ticket: Ticket, basis: WaitBasis): readonly string[] => {
    if (known?.basis !== basis) {
      known = { basis, likenesses: likenessesOf(basis) };
      byClass.clear(); // Other rules make for other waits.
    }
    return known.likenesses(ticket);
  };

  return {
    matched(ticket, basis, atMs) {
      for (const name of classesOf(ticket, basis)) {
        const waits = byClass.get(name) ?? (byClass.size < CLASSES_MAX ? new DecayedWaits() : undefined);
        if (!waits) continue;
        byClass.set(name, waits);
        waits.add(atMs - ticket.searchingSinceMs, atMs);
      }
    },
    estimateMs(ticket, basis, nowMs) {
      for (const name of classesOf(ticket, basis)) {
        const estimate = byClass.get(name)?.medianBeyond(nowMs - ticket.searchingSinceMs, nowMs);
        if (estimate !== undefined) return estimate;
      }
      return undefined;
    },
  };
}

/** Texts that tickets which are alike have in common, from the closest likeness to none. */
type Likenesses = (ticket: Ticket) => readonly string[];

function likenessesOf(basis: WaitBasis): Likenesses {
  if ("mode" in basis) return (ticket) => queryLikenesses(ticket, basis);
  const traits = traitsOf(basis);
  return (ticket) => {
    const values = traits.values(ticket);
    const zone = traits.zone(ticket);
    const party = groupsByTeam(ticket.players).map(({ team = "", players }) => `${players.length}${team}`);
    const all = [`${values} ${zone} ${party}`, `${values} ${zone}`, `${values} ${party}`, values, `${party}`, ""];
    return [...new Set(all)];
  };
}

/** What one ticket shows of itself, as text: the same for tickets that are alike. */
type Traits = {
  readonly values: (ticket: Ticket) => string;
  /** Where its numbers lie, of those that have to be near one another. */
  readonly zone: (ticket: Ticket) => string;
};

/** A zone is so many times as wide as a match may be: narrower ones hold too few to gain by it. */
const SPREADS_PER_ZONE = 2;

function traitsOf(ruleSet: RuleSet): Traits {
  const { partitions, axis, levels } = compilePlan(ruleSet);
  const kinships = levels[0]?.kinships ?? [];
  const reads = partitions.flatMap((index) => {
    const kinship = kinships[index];
    return kinship ? [valueReader(kinship)] : [];
  });
  const along = axis === undefined ? undefined : kinships[axis];
  const readRange = along && rangeReader(along);
  const width = SPREADS_PER_ZONE * levels.reduce((widest, { spread }) => Math.max(widest, spread), 0);
  const range = { low: 0, high: 0 };
  return {
    values: (ticket) => JSON.stringify(reads.map((read) => String(read(ticket)))),
    zone(ticket) {
      if (!readRange || width === 0 || !readRange(ticket, range)) return "";
      return `${Math.floor((range.low + range.high) / 2 / width)}`;
    },
  };
}
