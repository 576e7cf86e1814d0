// Why a ticket of an engine's pool still waits: what each constraint leaves of the others, who comes nearest, what is missing by
// numbers, and what time alone will change. Changes nothing, and looks at no more than its bounds allow, so that a million
// waiting tickets make it no slower.

import type { JudgedTicket } from "@muster/rules";
import { type Constraint, type TierChange, tierChanges } from "@muster/rules";
import { attributesRead, type Rule, readAttribute, typeOf } from "@muster/rules/plan";
import type { Engine } from "../engine.ts";
import { BARRED, LINKED } from "../pool.ts";
import { type Counts, createCounts } from "./count-fitting.ts";
import type { BoundedCount, Bounds } from "./counter.ts";
import { createLaneBook } from "./lane-book.ts";
import { findNearestMiss, type NearestMiss } from "./nearest-miss.ts";
import { brokenAlone, createPairings } from "./pairing.ts";
import { createMissingFinder, type PlayersMissing } from "./players-missing.ts";

/** One constraint of the rule set, and what it leaves of the others. */
export type ConstraintView = {
  /** The rule's name; undefined for party sizes and teams, which no rule asks for. */
  readonly rule: string | undefined;
  readonly kind: Constraint["kind"];
  readonly over: string;
  readonly says: string;
  /** Others that fit by this alone. Undefined: what is judged match by match, or only orders. */
  readonly fitting: BoundedCount | undefined;
  /** `window` only: who fits in all else. */
  readonly nearest: NearestMiss | undefined;
};

export type Expansion = {
  readonly atAgeMs: number;
  readonly inMs: number;
  readonly changes: readonly TierChange[];
};

export type WaitingExplanation = {
  /**
   * `set-aside`: just now not to be matched, as it is being claimed, cancelled or timed out. `barred`: in no match, whoever comes,
   * at any age.
   */
  readonly standing: "open" | "set-aside" | "barred";
  /** Rules that the ticket breaks at its present age whoever else comes, by name. */
  readonly broken: readonly string[];
  /** Attributes that the rule set needs and some player of the ticket has not. */
  readonly attributesMissing: readonly string[];
  /** Others that may be matched just now. */
  readonly others: number;
  /** Only of an `open` ticket. */
  readonly constraints: readonly ConstraintView[];
  /** Others that fit in all that can be told of two tickets. Undefined unless it is `open`, as is what follows. */
  readonly fitting: BoundedCount | undefined;
  readonly players: PlayersMissing | undefined;
  readonly expansion: Expansion | undefined;
  readonly expansionAge: "newest" | "oldest";
};

export interface Explainer {
  readonly engine: Engine;
  /** Of the ticket, which is at `slot` of the pool, or at -1 while a fill claims it. Counts are by the ages of the last round. */
  explain(slot: number, ticket: JudgedTicket, nowMs: number, bounds?: Bounds): WaitingExplanation;
}

/** Half a millisecond at a million tickets, where hardly a look finds what it wants in a cache. */
export const BOUNDS: Bounds = { tickets: 250, looks: 640, reads: 48 };

export function createExplainer(engine: Engine): Explainer {
  const { pool, plan } = engine;
  const { ruleSet } = plan;
  const pairings = createPairings(pool);
  const book = createLaneBook(pool);
  const missing = createMissingFinder(pool.kinds);
  const needed = attributesRead(ruleSet.tiers[0].rules).filter((spec) => spec.default === undefined);

  return {
    engine,
    explain(slot, ticket, nowMs, bounds = BOUNDS) {
      const isOpen = pool.stateOf(slot) === LINKED;
      const ageMs = nowMs - ticket.searchingSinceMs;
      const level = plan.levels[pool.levelOf(slot)];
      const attributesMissing = needed
        .filter((spec) => ticket.players.some((player) => readAttribute(player, spec) === undefined))
        .map(({ name }) => name);
      const base = {
        standing: isOpen ? "open" : pool.stateOf(slot) === BARRED ? "barred" : "set-aside",
        broken: level && attributesMissing.length === 0 ? brokenAlone(level, ticket) : [],
        attributesMissing,
        others: isOpen ? pool.size - 1 : pool.size,
        expansion: nextExpansion(ageMs),
        expansionAge: ruleSet.expansionAge,
      } as const;
      if (!isOpen) return { ...base, constraints: [], fitting: undefined, players: undefined };
      const pairing = pairings.of(slot);
      const counts = createCounts(pool, book, pairing, bounds);
      const supply = new Map<number, number>();
      const own = pool.kindOf(slot);
      const note = (kind: number) => supply.set(kind, (supply.get(kind) ?? 0) + 1);
      const fitting = counts.byAll((other) => note(pool.kindOf(other)));
      note(own);
      const { spread } = pairing.level;
      const nearest = () => (fitting.orMore ? undefined : findNearestMiss(pool, pairing, bounds));
      return {
        ...base,
        fitting,
        players: missing.find(pairing.level, supply, own, fitting.orMore),
        constraints: [
          ...pairing.level.tier.rules.flatMap((rule, index) => viewsOf({ rule, index, spread }, counts, nearest)),
          seats(counts),
        ],
      };
    },
  };

  function viewsOf(
    { rule, index, spread }: { readonly rule: Rule; readonly index: number; readonly spread: number },
    counts: Counts,
    nearest: () => NearestMiss | undefined,
  ): readonly ConstraintView[] {
    const { axis, mask, partitions, admissions, residuals } = plan;
    const views = typeOf(rule)
      .constraints(rule)
      .map((constraint): ConstraintView => {
        const { kind, over, says } = constraint;
        const view = { rule: rule.name, kind, over, says, fitting: undefined, nearest: undefined };
        if (kind === "window" && index === axis) return { ...view, fitting: counts.byDistance(), nearest: nearest() };
        if (kind === "mask" && index === mask) return { ...view, fitting: counts.bySharedText() };
        if (kind === "partition" && partitions.includes(index)) {
          return { ...view, fitting: counts.bySameValue(partitions.indexOf(index)) };
        }
        if (kind === "admission" && admissions.includes(index)) return { ...view, fitting: counts.byAdmission(index) };
        // What is not paid for by lanes and buckets is judged with the whole match.
        const isByNumbers = kind === "recipe" || kind === "order";
        return isByNumbers || !residuals.includes(index) ? view : { ...view, kind: "residual" };
      });
    if (index !== axis || views.some(({ kind }) => kind === "window")) return views;
    const [{ over = "" } = {}] = views;
    const says = `within ${spread} of one another, or it cannot hold`;
    const base = { rule: rule.name, kind: "window", over, says } as const;
    return [{ ...base, fitting: counts.byDistance(), nearest: nearest() }, ...views];
  }

  function nextExpansion(ageMs: number): Expansion | undefined {
    const { tiers } = ruleSet;
    for (const [index, after] of tiers.entries()) {
      const before = tiers[index - 1];
      if (!before || after.fromAgeMs <= ageMs) continue;
      const changes = tierChanges(before, after);
      if (changes.length > 0) return { atAgeMs: after.fromAgeMs, inMs: after.fromAgeMs - ageMs, changes };
    }
    return undefined;
  }
}

function seats(counts: Counts): ConstraintView {
  return {
    ...{ rule: undefined, kind: "recipe", over: "team sizes", says: "both parties find seats in the teams" },
    ...{ fitting: counts.bySeats(), nearest: undefined },
  } as const;
}
