import { WatchSessionsResponse } from "@muster/proto/fleet";
import { expect, test } from "vitest";
import { createFleetWorld, type FleetWorld, startPlacementRequest } from "../fleet-world.ts";

const casesOf = (messages: readonly WatchSessionsResponse[]) =>
  messages.filter(({ event }) => event?.$case !== "heartbeat").map(({ event }) => event?.$case);

/** Reads until `count` messages other than heartbeats have come. */
async function read(world: FleetWorld, request: { owner?: string; resumeToken?: string }, count: number) {
  const seen: WatchSessionsResponse[] = [];
  for await (const message of world.fleet.watchSessions({ owner: "", resumeToken: "", ...request })) {
    if (message.event?.$case !== "heartbeat") seen.push(message);
    if (seen.length === count) return seen;
  }
  throw new Error("the watch ended");
}

const tokenOf = (messages: readonly WatchSessionsResponse[]) => messages.at(-1)?.resumeToken ?? "";

test("a watch opens with a snapshot and goes on with every change in order, FULFILLED last", async () => {
  await using world = await createFleetWorld();
  const empty = await read(world, {}, 2);
  expect(casesOf(empty)).toEqual(["snapshotBegin", "snapshotEnd"]);
  const session = await world.place();
  const changes = await read(world, { resumeToken: tokenOf(empty) }, 4);
  expect(casesOf(changes)).toEqual(["placement", "session", "sessionChange", "placement"]);
  expect(changes[3]?.event).toMatchObject({
    value: { state: 2, session: { battleSessionId: session.battleSessionId } },
  });
  const snapshot = await read(world, {}, 3);
  expect(casesOf(snapshot)).toEqual(["snapshotBegin", "session", "snapshotEnd"]);
  expect(snapshot[1]?.event).toMatchObject({ value: { revision: 2 } });
});

/** What comes after the token, one after the other, and how many messages it took. */
async function readBrief(world: FleetWorld, resumeToken: string, count: number) {
  const seen: WatchSessionsResponse[] = [];
  for await (const message of world.fleet.watchSessions({ owner: "", resumeToken, brief: true })) {
    if (message.event?.$case === "heartbeat") continue;
    const several = message.event?.$case === "several" ? message.event.value.messages : undefined;
    seen.push(...(several?.map((bytes) => WatchSessionsResponse.decode(bytes)) ?? [message]));
    if (seen.length >= count) return { seen, isOne: several?.length === count, resumeToken: message.resumeToken };
  }
  throw new Error("the watch ended");
}

test("a brief watch tells of a placement its end alone, names its session, and joins what comes together", async () => {
  await using world = await createFleetWorld();
  const empty = await read(world, {}, 2);
  const session = await world.place();
  const { seen, isOne, resumeToken } = await readBrief(world, tokenOf(empty), 3);
  expect(casesOf(seen)).toEqual(["session", "sessionChange", "placement"]);
  expect(seen[2]?.event).toMatchObject({
    value: { state: 2, session: undefined, battleSessionId: session.battleSessionId },
  });
  expect(isOne).toBe(true);
  const next = await world.place();
  const later = await readBrief(world, resumeToken, 3);
  expect(later.seen[0]?.event).toMatchObject({ value: { battleSessionId: next.battleSessionId } });
});

test("a watch resumes after each message exactly where it stood", async () => {
  await using world = await createFleetWorld();
  const empty = await read(world, {}, 2);
  await world.place();
  const all = await read(world, { resumeToken: tokenOf(empty) }, 4);
  for (let handled = 1; handled < 4; handled += 1) {
    const rest = await read(world, { resumeToken: tokenOf(all.slice(0, handled)) }, 4 - handled);
    expect(rest).toEqual(all.slice(handled));
  }
});

test("a watch of an owner tells of that owner only", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 2 } });
  await world.place({ owner: "one" });
  const other = await world.place({ owner: "two" });
  const snapshot = await read(world, { owner: "two" }, 3);
  expect(snapshot[1]?.event).toMatchObject({ value: { battleSessionId: other.battleSessionId } });
  const token = tokenOf(snapshot);
  const request = startPlacementRequest({ owner: "two" });
  await world.fleet.startPlacement(startPlacementRequest({ owner: "one" }));
  await world.fleet.startPlacement(request);
  const [next] = await read(world, { owner: "two", resumeToken: token }, 1);
  expect(next?.event).toMatchObject({ $case: "placement", value: { placementId: request.placementId } });
});

test("a token that is none is refused, one of another journal has expired", async () => {
  await using world = await createFleetWorld();
  await expect(read(world, { resumeToken: "nonsense" }, 1)).rejects.toMatchObject({
    reason: "FIELD_INVALID",
    metadata: { field: "resume_token" },
  });
  await using other = await createFleetWorld();
  const foreign = tokenOf(await read(other, {}, 2));
  await expect(read(world, { resumeToken: foreign }, 1)).rejects.toMatchObject({ reason: "CURSOR_EXPIRED" });
});

test("a watcher that reads nothing holds nobody up", async () => {
  await using world = await createFleetWorld();
  const stuck = world.fleet.watchSessions({ owner: "", resumeToken: "" })[Symbol.asyncIterator]();
  await stuck.next();
  const session = await world.place();
  const host = world.hostOf(session);
  const change = { $case: "changeCreationPolicy" } as const;
  for (let index = 0; index < 300; index += 1) {
    const creationPolicy = index % 2 ? 1 : 2;
    const done = host.command({ ...change, value: { battleSessionId: session.battleSessionId, creationPolicy } });
    expect((await done).error).toBeUndefined();
  }
  expect((await world.describe(session.battleSessionId)).revision).toBe(302);
  await stuck.return?.();
});
