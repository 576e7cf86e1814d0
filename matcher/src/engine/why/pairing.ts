// Whether two tickets of a pool may be in a match together, constraint by constraint, at the age that would count for the two.
// Looks at the tickets themselves; lanes and buckets only save looks.
import type { JudgedTicket } from "@muster/rules";
import { type Kinship, typeOf } from "@muster/rules/plan";
import type { Level } from "../plan.ts";
import type { Pool, PooledTicket } from "../pool.ts";
import { isAdmitted, mixed, rosterAlone, sharedReader, valueReader } from "../traits.ts";
import { createSeatings } from "./seatings.ts";

export interface Pairing {
  readonly slot: number;
  readonly ticket: PooledTicket;
  /** The level that the ticket's own age had reached in the last round. */
  readonly level: Level;
  /** The level that counted for a match of the ticket and the other in the last round. */
  levelWith(other: number): number;
  /** By the partition at `index` of the plan's: all players of both have one value, or one of them has none. */
  hasSameValue(index: number, other: number): boolean;
  /** By the mask: some string suits all players of both. */
  hasSharedText(other: number, level: number): boolean;
  /** How far apart the two are along the axis; 0 if one of them is nowhere on it. */
  distanceTo(other: number): number;
  isNear(other: number, level: number): boolean;
  /** Whether the other keeps the admission rule of that index. */
  isAdmitted(rule: number, other: number, level: number): boolean;
  /** Whether both find a seat in one match, by party sizes and the teams that they ask for. */
  canSit(other: number, level: number): boolean;
  /** The same of a ticket of that party kind. */
  canSitWith(kind: number, level: number): boolean;
  /** All of the above, and that the ticket itself is admitted. */
  fits(other: number, level: number): boolean;
  /** Whether the ticket itself is admitted at the level. */
  isWelcome(level: number): boolean;
}

export interface Pairings {
  of(slot: number): Pairing;
  /** The value of each partition, of a ticket in lanes. */
  valuesOf(ticket: PooledTicket): readonly (number | string | undefined)[];
}

export function createPairings(pool: Pool): Pairings {
  const { plan } = pool;
  const { levels, partitions, mask, axis, admissions } = plan;
  const [first] = levels;
  const values = partitions.map((index) => valueReader(kinshipOf(first, index)));
  const texts = mask === undefined ? [] : levels.map((level) => sharedReader(kinshipOf(level, mask)));
  const seatings = createSeatings(plan, pool.kinds);
  const isByOldest = plan.ruleSet.expansionAge === "oldest";

  const valueAt = (index: number, ticket: PooledTicket) => {
    const value = values[index]?.(ticket);
    return typeof value === "number" ? value + 0 : value;
  };
  const admits = (level: number, ticket: PooledTicket) =>
    admissions.every((index) => {
      const rule = levels[level]?.tier.rules[index];
      return rule === undefined || isAdmitted(rule, ticket);
    });

  return {
    valuesOf: (ticket) =>
      partitions.map((_, index) => {
        const value = valueAt(index, ticket);
        return value === mixed ? undefined : value;
      }),
    of(slot) {
      const ticket = pool.ticketAt(slot);
      const own = pool.levelOf(slot);
      const ownValues = partitions.map((_, index) => valueAt(index, ticket));
      const ownTexts = new Map<number, ReadonlySet<string>>();
      const textsAt = (level: number) => {
        const known = ownTexts.get(level) ?? new Set(texts[level]?.(ticket) ?? []);
        ownTexts.set(level, known);
        return known;
      };
      const welcome = new Map<number, boolean>();
      const low = pool.lowOf(slot);
      const high = pool.highOf(slot);
      const kind = pool.kindOf(slot);
      const pairing: Pairing = {
        slot,
        ticket,
        level: levels[own] ?? first ?? raise(),
        levelWith(other) {
          const theirs = pool.levelOf(other);
          return isByOldest ? Math.max(own, theirs) : Math.min(own, theirs);
        },
        hasSameValue(index, other) {
          const mine = ownValues[index];
          const theirs = valueAt(index, pool.ticketAt(other));
          return mine === undefined || theirs === undefined || (mine === theirs && mine !== mixed);
        },
        hasSharedText(other, level) {
          const mine = textsAt(level);
          return texts[level]?.(pool.ticketAt(other))?.some((text) => mine.has(text)) ?? false;
        },
        distanceTo(other) {
          const apart = Math.max(high, pool.highOf(other)) - Math.min(low, pool.lowOf(other));
          return Number.isNaN(apart) ? 0 : apart;
        },
        isNear: (other, level) => !(pairing.distanceTo(other) > (levels[level]?.spread ?? 0)),
        isAdmitted(rule, other, level) {
          const admission = levels[level]?.tier.rules[rule];
          return admission === undefined || isAdmitted(admission, pool.ticketAt(other));
        },
        canSit: (other, level) => seatings.canSit(kind, pool.kindOf(other), level),
        canSitWith: (other, level) => seatings.canSit(kind, other, level),
        isWelcome(level) {
          const known = welcome.get(level) ?? admits(level, ticket);
          welcome.set(level, known);
          return known;
        },
        fits: (other, level) =>
          (axis === undefined || pairing.isNear(other, level)) &&
          pairing.canSit(other, level) &&
          pairing.isWelcome(level) &&
          partitions.every((_, index) => pairing.hasSameValue(index, other)) &&
          (mask === undefined || pairing.hasSharedText(other, level)) &&
          admits(level, pool.ticketAt(other)),
      };
      return pairing;
    },
  };
}

/** Rules that the ticket breaks at the level whoever else comes, by name. */
export function brokenAlone({ tier }: Level, ticket: JudgedTicket): readonly string[] {
  const alone = rosterAlone(ticket);
  return tier.rules.filter((rule) => !typeOf(rule).mayStillHold(rule, alone)).map(({ name }) => name);
}

function kinshipOf(level: Level | undefined, index: number): Kinship {
  return level?.kinships[index] ?? raise();
}

function raise(): never {
  throw new RangeError("lanes and buckets are made by rules that relate any two tickets");
}
