import { createChannel } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import { MusterError } from "@muster/proto";
import {
  type Placement,
  PlacementState,
  type StartPlacementRequest,
  type StartPlacementsResponse,
} from "@muster/proto/fleet";
import { expect, test } from "vitest";
import { createPlacementStream } from "./placement-stream.ts";

const request = (placementId: string) => ({ placementId }) as StartPlacementRequest;
const placement = (placementId: string) => ({ placementId }) as Placement;
const never = new AbortController().signal;

/** A fleet that answers when the test says so. */
function scriptedFleet() {
  const clock = createVirtualClock();
  const streams: { asked: string[]; answers: ReturnType<typeof createChannel<StartPlacementsResponse>> }[] = [];
  const alone: string[] = [];
  const stream = createPlacementStream(
    {
      async startPlacement({ placementId }) {
        alone.push(placementId);
        if (placementId === "lost") return new Promise(() => undefined);
        return { placement: placement(placementId) };
      },
      startPlacements(requests) {
        const opened = { asked: [] as string[], answers: createChannel<StartPlacementsResponse>() };
        streams.push(opened);
        const read = async () => {
          for await (const { placement: asked } of requests) opened.asked.push(asked?.placementId ?? "");
        };
        void read();
        return opened.answers;
      },
    },
    clock,
  );
  const answer = (placementId: string, reason?: string) =>
    streams.at(-1)?.answers.push({
      placementId,
      placement: reason === undefined ? placement(placementId) : undefined,
      error: reason === undefined ? undefined : { reason, message: "refused", metadata: {} },
    });
  const outcome = (placementId: string, signal = never) =>
    stream.start(request(placementId), signal).then(
      (found) => found?.placementId,
      (error: MusterError) => error.reason,
    );
  return { clock, streams, alone, stream, answer, outcome };
}

test("placements share one stream, and each gets its own answer, in any order", async () => {
  const fleet = scriptedFleet();
  const outcomes = [fleet.outcome("a"), fleet.outcome("b"), fleet.outcome("c")];
  await fleet.clock.advance(0);
  fleet.answer("c");
  fleet.answer("a", "QUEUE_NOT_FOUND");
  fleet.answer("b");
  expect(await Promise.all(outcomes)).toEqual(["QUEUE_NOT_FOUND", "b", "c"]);
  expect(fleet.streams.map(({ asked }) => asked)).toEqual([["a", "b", "c"]]);
});

test("answers by ids alone say that these are pending, and nothing of the others", async () => {
  const fleet = scriptedFleet();
  const [one, two, three] = ["a", "b", "c"].map((id) => fleet.stream.start(request(id), never));
  await fleet.clock.advance(0);
  const empty = { placementId: "", placement: undefined, error: undefined };
  fleet.streams[0]?.answers.push({ ...empty, pending: { placementIds: ["a", "c", "unknown"] } });
  expect((await Promise.all([one, three])).map((found) => [found?.placementId, found?.state])).toEqual([
    ["a", PlacementState.PENDING],
    ["c", PlacementState.PENDING],
  ]);
  fleet.answer("b");
  expect((await two)?.placementId).toBe("b");
});

test("a stream that breaks fails whoever waits, and the next request opens another", async () => {
  const fleet = scriptedFleet();
  const outcomes = [fleet.outcome("a"), fleet.outcome("b")];
  fleet.streams[0]?.answers.close(new MusterError("PEER_UNREACHABLE", "gone"));
  expect(await Promise.all(outcomes)).toEqual(["PEER_UNREACHABLE", "PEER_UNREACHABLE"]);
  const again = fleet.outcome("a");
  fleet.answer("a");
  expect(await again).toBe("a");
  expect(fleet.streams).toHaveLength(2);
});

test("what one request does to the stream is no refusal of the others: each is asked by itself", async () => {
  const fleet = scriptedFleet();
  const outcomes = [fleet.outcome("a"), fleet.outcome("b")];
  fleet.streams[0]?.answers.close(new MusterError("MESSAGE_TOO_LARGE", "too large"));
  expect(await Promise.all(outcomes)).toEqual(["a", "b"]);
  expect(fleet.alone).toEqual(["a", "b"]);
});

test("a fleet without the stream is asked one by one from then on", async () => {
  const fleet = scriptedFleet();
  const first = fleet.outcome("a");
  fleet.streams[0]?.answers.close(new MusterError("METHOD_UNKNOWN", "no stream"));
  expect(await first).toBe("a");
  expect(await fleet.outcome("b")).toBe("b");
  expect([fleet.streams.length, fleet.alone]).toEqual([1, ["a", "b"]]);
});

test("a stream that answers nobody is given up after as long as a call may take", async () => {
  const fleet = scriptedFleet();
  const outcome = fleet.outcome("a");
  await fleet.clock.advance(10_000);
  expect(await outcome).toBe("DEADLINE_PASSED");
  const again = fleet.outcome("a");
  fleet.answer("a");
  expect(await again).toBe("a");
});

test("a request that is called off is not waited for, and disturbs no other", async () => {
  const fleet = scriptedFleet();
  const caller = new AbortController();
  const outcomes = [fleet.outcome("a", caller.signal), fleet.outcome("b")];
  caller.abort();
  fleet.answer("a");
  fleet.answer("b");
  expect(await Promise.all(outcomes)).toEqual(["CALL_CANCELLED", "b"]);
  expect(fleet.clock.sleepers).toBe(0);
});

test("who is asked alone and gets no answer is given up in time too", async () => {
  const fleet = scriptedFleet();
  const outcomes = [fleet.outcome("lost"), fleet.outcome("b")];
  fleet.streams[0]?.answers.close(new MusterError("MESSAGE_TOO_LARGE", "too large"));
  expect(await outcomes[1]).toBe("b");
  await fleet.clock.advance(10_000);
  expect(await outcomes[0]).toBe("DEADLINE_PASSED");
  expect(fleet.clock.sleepers).toBe(0);
});
