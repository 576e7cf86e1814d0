import { createVirtualClock } from "@muster/kit/testing";
import { EventTargetState, EventType, noProperties } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import type { MatcherConfig } from "../config.ts";
import { configurationOf, createWorld, type World, worldConfig } from "../matcher-world.fixture.ts";
import { createScriptedPoster, eventsOf, type ScriptedPoster } from "./scripted-poster.fixture.ts";

const URL = "https://backend.example/events";
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

function targetOf(changes: object = {}) {
  return {
    target: {
      ...{ name: "backend", url: URL, configurations: [], types: [], eventsPerRequest: 0, concurrency: 0 },
      ...{ matchTokens: false, ...changes },
    },
    secret: SECRET,
  };
}

async function openWorld({
  config = worldConfig,
  ...options
}: {
  readonly limits?: { behindMsMax: number; pendingBytesMax: number };
  readonly config?: MatcherConfig;
} = {}) {
  // The poster waits on the world's own clock, which is there once the world is.
  const holder: { world?: World } = {};
  const poster = createScriptedPoster({
    sleep: (delayMs, signal) => (holder.world?.clock ?? createVirtualClock()).sleep(delayMs, signal),
  });
  const world = await createWorld({ config, events: { poster, ...options } });
  holder.world = world;
  return { world, poster };
}

/** Lets so much time pass, and everything that is due in it. */
async function pass(world: World, ms: number) {
  for (let left = ms; left > 0; left -= 50) await world.clock.advance(Math.min(50, left));
}

async function playDuel(world: World, ...players: readonly [string, string]) {
  for (const player of players) await world.queue("duel", player);
  await pass(world, 100);
}

const kinds = ({ taken }: ScriptedPoster, ticketId: string) =>
  taken.filter(({ data }) => data.ticket?.ticketId === ticketId).map(({ type, number }) => `${number} ${type}`);

test("a target is told of every step of a ticket, numbered and in order", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf());
  await playDuel(world, "ann", "bob");
  await pass(world, 500);
  expect(await world.state("t-ann")).toBe("COMPLETED");
  const steps = ["1 TICKET_SEARCHING", "2 TICKET_PLACING", "3 TICKET_COMPLETED"];
  expect(kinds(poster, "t-ann")).toEqual(steps);
  expect(kinds(poster, "t-bob")).toEqual(steps);
  expect(world.faults).toEqual([]);
});

test("a target is told of nothing from before it was put", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.queue("duel", "ann");
  await pass(world, 100);
  await world.events.putTarget(targetOf());
  await world.queue("duel", "bob");
  await pass(world, 500);
  expect(kinds(poster, "t-ann")).toEqual(["2 TICKET_PLACING", "3 TICKET_COMPLETED"]);
});

const filters = [
  { name: "types", changes: { types: [EventType.TICKET_COMPLETED] }, told: ["3 TICKET_COMPLETED"] },
  { name: "configurations", changes: { configurations: ["group"] }, told: [] },
] as const;
for (const { name, changes, told } of filters) {
  test(`a target that names ${name} is told of no others`, async () => {
    const { world, poster } = await openWorld();
    await using _ = world;
    await world.events.putTarget(targetOf(changes));
    await playDuel(world, "ann", "bob");
    await pass(world, 500);
    expect(kinds(poster, "t-ann")).toEqual(told);
  });
}

test("a receiver that was away, and a matcher that was killed meanwhile, lose nothing, and repeats are equal to the byte", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf());
  poster.answers.set(URL, "away");
  await playDuel(world, "ann", "bob");
  await pass(world, 5_000);
  const before = new Map(poster.requests.map(({ headers, body }) => [headers["webhook-id"], body]));
  await world.restart();
  poster.answers.set(URL, 500);
  await pass(world, 60_000);
  poster.answers.delete(URL);
  await pass(world, 61_000);
  expect(kinds(poster, "t-ann")).toEqual(["1 TICKET_SEARCHING", "2 TICKET_PLACING", "3 TICKET_COMPLETED"]);
  for (const { headers, body } of poster.requests) {
    const sent = before.get(headers["webhook-id"]);
    if (sent !== undefined) expect(body).toBe(sent);
  }
  expect(world.faults).toEqual([]);
});

test("a target that is away delays no other", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf());
  await world.events.putTarget(targetOf({ name: "other", url: "https://other.example" }));
  poster.answers.set("https://other.example", "silence");
  await playDuel(world, "ann", "bob");
  await pass(world, 500);
  expect(kinds(poster, "t-ann")).toHaveLength(3);
  const { targets } = await world.events.listTargets({});
  expect(targets.map(({ target, behindMs }) => [target?.name, behindMs > 0])).toEqual([
    ["backend", false],
    ["other", true],
  ]);
});

test("events of one ticket are never under way together, those of others are", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf());
  poster.delayMs = 1_000;
  await playDuel(world, "ann", "bob");
  await pass(world, 800);
  const ids = poster.requests.map(({ headers }) => headers["webhook-id"]);
  expect(ids.toSorted()).toEqual(["ticket.t-ann.1", "ticket.t-bob.1"]);
  await pass(world, 3_000);
  expect(kinds(poster, "t-ann")).toHaveLength(3);
});

test("a target that takes several gets them in one request under one id", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf({ eventsPerRequest: 100, concurrency: 1 }));
  poster.answers.set(URL, "away");
  await playDuel(world, "ann", "bob");
  await pass(world, 500);
  poster.answers.delete(URL);
  await pass(world, 61_000);
  const last = poster.requests.at(-1);
  expect(last && eventsOf(last).length).toBeGreaterThan(1);
  expect(last?.headers["webhook-id"]).toMatch(/^batch\.[\w-]{22}$/);
  expect(kinds(poster, "t-ann")).toHaveLength(3);
});

test("410 disables a target, the others hear of it, and putting it again makes it active", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf());
  await world.events.putTarget(targetOf({ name: "gone", url: "https://gone.example" }));
  poster.answers.set("https://gone.example", 410);
  await playDuel(world, "ann", "bob");
  await pass(world, 500);
  const gone = async () => (await world.events.listTargets({})).targets.find(({ target }) => target?.name === "gone");
  expect(await gone()).toMatchObject({ state: EventTargetState.DISABLED, cause: "GONE" });
  expect(poster.taken.filter(({ type }) => type === "TARGET_DISABLED").map(({ data }) => data.target?.name)).toEqual([
    "gone",
  ]);
  poster.answers.delete("https://gone.example");
  await world.events.putTarget(targetOf({ name: "gone", url: "https://gone.example" }));
  expect(await gone()).toMatchObject({ state: EventTargetState.ACTIVE, cause: "" });
  expect(world.faults).toEqual([]);
});

const laggards = [
  { name: "away, by the age of its oldest event", limits: { behindMsMax: 120_000, pendingBytesMax: 1e9 }, answer: 503 },
  { name: "away, by the bytes that wait for it", limits: { behindMsMax: 1e9, pendingBytesMax: 1_000 }, answer: 503 },
  { name: "slow, though it takes everything", limits: { behindMsMax: 20_000, pendingBytesMax: 1e9 }, delayMs: 9_000 },
  { name: "slow, by the bytes that wait for it", limits: { behindMsMax: 1e9, pendingBytesMax: 1_000 }, delayMs: 9_000 },
  { name: "away for longer than it says itself", settings: { behindSecondsMax: 60 }, answer: 503 },
] as const;
for (const { name, ...how } of laggards) {
  test(`a target that is too far behind is disabled: ${name}`, async () => {
    const { world, poster } = await openWorld("limits" in how ? { limits: how.limits } : {});
    await using _ = world;
    await world.events.putTarget(targetOf({ concurrency: 1, ...("settings" in how ? how.settings : {}) }));
    if ("answer" in how) poster.answers.set(URL, how.answer);
    else poster.delayMs = how.delayMs;
    await playDuel(world, "ann", "bob");
    await playDuel(world, "cid", "dan");
    await pass(world, 200_000);
    const { targets } = await world.events.listTargets({});
    expect(targets[0]).toMatchObject({ state: EventTargetState.DISABLED, cause: "TOO_FAR_BEHIND" });
    expect(world.faults).toEqual([]);
  });
}

test("a target may be behind for a day, or for as long as it says", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  for (const settings of [{}, { behindSecondsMax: 600, pendingMbMax: 1 }]) {
    const { status } = await world.events.putTarget(targetOf(settings));
    expect(status?.target).toMatchObject(settings);
  }
  poster.answers.set(URL, 503);
  await world.queue("duel", "ann");
  await pass(world, 500_000);
  await world.restart();
  const { targets } = await world.events.listTargets({});
  expect(targets[0]).toMatchObject({
    state: EventTargetState.ACTIVE,
    target: { behindSecondsMax: 600, pendingMbMax: 1 },
  });
  await pass(world, 200_000);
  expect((await world.events.listTargets({})).targets[0]).toMatchObject({ cause: "TOO_FAR_BEHIND" });
});

for (const settings of [
  { behindSecondsMax: 59 },
  { behindSecondsMax: 604_801 },
  { pendingMbMax: 0 },
  { pendingMbMax: 65_537 },
]) {
  test(`a target with ${JSON.stringify(settings)} is refused`, async () => {
    const { world } = await openWorld();
    await using _ = world;
    const [field] = Object.keys(settings).map((name) =>
      name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
    );
    const put = world.events.putTarget(targetOf(settings));
    await expect(put).rejects.toMatchObject({ reason: "FIELD_INVALID", metadata: { field } });
  });
}

test("large events are repeated in requests that are not larger than others", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf({ eventsPerRequest: 1_000 }));
  for (const ticketId of ["t-1", "t-2", "t-3", "t-4"]) {
    const players = Array.from({ length: 100 }, (_, place) => {
      const playerId = `${ticketId}-${place}`;
      return { playerId, attributes: {}, latenciesMs: {}, team: "", data: "x".repeat(2_000) };
    });
    await world.matching.startMatching({ ...noProperties, configuration: "duel", ticketId, players });
  }
  await pass(world, 2_000);
  const sent = poster.requests.length;
  const { events } = await world.events.replay({
    ...{ name: "backend", from: undefined, until: undefined },
    ...{ afterPosition: 0, limit: 10_000 },
  });
  const bytes = poster.requests.slice(sent).map(({ body }) => body.length);
  expect([events, bytes.length, Math.max(...bytes) < 600_000]).toEqual([4, 2, true]);
});

test("a target that asked to be left alone is disabled when too much waits for it meanwhile", async () => {
  const { world, poster } = await openWorld({ limits: { behindMsMax: 1e9, pendingBytesMax: 1_000 } });
  await using _ = world;
  await world.events.putTarget(targetOf({ concurrency: 1 }));
  poster.answers.set(URL, 503);
  poster.retryAfterMs = 3_600_000;
  await world.queue("duel", "ann");
  await pass(world, 500);
  expect((await world.events.listTargets({})).targets[0]).toMatchObject({ state: EventTargetState.ACTIVE });
  await playDuel(world, "bob", "cid");
  await pass(world, 500);
  expect((await world.events.listTargets({})).targets[0]).toMatchObject({ cause: "TOO_FAR_BEHIND" });
});

test("after a rotation requests carry both signatures until the former secret ends", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf());
  const { secret } = await world.events.rotateSecret({ name: "backend", secret: "", overlapSeconds: 60 });
  expect(secret).toMatch(/^whsec_/);
  const signatures = () => poster.requests.at(-1)?.headers["webhook-signature"]?.split(" ").length;
  await world.queue("duel", "ann");
  await pass(world, 200);
  expect(signatures()).toBe(2);
  await pass(world, 60_000);
  await world.queue("duel", "bob");
  await pass(world, 500);
  expect(signatures()).toBe(1);
});

test("events list the match tokens that were valid at their time", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  const { matchToken } = await world.events.putTarget(targetOf({ matchTokens: true }));
  await pass(world, 50);
  await world.queue("group", "ann");
  await pass(world, 200);
  const next = await world.events.rotateSecret({ name: "backend", secret: "", overlapSeconds: 0 });
  await pass(world, 50);
  await world.queue("group", "bob");
  await pass(world, 200);
  const tokens = poster.requests.map(({ body }) => JSON.parse(body).matchTokens);
  expect(tokens[0]).toEqual([matchToken]);
  expect(tokens[1]).toEqual([next.matchToken, matchToken]);
});

test("the log of deliveries tells of every try, newest first", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf());
  poster.answers.set(URL, 503);
  await world.queue("duel", "ann");
  await pass(world, 200);
  poster.answers.delete(URL);
  await pass(world, 5_000);
  const { deliveries } = await world.events.listDeliveries({ name: "backend", limit: 0 });
  expect(deliveries.map(({ status, attempt, webhookId }) => ({ status, attempt, webhookId }))).toEqual([
    { status: 204, attempt: 2, webhookId: "ticket.t-ann.1" },
    { status: 503, attempt: 1, webhookId: "ticket.t-ann.1" },
  ]);
});

const refusals = [
  { name: "no name", changes: { name: "" }, reason: "ID_MALFORMED" },
  { name: "too many a request", changes: { eventsPerRequest: 1_001 }, reason: "FIELD_INVALID" },
  { name: "too many at once", changes: { concurrency: 65 }, reason: "FIELD_INVALID" },
  { name: "an unknown configuration", changes: { configurations: ["none"] }, reason: "CONFIGURATION_NOT_FOUND" },
  { name: "an unknown type", changes: { types: [99 as EventType] }, reason: "FIELD_INVALID" },
] as const;
for (const { name, changes, reason } of refusals) {
  test(`a target with ${name} is refused`, async () => {
    const { world } = await openWorld();
    await using _ = world;
    await expect(world.events.putTarget(targetOf(changes))).rejects.toMatchObject({ reason });
    expect((await world.events.listTargets({})).targets).toEqual([]);
  });
}

test("a target that is deleted is told nothing more", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf());
  await world.events.deleteTarget({ name: "backend" });
  await world.queue("duel", "ann");
  await pass(world, 500);
  expect(poster.requests).toEqual([]);
  await expect(world.events.listDeliveries({ name: "backend", limit: 1 })).rejects.toMatchObject({
    reason: "EVENT_TARGET_NOT_FOUND",
  });
});

test("a target is told how a session's backfill changes, and of the session's end", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf());
  for (const player of ["ann", "bob"]) await world.queue("auto", player);
  await pass(world, 500);
  world.fleet.end("GAME_ENDED");
  await pass(world, 500);
  const told = poster.taken.filter(({ data }) => data.session);
  expect(told.map(({ type, number, data }) => `${number} ${type} ${data.session?.backfill?.state ?? ""}`)).toEqual([
    "1 BACKFILL_CHANGED SEARCHING",
    "2 BACKFILL_CHANGED CANCELLED",
    "3 SESSION_ENDED ",
  ]);
  expect(kinds(poster, "t-ann").at(-1)).toBe("4 TICKET_SESSION_ENDED");
});

test("what a session's fold told is not lost with a matcher that is killed before it was pushed", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf());
  poster.answers.set(URL, "away");
  for (const player of ["ann", "bob"]) await world.queue("auto", player);
  await pass(world, 100);
  await world.restart();
  world.fleet.end("GAME_ENDED");
  await pass(world, 100);
  await world.restart();
  poster.answers.delete(URL);
  await pass(world, 61_000);
  expect(poster.taken.filter(({ data }) => data.session).map(({ number }) => number)).toEqual([1, 2, 3]);
});

test("a target without a URL is pushed nothing, and watched from where its watcher was", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf({ url: "" }));
  const collect = (resumeToken: string) => {
    const heard: { resumeToken: string; eventId: string }[] = [];
    const stop = new AbortController();
    const reading = (async () => {
      for await (const item of world.events.watchEvents(
        { name: "backend", resumeToken, fromOldest: false },
        { signal: stop.signal },
      )) {
        heard.push(item);
      }
    })().catch(() => undefined);
    return { heard, ids: () => heard.map(({ eventId }) => eventId).filter((id) => id !== ""), reading, stop };
  };
  const first = collect("");
  await pass(world, 100);
  await world.queue("duel", "ann");
  await pass(world, 100);
  expect(first.ids()).toEqual(["ticket.t-ann.1"]);
  first.stop.abort();
  await world.queue("duel", "bob");
  await pass(world, 200);
  await world.restart();
  const second = collect(first.heard.at(-1)?.resumeToken ?? "");
  await pass(world, 6_000);
  expect(second.ids().toSorted()).toEqual([
    ...["ticket.t-ann.2", "ticket.t-ann.3", "ticket.t-bob.1", "ticket.t-bob.2", "ticket.t-bob.3"],
  ]);
  second.stop.abort();
  expect(poster.requests).toEqual([]);
});

test("what was pushed is pushed again on request, the same to the byte", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf());
  await playDuel(world, "ann", "bob");
  await pass(world, 500);
  const sent = poster.requests.splice(0).map(({ body }) => body);
  const range = { name: "backend", from: undefined, until: undefined, afterPosition: 0, limit: 4 };
  const first = await world.events.replay(range);
  expect(first).toMatchObject({ events: 4, hasMore: true });
  const second = await world.events.replay({ ...range, afterPosition: first.lastPosition });
  expect(second).toMatchObject({ events: 2, hasMore: false });
  expect(poster.requests.map(({ body }) => body).toSorted()).toEqual(sent.toSorted());
  const never = await world.events.replay({ ...range, until: new Date(1) });
  expect(never.events).toBe(0);
});

test("nothing is pushed again to a target that is not there, or not pushed to", async () => {
  const { world } = await openWorld();
  await using _ = world;
  const range = { name: "backend", from: undefined, until: undefined, afterPosition: 0, limit: 0 };
  await expect(world.events.replay(range)).rejects.toMatchObject({ reason: "EVENT_TARGET_NOT_FOUND" });
  await world.events.putTarget(targetOf({ url: "" }));
  await expect(world.events.replay(range)).rejects.toMatchObject({ reason: "EVENT_TARGET_NOT_ACTIVE" });
});

test("a watcher hears at once that it has been sent everything that was there", async () => {
  const { world } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf({ url: "" }));
  await world.queue("duel", "ann");
  await pass(world, 100);
  const heard: string[] = [];
  const stop = new AbortController();
  const request = { name: "backend", resumeToken: "", fromOldest: true };
  const reading = (async () => {
    for await (const { eventId } of world.events.watchEvents(request, { signal: stop.signal })) heard.push(eventId);
  })().catch(() => undefined);
  await pass(world, 50);
  expect(heard).toEqual(["", "ticket.t-ann.1", ""]);
  stop.abort();
  await reading;
});

test("who is erased is erased from events that a target has not taken yet", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf());
  poster.answers.set(URL, "away");
  for (const player of ["ann", "bob"]) await world.queue("duel", player);
  await pass(world, 500);
  await world.queue("group", "cid");
  await world.matching.cancelMatching({ ticketId: "t-cid" });
  await world.playerData.erasePlayer({ playerId: "cid" });
  poster.requests.splice(0);
  poster.answers.delete(URL);
  await pass(world, 31_000);
  expect(poster.requests.filter(({ body }) => body.includes("cid"))).toEqual([]);
  expect(kinds(poster, "t-ann")).toHaveLength(3);
  expect(world.faults).toEqual([]);
});

const duplicates = (poster: ScriptedPoster) =>
  poster.taken.flatMap(({ data }) => (data.duplicate ? [data.duplicate] : []));

test("a target is told of requests that were refused, or took another's place, and of which ticket they met", async () => {
  const superseding = configurationOf({
    ...{ name: "duel", requestTimeoutMs: 600_000 },
    duplicatePlayers: { scope: "CONFIGURATION", onDuplicate: "SUPERSEDE", onSeated: "ALLOW" },
  });
  const configurations = [superseding, configurationOf({ name: "equal", ruleSet: "equal", queue: undefined })];
  const { world, poster } = await openWorld({ config: { ...worldConfig, configurations } });
  await using _ = world;
  const start = (configuration: string, ticketId: string) =>
    world.matching.startMatching({
      ...{ ...noProperties, configuration, ticketId },
      players: ["ann", "bob"].map((playerId) => ({ playerId, attributes: {}, latenciesMs: {}, team: "" })),
    });
  await start("duel", "unheard");
  await start("duel", "older");
  await world.events.putTarget(targetOf());
  poster.answers.set(URL, "away");
  await start("duel", "newer");
  await start("equal", "one");
  await expect(start("equal", "two")).rejects.toMatchObject({ reason: "PLAYER_ALREADY_QUEUED" });
  await world.restart(); // It was durable before it was answered.
  poster.answers.delete(URL);
  await pass(world, 61_000);
  const players = [{ playerId: "ann" }, { playerId: "bob" }];
  const told = duplicates(poster).toSorted((one, other) => (one.ticketId < other.ticketId ? -1 : 1));
  expect(told).toEqual([
    { ticketId: "newer", players, outcome: "SUPERSEDED", playerId: "ann", heldBy: "older" },
    { ticketId: "two", players, outcome: "REFUSED", reason: "PLAYER_ALREADY_QUEUED", playerId: "ann", heldBy: "one" },
  ]);
});

test("a request that is refused leaves nothing in the journal where nobody wants to be told", async () => {
  const { world } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf({ types: [EventType.TICKET_COMPLETED] }));
  await world.queue("duel", "ann");
  const kept = async () => {
    let records = 0;
    for await (const _ of world.journal.read("matcher", 1)) records += 1;
    return records;
  };
  const before = await kept();
  await expect(
    world.matching.startMatching({
      ...{ ...noProperties, configuration: "duel", ticketId: "other" },
      players: [{ playerId: "ann", attributes: {}, latenciesMs: {}, team: "" }],
    }),
  ).rejects.toMatchObject({ reason: "PLAYER_ALREADY_QUEUED" });
  expect(await kept()).toBe(before);
});

test("a target is told of every change of a party, in order and without a gap, over a restart", async () => {
  const { world, poster } = await openWorld();
  await using _ = world;
  await world.events.putTarget(targetOf({ configurations: ["duel"] })); // Parties are of none.
  const player = (playerId: string) => ({ playerId, attributes: {}, latenciesMs: {}, team: "" });
  const { parties } = world;
  const partyId = "p";
  await parties.createParty({ partyId, leader: player("ann"), membersMax: 3, open: false, properties: {} });
  poster.answers.set(URL, "away");
  const requestId = "";
  await parties.inviteToParty({ partyId, requestId, leaderId: "ann", playerId: "bob", timeoutSeconds: 30 });
  await parties.joinParty({ partyId, requestId, player: player("bob") });
  await world.restart();
  poster.answers.delete(URL);
  await parties.promoteInParty({ partyId, requestId, leaderId: "ann", playerId: "bob" });
  await parties.kickFromParty({ partyId, requestId, leaderId: "bob", playerId: "ann" });
  await parties.dissolveParty({ partyId, requestId, leaderId: "bob" });
  await pass(world, 61_000);
  const told = poster.taken.filter(({ type }) => type === "PARTY_CHANGED");
  expect(told.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6].map((number) => `party.p.${number}`));
  expect(told.map(({ data }) => data.party?.change.type)).toEqual([
    ...["CREATED", "INVITED", "JOINED", "PROMOTED", "KICKED", "DISSOLVED"],
  ]);
  expect(told[2]?.data.party).toMatchObject({
    leader: { playerId: "ann" },
    members: [{ playerId: "ann" }, { playerId: "bob" }],
  });
  expect(world.faults).toEqual([]);
});
