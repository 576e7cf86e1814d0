import { writeSessionChange } from "@muster/proto";
import { WatchSessionsResponse } from "@muster/proto/fleet";
import { expect, test } from "vitest";
import { gatherEvents } from "./gather-events.ts";

type Event = NonNullable<WatchSessionsResponse["event"]>;

/** A change of `bytes` bytes and some more, known again by its revision. */
function changeOf(revision: number, bytes: number): Event {
  const change = { battleSessionId: "session_1", revision, rosterVersion: 1, reason: "SESSION_ACTIVATED" };
  const value = writeSessionChange({
    ...change,
    added: [],
    updated: [],
    removed: [],
    name: "x".repeat(bytes),
  } as never);
  return { $case: "sessionChange", value };
}

const revisionOf = (event: Event | undefined) => event?.$case === "sessionChange" && event.value.revision;

/** Revisions by message, in the order in which they are told. */
function gather(sizes: readonly number[]): readonly unknown[] {
  const gathering = gatherEvents();
  const told = sizes.map((bytes, index) => gathering.add(changeOf(index, bytes)));
  return [...told, gathering.take(), gathering.take()].flatMap((event) => {
    if (!event) return [];
    if (event.$case !== "several") return [revisionOf(event)];
    return [event.value.messages.map((bytes) => revisionOf(WatchSessionsResponse.decode(bytes).event))];
  });
}

const rows: { name: string; sizes: readonly number[]; told: readonly unknown[] }[] = [
  { name: "nothing of nothing", sizes: [], told: [] },
  { name: "one as it is", sizes: [10], told: [0] },
  { name: "one that is large as it is", sizes: [100_000], told: [0] },
  { name: "those that fit as one", sizes: [10, 10, 10], told: [[0, 1, 2]] },
  { name: "those before one that does not fit", sizes: [30_000, 30_000, 30_000], told: [[0, 1], [2]] },
  { name: "a large one apart from small ones", sizes: [10, 100_000, 10], told: [[0], [1], [2]] },
];
for (const { name, sizes, told } of rows) {
  test(`gatherEvents() makes ${name}`, () => expect(gather(sizes)).toEqual(told));
}
