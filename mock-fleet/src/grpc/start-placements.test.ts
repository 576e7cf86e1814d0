import type { StartPlacementsResponse } from "@muster/proto/fleet";
import { expect, test } from "vitest";
import { createFleetWorld, startPlacementRequest } from "../fleet-world.ts";

test("StartPlacements answers every request, refusals and repeats too, and ends with its requests", async () => {
  await using world = await createFleetWorld();
  const known = startPlacementRequest();
  const requests = [known, startPlacementRequest({ queue: "nowhere" }), known, { ...known, capacity: 8 }];
  const send = async function* () {
    for (const placement of requests) yield { placement };
  };
  const answers: StartPlacementsResponse[] = [];
  for await (const answer of world.fleet.startPlacements(send())) answers.push(answer);
  const told = answers.map(
    ({ placementId, placement, error }) => `${placementId} ${error?.reason ?? placement?.queue}`,
  );
  expect(told.toSorted()).toEqual(
    [
      `${known.placementId} default`,
      `${known.placementId} default`,
      `${known.placementId} ID_REUSED`,
      `${requests[1]?.placementId} QUEUE_NOT_FOUND`,
    ].toSorted(),
  );
});

test("a message without a request ends the stream", async () => {
  await using world = await createFleetWorld();
  const send = async function* () {
    yield { placement: undefined };
  };
  const read = async () => {
    for await (const _ of world.fleet.startPlacements(send())) expect.unreachable();
  };
  await expect(read()).rejects.toMatchObject({ reason: "FIELD_INVALID" });
});

test("brief requests of new placements are answered by their ids, repeats and refusals as ever", async () => {
  await using world = await createFleetWorld();
  const known = startPlacementRequest();
  const requests = [known, startPlacementRequest(), { ...known, capacity: 8 }];
  const send = async function* () {
    for (const placement of requests) yield { placement, brief: true };
  };
  const pending: string[] = [];
  const others: string[] = [];
  for await (const { placementId, placement, error, pending: ids } of world.fleet.startPlacements(send())) {
    pending.push(...(ids?.placementIds ?? []));
    if (!ids) others.push(`${placementId} ${error?.reason ?? placement?.queue}`);
  }
  expect(pending.toSorted()).toEqual([known.placementId, requests[1]?.placementId].toSorted());
  expect(others).toEqual([`${known.placementId} ID_REUSED`]);
  await using again = await createFleetWorld();
  const repeats = async function* () {
    for (let times = 0; times < 2; times += 1) yield { placement: known, brief: true };
  };
  const told: string[] = [];
  for await (const answer of again.fleet.startPlacements(repeats())) {
    told.push(answer.pending ? answer.pending.placementIds.join() : `whole ${answer.placementId}`);
  }
  expect(told.toSorted()).toEqual([known.placementId, `whole ${known.placementId}`].toSorted());
});
