// Many tickets at once, by call and by stream: answers by item, in one write, none spoilt by another.
import { MusterError } from "@muster/proto";

import type { StartedTicket, StartMatchingStreamResponse } from "@muster/proto/matchmaking";
import { noProperties } from "@muster/proto/matchmaking";
import { describe, expect, test, vi } from "vitest";
import { createWorld, type World } from "./matcher-world.fixture.ts";

const ticket = (ticketId: string, players: readonly string[], configuration = "group") => ({
  ...noProperties,
  configuration,
  ticketId,
  players: players.map((playerId) => ({ playerId, attributes: {}, latenciesMs: {}, team: "" })),
});

const told = ({ ticketId, ticket: started, refusal }: StartedTicket) =>
  `${ticketId} ${refusal?.reason ?? started?.version ?? "brief"}`;

async function countRecords({ journal }: World): Promise<number> {
  let records = 0;
  for await (const _ of journal.read("matcher", 1)) records += 1;
  return records;
}

describe("StartMatchingBatch", () => {
  test("answers in order, and takes what it can", async () => {
    await using world = await createWorld();
    await world.queue("group", "held");
    const before = await countRecords(world);
    const tickets = [
      ...[ticket("a", ["ann"]), ticket("b", ["bob"], "nowhere"), ticket("c d", ["cid"]), ticket("e", ["held"])],
      ...[
        ticket("f", ["ann"]),
        ticket("a", ["ann"]),
        ticket("a", ["eve"]),
        ticket("g", []),
        ticket("h", ["hal", "ivy"]),
      ],
    ];
    const answers = (await world.matching.startMatchingBatch({ tickets, brief: false })).tickets;
    expect(answers.map(told)).toEqual([
      ...["a 1", "b CONFIGURATION_NOT_FOUND", "c d ID_MALFORMED", "e PLAYER_ALREADY_QUEUED"],
      ...["f PLAYER_ALREADY_QUEUED", "a 1", "a ID_REUSED", "g FIELD_INVALID", "h 1"],
    ]);
    expect(answers[4]?.refusal?.metadata).toEqual({ playerId: "ann", ticketId: "a" });
    expect(answers[7]?.refusal?.metadata).toEqual({ field: "players" });
    expect(await countRecords(world)).toBe(before + 2);
  });

  test("draws ids, and leaves tickets out of brief answers", async () => {
    await using world = await createWorld();
    const request = { tickets: [ticket("", ["ann"]), ticket("", [])], brief: true };
    const { tickets } = await world.matching.startMatchingBatch(request);
    expect(tickets.map(told)).toEqual([expect.stringMatching(/^tick_\w{26} brief$/), " FIELD_INVALID"]);
    expect(await world.state(tickets[0]?.ticketId ?? "")).toBe("SEARCHING");
  });

  test("writes all of its tickets in one append", async () => {
    await using world = await createWorld();
    const append = vi.spyOn(world.journal, "append");
    const tickets = Array.from({ length: 100 }, (_, index) => ticket(`t${index}`, [`p${index}`], "equal"));
    await world.matching.startMatchingBatch({ tickets, brief: true });
    expect(append.mock.calls.map(([{ records }]) => records.length)).toEqual([100]);
  });

  test.each([0, 101])("refuses %i tickets", async (count) => {
    await using world = await createWorld();
    const tickets = Array.from({ length: count }, (_, index) => ticket(`t${index}`, [`p${index}`]));
    const refusal = { reason: "FIELD_INVALID", metadata: { field: "tickets" } };
    await expect(world.matching.startMatchingBatch({ tickets, brief: false })).rejects.toMatchObject(refusal);
  });

  test("rejects as a whole while the disk is full, and takes the same tickets later", async () => {
    let isFull = false;
    await using world = await createWorld({ isFull: () => isFull });
    const request = { tickets: [ticket("a", ["ann"]), ticket("b", ["bob"])], brief: false };
    isFull = true;
    const first = world.matching.startMatchingBatch(request); // The one that finds the disk full waits for room.
    await world.clock.advance(50);
    await expect(
      world.matching.startMatchingBatch({ ...request, tickets: [ticket("c", ["cid"])] }),
    ).rejects.toMatchObject({
      reason: "JOURNAL_FULL",
    });
    isFull = false;
    await world.clock.advance(3_000);
    expect((await first).tickets.map(told)).toEqual(["a 1", "b 1"]);
  });
});

test("StartMatchingStream answers every request by its place, and ends with its requests", async () => {
  await using world = await createWorld();
  const send = async function* () {
    yield { ticket: ticket("a", ["ann"]), brief: false };
    yield { ticket: undefined, brief: false };
    yield { ticket: ticket("b", ["ann"]), brief: false };
    yield { ticket: ticket("c", ["cid"]), brief: true };
  };
  const answers: StartMatchingStreamResponse[] = [];
  const read = async () => {
    for await (const answer of world.matching.startMatchingStream(send())) answers.push(answer);
  };
  await world.run(read());
  const lines = answers.map(({ place, started }) => `${place}: ${started && told(started)}`);
  expect(lines.toSorted()).toEqual(["0: a 1", "1:  ID_MALFORMED", "2: b PLAYER_ALREADY_QUEUED", "3: c brief"]);
});

describe("players who come too often", () => {
  /** Bob is one of them. */
  const admitPlayers = (playerIds: readonly string[]) =>
    playerIds.includes("bob")
      ? new MusterError("OVERLOADED", "Cannot take it as bob may come once a second", {
          metadata: { retryAfterMs: "400" },
        })
      : undefined;
  const expected = ["a 1", "b OVERLOADED", "c 1"];
  const tickets = [ticket("a", ["ann"]), ticket("b", ["bob"]), ticket("c", ["cid"])];

  test("are refused with a hint, and spoil no other ticket of a batch", async () => {
    await using world = await createWorld({ admitPlayers });
    const answers = (await world.matching.startMatchingBatch({ tickets, brief: false })).tickets;
    expect(answers.map(told)).toEqual(expected);
    expect(answers[1]?.refusal?.metadata).toEqual({ retryAfterMs: "400" });
  });

  test("nor of a stream", async () => {
    await using world = await createWorld({ admitPlayers });
    async function* requests() {
      for (const one of tickets) yield { ticket: one, brief: false };
    }
    const answers: string[] = [];
    const read = async () => {
      for await (const { started } of world.matching.startMatchingStream(requests()))
        if (started) answers.push(told(started));
    };
    await world.run(read());
    expect(answers.toSorted()).toEqual(expected);
  });
});
