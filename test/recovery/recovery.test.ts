// One outcome for whatever was under way: matcher or fleet dies at each fact of a match and of a fill, right before it is
// written or right after, and starts again. The tickets end COMPLETED, once, with seats that are there.
import type { NewRecord } from "@muster/journal";
import { type MatcherFact, factCodec as matcherFacts } from "@muster/matcher/testing";
import { type FleetFact, factCodec as fleetFacts } from "@muster/mock-fleet/testing";
import { expect, test } from "vitest";
import type { Death } from "./mortal-journal.ts";
import { createRecoveryWorld, type RecoveryWorld } from "./recovery-world.ts";

const COMPLETED = 3;
const patience = { timeout: 20_000 };
const moments = ["before the write", "after the write"] as const;

const fleetFact = (isIt: (fact: FleetFact) => boolean) => (record: NewRecord) =>
  isIt(fleetFacts.decode(record.kind, record.body));
const matcherFact = (type: MatcherFact["type"]) => (record: NewRecord) =>
  matcherFacts.decode(record.kind, record.body).fact.type === type;
const isPlacement = fleetFact((fact) => fact.type === "placement-started");
const isActivation = fleetFact((fact) => fact.type === "session-changed" && fact.change.state === "ACTIVE");
const isFill = fleetFact((fact) => fact.type === "session-changed" && fact.request?.id.startsWith("fill ") === true);

/** Everybody's ticket is COMPLETED and tells the one seat that the fleet has for the player; no match has two sessions. */
async function expectSeated(world: RecoveryWorld, players: readonly string[]): Promise<void> {
  await expect
    .poll(async () => Promise.all(players.map(async (id) => (await world.ticket(`t-${id}`))?.state)), patience)
    .toEqual(players.map(() => COMPLETED));
  const sessions = await world.sessions();
  expect(new Set(sessions.map(({ matchId }) => matchId)).size).toBe(sessions.length);
  const seats = sessions.flatMap(({ playerSessions }) =>
    playerSessions.map(({ playerId, playerSessionId }) => `${playerId} ${playerSessionId}`),
  );
  const told = await Promise.all(
    players.map(async (id) => {
      const ticket = await world.ticket(`t-${id}`);
      const own = ticket?.assignment?.players.find(({ playerId }) => playerId === id);
      return `${id} ${own?.playerSessionId}`;
    }),
  );
  expect(told.toSorted()).toEqual(seats.toSorted());
}

const untilDeath = (world: RecoveryWorld) => expect.poll(() => world.deaths, patience).toBe(1);

const matchDeaths = [
  { who: "fleet", fact: "a placement is started", at: isPlacement },
  { who: "fleet", fact: "the session comes alive", at: isActivation },
  { who: "matcher", fact: "a ticket is created", at: matcherFact("ticket-created") },
  { who: "matcher", fact: "the match is formed", at: matcherFact("match-formed") },
  { who: "matcher", fact: "the match is placed", at: matcherFact("match-placed") },
] as const;
for (const { who, fact, at } of matchDeaths) {
  for (const moment of moments) {
    test(`S-ONE-PER-MATCH, T-NO-LOSS: the ${who} dies when ${fact}, ${moment}`, async () => {
      await using world = await createRecoveryWorld();
      const death: Death = { moment, at };
      await world.startFleet(who === "fleet" ? death : undefined);
      await world.startMatcher(who === "matcher" ? death : undefined);
      const queued = Promise.all([world.queue("ann"), world.queue("bob")]);
      await untilDeath(world);
      await (who === "fleet" ? world.startFleet() : world.startMatcher());
      await queued;
      await expectSeated(world, ["ann", "bob"]);
      expect((await world.sessions()).length).toBe(1);
      expect(world.faults).toEqual([]);
    });
  }
}

const fillDeaths = [
  { who: "fleet", fact: "the fill is applied", at: isFill },
  { who: "matcher", fact: "the fill is decided", at: matcherFact("fill-decided") },
  { who: "matcher", fact: "the fill's outcome is known", at: matcherFact("fill-applied") },
] as const;
for (const { who, fact, at } of fillDeaths) {
  for (const moment of moments) {
    test(`M-DISJOINT, S-CAPACITY: the ${who} dies when ${fact}, ${moment}`, async () => {
      await using world = await createRecoveryWorld();
      const death: Death = { moment, at };
      await world.startFleet(who === "fleet" ? death : undefined);
      await world.startMatcher(who === "matcher" ? death : undefined);
      await Promise.all([world.queue("ann"), world.queue("bob")]);
      await expectSeated(world, ["ann", "bob"]);
      const queued = Promise.all([world.queue("cleo"), world.queue("dan")]);
      await untilDeath(world);
      await (who === "fleet" ? world.startFleet() : world.startMatcher());
      await queued;
      await expectSeated(world, ["ann", "bob", "cleo", "dan"]);
      expect((await world.sessions()).length).toBe(1);
      expect(world.faults).toEqual([]);
    });
  }
}

test("S-ONE-PER-MATCH: the answer to a placement's request is lost", async () => {
  await using world = await createRecoveryWorld();
  await world.startFleetCutOff("matcher", isPlacement);
  await world.startMatcher();
  await Promise.all([world.queue("ann"), world.queue("bob")]);
  await untilDeath(world);
  world.heal();
  await expectSeated(world, ["ann", "bob"]);
  expect((await world.sessions()).length).toBe(1);
});

test("M-DISJOINT, S-CAPACITY: the answer to a fill is lost", async () => {
  await using world = await createRecoveryWorld();
  await world.startFleetCutOff("matcher", isFill);
  await world.startMatcher();
  await Promise.all([world.queue("ann"), world.queue("bob")]);
  await expectSeated(world, ["ann", "bob"]);
  await Promise.all([world.queue("cleo"), world.queue("dan")]);
  await untilDeath(world);
  world.heal();
  await expectSeated(world, ["ann", "bob", "cleo", "dan"]);
  expect((await world.sessions()).length).toBe(1);
});

test("S-ONE-PER-MATCH: the fleet dies when it has answered, and its host has not heard of the session yet", async () => {
  await using world = await createRecoveryWorld();
  await world.startFleetCutOff("hosts", isPlacement);
  await world.startMatcher();
  await Promise.all([world.queue("ann"), world.queue("bob")]);
  await untilDeath(world);
  await expect.poll(async () => (await world.sessions()).map(({ state }) => state), patience).toEqual(["ACTIVATING"]);
  await world.killFleet();
  world.heal();
  await world.startFleet();
  await expectSeated(world, ["ann", "bob"]);
  expect((await world.sessions()).length).toBe(1);
});

test("B-DIES-WITH-SESSION: a session whose process dies while the matcher is away takes its backfill with it", async () => {
  await using world = await createRecoveryWorld();
  await world.startFleet();
  await world.startMatcher();
  await Promise.all([world.queue("ann"), world.queue("bob")]);
  await expectSeated(world, ["ann", "bob"]);
  const [session] = await world.sessions();
  if (!session) throw new Error("no session");
  world.killMatcher();
  await world.fleet.hostOf(session).command({ $case: "processExited", value: { how: "SIGSEGV" } });
  await world.startMatcher();
  const request = { battleSessionId: session.battleSessionId, capability: "" };
  await expect.poll(async () => (await world.backfills.describeBackfill(request)).backfill?.state, patience).toBe(3);
  expect((await world.sessions())[0]).toMatchObject({ state: "TERMINATED", endCause: "PROCESS_CRASHED" });
});
