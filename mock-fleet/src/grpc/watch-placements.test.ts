import { readWord } from "@muster/proto";
import { PlacementState, type WatchPlacementsRequest, type WatchPlacementsResponse } from "@muster/proto/fleet";
import { expect, test } from "vitest";
import { createFleetWorld, type FleetWorld, startPlacementRequest } from "../fleet-world.ts";

const all: WatchPlacementsRequest = { placementIds: [], owner: "", queue: "", resumeToken: "" };

/** Reads until `count` messages other than heartbeats have come. */
async function read(world: FleetWorld, request: Partial<WatchPlacementsRequest>, count: number) {
  const seen: WatchPlacementsResponse[] = [];
  for await (const message of world.fleet.watchPlacements({ ...all, ...request })) {
    if (message.event?.$case !== "heartbeat") seen.push(message);
    if (seen.length === count) return seen;
  }
  throw new Error("the watch ended");
}

const stepOf = ({ event }: WatchPlacementsResponse) =>
  event?.$case === "placement"
    ? [readWord("state", PlacementState, event.value.state), event.value.attempts]
    : event?.$case;
const tokenOf = (messages: readonly WatchPlacementsResponse[]) => messages.at(-1)?.resumeToken ?? "";

test("a watch tells of every step: made, a session begun, the next after the first did not come alive, fulfilled", async () => {
  await using world = await createFleetWorld({
    host: ({ address }) => ({ activates: address.ports.game !== 27_500 }),
    fleet: { activationTimeoutMs: 300 },
  });
  const empty = await read(world, {}, 2);
  expect(empty.map(stepOf)).toEqual(["snapshotBegin", "snapshotEnd"]);
  const session = await world.place();
  const steps = await read(world, { resumeToken: tokenOf(empty) }, 4);
  expect(steps.map(stepOf)).toEqual([
    ["PENDING", 0],
    ["PENDING", 1],
    ["PENDING", 2],
    ["FULFILLED", 2],
  ]);
  expect(steps[3]?.event).toMatchObject({
    value: { battleSessionId: session.battleSessionId, session: { battleSessionId: session.battleSessionId } },
  });
  for (let handled = 1; handled < 4; handled += 1) {
    const rest = await read(world, { resumeToken: tokenOf(steps.slice(0, handled)) }, 4 - handled);
    expect(rest).toEqual(steps.slice(handled));
  }
});

test("a watch begins with what is pending, and tells of the owner, queue and placements that are asked for", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 1 }, host: () => ({ ready: false }) });
  const [one, two] = [startPlacementRequest({ owner: "one" }), startPlacementRequest({ owner: "two" })];
  await world.fleet.startPlacement(one);
  await world.fleet.startPlacement(two);
  const idsOf = (messages: readonly WatchPlacementsResponse[]) =>
    messages.flatMap(({ event }) => (event?.$case === "placement" ? [event.value.placementId] : []));
  expect(idsOf(await read(world, {}, 4))).toEqual([one.placementId, two.placementId]);
  expect(idsOf(await read(world, { owner: "two" }, 3))).toEqual([two.placementId]);
  const first = { placementIds: [one.placementId] };
  const snapshot = await read(world, first, 3);
  expect(idsOf(snapshot)).toEqual([one.placementId]);
  await world.fleet.stopPlacement({ placementId: two.placementId });
  await world.fleet.stopPlacement({ placementId: one.placementId });
  expect((await read(world, { ...first, resumeToken: tokenOf(snapshot) }, 1)).map(stepOf)).toEqual([["CANCELLED", 0]]);
  expect((await read(world, { queue: "elsewhere" }, 2)).map(stepOf)).toEqual(["snapshotBegin", "snapshotEnd"]);
});

test("ListPlacements answers what is pending, and what has ended if asked for", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 1 }, host: () => ({ ready: false }) });
  const [one, two] = [startPlacementRequest({ owner: "one" }), startPlacementRequest({ owner: "two" })];
  await world.fleet.startPlacement(one);
  await world.fleet.startPlacement(two);
  await world.fleet.stopPlacement({ placementId: one.placementId });
  const list = async (request: object) => {
    const { placements } = await world.fleet.listPlacements({ ...all, includeEnded: false, ...request });
    return placements.map(({ placementId, owner, state }) => [
      placementId,
      owner,
      readWord("state", PlacementState, state),
    ]);
  };
  const pending = [two.placementId, "two", "PENDING"];
  const ended = [one.placementId, "one", "CANCELLED"];
  expect(await list({})).toEqual([pending]);
  expect(await list({ includeEnded: true })).toEqual([ended, pending]);
  expect(await list({ includeEnded: true, placementIds: [one.placementId] })).toEqual([ended]);
  expect(await list({ includeEnded: true, queue: "elsewhere" })).toEqual([]);
});

test("a filter that is none is refused, by a watch too", async () => {
  await using world = await createFleetWorld();
  await expect(read(world, { owner: "a b" }, 1)).rejects.toMatchObject({ reason: "ID_MALFORMED" });
  await expect(read(world, { placementIds: Array.from({ length: 1_001 }, () => "p") }, 1)).rejects.toMatchObject({
    reason: "FIELD_INVALID",
  });
  await expect(read(world, { resumeToken: "nonsense" }, 1)).rejects.toMatchObject({ reason: "FIELD_INVALID" });
});
