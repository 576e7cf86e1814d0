// Compiled rules beside the judge, which is right by definition: they hold for the same rosters, and what they give up on
// no newcomer could save.
import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeRules } from "../judge.ts";
import type { Roster, SeatedPlayer } from "../roster.ts";
import { type Rule, typeOf } from "../rule-types/table.ts";
import { compileRule, compileRules } from "./compile-rules.ts";
import { drawnRosters, drawnRuleSets } from "./generated-rules.fixture.ts";

const RUNS = { numRuns: 5_000, seed: 11 };

test("compiled rules hold for the rosters that the judge passes, alone and together, whatever was asked before", () => {
  const seen = new Map<string, Set<boolean>>();
  fc.assert(
    fc.property(drawnRuleSets, fc.array(drawnRosters, { minLength: 1, maxLength: 4 }), ({ tiers }, rosters) => {
      const [{ rules }] = tiers;
      const together = compileRules(rules);
      const alone = rules.map((rule) => ({ rule, ...compileRule(rule) }));
      for (const roster of rosters) {
        for (const { rule, holds } of alone) {
          const legal = judgeRules([rule], roster).length === 0;
          expect({ rule, holds: holds(roster) }).toEqual({ rule, holds: legal });
          note(seen, kindOf(rule), legal);
        }
        expect(together.holds(roster)).toBe(judgeRules(rules, roster).length === 0);
      }
    }),
    RUNS,
  );
  // The rosters are worth something only if each kind of rule was kept and broken.
  const expected = kinds.map((kind) => [kind, kind === "absoluteSort" ? [true] : [true, false]]);
  expect(kinds.map((kind) => [kind, [...(seen.get(kind) ?? [])].toSorted().toReversed()])).toEqual(expected);
}, 60_000);

test("compiled rules give up wherever the rules themselves do, and never on a roster that grows into a legal one", () => {
  const pruned = new Map<string, Set<boolean>>();
  let grown = 0;
  fc.assert(
    fc.property(drawnRuleSets, drawnRosters, fc.infiniteStream(fc.boolean()), ({ tiers }, whole, chance) => {
      const [{ rules }] = tiers;
      const part = withoutSome(whole, () => chance.next().value);
      for (const rule of rules) {
        const { mayStillHold } = compileRule(rule);
        const may = mayStillHold(part);
        note(pruned, kindOf(rule), may);
        if (may) expect({ rule, may: typeOf(rule).mayStillHold(rule, part) }).toEqual({ rule, may });
        if (judgeRules([rule], whole).length > 0) continue;
        if (part.flatMap((team) => team.players).length > 0) grown += 1;
        expect({ rule, may }).toEqual({ rule, may: true });
      }
      expect(compileRules(rules).mayStillHold(part)).toBe(rules.every((rule) => compileRule(rule).mayStillHold(part)));
    }),
    RUNS,
  );
  expect(grown).toBeGreaterThan(500);
  for (const kind of kinds.slice(0, -1)) expect([kind, pruned.get(kind)?.has(false)]).toEqual([kind, true]);
}, 60_000);

const kinds = [
  ...["comparison =", "comparison !=", "comparison <", "comparison >=", "distance", "batchDistance"],
  ...[
    "collection intersection",
    "collection contains",
    "collection reference_intersection_count",
    "latency",
    "compound",
  ],
  "absoluteSort",
];

function kindOf(rule: Rule): string {
  return "operation" in rule ? `${rule.type} ${rule.operation}` : rule.type;
}

function note(seen: Map<string, Set<boolean>>, kind: string, answer: boolean): void {
  seen.set(kind, (seen.get(kind) ?? new Set()).add(answer));
}

/** The roster before some parties came: whole parties, and now and then a team that is empty then. */
function withoutSome(roster: Roster, isOut: () => boolean): Roster {
  return roster.flatMap(({ name, players }) => {
    const leaving = new Map<string, boolean>();
    const leaves = (player: SeatedPlayer) => {
      const party = player.ticketId ?? player.playerId;
      const known = leaving.get(party) ?? isOut();
      leaving.set(party, known);
      return known;
    };
    const staying = players.filter((player) => !leaves(player));
    return staying.length === 0 && isOut() ? [] : [{ name, players: staying }];
  });
}
