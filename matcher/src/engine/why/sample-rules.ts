// Which rule turns how many away, by a sample: one searching ticket beside some others of its pool, each constraint alone. Counting in
// the search itself would say how often it looked, which is what lanes and buckets are there to save.

import type { Engine } from "../engine.ts";
import { LINKED } from "../pool.ts";
import { createPairings, type Pairing } from "./pairing.ts";

/** Of one constraint: how many others were looked at, and how many of them it keeps out of a match with the ticket. */
export type RuleSample = { readonly rule: string; readonly looked: number; readonly turnedAway: number };

/** What no rule asks for: that party sizes and asked teams fit. */
export const SEATS = "(seats)";

type Test = { readonly rule: string; readonly fits: (pairing: Pairing, other: number, level: number) => boolean };

/**
 * The ticket at `slot` beside those of `others` that may be matched just now, at the age that counts for the two. Rules that are judged
 * match by match, and those that only order or count, are in no sample: two tickets alone neither keep nor break them. Empty unless
 * the ticket itself may be matched.
 */
export function sampleRules(engine: Engine, slot: number, others: readonly number[]): readonly RuleSample[] {
  const { pool, plan } = engine;
  if (slot < 0 || pool.stateOf(slot) !== LINKED) return [];
  const open = others.filter((other) => other >= 0 && other !== slot && pool.stateOf(other) === LINKED);
  if (open.length === 0) return [];
  const pairing = createPairings(pool).of(slot);
  const ruleAt = (index: number) => plan.levels[0]?.tier.rules[index]?.name ?? "";
  const tests: readonly Test[] = [
    ...plan.partitions.map((rule, index): Test => {
      return { rule: ruleAt(rule), fits: (one, other) => one.hasSameValue(index, other) };
    }),
    ...(plan.mask === undefined
      ? []
      : [
          {
            rule: ruleAt(plan.mask),
            fits: (one: Pairing, other: number, level: number) => one.hasSharedText(other, level),
          },
        ]),
    ...(plan.axis === undefined
      ? []
      : [{ rule: ruleAt(plan.axis), fits: (one: Pairing, other: number, level: number) => one.isNear(other, level) }]),
    ...plan.admissions.map((rule): Test => {
      return { rule: ruleAt(rule), fits: (one, other, level) => one.isAdmitted(rule, other, level) };
    }),
    { rule: SEATS, fits: (one, other, level) => one.canSit(other, level) },
  ];
  return tests.map(({ rule, fits }) => ({
    rule,
    looked: open.length,
    turnedAway: open.filter((other) => !fits(pairing, other, pairing.levelWith(other))).length,
  }));
}
