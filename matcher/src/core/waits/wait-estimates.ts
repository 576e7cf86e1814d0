// How long the tickets of one pool will wait, by how long others like them did: with the same values in what all players of a match
// share, as many players who ask for the same teams, and numbers like theirs where those have to be near, if enough such were matched
// lately; else with fewer likenesses. Follows from the facts and is in no snapshot: after a restart it is known again once enough has
// been matched.
import type { RuleSet } from "@muster/rules";
import { groupsByTeam } from "@muster/rules/plan";
import { compilePlan } from "../../engine/plan.ts";
import { rangeReader, valueReader } from "../../engine/traits.ts";
import type { Ticket } from "../ticket.ts";
import { DecayedWaits } from "./decayed-waits.ts";

export interface WaitEstimates {
  /** The ticket is out of the search, as it is in a match or fill. */
  matched(ticket: Ticket, ruleSet: RuleSet, atMs: number): void;
  /** How long the ticket, which searches, will have waited in all when it is matched, in ms; undefined: nobody knows. */
  estimateMs(ticket: Ticket, ruleSet: RuleSet, nowMs: number): number | undefined;
}

/** Likenesses that are told apart: beyond it new ones count with the others only. */
const CLASSES_MAX = 4_096;

export function createWaitEstimates(): WaitEstimates {
  const byClass = new Map<string, DecayedWaits>();
  let traits: Traits | undefined;

  /** From what is most like the ticket to all. */
  const classesOf = (ticket: Ticket, ruleSet: RuleSet): readonly string[] => {
    if (traits?.ruleSet !== ruleSet) {
      traits = traitsOf(ruleSet);
      byClass.clear(); // Other rules make for other waits.
    }
    const values = traits.values(ticket);
    const zone = traits.zone(ticket);
    const party = groupsByTeam(ticket.players).map(({ team = "", players }) => `${players.length}${team}`);
    const all = [`${values} ${zone} ${party}`, `${values} ${zone}`, `${values} ${party}`, values, `${party}`, ""];
    return [...new Set(all)];
  };

  return {
    matched(ticket, ruleSet, atMs) {
      for (const name of classesOf(ticket, ruleSet)) {
        const known = byClass.get(name) ?? (byClass.size < CLASSES_MAX ? new DecayedWaits() : undefined);
        if (!known) continue;
        byClass.set(name, known);
        known.add(atMs - ticket.searchingSinceMs, atMs);
      }
    },
    estimateMs(ticket, ruleSet, nowMs) {
      for (const name of classesOf(ticket, ruleSet)) {
        const estimate = byClass.get(name)?.medianBeyond(nowMs - ticket.searchingSinceMs, nowMs);
        if (estimate !== undefined) return estimate;
      }
      return undefined;
    },
  };
}

/** What one ticket shows of itself, as text: the same for tickets that are alike. */
type Traits = {
  readonly ruleSet: RuleSet;
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
    ruleSet,
    values: (ticket) => JSON.stringify(reads.map((read) => String(read(ticket)))),
    zone(ticket) {
      if (!readRange || width === 0 || !readRange(ticket, range)) return "";
      return `${Math.floor((range.low + range.high) / 2 / width)}`;
    },
  };
}
