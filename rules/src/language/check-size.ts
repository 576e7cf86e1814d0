// What the number of players in a match forbids to its rules: the more there are, the less a rule may ask of the whole.
import type { Tier } from "../rule-set.ts";
import { type Rule, typeOf } from "../rule-types/table.ts";
import { EARLY_RULE_PLAYERS_MAX, EVERY_RULE_PLAYERS_MAX } from "./dialect.ts";
import { refuse, type Spot } from "./spot.ts";

/** Players that the teams of `tier` hold together. */
export function playersAt({ teams }: Pick<Tier, "teams">): number {
  return teams.reduce((sum, team) => sum + team.maxPlayers * team.maxQuantity, 0);
}

/** Reports each rule that asks too much of so many players, once, at its place in the section at `spot`. */
export function checkSize(spot: Spot, tiers: readonly Tier[]): void {
  const items: readonly unknown[] = Array.isArray(spot.value) ? spot.value : [];
  for (const [index, item] of items.entries()) {
    const why = firstOf(tiers, (tier) => {
      const rule = tier.rules.find(({ name }) => name === fieldOf(item, "name"));
      return rule && excessOf(rule, playersAt(tier));
    });
    const type = { ...spot, path: `${spot.path}[${index}].type`, value: fieldOf(item, "type") };
    if (why !== undefined) refuse(type, why);
  }
}

/** What of the rule is too much for a match of so many players, if anything is. */
function excessOf(rule: Rule, players: number): string | undefined {
  if (players <= EVERY_RULE_PLAYERS_MAX) return undefined;
  const residual = typeOf(rule)
    .constraints(rule)
    .filter(({ kind }) => kind === "residual");
  const excess = players > EARLY_RULE_PLAYERS_MAX ? residual[0] : residual.find(({ prunes }) => !prunes);
  if (!excess) return undefined;
  const asked =
    players > EARLY_RULE_PLAYERS_MAX
      ? `must need no look at the whole roster in matches of more than ${EARLY_RULE_PLAYERS_MAX} players`
      : `must be broken by a part of the match already in large matches of more than ${EVERY_RULE_PLAYERS_MAX} players`;
  return `${asked}, and the teams hold ${players}: "${rule.name}" looks at ${excess.over}: ${excess.says}`;
}

function firstOf<Item, Found>(items: readonly Item[], find: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fieldOf(item: unknown, key: string): unknown {
  return typeof item === "object" && item !== null && Object.hasOwn(item, key) ? Reflect.get(item, key) : undefined;
}
