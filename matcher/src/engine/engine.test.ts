// The engine against the judge and against an exhaustive search: M-RULES, M-DISJOINT, M-WHOLE, M-NO-BYPASS, and that a match
// forms wherever there is one.
import { formMatch, judge } from "@muster/rules";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ageOf, counted, createEngineWorld, plannedTickets, rosterOf, ruleSets } from "./engine-world.fixture.ts";

const pools = fc.array(plannedTickets, { maxLength: 14 });
const all = ["near", "span", "mode", "maps", "region", "strong", "equal", "average", "balance"] as const;

test("every match is legal for the judge, whole parties only, nobody twice", () => {
  fc.assert(
    fc.property(ruleSets(all), pools, pools, fc.integer({ min: 0, max: 9_000 }), (ruleSet, first, later, waitMs) => {
      const world = createEngineWorld(ruleSet);
      for (const planned of [first, later]) {
        world.add(planned);
        for (let rounds = 0; rounds < 40; rounds += 1) {
          const { matches, isDone } = world.form(3);
          for (const match of matches) {
            const roster = rosterOf(match);
            expect(judge(ruleSet, roster, { ageMs: ageOf(match, ruleSet, world.nowMs) })).toEqual([]);
            const seated = new Set(match.seats.map(({ player }) => player.playerId));
            const asked = match.seats.flatMap(({ ticket }) => ticket.players.map(({ playerId }) => playerId));
            expect(seated).toEqual(new Set(asked));
          }
          if (isDone) break;
        }
        world.wait(waitMs);
      }
    }),
    { numRuns: 600 },
  );
});

test("where lanes, buckets and numbers tell all, a match forms wherever an exhaustive search finds one", () => {
  fc.assert(
    fc.property(
      ruleSets(counted),
      pools,
      pools,
      fc.integer({ min: 0, max: 9_000 }),
      (ruleSet, first, later, waitMs) => {
        const world = createEngineWorld(ruleSet);
        for (const planned of [first, later, []]) {
          world.add(planned);
          while (!world.form(3).isDone);
          const left = [...world.waiting.values()].map(({ ticket }) => ticket);
          const missed = formMatch(ruleSet, left, world.nowMs, { left: 200_000 });
          expect(missed?.tickets).toBeUndefined();
          world.wait(waitMs);
        }
      },
    ),
    { numRuns: 600 },
  );
});
