// Parties through the calls of a backend: repeats, watches, restarts, erasure, and tickets that race a change of members.
import { readEnum } from "@muster/proto";
import {
  noProperties,
  PartyAnswer,
  PartyChangeType,
  PartyEventType,
  TicketState,
  type WatchPartiesResponse,
} from "@muster/proto/matchmaking";
import { describe, expect, test } from "vitest";
import { createWorld } from "./matcher-world.fixture.ts";

type World = Awaited<ReturnType<typeof createWorld>>;

const player = (playerId: string) => ({ playerId, attributes: { rank: 3 }, latenciesMs: { eu: 20 }, team: "" });
const call = { partyId: "p", requestId: "" };

/** Party "p" of ann, who leads it, and bob; cat is invited. */
async function gathered(options: Parameters<typeof createWorld>[0] = {}) {
  const world = await createWorld(options);
  const terms = { membersMax: 3, open: false, properties: { map: "dust" } };
  await world.parties.createParty({ partyId: "p", leader: player("ann"), ...terms });
  for (const playerId of ["bob", "cat"]) {
    await world.parties.inviteToParty({ ...call, leaderId: "ann", playerId, timeoutSeconds: 0 });
  }
  await world.parties.joinParty({ ...call, player: player("bob") });
  return world;
}

/** What a watch tells, from now on. */
function collect(world: World, request: { partyId?: string; playerId?: string; resumeToken?: string }) {
  const heard: WatchPartiesResponse[] = [];
  const read = async () => {
    const full = { partyId: "", playerId: "", resumeToken: "", ...request };
    for await (const message of world.parties.watchParties(full)) heard.push(message);
  };
  const ended = read().then(
    () => undefined,
    (error: unknown) => error,
  );
  return {
    heard,
    ended,
    /** "3 JOINED bob: ann bob" for each change; "SYNCED p". */
    get said() {
      return heard
        .filter(({ type }) => type !== PartyEventType.HEARTBEAT)
        .map(({ type, party, partyIds }) => {
          if (type === PartyEventType.SYNCED) return `SYNCED ${partyIds.join()}`.trimEnd();
          const word = readEnum(PartyChangeType, party?.lastChange?.type ?? 0);
          const members = party?.members.map(({ playerId }) => playerId).join(" ");
          return `${party?.version} ${word} ${party?.lastChange?.playerId}: ${members}`.trimEnd();
        });
    },
  };
}

test("a party is answered as it stands, with what its members bring", async () => {
  await using world = await gathered();
  const { party } = await world.parties.describeParty({ partyId: "", playerId: "bob" });
  expect(party).toMatchObject({
    ...{ partyId: "p", version: 4, leaderId: "ann", members: [player("ann"), player("bob")], membersMax: 3 },
    ...{ properties: { map: "dust" }, offers: [{ playerId: "cat" }], lastChange: { playerId: "bob" } },
  });
  expect(await world.parties.describeParty({ partyId: "", playerId: "cat" })).toEqual({ party: undefined });
});

test("the leader's ticket is of all members, says whose it is, and is cancelled when somebody joins", async () => {
  await using world = await gathered();
  const party = { partyId: "p", leaderId: "ann" };
  const start = { ...noProperties, configuration: "duel", ticketId: "t", players: [], party };
  const { ticket } = await world.matching.startMatching(start);
  expect(ticket).toMatchObject({ partyId: "p", players: [player("ann"), player("bob")] });
  const shown = await world.parties.describeParty({ partyId: "p", playerId: "" });
  expect(shown.party?.ticketIds).toEqual(["t"]);
  await world.parties.joinParty({ ...call, player: player("cat") });
  const { ticket: again } = await world.matching.startMatching(start);
  expect(again).toMatchObject({ state: TicketState.CANCELLED, cause: "PARTY_CHANGED", partyId: "p" });
});

test("a party whose members ask one another is prepared first", async () => {
  await using world = await gathered();
  const { ticket } = await world.matching.startMatching({
    ...{ ...noProperties, configuration: "duel", ticketId: "t", players: [player("ann")] },
    ...{ asked: { playerIds: ["bob"], timeoutSeconds: 0 }, party: { partyId: "p", leaderId: "ann" } },
  });
  expect(ticket?.state).toBe(TicketState.PREPARING);
  await world.parties.leaveParty({ ...call, playerId: "bob" });
  expect(await world.ticket("t")).toMatchObject({ state: TicketState.CANCELLED, cause: "PARTY_CHANGED" });
});

test("a change that comes too late leaves the match as it is", async () => {
  await using world = await createWorld();
  await world.parties.createParty({ partyId: "p", leader: player("ann"), membersMax: 0, open: true, properties: {} });
  const party = { partyId: "p", leaderId: "ann" };
  await world.matching.startMatching({ ...noProperties, configuration: "duel", ticketId: "t", players: [], party });
  await world.queue("duel", "eve");
  await world.clock.advance(100);
  const before = await world.state("t");
  await world.parties.joinParty({ ...call, player: player("bob") });
  await world.clock.advance(1_000);
  expect([before, await world.state("t"), await world.state("t-eve")]).toEqual(["COMPLETED", "COMPLETED", "COMPLETED"]);
});

describe("a watch", () => {
  test("of a party tells how it stands, and every change from then on", async () => {
    await using world = await gathered();
    const watch = collect(world, { partyId: "p" });
    await world.clock.advance(1);
    await world.parties.promoteInParty({ ...call, leaderId: "ann", playerId: "bob" });
    await world.parties.leaveParty({ ...call, playerId: "ann" });
    await world.clock.advance(1);
    expect(watch.said).toEqual(["4 JOINED bob: ann bob", "SYNCED", "5 PROMOTED bob: ann bob", "6 LEFT ann: bob"]);
  });

  test("of a player tells of invitations, and that a party concerns the player no more", async () => {
    await using world = await gathered();
    const watch = collect(world, { playerId: "cat" });
    await world.clock.advance(1);
    await world.parties.createParty({
      partyId: "q",
      leader: player("dan"),
      membersMax: 0,
      open: false,
      properties: {},
    });
    const other = { partyId: "q", requestId: "" };
    await world.parties.inviteToParty({ ...other, leaderId: "dan", playerId: "cat", timeoutSeconds: 0 });
    await world.parties.dissolveParty({ ...other, leaderId: "dan" });
    await world.parties.kickFromParty({ ...call, leaderId: "ann", playerId: "cat" });
    await world.parties.kickFromParty({ ...call, leaderId: "ann", playerId: "bob" });
    await world.clock.advance(1);
    expect(watch.said).toEqual([
      ...["4 JOINED bob: ann bob", "SYNCED p", "2 INVITED cat: dan", "3 DISSOLVED :", "5 REFUSED cat: ann bob"],
    ]);
  });

  test("goes on where it was, over a restart, and tells each party once", async () => {
    await using world = await gathered({ snapshotEveryFacts: 1 });
    const watch = collect(world, {});
    await world.clock.advance(1);
    const token = watch.heard.at(-1)?.resumeToken ?? "";
    await world.restart();
    await world.parties.joinParty({ ...call, player: player("cat") });
    await world.parties.leaveParty({ ...call, playerId: "bob" });
    const again = collect(world, { resumeToken: token });
    await world.clock.advance(1);
    expect(again.said).toEqual(["6 LEFT bob: ann cat", "SYNCED"]);
  });

  test("tells that offers have expired", async () => {
    await using world = await gathered();
    const watch = collect(world, { playerId: "cat" });
    await world.clock.advance(300_000);
    expect(watch.said).toEqual(["4 JOINED bob: ann bob", "SYNCED p", "5 EXPIRED cat: ann bob"]);
  });
});

for (const snapshotEveryFacts of [undefined, 1]) {
  const how = snapshotEveryFacts === undefined ? "its journal" : "a snapshot";
  test(`a matcher that restarts has its parties from ${how}, with calls that it has answered`, async () => {
    await using world = await gathered(snapshotEveryFacts === undefined ? {} : { snapshotEveryFacts });
    const join = { ...call, requestId: "r", player: player("cat") };
    await world.parties.joinParty(join);
    const { party: before } = await world.parties.leaveParty({ ...call, playerId: "cat" });
    await world.restart();
    expect(await world.parties.joinParty(join)).toEqual({ party: before });
    const taken = world.parties.createParty({
      partyId: "q",
      leader: player("bob"),
      membersMax: 0,
      open: false,
      properties: {},
    });
    await expect(taken).rejects.toMatchObject({ reason: "PLAYER_IN_PARTY", metadata: { partyId: "p" } });
  });
}

const bad: readonly {
  readonly name: string;
  readonly send: (world: World) => Promise<unknown>;
  readonly reason: string;
  readonly field?: string;
}[] = [
  {
    name: "a party of nobody",
    send: ({ parties }) =>
      parties.createParty({ partyId: "", leader: undefined, membersMax: 0, open: false, properties: {} }),
    reason: "FIELD_INVALID",
    field: "leader",
  },
  {
    name: "101 members",
    send: ({ parties }) =>
      parties.createParty({ partyId: "", leader: player("x"), membersMax: 101, open: false, properties: {} }),
    reason: "FIELD_INVALID",
    field: "members_max",
  },
  {
    name: "65 properties",
    send: ({ parties }) =>
      parties.createParty({
        partyId: "",
        leader: player("x"),
        membersMax: 0,
        open: false,
        properties: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, ""])),
      }),
    reason: "FIELD_INVALID",
    field: "properties",
  },
  {
    name: "a member with a book",
    send: ({ parties }) =>
      parties.joinParty({
        ...call,
        player: { ...player("x"), attributes: { book: Array.from({ length: 90 }, () => "x".repeat(250)) } },
      }),
    reason: "FIELD_INVALID",
    field: "player",
  },
  {
    name: "an invitation for two days",
    send: ({ parties }) => parties.inviteToParty({ ...call, leaderId: "ann", playerId: "x", timeoutSeconds: 172_800 }),
    reason: "FIELD_INVALID",
    field: "timeout_seconds",
  },
  {
    name: "an answer that is none",
    send: ({ parties }) =>
      parties.answerPartyAsk({ ...call, leaderId: "ann", playerId: "x", answer: PartyAnswer.UNSPECIFIED }),
    reason: "FIELD_INVALID",
    field: "answer",
  },
  {
    name: "an id with a blank",
    send: ({ parties }) => parties.leaveParty({ ...call, partyId: "a b", playerId: "x" }),
    reason: "ID_MALFORMED",
    field: "party_id",
  },
  {
    name: "a player with a bell",
    send: ({ parties }) => parties.leaveParty({ ...call, playerId: "a\u0007" }),
    reason: "ID_MALFORMED",
    field: "player_id",
  },
  {
    name: "a party and a player",
    send: ({ parties }) => parties.describeParty({ partyId: "p", playerId: "ann" }),
    reason: "FIELD_INVALID",
    field: "party_id",
  },
  {
    name: "neither party nor player",
    send: ({ parties }) => parties.describeParty({ partyId: "", playerId: "" }),
    reason: "FIELD_INVALID",
    field: "party_id",
  },
  {
    name: "a ticket of a party that nobody knows",
    send: ({ matching }) =>
      matching.startMatching({
        ...noProperties,
        configuration: "duel",
        ticketId: "",
        players: [],
        party: { partyId: "none", leaderId: "ann" },
      }),
    reason: "PARTY_NOT_FOUND",
  },
];
for (const { name, send, reason, field } of bad) {
  test(`refuses ${name}`, async () => {
    await using world = await gathered();
    const before = await world.parties.describeParty({ partyId: "p", playerId: "" });
    await expect(send(world)).rejects.toMatchObject({
      reason,
      ...(field === undefined ? {} : { metadata: { field } }),
    });
    expect(await world.parties.describeParty({ partyId: "p", playerId: "" })).toEqual(before);
  });
}

test("a watch that names a party and a player is refused, and so is a token of another service", async () => {
  await using world = await gathered();
  const both = collect(world, { partyId: "p", playerId: "ann" });
  const foreign = collect(world, { resumeToken: "t1.0" });
  await world.clock.advance(1);
  expect(await both.ended).toMatchObject({ reason: "FIELD_INVALID", metadata: { field: "player_id" } });
  expect(await foreign.ended).toMatchObject({ reason: "FIELD_INVALID", metadata: { field: "resume_token" } });
});

test("a member cannot be erased; who was invited, asked, or has left is, and parties name them no more", async () => {
  await using world = await gathered();
  await expect(world.playerData.erasePlayer({ playerId: "bob" })).rejects.toMatchObject({
    ...{ reason: "PLAYER_IN_PARTY", metadata: { playerId: "bob", partyId: "p" } },
  });
  await world.playerData.erasePlayer({ playerId: "cat" });
  await world.parties.leaveParty({ ...call, playerId: "bob" });
  await world.playerData.erasePlayer({ playerId: "bob" });
  const { party } = await world.parties.describeParty({ partyId: "p", playerId: "" });
  expect(party).toMatchObject({ offers: [], members: [player("ann")], lastChange: { playerId: "" } });
});
