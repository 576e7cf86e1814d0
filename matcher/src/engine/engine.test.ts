// The engine against the judge and against an exhaustive search: M-RULES, M-DISJOINT, M-WHOLE, M-NO-BYPASS, and that a match
// forms wherever there is one.
import type { PlayerId, TicketId } from "@muster/proto";
import { formMatch, judge, parseRuleSet } from "@muster/rules";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { EngineMatch } from "./engine.ts";
import { ageOf, counted, createEngineWorld, plannedTickets, rosterOf, ruleSets } from "./engine-world.fixture.ts";
import type { Seat } from "./placing.ts";

const pools = fc.array(plannedTickets, { maxLength: 14 });
const askedTeams = ({ ticket }: Pick<Seat, "ticket">) => JSON.stringify(ticket.players.map(({ team }) => team ?? ""));
const skillsOf = (seats: readonly Pick<Seat, "player">[]) => seats.map(({ player }) => Number(player.attributes.skill));

const all = ["near", "span", "mode", "patch", "maps", "region", "strong", "equal", "average", "balance"] as const;

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

test("where rules have to be looked at match by match, a match forms within some rounds wherever an exhaustive search finds one", () => {
  const small = fc.array(plannedTickets, { maxLength: 9 });
  fc.assert(
    fc.property(ruleSets(all), small, small, fc.integer({ min: 0, max: 9_000 }), (ruleSet, first, later, waitMs) => {
      const world = createEngineWorld(ruleSet);
      for (const planned of [first, later, []]) {
        world.add(planned);
        let rounds = 0;
        for (; !world.form(3).isDone; rounds += 1);
        expect(rounds).toBeLessThan(200);
        const left = [...world.waiting.values()].map(({ ticket }) => ticket);
        const missed = formMatch(ruleSet, left, world.nowMs, { left: 500_000 });
        expect(missed?.tickets).toBeUndefined();
        world.wait(waitMs);
      }
    }),
    { numRuns: 400 },
  );
});

test("M-NO-BYPASS: nobody younger has a place that a waiting ticket like it could take without widening the match", () => {
  fc.assert(
    fc.property(ruleSets(["near", "mode", "equal"]), pools, pools, (ruleSet, first, later) => {
      const world = createEngineWorld(ruleSet);
      for (const planned of [first, later]) {
        world.add(planned);
        const matches: EngineMatch[] = [];
        for (let isDone = false; !isDone; ) {
          const round = world.form();
          matches.push(...round.matches);
          isDone = round.isDone;
        }
        for (const { seats } of matches) {
          const [low, high] = [Math.min(...skillsOf(seats)), Math.max(...skillsOf(seats))];
          for (const { ticket } of world.waiting.values()) {
            const own = skillsOf(ticket.players.map((player) => ({ player })));
            if (
              ruleSet.tiers[0].rules.some(({ name }) => name === "near") &&
              own.some((one) => one < low || one > high)
            ) {
              continue;
            }
            for (const seat of seats) {
              if (seat.ticket.arrival <= ticket.arrival || askedTeams(seat) !== askedTeams({ ticket })) continue;
              const instead = new Map(
                seat.ticket.players.map(({ playerId }, index) => [playerId, ticket.players[index]]),
              );
              const replaced = seats.map((one) => {
                const player = one.ticket === seat.ticket ? instead.get(one.player.playerId) : undefined;
                return player ? { ...one, ticket, player } : one;
              });
              const match = { tickets: [], seats: replaced, regions: [] };
              const ageMs = ageOf(match, ruleSet, world.nowMs);
              expect(judge(ruleSet, rosterOf(match), { ageMs })).not.toEqual([]);
            }
          }
        }
      }
    }),
    { numRuns: 500 },
  );
});

const leaving = [
  { name: "before its turn", isTakenInFirst: false },
  { name: "after it was taken in before its turn", isTakenInFirst: true },
];

for (const { name, isTakenInFirst } of leaving) {
  test(`who leaves a restored pool ${name} is not brought back`, () => {
    const { engine } = createEngineWorld(
      parseRuleSet({ version: "v1.0", teams: [{ name: "red", minPlayers: 1, maxPlayers: 1 }] }),
    );
    const ticketId = "t1" as TicketId;
    const players = [{ playerId: "p1" as PlayerId, attributes: {} }];
    const place = { ticket: { ticketId, players, searchingSinceMs: 0, arrival: 1 }, slot: -1 };
    engine.addLater([place]);
    if (isTakenInFirst) engine.add(place);
    engine.remove(place);
    engine.begin(0);
    expect([engine.isLoading, engine.pool.size]).toEqual([false, 0]);
  });
}
