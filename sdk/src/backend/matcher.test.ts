import { createSeededRandom } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import { MusterError } from "@muster/proto";
import { ConstraintKind, ExpansionAge, MatchAnswer, TicketStanding, TicketState } from "@muster/proto/matchmaking";
import { createMemoryNetwork } from "@muster/proto/rpc";
import { expect, test } from "vitest";
import { reasonOf, runUntilSettled } from "../scripted-game.fixture.ts";
import { connectMatcherWith } from "./connect-matcher.ts";
import type { Matcher } from "./matcher.ts";
import { completed, createScriptedMatcher, type MatcherScript } from "./scripted-matcher.fixture.ts";
import type { StartMatching, TicketEvent } from "./ticket.ts";

const ann = { configuration: "arena", ticketId: "t1", players: [{ playerId: "ann", attributes: { skill: 1500 } }] };

/** A backend that is connected to a scripted matcher, on virtual time. */
function startBackend(script: MatcherScript = {}) {
  const clock = createVirtualClock(1_000);
  const random = createSeededRandom(7);
  const memory = createMemoryNetwork({ clock, random });
  const first = createScriptedMatcher(script);
  memory.serve("matcher", first.services);
  const network = memory.from("backend");
  const matcher = connectMatcherWith({ network, address: "matcher", key: "t0ken", clock, random });
  return {
    clock,
    memory,
    matcher,
    script: first,
    settle: () => clock.advance(1),
    outcome: <Value>(work: Promise<Value>) => runUntilSettled(clock, work),
    restart(next: MatcherScript = {}) {
      memory.breakNode("matcher");
      const successor = createScriptedMatcher({ book: first.book, ...next });
      memory.serve("matcher", successor.services);
      return successor;
    },
    [Symbol.asyncDispose]: () => matcher.close(),
  };
}

/** Reads a watch into a list while it lives. */
function listen(stream: AsyncIterable<TicketEvent>) {
  const events: TicketEvent[] = [];
  const ended = (async () => {
    for await (const event of stream) events.push(event);
  })().then(
    () => "left",
    (error: MusterError) => error.reason as string,
  );
  const states = () => events.map(({ type, ticket }) => (type === "SESSION_ENDED" ? type : ticket.state));
  return { events, states, ended };
}

test("startMatching() sends the ticket and answers with it in plain words", async () => {
  await using backend = startBackend();
  const players = [
    { playerId: "ann", attributes: { skill: 1500, modes: ["ctf"] }, latenciesMs: { eu: 22.6 }, team: "red" },
  ];
  const ticket = await backend.outcome(backend.matcher.startMatching({ ...ann, players }));
  expect(ticket).toEqual({
    ticketId: "t1",
    configuration: "arena",
    state: "SEARCHING",
    version: 1,
    players: [{ playerId: "ann", attributes: { skill: 1500, modes: ["ctf"] }, latenciesMs: { eu: 23 }, team: "red" }],
    createdAt: new Date(1_000),
    timesOutAt: new Date(61_000),
    matchId: undefined,
    assignment: undefined,
    cause: undefined,
    returns: 0,
    estimatedWaitMs: undefined,
  });
  expect(backend.script.calls.map(({ token }) => token)).toEqual(["t0ken"]);
});

test("startMatching() draws an id, and repeats itself with it when the answer is lost", async () => {
  let lost = 1;
  const after = () => {
    lost -= 1;
    if (lost >= 0) throw new MusterError("PEER_UNREACHABLE", "Cannot go on as the connection broke");
  };
  await using backend = startBackend({ after });
  const { ticketId: _, ...unnamed } = ann;
  const ticket = await backend.outcome(backend.matcher.startMatching(unnamed));
  expect(ticket.ticketId).toMatch(/^tick_/);
  expect(backend.script.calls).toHaveLength(2);
  expect(backend.script.book.tickets.size).toBe(1);
});

test("startMatchingBatch() says in order what became of each ticket, and repeats itself with the same ids", async () => {
  let lost = 1;
  const after = () => {
    lost -= 1;
    if (lost >= 0) throw new MusterError("PEER_UNREACHABLE", "Cannot go on as the connection broke");
  };
  const held = new MusterError("PLAYER_ALREADY_QUEUED", "Cannot queue ann again", { metadata: { ticketId: "t0" } });
  const refuse = (ticketId: string) => (ticketId === "t1" ? held : undefined);
  await using backend = startBackend({ after, refuse });
  const { ticketId: _, ...unnamed } = ann;
  const [first, second] = await backend.outcome(backend.matcher.startMatchingBatch([ann, unnamed]));
  expect(first).toMatchObject({ ticketId: "t1", ticket: undefined, error: { reason: "PLAYER_ALREADY_QUEUED" } });
  expect(first?.error?.metadata).toEqual({ ticketId: "t0" });
  expect(second).toMatchObject({ ticket: { state: "SEARCHING", players: [{ playerId: "ann" }] }, error: undefined });
  expect(second?.ticketId).toMatch(/^tick_/);
  expect(backend.script.calls).toHaveLength(2);
  expect(backend.script.book.tickets.size).toBe(1);
});

test("startMatchingBatch() names what cannot be sent before anything is", async () => {
  await using backend = startBackend();
  const nobody = { ...ann, players: [] };
  const refused = [
    { tickets: [], field: "tickets" },
    { tickets: Array.from({ length: 101 }, () => ann), field: "tickets" },
    { tickets: [ann, nobody], field: "tickets[1].players" },
  ];
  for (const { tickets, field } of refused) {
    await expect(backend.matcher.startMatchingBatch(tickets)).rejects.toMatchObject({ metadata: { field } });
  }
  expect(backend.script.calls).toEqual([]);
});

test("listTickets() asks for what the filter says, and answers page by page", async () => {
  await using backend = startBackend({ nextPageToken: "next" });
  await backend.outcome(backend.matcher.startMatching(ann));
  const createdFrom = new Date(1_000);
  const page = await backend.outcome(
    backend.matcher.listTickets({ states: ["SEARCHING", "PLACING"], playerId: "ann", createdFrom, pageSize: 1 }),
  );
  expect(page).toMatchObject({ tickets: [{ ticketId: "t1", state: "SEARCHING" }], nextPageToken: "next" });
  expect(backend.script.calls.at(-1)?.request).toMatchObject({
    ...{ configuration: "", states: [TicketState.SEARCHING, TicketState.PLACING], playerId: "ann" },
    ...{ createdFrom, createdBefore: undefined, pageSize: 1, pageToken: "" },
  });
  await expect(backend.matcher.listTickets({ pageSize: 0.5 })).rejects.toMatchObject({ reason: "FIELD_INVALID" });
});

test("watchTickets() follows the tickets of a player", async () => {
  await using backend = startBackend();
  const heard = listen(backend.matcher.watchTickets({ playerId: "ann" }));
  await backend.settle();
  await backend.outcome(backend.matcher.startMatching(ann));
  await backend.outcome(
    backend.matcher.startMatching({ ...ann, ticketId: "t2", players: [{ playerId: "bob", attributes: {} }] }),
  );
  await backend.settle();
  expect(heard.events.map(({ ticket }) => ticket.ticketId)).toEqual(["t1"]);
  const both = backend.matcher.watchTickets({ playerId: "ann", ticketIds: ["t1"] })[Symbol.asyncIterator]();
  await expect(both.next()).rejects.toMatchObject({ metadata: { field: "playerId" } });
});

test("explainTicket() answers with the ticket and why it waits, in plain words", async () => {
  const constraint = { rule: "near", kind: ConstraintKind.WINDOW, over: "skill", says: "within 25 of one another" };
  const nearestMiss = { distance: 37, allowed: 25, orLess: false };
  const explanation = {
    ...{ standing: TicketStanding.OPEN, waitedMs: 1_000, timesOutInMs: 59_000, othersSearching: 2, othersOpen: 2 },
    ...{ brokenRules: [], missingAttributes: [], fitting: { tickets: 0, orMore: false } },
    constraints: [{ ...constraint, fitting: { tickets: 0, orMore: false }, nearestMiss }],
    players: { present: 1, needed: 2, missing: 1, byTeam: [{ team: "blue", players: 1 }] },
    nextExpansion: {
      atAgeMs: 5_000,
      inMs: 4_000,
      changes: [{ target: "rules[near].maxDistance", from: "25", to: "50" }],
    },
    expansionAge: ExpansionAge.NEWEST,
  };
  const alternatives = [{ ruleSet: "mode-free", explanation: { ...explanation, othersOpen: 1 } }];
  await using backend = startBackend({ explanation, alternatives });
  await backend.outcome(backend.matcher.startMatching(ann));
  const explained = await backend.outcome(backend.matcher.explainTicket("t1"));
  expect(explained.ticket).toMatchObject({ ticketId: "t1", state: "SEARCHING" });
  expect(explained.explanation).toEqual({
    ...explanation,
    standing: "OPEN",
    expansionAge: "NEWEST",
    constraints: [{ ...constraint, kind: "WINDOW", fitting: { tickets: 0, orMore: false }, nearestMiss }],
  });
  expect(explained.ruleSet).toBe("duel");
  expect(explained.alternatives).toEqual([
    { ruleSet: "mode-free", explanation: { ...explained.explanation, othersOpen: 1 } },
  ]);
});

test("explainTicket() tells of a ticket that is not there, and asks for none whose id cannot be one", async () => {
  await using backend = startBackend();
  expect(await backend.outcome(reasonOf(backend.matcher.explainTicket("t9")))).toBe("TICKET_NOT_FOUND");
  expect(await backend.outcome(reasonOf(backend.matcher.explainTicket("t 9")))).toBe("ID_MALFORMED");
  expect(backend.script.calls).toHaveLength(1);
});

const badTickets: readonly { field: string; ticket: StartMatching }[] = [
  { field: "players", ticket: { ...ann, players: [] } },
  { field: "ticketId", ticket: { ...ann, ticketId: "a b" } },
  { field: "players[0].playerId", ticket: { ...ann, players: [{ playerId: "" }] } },
  {
    field: "players[0].attributes.skill",
    ticket: { ...ann, players: [{ playerId: "a", attributes: { skill: Number.NaN } }] },
  },
  { field: "players[0].latenciesMs.eu", ticket: { ...ann, players: [{ playerId: "a", latenciesMs: { eu: -1 } }] } },
  {
    field: "players[0].latenciesMs.eu",
    ticket: { ...ann, players: [{ playerId: "a", latenciesMs: { eu: Number.NaN } }] },
  },
];
for (const [index, { field, ticket }] of badTickets.entries()) {
  test(`startMatching() refuses a bad ${field} before anything is sent (${index})`, async () => {
    await using backend = startBackend();
    const error = await backend.matcher.startMatching(ticket).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ metadata: { field } });
    expect(backend.script.calls).toEqual([]);
  });
}

const refusals: readonly {
  method: string;
  reason: "POOL_FULL" | "TICKET_NOT_FOUND";
  call: (matcher: Matcher) => Promise<unknown>;
}[] = [
  { method: "startMatching", reason: "POOL_FULL", call: (matcher) => matcher.startMatching(ann) },
  { method: "cancelMatching", reason: "TICKET_NOT_FOUND", call: (matcher) => matcher.cancelMatching("t1") },
  {
    method: "describeMatchingProgress",
    reason: "TICKET_NOT_FOUND",
    call: (matcher) => matcher.describeMatchingProgress(["t1"]),
  },
  { method: "watchTickets", reason: "TICKET_NOT_FOUND", call: (matcher) => listenOnce(matcher) },
];
for (const { method, reason, call } of refusals) {
  test(`${method}() rejects with the matcher's reason after one try`, async () => {
    const before = () => {
      throw new MusterError(reason, "Cannot do that as the script refuses");
    };
    await using backend = startBackend({ before });
    expect(await reasonOf(backend.outcome(call(backend.matcher)))).toBe(reason);
    expect(backend.script.calls).toHaveLength(1);
  });
}

async function listenOnce(matcher: Matcher): Promise<void> {
  for await (const _ of matcher.watchTickets({ ticketIds: ["t1"] })) return;
}

test("describeMatchingProgress() and cancelMatching() answer with tickets", async () => {
  await using backend = startBackend();
  const { matcher } = backend;
  await backend.outcome(matcher.startMatching(ann));
  expect(await backend.outcome(matcher.describeMatchingProgress(["t1"]))).toMatchObject([{ state: "SEARCHING" }]);
  const known = matcher.describeMatchingProgress(["gone", "t1"], { knownOnly: true });
  expect(await backend.outcome(known)).toMatchObject([{ ticketId: "t1" }]);
  const cancelled = { state: "CANCELLED", cause: "CANCELLED_BY_REQUEST" };
  expect(await backend.outcome(matcher.cancelMatching("t1"))).toMatchObject(cancelled);
  expect(await backend.outcome(matcher.cancelMatching("t1"))).toMatchObject(cancelled);
  expect(await reasonOf(matcher.describeMatchingProgress([]))).toBe("FIELD_INVALID");
});

test("a watch goes on over a restart of the matcher: no event lost, none doubled", async () => {
  await using backend = startBackend();
  await backend.outcome(backend.matcher.startMatching(ann));
  const watch = listen(backend.matcher.watchTickets({ ticketIds: ["t1"] }));
  await backend.settle();
  backend.memory.breakNode("matcher");
  backend.script.move("t1", { state: TicketState.PLACING });
  const next = backend.restart();
  await backend.clock.advance(10_000);
  next.move("t1", completed);
  next.endSession("t1");
  await backend.settle();
  expect(watch.states()).toEqual(["SEARCHING", "PLACING", "COMPLETED", "SESSION_ENDED"]);
  expect(next.watches[0]?.resumeToken).toBe("1");
  expect(watch.events.at(-1)).toMatchObject({ cause: "GAME_ENDED", at: new Date(5_000) });
});

test("a configuration's watch resumes from a heartbeat's token too", async () => {
  await using backend = startBackend();
  const watch = listen(backend.matcher.watchTickets({ configuration: "arena" }));
  await backend.settle();
  backend.script.heartbeat();
  await backend.settle();
  backend.memory.breakNode("matcher");
  backend.restart();
  await backend.outcome(backend.matcher.startMatching(ann));
  await backend.clock.advance(10_000);
  expect(watch.states()).toEqual(["SEARCHING"]);
});

test("a watch that falls silent is opened again after 20 s, heartbeats keep it", async () => {
  await using backend = startBackend();
  const watch = listen(backend.matcher.watchTickets({}));
  for (let beats = 0; beats < 4; beats += 1) {
    await backend.clock.advance(15_000);
    backend.script.heartbeat();
  }
  expect(backend.script.watches).toHaveLength(1);
  await backend.clock.advance(26_000);
  expect(backend.script.watches).toHaveLength(2);
  expect(watch.events).toEqual([]);
});

test("named tickets start anew when their token is too old, each change shown once", async () => {
  await using backend = startBackend();
  await backend.outcome(backend.matcher.startMatching(ann));
  const watch = listen(backend.matcher.watchTickets({ ticketIds: ["t1"] }));
  await backend.settle();
  const next = backend.restart({ before: refuseTokens });
  next.move("t1", completed);
  await backend.clock.advance(10_000);
  expect(watch.states()).toEqual(["SEARCHING", "COMPLETED"]);
});

test("a configuration's watch says so when events are lost for good", async () => {
  await using backend = startBackend();
  const watch = listen(backend.matcher.watchTickets({ configuration: "arena" }));
  await backend.outcome(backend.matcher.startMatching(ann));
  backend.restart({ before: refuseTokens });
  await backend.clock.advance(10_000);
  expect(await watch.ended).toBe("CURSOR_EXPIRED");
});

function refuseTokens(method: string, request: unknown): void {
  if (method === "watchTickets" && (request as { resumeToken: string }).resumeToken !== "") {
    throw new MusterError("CURSOR_EXPIRED", "Cannot go back that far as it is forgotten");
  }
}

test("a watch ends with CALL_CANCELLED when its signal aborts, and quietly when it is left", async () => {
  await using backend = startBackend();
  await backend.outcome(backend.matcher.startMatching(ann));
  const stop = new AbortController();
  const watch = listen(backend.matcher.watchTickets({ ticketIds: ["t1"] }, { signal: stop.signal }));
  await backend.settle();
  stop.abort();
  expect(await backend.outcome(watch.ended)).toBe("CALL_CANCELLED");
  await backend.outcome(listenOnce(backend.matcher));
});

test("watchTickets() refuses more than 128 tickets, and tickets together with a configuration", async () => {
  await using backend = startBackend();
  const many = Array.from({ length: 129 }, (_, index) => `t${index}`);
  expect(await listen(backend.matcher.watchTickets({ ticketIds: many })).ended).toBe("FIELD_INVALID");
  const both = { ticketIds: ["t1"], configuration: "arena" };
  expect(await listen(backend.matcher.watchTickets(both)).ended).toBe("FIELD_INVALID");
});

test("match() resolves with where to go, over a restart of the matcher", async () => {
  await using backend = startBackend();
  const matching = backend.matcher.match(ann);
  await backend.clock.advance(100);
  const next = backend.restart();
  await backend.clock.advance(10_000);
  next.move("t1", completed);
  expect(await backend.outcome(matching)).toMatchObject({
    state: "COMPLETED",
    assignment: {
      address: { host: "127.0.0.1", ports: { game: 7500 } },
      battleSessionId: "bs_1",
      region: "local",
      players: [
        { playerId: "ann", team: "red", ticketId: "t1", playerSessionId: "ps_ann" },
        { playerId: "bob", team: "blue", ticketId: "t2", playerSessionId: undefined },
      ],
    },
    ticket: { ticketId: "t1", matchId: "match_1" },
  });
});

const ends = [
  { state: "TIMED_OUT", cause: "TIMED_OUT" },
  { state: "FAILED", cause: "PLACEMENT_FAILED" },
  { state: "CANCELLED", cause: "CANCELLED_BY_REQUEST" },
] as const;
for (const { state, cause } of ends) {
  test(`match() resolves with ${state} and why`, async () => {
    await using backend = startBackend();
    const matching = backend.matcher.match(ann);
    await backend.clock.advance(100);
    backend.script.move("t1", { state: TicketState[state], cause: state === "TIMED_OUT" ? "" : cause });
    expect(await backend.outcome(matching)).toMatchObject({ state, cause, ticket: { state } });
  });
}

test("match() of a ticket that has ended resolves at once", async () => {
  await using backend = startBackend();
  await backend.outcome(backend.matcher.startMatching(ann));
  backend.script.move("t1", completed);
  expect((await backend.outcome(backend.matcher.match(ann))).state).toBe("COMPLETED");
  expect(backend.script.watches).toEqual([]);
});

test("match() that is called off cancels its ticket, and keeps at it while the matcher is away", async () => {
  await using backend = startBackend();
  const stop = new AbortController();
  const matching = backend.matcher.match(ann, { signal: stop.signal });
  await backend.clock.advance(100);
  backend.memory.breakNode("matcher");
  stop.abort();
  await backend.clock.advance(30_000);
  const next = backend.restart();
  expect(await backend.outcome(matching)).toMatchObject({ state: "CANCELLED", cause: "CANCELLED_BY_REQUEST" });
  expect(next.calls.filter(({ method }) => method === "cancelMatching")).toHaveLength(1);
});

test("match() that is called off too late resolves with the match", async () => {
  await using backend = startBackend();
  const stop = new AbortController();
  const matching = backend.matcher.match(ann, { signal: stop.signal });
  await backend.clock.advance(100);
  backend.script.move("t1", { state: TicketState.PLACING, matchId: "match_1" });
  stop.abort();
  await backend.clock.advance(100);
  backend.script.move("t1", completed);
  expect((await backend.outcome(matching)).state).toBe("COMPLETED");
});

test("match() that is called off while it starts cancels what it started", async () => {
  await using backend = startBackend();
  const stop = new AbortController();
  const matching = backend.matcher.match(ann, { signal: stop.signal });
  stop.abort();
  expect((await backend.outcome(matching)).state).toBe("CANCELLED");
});

const asked = (players: readonly string[]) => ({
  ...{ state: TicketState.REQUIRES_ACCEPTANCE, matchId: "match_1" },
  proposal: {
    expiresAt: new Date(9_000),
    players: players.map((playerId, index) => ({
      playerId,
      team: ["red", ""][index] ?? "",
      ticketId: `t${index + 1}`,
      accepted: false,
    })),
  },
});

test("match() tells of every match that is proposed, and goes on until one is accepted", async () => {
  await using backend = startBackend();
  const told: unknown[] = [];
  const matching = backend.matcher.match(ann, {
    onProposed: ({ matchId, proposal }) => told.push([matchId, proposal]),
  });
  await backend.clock.advance(100);
  backend.script.move("t1", asked(["ann", "bob"]));
  backend.script.move("t1", { state: TicketState.SEARCHING, matchId: "", proposal: undefined, cause: "MATCH_REFUSED" });
  backend.script.move("t1", { ...asked(["ann"]), matchId: "match_2" });
  backend.script.move("t1", completed);
  expect((await backend.outcome(matching)).state).toBe("COMPLETED");
  const player = (playerId: string, ticketId: string, team?: string) => ({ playerId, ticketId, team, accepted: false });
  expect(told).toEqual([
    ["match_1", { expiresAt: new Date(9_000), players: [player("ann", "t1", "red"), player("bob", "t2")] }],
    ["match_2", { expiresAt: new Date(9_000), players: [player("ann", "t1", "red")] }],
  ]);
});

test("acceptMatch() and declineMatch() send what players say, and answer with the ticket", async () => {
  await using backend = startBackend();
  const { matcher, script } = backend;
  await backend.outcome(matcher.startMatching(ann));
  const watch = listen(matcher.watchTickets({ ticketIds: ["t1"] }));
  await backend.settle();
  script.move("t1", asked(["ann"]));
  const answer = { ticketId: "t1", matchId: "match_1", playerIds: ["ann"] };
  const accepted = await backend.outcome(matcher.acceptMatch(answer));
  expect(accepted.proposal?.players).toMatchObject([{ playerId: "ann", accepted: true }]);
  const declined = await backend.outcome(matcher.declineMatch(answer));
  expect(declined).toMatchObject({ state: "CANCELLED", cause: "ACCEPTANCE_REFUSED", proposal: undefined });
  const sent = script.calls.filter(({ method }) => method === "acceptMatch").map(({ request }) => request);
  expect(sent).toEqual([
    { ...answer, answer: MatchAnswer.ACCEPT },
    { ...answer, answer: MatchAnswer.REFUSE },
  ]);
  await backend.settle();
  expect(watch.events.map(({ type, ticket }) => `${type} ${ticket.state}`)).toEqual([
    ...["STATE_CHANGED SEARCHING", "STATE_CHANGED REQUIRES_ACCEPTANCE", "ACCEPTANCE_CHANGED REQUIRES_ACCEPTANCE"],
    "STATE_CHANGED CANCELLED",
  ]);
  expect(await reasonOf(matcher.acceptMatch({ ...answer, playerIds: [] }))).toBe("FIELD_INVALID");
  expect(await reasonOf(matcher.declineMatch({ ...answer, matchId: "" }))).toBe("ID_MALFORMED");
  expect(await reasonOf(backend.outcome(matcher.acceptMatch(answer)))).toBe("PROPOSAL_NOT_FOUND");
});

test("match() that was called off before starts nothing", async () => {
  await using backend = startBackend();
  expect(await reasonOf(backend.matcher.match(ann, { signal: AbortSignal.abort() }))).toBe("CALL_CANCELLED");
  expect(backend.script.calls).toEqual([]);
});

test("match() that cannot start names the ticket that may exist", async () => {
  await using backend = startBackend();
  backend.memory.breakNode("matcher");
  const { ticketId: _, ...unnamed } = ann;
  await expect(backend.outcome(backend.matcher.match(unnamed))).rejects.toMatchObject({
    reason: "PEER_UNREACHABLE",
    metadata: { ticketId: expect.stringMatching(/^tick_/) },
  });
});

test("match() rejects when its ticket's cancel is refused for another reason", async () => {
  const before = (method: string) => {
    if (method === "cancelMatching") throw new MusterError("NOT_PERMITTED", "Cannot cancel as the key may not");
  };
  await using backend = startBackend({ before });
  const stop = new AbortController();
  const matching = backend.matcher.match(ann, { signal: stop.signal });
  await backend.clock.advance(100);
  stop.abort();
  expect(await reasonOf(backend.outcome(matching))).toBe("NOT_PERMITTED");
});

test("close() ends calls, watches and matches with CALL_CANCELLED, and leaves tickets alone", async () => {
  const backend = startBackend();
  const matching = reasonOf(backend.matcher.match(ann));
  const watch = listen(backend.matcher.watchTickets({}));
  await backend.clock.advance(100);
  await backend.matcher.close();
  await backend.matcher.close();
  expect(await backend.outcome(Promise.all([matching, watch.ended]))).toEqual(["CALL_CANCELLED", "CALL_CANCELLED"]);
  expect(backend.script.calls.map(({ method }) => method)).not.toContain("cancelMatching");
});
