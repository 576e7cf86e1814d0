// Acceptance over the API: what callers and watchers are told, what the fleet is asked for and when, and what a restart keeps.
import { MatchAnswer, type Ticket, TicketEventType, TicketState } from "@muster/proto/matchmaking";
import { BackfillStrategy } from "@muster/proto/session";
import { describe, expect, test } from "vitest";
import { readConfiguration, writeConfiguration } from "./grpc/configuration-wire.ts";
import { configurationOf, createWorld, type World, worldConfig } from "./matcher-world.fixture.ts";

const TIMEOUT_MS = 20_000;
const acceptance = { timeoutMs: TIMEOUT_MS, autoContinue: true };
const asked = configurationOf({ name: "asked", acceptance });
const config = {
  ...worldConfig,
  configurations: [
    ...worldConfig.configurations,
    asked,
    configurationOf({ name: "asked-group", queue: undefined, acceptance }),
    configurationOf({ name: "asked-equal", ruleSet: "equal", acceptance }),
  ],
};

/** Two players who have been asked. */
async function proposed(configuration = "asked", options: Parameters<typeof createWorld>[0] = {}) {
  const world = await createWorld({ config, ...options });
  await world.queue(configuration, "ann");
  await world.queue(configuration, "bob");
  await world.clock.advance(10);
  return world;
}

const say = async (
  world: World,
  answer: MatchAnswer,
  player: string,
  matchId?: string,
): Promise<Ticket | undefined> => {
  const ticketId = `t-${player}`;
  const known = matchId ?? (await world.ticket(ticketId)).matchId;
  const { ticket } = await world.matching.acceptMatch({ ticketId, matchId: known, playerIds: [player], answer });
  return ticket;
};
const accepted = (ticket: Ticket | undefined) => {
  return ticket?.proposal?.players.filter((player) => player.accepted).map(({ playerId }) => playerId);
};

describe("AcceptMatch", () => {
  test("lets the match go on to its placement when the last player has accepted, and not before", async () => {
    await using world = await proposed();
    expect(await world.state("t-ann")).toBe("REQUIRES_ACCEPTANCE");
    await say(world, MatchAnswer.ACCEPT, "ann");
    await world.clock.advance(1_000);
    expect(world.fleet.placements.length).toBe(0);
    await say(world, MatchAnswer.ACCEPT, "bob");
    await world.clock.advance(1_000);
    expect([world.fleet.placements.length, await world.state("t-ann")]).toEqual([1, "COMPLETED"]);
  });

  test("completes the group where there is no queue", async () => {
    await using world = await proposed("asked-group");
    await say(world, MatchAnswer.ACCEPT, "ann");
    expect(await say(world, MatchAnswer.ACCEPT, "bob")).toMatchObject({
      state: TicketState.COMPLETED,
      assignment: { address: undefined, players: [{ playerId: "ann" }, { playerId: "bob" }] },
    });
  });

  test("answers with who has accepted and until when, as progress and events show it to every member", async () => {
    await using world = await proposed();
    const events = world.collect({ ticketIds: ["t-bob"] });
    const formedAtMs = world.clock.wallMs();
    const ticket = await say(world, MatchAnswer.ACCEPT, "ann");
    expect(accepted(ticket)).toEqual(["ann"]);
    expect(Math.abs((ticket?.proposal?.expiresAt?.getTime() ?? 0) - formedAtMs - TIMEOUT_MS)).toBeLessThan(1_000);
    expect(accepted(await world.ticket("t-bob"))).toEqual(["ann"]);
    await world.clock.advance(10);
    expect(events.map(({ type, ticket: shown }) => [type, shown?.version, accepted(shown)])).toEqual([
      [TicketEventType.STATE_CHANGED, 1, undefined],
      [TicketEventType.STATE_CHANGED, 2, []],
      [TicketEventType.ACCEPTANCE_CHANGED, 3, ["ann"]],
    ]);
  });

  test("lets who is not to blame search on, and match again without waiting for anything else", async () => {
    await using world = await proposed();
    await world.queue("asked", "cat");
    await say(world, MatchAnswer.ACCEPT, "ann");
    const refused = await say(world, MatchAnswer.REFUSE, "bob");
    expect(refused).toMatchObject({ state: TicketState.CANCELLED, cause: "ACCEPTANCE_REFUSED" });
    expect(refused?.matchId).toMatch(/^match_/);
    await world.clock.advance(10);
    expect(await world.ticket("t-ann")).toMatchObject({ state: TicketState.REQUIRES_ACCEPTANCE, returns: 1 });
    expect(await world.state("t-cat")).toBe("REQUIRES_ACCEPTANCE");
  });

  test("cancels who is silent, by the clock alone", async () => {
    await using world = await proposed();
    await say(world, MatchAnswer.ACCEPT, "ann");
    await world.clock.advance(TIMEOUT_MS);
    expect(await world.ticket("t-bob")).toMatchObject({ cause: "ACCEPTANCE_TIMED_OUT", state: TicketState.CANCELLED });
    expect(await world.ticket("t-ann")).toMatchObject({ cause: "MATCH_UNANSWERED", state: TicketState.SEARCHING });
  });

  const refusals = [
    { name: "no players", more: { playerIds: [] }, reason: "FIELD_INVALID" },
    { name: "a player twice", more: { playerIds: ["ann", "ann"] }, reason: "FIELD_INVALID" },
    { name: "no answer", more: { answer: MatchAnswer.UNSPECIFIED }, reason: "FIELD_INVALID" },
    { name: "no match", more: { matchId: "" }, reason: "ID_MALFORMED" },
    { name: "another match", more: { matchId: "match_x" }, reason: "PROPOSAL_NOT_FOUND" },
    { name: "another's player", more: { playerIds: ["bob"] }, reason: "PLAYER_NOT_IN_TICKET" },
    { name: "an unknown ticket", more: { ticketId: "t-x" }, reason: "TICKET_NOT_FOUND" },
  ];
  for (const { name, more, reason } of refusals) {
    test(`refuses ${name} with ${reason}`, async () => {
      await using world = await proposed();
      const { matchId } = await world.ticket("t-ann");
      const request = { ticketId: "t-ann", matchId, playerIds: ["ann"], answer: MatchAnswer.ACCEPT, ...more };
      await expect(world.matching.acceptMatch(request)).rejects.toMatchObject({ reason });
      expect((await world.ticket("t-ann")).version).toBe(2);
    });
  }

  test("is too late for a refusal once the match is placed, and names match and state", async () => {
    await using world = await proposed();
    const { matchId } = await world.ticket("t-ann");
    await say(world, MatchAnswer.ACCEPT, "ann");
    await say(world, MatchAnswer.ACCEPT, "bob");
    await world.clock.advance(1_000);
    await expect(say(world, MatchAnswer.REFUSE, "ann", matchId)).rejects.toMatchObject({
      reason: "PROPOSAL_ENDED",
      metadata: { matchId, state: "COMPLETED" },
    });
  });
});

describe("a restart with a proposal open", () => {
  for (const snapshotEveryFacts of [undefined, 1]) {
    const how = snapshotEveryFacts === undefined ? "its facts" : "a snapshot";
    test(`keeps answers and deadline, from ${how}`, async () => {
      await using world = await proposed("asked", snapshotEveryFacts === undefined ? {} : { snapshotEveryFacts });
      const before = await say(world, MatchAnswer.ACCEPT, "ann");
      await world.clock.advance(5_000);
      await world.restart();
      expect(await world.ticket("t-ann")).toEqual(before);
      expect(await world.state("t-bob")).toBe("REQUIRES_ACCEPTANCE");
      await say(world, MatchAnswer.ACCEPT, "bob");
      await world.clock.advance(1_000);
      expect([world.fleet.placements.length, await world.state("t-bob")]).toEqual([1, "COMPLETED"]);
    });

    test(`ends it by its deadline, from ${how}`, async () => {
      await using world = await proposed("asked", snapshotEveryFacts === undefined ? {} : { snapshotEveryFacts });
      await say(world, MatchAnswer.ACCEPT, "ann");
      await world.clock.advance(TIMEOUT_MS - 1_000);
      await world.restart();
      expect(await world.state("t-bob")).toBe("REQUIRES_ACCEPTANCE");
      await world.clock.advance(1_000);
      expect([await world.state("t-ann"), await world.state("t-bob")]).toEqual(["SEARCHING", "CANCELLED"]);
    });
  }
});

describe("acceptance and backfill exclude each other", () => {
  test("a configuration with both is refused", async () => {
    await using world = await createWorld({ config });
    const both = { ...writeConfiguration(asked), autoBackfill: true };
    const put = world.configurations.putConfiguration({ configuration: both });
    await expect(put).rejects.toMatchObject({
      reason: "BACKFILL_WITH_ACCEPTANCE",
      metadata: { configuration: "asked" },
    });
  });

  test("a session of such a configuration takes no backfill", async () => {
    await using world = await proposed("asked-equal");
    await say(world, MatchAnswer.ACCEPT, "ann");
    await say(world, MatchAnswer.ACCEPT, "bob");
    await world.clock.advance(1_000);
    await expect(startBackfill(world)).rejects.toMatchObject({ reason: "BACKFILL_WITH_ACCEPTANCE" });
  });

  test("backfills end when their configuration comes to ask for acceptance", async () => {
    await using world = await createWorld({ config });
    await world.queue("auto", "ann");
    await world.queue("auto", "bob");
    await world.clock.advance(1_000);
    expect(world.fleet.session().backfill?.state).toBe("SEARCHING");
    const configuration = writeConfiguration(configurationOf({ name: "auto", ruleSet: "equal", acceptance }));
    await world.configurations.putConfiguration({ configuration });
    await world.clock.advance(1_000);
    expect(world.fleet.session().backfill).toMatchObject({ state: "ERROR", cause: "ACCEPTANCE_REQUIRED" });
  });

  async function startBackfill(world: World) {
    const { battleSessionId = "" } = (await world.ticket("t-ann")).assignment ?? {};
    return await world.backfill.startBackfill({
      ...{ battleSessionId, capability: "", strategy: BackfillStrategy.MAX_POSSIBLE, addPlayers: {}, replace: false },
      ...{ requestId: "", seenRevision: 0 },
    });
  }
});

test("a configuration reads as it was written, with 30 s and auto-continue where nothing is said", () => {
  expect(readConfiguration(writeConfiguration(asked))).toEqual(asked);
  const short = { ...writeConfiguration(asked), acceptance: { timeoutSeconds: 0, autoContinue: undefined } };
  expect(readConfiguration(short).acceptance).toEqual({ timeoutMs: 30_000, autoContinue: true });
  const long = { ...writeConfiguration(asked), acceptance: { timeoutSeconds: 601, autoContinue: true } };
  expect(() => readConfiguration(long)).toThrow(/acceptance\.timeout_seconds/);
});
