// Who is tried first beside an anchor, where a rule set says so: it orders candidates and forbids nothing.
import { readAttribute, type SeatedPlayer } from "../roster.ts";
import type { AttributeSpec, Tier } from "../rule-set.ts";
import { typeOf } from "../rule-types/table.ts";
import type { Candidate } from "./candidate.ts";

/** The others, which come by age: by nearness where batches are sorted, then by the rules that sort, then as they came. */
export function sortBeside(anchor: Candidate, others: readonly Candidate[], tier: Tier): readonly Candidate[] {
  const sorts = tier.rules.filter((rule) => typeOf(rule).sortKey);
  const { batchingPreference, sortByAttributes } = tier.algorithm;
  const near = batchingPreference === "sorted" ? sortByAttributes : [];
  if (sorts.length + near.length === 0) return others;
  const playersOf = ({ groups }: Candidate) => groups.flatMap((group) => group.players);
  const anchorPlayers = playersOf(anchor);
  const keyed = others.map((candidate) => ({
    candidate,
    keys: [
      ...near.map((attribute) => distanceBetween(playersOf(candidate), anchorPlayers, attribute)),
      ...sorts.map((rule) => typeOf(rule).sortKey?.(rule, playersOf(candidate), anchorPlayers) ?? 0),
    ],
  }));
  // Stable: ties stay in the order of their age.
  keyed.sort((one, other) => compareKeys(one.keys, other.keys));
  return keyed.map(({ candidate }) => candidate);
}

/** Between the averages of two tickets; of strings 0 where they are the same and 1 where not. */
function distanceBetween(
  one: readonly SeatedPlayer[],
  other: readonly SeatedPlayer[],
  attribute: AttributeSpec,
): number {
  const [left, right] = [one, other].map((players) => players.map((player) => readAttribute(player, attribute)));
  if (attribute.type === "string") return left?.[0] === right?.[0] ? 0 : 1;
  const averageOf = (values: readonly unknown[] = []) =>
    values.reduce((sum: number, value) => sum + Number(value ?? 0), 0) / Math.max(1, values.length);
  return Math.abs(averageOf(left) - averageOf(right));
}

function compareKeys(one: readonly number[], other: readonly number[]): number {
  for (const [index, key] of one.entries()) {
    const against = other[index] ?? 0;
    if (key !== against) return key < against ? -1 : 1;
  }
  return 0;
}
