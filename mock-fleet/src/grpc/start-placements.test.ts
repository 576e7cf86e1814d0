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
