// How long the tickets of one pool will wait, by how long others like them did: of the same values in what all players of a match
// share, and of the same party size, where enough of those were matched lately; else of fewer likenesses. Follows from the facts
// and is in no snapshot: after a restart it is known again once enough has been matched.
import type { RuleSet } from "@muster/rules";
import { compilePlan } from "../../engine/plan.ts";
import { valueReader } from "../../engine/traits.ts";
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

type Read = ReturnType<typeof valueReader>;

export function createWaitEstimates(): WaitEstimates {
  const byClass = new Map<string, DecayedWaits>();
  let readers: { readonly ruleSet: RuleSet; readonly reads: readonly Read[] } | undefined;

  /** From what is most like the ticket to all. */
  const classesOf = (ticket: Ticket, ruleSet: RuleSet): readonly string[] => {
    if (readers?.ruleSet !== ruleSet) {
      readers = { ruleSet, reads: readersOf(ruleSet) };
      byClass.clear(); // Other rules make for other waits.
    }
    const values = JSON.stringify(readers.reads.map((read) => String(read(ticket))));
    const size = ticket.players.length;
    return [`${values} ${size}`, values, `* ${size}`, "*"];
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

function readersOf(ruleSet: RuleSet): readonly Read[] {
  const { partitions, levels } = compilePlan(ruleSet);
  const kinships = partitions.map((index) => levels[0]?.kinships[index]);
  return kinships.flatMap((kinship) => (kinship ? [valueReader(kinship)] : []));
}
