// The search that leaves nobody out: it finds what an exhaustive search finds, in however small steps it goes.
import { formMatch, judge } from "@muster/rules";
import { attributesRead, readCandidate } from "@muster/rules/plan";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createEngineWorld, plannedTickets, rosterOf, ruleSets } from "./engine-world.fixture.ts";
import type { PooledTicket } from "./pool.ts";
import { createThorough, type Seating } from "./thorough.ts";

const all = ["near", "span", "mode", "patch", "maps", "region", "strong", "equal", "average", "balance"] as const;

test("a thorough search around each ticket finds a legal match, or nobody does", () => {
  const pools = fc.array(plannedTickets, { maxLength: 8 });
  fc.assert(
    fc.property(ruleSets(all), pools, fc.integer({ min: 1, max: 40 }), (ruleSet, planned, stepsATurn) => {
      const { engine, waiting, nowMs, add } = createEngineWorld(ruleSet);
      add(planned);
      engine.begin(nowMs);
      const tickets = [...waiting.values()].map(({ ticket }) => ticket);
      const levels = new Map([...waiting.values()].map(({ ticket, slot }) => [ticket, engine.pool.levelOf(slot)]));
      const { plan, pool } = engine;
      const [{ rules }] = ruleSet.tiers;
      const candidates = tickets.flatMap((ticket) => readCandidate(ticket, rules, attributesRead(rules)) ?? []);
      let found: Seating | undefined;
      for (const anchor of candidates) {
        const thorough = createThorough({
          ...{ plan, kinds: pool.kinds, with: anchor, others: candidates.filter((one) => one !== anchor) },
          levelOf: (one) => levels.get(one as PooledTicket) ?? 0,
          isThere: () => true,
        });
        let outcome = thorough.run({ left: stepsATurn });
        while (outcome === "cut") outcome = thorough.run({ left: stepsATurn });
        if (outcome === "exhausted") continue;
        found = outcome;
        const seats = outcome.seats.map((seat) => ({ ...seat, ticket: seat.ticket as PooledTicket }));
        const ages = outcome.tickets.map((one) => nowMs - one.searchingSinceMs);
        const ageMs = ruleSet.expansionAge === "oldest" ? Math.max(...ages) : Math.min(...ages);
        expect(judge(ruleSet, rosterOf({ tickets: [], seats, regions: [] }), { ageMs })).toEqual([]);
      }
      const sought = formMatch(ruleSet, tickets, nowMs, { left: 500_000 });
      expect(found === undefined).toBe(sought === undefined);
    }),
    { numRuns: 400 },
  );
});
