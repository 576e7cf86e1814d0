// Every call over real sockets, against a scripted fleet that answers over sockets too: what comes back, and every reason.
import { setTimeout as delay } from "node:timers/promises";
import {
  ConstraintKind,
  ExpansionAge,
  noProperties,
  TicketStanding,
  TicketState,
  type WatchTicketsResponse,
} from "@muster/proto/matchmaking";
import { BackfillStrategy } from "@muster/proto/session";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { capabilityOf } from "./capability.ts";
import { EQUAL_TEAMS } from "./matcher-world.fixture.ts";
import { openSocketWorld, type SocketWorld } from "./socket-world.fixture.ts";

let world: SocketWorld;
beforeAll(async () => {
  world = await openSocketWorld();
  await completed("equal", "seated-1", "seated-2");
  world.fleet.accept("seated-1", "seated-2");
});
afterAll(() => world[Symbol.asyncDispose]());

const player = (playerId: string, attributes: Record<string, unknown> = {}) => ({
  ...{ playerId, attributes, latenciesMs: {}, team: "" },
});
const ask = (configuration: string, ticketId: string, ...players: ReturnType<typeof player>[]) =>
  world.matching.startMatching({ ...noProperties, configuration, ticketId, players });

/** Matches one-player tickets with one another, and waits until they are completed. */
async function completed(
  configuration: string,
  ...players: readonly string[]
): Promise<readonly WatchTicketsResponse[]> {
  for (const name of players) await ask(configuration, `t-${name}`, player(name));
  const events: WatchTicketsResponse[] = [];
  const request = { ticketIds: players.map((name) => `t-${name}`), configuration: "", resumeToken: "" };
  for await (const event of world.matching.watchTickets(request)) {
    events.push(event);
    const done = events.filter(({ ticket }) => ticket?.state === TicketState.COMPLETED);
    if (done.length === players.length) return events;
  }
  throw new Error("the watch ended early");
}

describe("StartMatching", () => {
  test("answers with the searching ticket, defaults filled in, and repeats by id and body", async () => {
    const first = await ask("skilled", "repeated", player("r1", { skill: 5 }));
    expect(first.ticket).toMatchObject({ state: 1, version: 1, players: [{ attributes: { skill: 5, mode: "any" } }] });
    const again = await ask("skilled", "repeated", player("r1", { skill: 5 }));
    expect(again).toEqual(first);
    await world.matching.cancelMatching({ ticketId: "repeated" });
  });

  test("draws an id for a ticket without one", async () => {
    const { ticket } = await ask("skilled", "", player("drawn", { skill: 1e9 }));
    expect(ticket?.ticketId).toMatch(/^tick_[0-9a-z]{26}$/);
    await world.matching.cancelMatching({ ticketId: ticket?.ticketId ?? "" });
  });

  const many = Array.from({ length: 101 }, (_, index) => player(`p${index}`));
  const refused = [
    { name: "an unknown configuration", call: () => ask("nope", "", player("x")), reason: "CONFIGURATION_NOT_FOUND" },
    { name: "a malformed ticket id", call: () => ask("duel", "a b", player("x")), reason: "ID_MALFORMED" },
    { name: "no players", call: () => ask("duel", ""), reason: "FIELD_INVALID", field: "players" },
    { name: "101 players", call: () => ask("duel", "", ...many), reason: "FIELD_INVALID", field: "players" },
    { name: "a player twice", call: () => ask("duel", "", player("x"), player("x")), reason: "FIELD_INVALID" },
    { name: "an empty player id", call: () => ask("duel", "", player("")), reason: "ID_MALFORMED" },
    {
      name: "an attribute that no rule set can hold",
      call: () => ask("duel", "", player("x", { skill: true })),
      reason: "FIELD_INVALID",
      field: "players[0].attributes.skill",
    },
    {
      name: "a missing attribute",
      call: () => ask("skilled", "", player("x")),
      reason: "ATTRIBUTE_INVALID",
      field: "players[0].attributes.skill",
    },
    {
      name: "an attribute of another type",
      call: () => ask("skilled", "", player("x", { skill: "high" })),
      reason: "ATTRIBUTE_INVALID",
      field: "players[0].attributes.skill",
    },
    {
      name: "a latency out of range",
      call: () => ask("duel", "", { ...player("x"), latenciesMs: { eu: 60_001 } }),
      reason: "FIELD_INVALID",
      field: "players[0].latencies_ms.eu",
    },
    {
      name: "an unknown team",
      call: () => ask("duel", "", { ...player("x"), team: "green" }),
      reason: "FIELD_INVALID",
      field: "players[0].team",
    },
  ];
  for (const { name, call, reason, field } of refused) {
    test(`refuses ${name}`, async () => {
      await expect(call()).rejects.toMatchObject({ reason, ...(field ? { metadata: { field } } : {}) });
    });
  }

  test("refuses another body under a known id, and a player who is queued", async () => {
    await ask("skilled", "kept", player("k1", { skill: 1 }), player("k2", { skill: 1 }), player("k3", { skill: 1 }));
    const other = ask("skilled", "kept", player("k1", { skill: 2 }));
    await expect(other).rejects.toMatchObject({ reason: "ID_REUSED" });
    const queued = ask("skilled", "", player("k2", { skill: 1 }));
    await expect(queued).rejects.toMatchObject({
      reason: "PLAYER_ALREADY_QUEUED",
      metadata: { playerId: "k2", ticketId: "kept" },
    });
    await world.matching.cancelMatching({ ticketId: "kept" });
  });
});

describe("ExplainTicket", () => {
  const each = (attribute: string) => `teams[*].players.playerAttributes[${attribute}]`;
  const rules = [
    { name: "mode", type: "comparison", measurements: [`flatten(${each("mode")})`], operation: "=" },
    { name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 25 },
    {
      name: "fair",
      type: "comparison",
      measurements: ["avg(teams[red].players.playerAttributes[skill])"],
      operation: ">=",
    },
  ];
  beforeAll(async () => {
    const document = {
      version: "v1.0",
      playerAttributes: [
        { name: "skill", type: "number" },
        { name: "mode", type: "string", default: "any" },
      ],
      teams: ["red", "blue"].map((name) => ({ name, minPlayers: 2, maxPlayers: 2 })),
      rules: [
        ...rules.slice(0, 2),
        { ...rules[2], referenceValue: "avg(teams[blue].players.playerAttributes[skill])" },
      ],
      expansions: [{ target: "rules[near].maxDistance", steps: [{ waitTimeSeconds: 3_000, value: 50 }] }],
    };
    await world.configurations.putRuleSet({ name: "explained", document: JSON.stringify(document) });
    await world.configurations.putConfiguration({
      configuration: {
        ...{ name: "explained", ruleSet: "explained", queue: "", requestTimeoutSeconds: 3_600, autoBackfill: false },
        ...{ settleMs: 0, properties: {}, data: "", placementRetries: undefined, alternatives: [], olderVersions: [] },
      },
    });
    await ask("explained", "asking", player("x1", { skill: 100 }));
    await ask("explained", "fitting", player("x2", { skill: 110, mode: "any" }));
    await ask("explained", "far", player("x3", { skill: 137 }));
    await ask("explained", "farther", player("x4", { skill: 200 }));
    await ask("explained", "otherwise", player("x5", { skill: 100, mode: "duel" }));
  });
  afterAll(async () => {
    for (const ticketId of ["asking", "fitting", "far", "farther", "otherwise"]) {
      await world.matching.cancelMatching({ ticketId });
    }
  });

  test("says what each rule leaves, who comes nearest, what is missing and what expands", async () => {
    const { ticket, explanation } = await world.matching.explainTicket({ ticketId: "asking" });
    expect(ticket).toMatchObject({ ticketId: "asking", state: TicketState.SEARCHING, version: 1 });
    expect(explanation).toMatchObject({
      standing: TicketStanding.OPEN,
      ...{ othersSearching: 4, othersOpen: 4, brokenRules: [], missingAttributes: [] },
      fitting: { tickets: 1, orMore: false },
      players: { present: 2, needed: 4, missing: 2 },
      nextExpansion: { atAgeMs: 3_000_000, changes: [{ target: "rules[near].maxDistance", from: "25", to: "50" }] },
      expansionAge: ExpansionAge.NEWEST,
    });
    const counts = explanation?.constraints.map(({ rule, kind, fitting }) => [rule, kind, fitting?.tickets]);
    expect(counts).toEqual([
      ["mode", ConstraintKind.PARTITION, 3],
      ["near", ConstraintKind.WINDOW, 2],
      ["fair", ConstraintKind.RESIDUAL, undefined],
      ["", ConstraintKind.RECIPE, 4],
    ]);
    expect(explanation?.constraints[1]?.nearestMiss).toEqual({ distance: 37, allowed: 25, orLess: false });
    expect(explanation?.timesOutInMs).toBeLessThanOrEqual(3_600_000);
  });

  const refused = [
    { name: "a ticket that nobody knows", ticketId: "nobody", reason: "TICKET_NOT_FOUND" },
    { name: "an id that cannot be one", ticketId: "a b", reason: "ID_MALFORMED" },
    { name: "no id", ticketId: "", reason: "ID_MALFORMED" },
  ];
  for (const { name, ticketId, reason } of refused) {
    test(`refuses ${name}`, async () => {
      await expect(world.matching.explainTicket({ ticketId })).rejects.toMatchObject({ reason });
    });
  }

  test("refuses a ticket that does not search, and says what it is", async () => {
    await ask("duel", "off", player("off"));
    await world.matching.cancelMatching({ ticketId: "off" });
    await expect(world.matching.explainTicket({ ticketId: "off" })).rejects.toMatchObject({
      reason: "TICKET_NOT_SEARCHING",
      metadata: { state: "CANCELLED" },
    });
  });
});

describe("CancelMatching and DescribeMatchingProgress", () => {
  test("a cancelled ticket stays cancelled, however often it is asked", async () => {
    await ask("duel", "gone", player("g"));
    for (let i = 0; i < 2; i += 1) {
      const { ticket } = await world.matching.cancelMatching({ ticketId: "gone" });
      expect(ticket).toMatchObject({ state: TicketState.CANCELLED, version: 2, cause: "CANCELLED_BY_REQUEST" });
    }
    await ask("duel", "gone-again", player("g"));
    await world.matching.cancelMatching({ ticketId: "gone-again" });
  });

  test("a group without a queue completes with everybody in it, and can no longer be cancelled", async () => {
    const events = await completed("group", "m1", "m2");
    const ticket = events.at(-1)?.ticket;
    expect(ticket?.assignment).toMatchObject({ battleSessionId: "", address: undefined });
    expect(ticket?.assignment?.players).toHaveLength(2);
    const late = world.matching.cancelMatching({ ticketId: "t-m1" });
    await expect(late).rejects.toMatchObject({
      reason: "TICKET_ALREADY_MATCHED",
      metadata: { matchId: ticket?.matchId },
    });
  });

  const refused = [
    {
      name: "cancels of unknown tickets",
      call: () => world.matching.cancelMatching({ ticketId: "none" }),
      reason: "TICKET_NOT_FOUND",
    },
    {
      name: "cancels without an id",
      call: () => world.matching.cancelMatching({ ticketId: "" }),
      reason: "ID_MALFORMED",
    },
    {
      name: "describing nothing",
      call: () => world.matching.describeMatchingProgress({ ticketIds: [] }),
      reason: "FIELD_INVALID",
    },
    {
      name: "describing 129",
      call: () => world.matching.describeMatchingProgress({ ticketIds: Array(129).fill("x") }),
      reason: "FIELD_INVALID",
    },
    {
      name: "describing unknown ones",
      call: () => world.matching.describeMatchingProgress({ ticketIds: ["none"] }),
      reason: "TICKET_NOT_FOUND",
    },
  ];
  for (const { name, call, reason } of refused) {
    test(`refuses ${name}`, async () => expect(call()).rejects.toMatchObject({ reason }));
  }

  test("describes those that are known, in their order, where only they are asked for", async () => {
    for (const name of ["one", "two"]) {
      const players = [{ playerId: name, attributes: { rank: 3 }, latenciesMs: {}, team: "" }];
      await world.matching.startMatching({
        ...noProperties,
        configuration: "duel",
        ticketId: `known-${name}`,
        players,
      });
      await world.matching.cancelMatching({ ticketId: `known-${name}` });
    }
    const ticketIds = ["known-two", "none", "known-one"];
    const { tickets } = await world.matching.describeMatchingProgress({ ticketIds, knownOnly: true });
    expect(tickets.map(({ ticketId }) => ticketId)).toEqual(["known-two", "known-one"]);
  });
});

describe("WatchTickets", () => {
  const first = async (request: { ticketIds?: string[]; configuration?: string; resumeToken?: string }) => {
    const full = { ticketIds: [], configuration: "", resumeToken: "", ...request };
    for await (const event of world.matching.watchTickets(full)) return event;
    return undefined;
  };
  const refused = [
    { name: "an unknown ticket", request: { ticketIds: ["none"] }, reason: "TICKET_NOT_FOUND" },
    { name: "an unknown configuration", request: { configuration: "none" }, reason: "CONFIGURATION_NOT_FOUND" },
    { name: "a token of somebody else's", request: { resumeToken: "xyz" }, reason: "FIELD_INVALID" },
    { name: "a token of another journal", request: { resumeToken: "t1.zzzzzz" }, reason: "CURSOR_EXPIRED" },
    {
      name: "tickets and a configuration",
      request: { ticketIds: ["a"], configuration: "duel" },
      reason: "FIELD_INVALID",
    },
  ];
  for (const { name, request, reason } of refused) {
    test(`refuses ${name}`, async () => expect(first(request)).rejects.toMatchObject({ reason }));
  }

  test("tells named tickets from their start, in versions without a gap", async () => {
    const events = await completed("duel", "w1", "w2");
    const versions = events.filter(({ ticket }) => ticket?.ticketId === "t-w1").map(({ ticket }) => ticket?.version);
    expect(versions).toEqual([1, 2, 3]);
    expect(await first({ ticketIds: ["t-w1"] })).toEqual(events.find(({ ticket }) => ticket?.ticketId === "t-w1"));
  });
});

describe("BackfillService", () => {
  const base = { battleSessionId: "bs_1", replace: false, requestId: "", capability: "", seenRevision: 0 };
  const { CUSTOM, MAX_POSSIBLE } = BackfillStrategy;
  const start = (changes: Partial<Parameters<typeof world.backfill.startBackfill>[0]>) =>
    world.backfill.startBackfill({ ...base, strategy: CUSTOM, addPlayers: { red: 1, blue: 1 }, ...changes });

  const refused = [
    { name: "an unknown session", changes: { battleSessionId: "bs_none" }, reason: "BATTLE_SESSION_NOT_FOUND" },
    { name: "no strategy", changes: { strategy: BackfillStrategy.UNSPECIFIED }, reason: "FIELD_INVALID" },
    { name: "an empty map", changes: { addPlayers: {} }, reason: "FIELD_INVALID" },
    { name: "a map with 0", changes: { addPlayers: { red: 0 } }, reason: "FIELD_INVALID" },
    { name: "a map beside MAX_POSSIBLE", changes: { strategy: MAX_POSSIBLE }, reason: "FIELD_INVALID" },
    { name: "an unknown team", changes: { addPlayers: { green: 1 } }, reason: "TEAM_UNKNOWN" },
    { name: "more than a team takes", changes: { addPlayers: { red: 3 } }, reason: "TEAM_SIZE_EXCEEDED" },
    { name: "a capability that is not the session's", changes: { capability: "AAAA" }, reason: "CREDENTIALS_INVALID" },
    { name: "a malformed request id", changes: { requestId: " " }, reason: "ID_MALFORMED" },
  ];
  for (const { name, changes, reason } of refused) {
    test(`StartBackfill refuses ${name}`, async () => expect(start(changes)).rejects.toMatchObject({ reason }));
  }

  test("DescribeBackfill and CancelBackfill refuse a session that never had one", async () => {
    const request = { battleSessionId: "bs_1", capability: "", requestId: "" };
    await expect(world.backfill.describeBackfill(request)).rejects.toMatchObject({ reason: "BACKFILL_NOT_RUNNING" });
    await expect(world.backfill.cancelBackfill(request)).rejects.toMatchObject({ reason: "BACKFILL_NOT_RUNNING" });
  });

  test("a backfill is started once a request id, refused beside a live one, and cancelled with the capability", async () => {
    const request = world.fleet.requests.get(world.fleet.placements[0] ?? "");
    const { battleSessionId, processId, incarnation, revision } = world.fleet.session("bs_1");
    const session = {
      capabilityKey: request?.capabilityKey ?? new Uint8Array(),
      battleSessionId,
      processId,
      incarnation,
    };
    const capability = capabilityOf(session);
    expect(request?.capabilityKey).toHaveLength(32);
    const stale = capabilityOf({ ...session, incarnation: incarnation + 1 });
    await expect(start({ capability: stale })).rejects.toMatchObject({ reason: "NOT_YOUR_SESSION" });
    const elsewhere = capabilityOf({ ...session, battleSessionId: "bs_2" as typeof battleSessionId });
    for (const notOurs of [stale, elsewhere]) {
      const request = { battleSessionId, capability: notOurs, requestId: "" };
      await expect(world.backfill.cancelBackfill(request)).rejects.toMatchObject({ reason: "NOT_YOUR_SESSION" });
      await expect(world.backfill.describeBackfill(request)).rejects.toMatchObject({ reason: "NOT_YOUR_SESSION" });
    }
    const started = await start({ capability, requestId: "once", seenRevision: revision });
    expect(started.backfill).toMatchObject({ state: 1, addPlayers: { red: 1, blue: 1 } });
    const repeated = await start({ requestId: "once", seenRevision: revision });
    expect(repeated.backfill?.backfillId).toBe(started.backfill?.backfillId);
    const other = start({ requestId: "once", addPlayers: { red: 1 } });
    await expect(other).rejects.toMatchObject({ reason: "ID_REUSED" });
    await expect(start({})).rejects.toMatchObject({ reason: "BACKFILL_ALREADY_RUNNING" });
    const cancelled = await world.backfill.cancelBackfill({ battleSessionId, capability, requestId: "end" });
    expect(cancelled.backfill).toMatchObject({ state: 3, cause: 5 });
    const described = await world.backfill.describeBackfill({ battleSessionId, capability });
    expect(described).toEqual(cancelled);
    const again = world.backfill.cancelBackfill({ battleSessionId, capability, requestId: "other" });
    await expect(again).rejects.toMatchObject({ reason: "BACKFILL_NOT_RUNNING" });
  });

  test("StartBackfill waits for the revision that the game has seen, until its deadline", async () => {
    const { revision } = world.fleet.session("bs_1");
    const request = { ...base, strategy: CUSTOM, addPlayers: { red: 1 }, seenRevision: revision + 2 };
    const early = world.backfill.startBackfill(request, { deadlineMs: 50 });
    await expect(early).rejects.toMatchObject({ reason: "DEADLINE_PASSED" });
    const waiting = world.backfill.startBackfill({ ...request, requestId: "seen", seenRevision: revision + 1 });
    await delay(0);
    world.fleet.change({ unreachable: true }, "bs_1");
    expect((await waiting).backfill).toMatchObject({ state: 2, cause: 3 });
    world.fleet.change({ unreachable: false }, "bs_1");
    await world.backfill.cancelBackfill({ battleSessionId: "bs_1", capability: "", requestId: "" });
  });

  test("CancelBackfill and DescribeBackfill wait for the revision that the game has seen", async () => {
    const { revision } = world.fleet.session("bs_1");
    const request = { battleSessionId: "bs_1", capability: "", requestId: "", seenRevision: revision + 1_000 };
    for (const call of [world.backfill.cancelBackfill, world.backfill.describeBackfill]) {
      await expect(call(request, { deadlineMs: 50 })).rejects.toMatchObject({ reason: "DEADLINE_PASSED" });
    }
  });

  test("StartBackfill refuses a session that has ended", async () => {
    const [last] = (await completed("duel", "e1", "e2")).slice(-1);
    const id = last?.ticket?.assignment?.battleSessionId ?? "";
    world.fleet.end("GAME_ENDED", id);
    const request = { ticketIds: ["t-e1"], configuration: "", resumeToken: last?.resumeToken ?? "" };
    for await (const event of world.matching.watchTickets(request)) if (event.type === 2) break;
    await expect(start({ battleSessionId: id })).rejects.toMatchObject({ reason: "SESSION_NOT_ACTIVE" });
  });
});

describe("ConfigurationService", () => {
  const message = (changes: object = {}) => ({
    configuration: {
      ...{ name: "put", ruleSet: "put", queue: "", requestTimeoutSeconds: 0, autoBackfill: false },
      ...{ properties: {}, data: "", alternatives: [], olderVersions: [], ...changes },
    },
  });
  const put = (changes: object) => world.configurations.putConfiguration(message(changes));
  const refused = [
    { name: "an unknown rule set", call: () => put({ ruleSet: "none" }), reason: "RULE_SET_NOT_FOUND" },
    { name: "an empty name", call: () => put({ name: "" }), reason: "ID_MALFORMED" },
    { name: "a timeout out of range", call: () => put({ requestTimeoutSeconds: 43_201 }), reason: "FIELD_INVALID" },
    { name: "a settle time out of range", call: () => put({ settleMs: -1 }), reason: "FIELD_INVALID" },
    { name: "too many retries", call: () => put({ placementRetries: 11 }), reason: "FIELD_INVALID" },
    { name: "backfill without a queue", call: () => put({ autoBackfill: true }), reason: "FIELD_INVALID" },
    {
      name: "a rule set that is no rule set",
      call: () => world.configurations.putRuleSet({ name: "bad", document: "{}" }),
      reason: "RULE_SET_INVALID",
    },
    {
      name: "a rule set that is no JSON",
      call: () => world.configurations.putRuleSet({ name: "bad", document: "{" }),
      reason: "RULE_SET_INVALID",
    },
  ];
  for (const { name, call, reason } of refused) {
    test(`refuses ${name}`, async () => expect(call()).rejects.toMatchObject({ reason }));
  }

  test("what is put is listed, with its defaults", async () => {
    await world.configurations.putRuleSet({ name: "put", document: JSON.stringify(EQUAL_TEAMS) });
    const session = { name: "Duel", reservationSeconds: 20, disconnectGraceSeconds: undefined };
    await put({ properties: { map: "dust" }, session });
    const { configurations } = await world.configurations.listConfigurations({});
    expect(configurations.map(({ name }) => name)).toEqual(configurations.map(({ name }) => name).toSorted());
    expect(configurations.find(({ name }) => name === "put")).toEqual({
      ...{ name: "put", ruleSet: "put", queue: "", requestTimeoutSeconds: 60, autoBackfill: false },
      ...{ settleMs: 10, properties: { map: "dust" }, data: "", placementRetries: 2 },
      ...{ alternatives: [], olderVersions: [], session },
      ...{ version: 1, putAt: expect.any(Date) },
    });
  });
});
