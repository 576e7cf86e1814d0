// A hook before tickets enter, in a running matcher: what it may change, what its refusal is, and what follows when it fails.
import type { StartMatchingRequest } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import { configurationOf, createWorld, type World, worldConfig } from "../matcher-world.fixture.ts";
import { createScriptedHooks } from "./scripted-hooks.fixture.ts";

const asked = (name: string, onFailure: "REFUSE" | "ADMIT") =>
  configurationOf({ name, queue: undefined, hooks: { beforeTicket: { hook: "gate", timeoutMs: 500, onFailure } } });
const seek = configurationOf({
  ...{ name: "seek", ruleSet: undefined, queue: undefined, requestTimeoutMs: undefined },
  query: {
    ...{ mode: "best", intervalMs: 15_000, maxIntervals: 2, reversePrecision: false, reverseThreshold: 1 },
    maxTicketsPerPlayer: 3,
    onMatched: "cancelOthers",
  },
  hooks: { beforeTicket: { hook: "gate", timeoutMs: 500, onFailure: "REFUSE" } },
});
const config = {
  ...worldConfig,
  configurations: [...worldConfig.configurations, asked("strict", "REFUSE"), asked("open", "ADMIT"), seek],
};

const NO_PROPERTIES = { stringProperties: {}, numericProperties: {} };

function ticketOf(ticketId: string, more: Partial<StartMatchingRequest> = {}): StartMatchingRequest {
  const player = { playerId: `p-${ticketId}`, attributes: { skill: 3 }, latenciesMs: { us: 90, eu: 20 }, team: "" };
  return { configuration: "strict", ticketId, players: [player], ...NO_PROPERTIES, ...more };
}

/** Lets a second go by in steps, so that what is on its way arrives first. */
async function pass(world: World): Promise<void> {
  for (let step = 0; step < 100; step += 1) await world.clock.advance(10);
}

async function createGate(options: { readonly snapshotEveryFacts?: number } = {}) {
  const clock = () => world.clock;
  const hooks = createScriptedHooks(clock);
  const world = await createWorld({ config, hooks, ...options });
  return { world, hooks };
}

test("a hook is told of the ticket, and what it leaves out stays as it was", async () => {
  const { world, hooks } = await createGate();
  await using _ = world;
  const { ticket } = await world.matching.startMatching(ticketOf("t1"));
  expect(ticket).toMatchObject({
    ticketId: "t1",
    players: [{ attributes: { skill: 3 }, latenciesMs: { eu: 20, us: 90 } }],
  });
  expect(hooks.calls).toEqual([
    {
      ...{ hook: "gate", question: "beforeTicket" },
      id: expect.stringMatching(/^before-ticket\.t1\.[\w-]{16}$/),
      body: JSON.stringify({
        ...{ type: "BEFORE_TICKET", configuration: "strict" },
        ticket: {
          ticketId: "t1",
          players: [{ playerId: "p-t1", attributes: { skill: 3 }, latenciesMs: { eu: 20, us: 90 } }],
        },
      }),
    },
  ]);
});

test("a hook rewrites what players bring, and a repeat gets the first outcome without another question", async () => {
  const { world, hooks } = await createGate({ snapshotEveryFacts: 3 });
  await using _ = world;
  hooks.answer = () => ({ players: [{ playerId: "p-t1", attributes: { skill: 9, vip: "yes" }, team: "red" }] });
  const { ticket } = await world.matching.startMatching(ticketOf("t1"));
  const [player] = ticket?.players ?? [];
  expect(player).toEqual({
    ...{ playerId: "p-t1", attributes: { skill: 9, vip: "yes" }, team: "red" },
    latenciesMs: { us: 90, eu: 20 },
  });
  hooks.answer = () => ({ decision: "REFUSE" });
  expect((await world.matching.startMatching(ticketOf("t1"))).ticket?.players).toEqual([player]);
  await world.restart();
  expect((await world.matching.startMatching(ticketOf("t1"))).ticket?.players).toEqual([player]);
  expect(hooks.calls).toHaveLength(1);
});

test("a hook's refusal is the same for every repeat, over restarts, and keeps the ticket out of the pool", async () => {
  const { world, hooks } = await createGate({ snapshotEveryFacts: 3 });
  await using _ = world;
  hooks.answer = () => ({ decision: "REFUSE", code: "BANNED", message: "until Monday" });
  const refusal = {
    ...{ reason: "HOOK_REFUSED", metadata: { ticketId: "t1", hook: "gate", code: "BANNED" } },
    message: "Cannot take ticket t1 as hook gate refuses it: until Monday",
  };
  for (const round of ["at first", "again", "after a restart"]) {
    if (round === "after a restart") await world.restart();
    await expect(world.matching.startMatching(ticketOf("t1")), round).rejects.toMatchObject(refusal);
  }
  expect(hooks.calls).toHaveLength(1);
  const other = ticketOf("t1", { configuration: "group" });
  await expect(world.matching.startMatching(other)).rejects.toMatchObject({ reason: "ID_REUSED" });
  await expect(world.ticket("t1")).rejects.toMatchObject({ reason: "TICKET_NOT_FOUND" });
});

test("two requests at once with one id are one question", async () => {
  const { world, hooks } = await createGate();
  await using _ = world;
  hooks.delayMs = 100;
  const both = [world.matching.startMatching(ticketOf("t1")), world.matching.startMatching(ticketOf("t1"))];
  const another = world.matching.startMatching(ticketOf("t1", { players: [] })).catch(({ reason }) => reason);
  const different = world.matching
    .startMatching(ticketOf("t1", { players: [{ playerId: "eve", attributes: {}, latenciesMs: {}, team: "" }] }))
    .catch(({ reason }) => reason);
  await pass(world);
  const [one, two] = await Promise.all(both);
  expect(one).toEqual(two);
  expect([await another, await different]).toEqual(["FIELD_INVALID", "ID_REUSED"]);
  expect(hooks.calls).toHaveLength(1);
});

test("a refusal stands, whatever it says", async () => {
  const { world, hooks } = await createGate();
  await using _ = world;
  hooks.answer = () => ({ decision: "REFUSE", message: "\u001b[2Jno\ud800" });
  const message = "Cannot take ticket t1 as hook gate refuses it:  [2Jno\ufffd";
  await expect(world.matching.startMatching(ticketOf("t1"))).rejects.toMatchObject({ message });
});

const failures = [
  { name: "is silent", answer: () => "silence" },
  { name: "fails", answer: () => new Error("it answered with status 500") },
  { name: "answers a list", answer: () => [] },
  { name: "answers a word that is none", answer: () => ({ decision: "MAYBE" }) },
  { name: "changes what it may not", answer: () => ({ ticketId: "t9" }) },
  { name: "names another player", answer: () => ({ players: [{ playerId: "eve" }] }) },
  { name: "names a player twice", answer: () => ({ players: [{ playerId: "p-t1" }, { playerId: "p-t1" }] }) },
  { name: "writes half a character", answer: () => ({ stringProperties: { mode: "\ud800" } }) },
  { name: "says too much", answer: () => ({ decision: "REFUSE", message: "x".repeat(257) }) },
] as const;
for (const { name, answer } of failures) {
  test(`a hook that ${name} refuses or admits, as the configuration says`, async () => {
    const { world, hooks } = await createGate();
    await using _ = world;
    hooks.answer = answer;
    const strict = world.matching.startMatching(ticketOf("t1")).catch(({ reason }) => reason);
    const open = world.matching.startMatching({ ...ticketOf("t1"), ticketId: "t2", configuration: "open" });
    await pass(world);
    expect(await strict).toBe("HOOK_FAILED");
    expect((await open).ticket).toMatchObject({ ticketId: "t2", players: [{ attributes: { skill: 3 } }] });
    hooks.answer = () => undefined;
    const { ticket } = await world.matching.startMatching(ticketOf("t1", { configuration: "strict" }));
    expect(ticket?.ticketId).toBe("t1"); // A repeat asks again.
  });
}

const illegal = [
  { change: { attributes: { "": 1 } }, reason: "FIELD_INVALID" },
  { change: { attributes: { skill: "x".repeat(300) } }, reason: "FIELD_INVALID" },
  { change: { latenciesMs: { eu: -1 } }, reason: "FIELD_INVALID" },
  { change: { team: "green" }, reason: "FIELD_INVALID" },
];
for (const { change, reason } of illegal) {
  test(`what a hook makes of a ticket is looked at as a request is: ${JSON.stringify(change).slice(0, 40)}`, async () => {
    const { world, hooks } = await createGate();
    await using _ = world;
    hooks.answer = () => ({ players: [{ playerId: "p-t1", ...change }] });
    await expect(world.matching.startMatching(ticketOf("t1"))).rejects.toMatchObject({ reason });
    await expect(world.ticket("t1")).rejects.toMatchObject({ reason: "TICKET_NOT_FOUND" });
  });
}

test("a hook rewrites what a ticket with a query says of itself and seeks", async () => {
  const { world, hooks } = await createGate();
  await using _ = world;
  const players = [{ playerId: "p-t1", attributes: {}, latenciesMs: {}, team: "" }];
  const request = ticketOf("t1", { configuration: "seek", players, query: "*", minCount: 2, maxCount: 4 });
  hooks.answer = () => ({ query: "+properties.rank:>5", numericProperties: { rank: 7 } });
  const { ticket } = await world.matching.startMatching({ ...request, stringProperties: { region: "eu" } });
  expect(ticket?.query).toEqual({
    ...{ query: "+properties.rank:>5", minCount: 2, maxCount: 4, countMultiple: 1 },
    ...{ stringProperties: { region: "eu" }, numericProperties: { rank: 7 } },
  });
  hooks.answer = () => ({ query: "((" });
  const broken = world.matching.startMatching({ ...request, ticketId: "t2" });
  await expect(broken).rejects.toMatchObject({ reason: "QUERY_INVALID" });
});

test("a batch asks of each ticket by itself, and answers in its order", async () => {
  const { world, hooks } = await createGate();
  await using _ = world;
  hooks.answer = ({ ticket }) => {
    return (ticket as { ticketId: string }).ticketId === "t2" ? { decision: "REFUSE", code: "NO" } : undefined;
  };
  const tickets = [ticketOf("t1"), ticketOf("t2"), ticketOf("t3", { configuration: "group" })];
  const { tickets: started } = await world.matching.startMatchingBatch({ tickets, brief: true });
  expect(started.map(({ ticketId, refusal }) => [ticketId, refusal?.reason])).toEqual([
    ["t1", undefined],
    ["t2", "HOOK_REFUSED"],
    ["t3", undefined],
  ]);
});

test("too many questions at once are refused, and nothing of them stays", async () => {
  const { world, hooks } = await createGate();
  await using _ = world;
  hooks.answer = () => "silence";
  const calls = Array.from({ length: 257 }, (_, index) => {
    return world.matching.startMatching(ticketOf(`t${index}`)).catch(({ reason }) => reason);
  });
  await pass(world);
  const reasons = await Promise.all(calls);
  expect(reasons.filter((reason) => reason === "OVERLOADED")).toHaveLength(1);
  expect(reasons.filter((reason) => reason === "HOOK_FAILED")).toHaveLength(256);
  hooks.answer = () => undefined;
  expect((await world.matching.startMatching(ticketOf("t1"))).ticket?.ticketId).toBe("t1");
});

/** A ticket of `p-t1` that waits for `bob` and `cid`. */
async function createWaiting(configuration = "strict") {
  const { world, hooks } = await createGate();
  const asked = { playerIds: ["bob", "cid"], timeoutSeconds: 60 };
  await world.matching.startMatching(ticketOf("t1", { configuration, asked }));
  hooks.calls.length = 0;
  const join = (...ids: readonly string[]) =>
    world.matching.joinMatching({
      ticketId: "t1",
      players: ids.map((playerId) => ({ playerId, attributes: { skill: 99 }, latenciesMs: {}, team: "" })),
    });
  return { world, hooks, join };
}

test("a hook is asked about who joins, and changes what they bring", async () => {
  const { world, hooks, join } = await createWaiting();
  await using _ = world;
  hooks.answer = () => ({ players: [{ playerId: "bob", attributes: { skill: 4 } }], minCount: 7 });
  await join("bob");
  const [call] = hooks.calls;
  expect(call).toMatchObject({ id: expect.stringMatching(/^before-join\.t1\.[\w-]{16}$/), question: "beforeTicket" });
  expect(JSON.parse(call?.body ?? "")).toEqual({
    ...{ type: "BEFORE_TICKET", configuration: "strict" },
    ticket: {
      ...{ ticketId: "t1", joining: true },
      players: [{ playerId: "bob", attributes: { skill: 99 }, latenciesMs: {} }],
    },
  });
  // Who is in already is not asked about.
  hooks.answer = () => undefined;
  const { ticket } = await join("bob", "cid");
  expect(JSON.parse(hooks.calls[1]?.body ?? "")).toMatchObject({ ticket: { players: [{ playerId: "cid" }] } });
  expect(ticket).toMatchObject({
    players: [{ playerId: "p-t1" }, { playerId: "bob", attributes: { skill: 4 } }, { attributes: { skill: 99 } }],
  });
  await join("bob");
  expect(hooks.calls).toHaveLength(2);
});

test("whom a hook refuses does not join, and may ask again", async () => {
  const { world, hooks, join } = await createWaiting();
  await using _ = world;
  hooks.answer = () => ({ decision: "REFUSE", code: "BANNED", message: "bob may not play" });
  await expect(join("bob")).rejects.toMatchObject({
    reason: "HOOK_REFUSED",
    message: "Cannot join ticket t1 as hook gate refuses it: bob may not play",
    metadata: { code: "BANNED" },
  });
  expect(await world.state("t1")).toBe("PREPARING");
  hooks.answer = () => undefined;
  await join("bob");
  expect(hooks.calls).toHaveLength(2);
  await expect(join("eve")).rejects.toMatchObject({ reason: "PLAYER_NOT_IN_TICKET" });
  expect(hooks.calls).toHaveLength(2);
});

for (const [configuration, outcome] of [
  ["strict", "HOOK_FAILED"],
  ["open", "joined"],
] as const) {
  test(`who joins while the hook fails: ${outcome} (${configuration})`, async () => {
    const { world, hooks, join } = await createWaiting(configuration);
    await using _ = world;
    hooks.answer = () => new Error("down");
    const joined = join("bob").then(
      () => "joined",
      (error: { readonly reason: string }) => error.reason,
    );
    expect(await joined).toBe(outcome);
  });
}
