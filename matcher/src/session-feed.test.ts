import { createSeededRandom } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import type { BattleSession, PlacementId, ServerSessionId } from "@muster/proto";
import { silentLog } from "@muster/service";
import { expect, test } from "vitest";
import { createSessionView, type PlacementReport } from "./core/session-view.ts";
import type { FeedMessage } from "./ports.ts";
import { readSessionFeed } from "./session-feed.ts";
import type { Workshop } from "./workshop.ts";

/** When each stream was opened, in s, of a fleet that sends `said` at the beginning of each and is silent from then on. */
async function openedAt(said: readonly FeedMessage[], forMs: number): Promise<readonly number[]> {
  return (await follow(said, forMs)).opened.map((atMs) => Math.floor(atMs / 1_000));
}

/** The same in ms, with the placements that were told of. */
async function follow(said: readonly FeedMessage[], forMs: number) {
  const clock = createVirtualClock(0);
  const opened: number[] = [];
  const told: PlacementReport[] = [];
  const ends = new AbortController();
  const watchSessions = async function* (_token: string, signal: AbortSignal) {
    opened.push(clock.nowMs());
    yield* said;
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  const workshop = {
    fleet: { watchSessions },
    view: createSessionView(),
    viewChanged: { ring: () => undefined },
    ...{ clock, random: createSeededRandom(1), log: silentLog },
    onFatal: (error: unknown) => ends.abort(error),
  } as unknown as Workshop;
  const events = {
    onSession: () => undefined,
    onPlacement: (report: PlacementReport) => void told.push(report),
    onSnapshot: () => undefined,
  };
  const reading = readSessionFeed(workshop, events, ends.signal);
  await clock.advance(forMs);
  ends.abort();
  await clock.advance(0);
  await reading;
  return { opened, told };
}

const rows: { name: string; said: readonly FeedMessage[]; opens: readonly number[] }[] = [
  { name: "asks anew after 10 s who never says a word: it may be gone", said: [], opens: [0, 10, 20] },
  { name: "asks anew after 20 s who fell silent", said: [{ type: "heartbeat", resumeToken: "1" }], opens: [0, 20] },
];
for (const { name, said, opens } of rows) {
  test(`readSessionFeed() ${name}`, async () => expect(await openedAt(said, 29_000)).toEqual(opens));
}

const battleSessionId = "session_1" as ServerSessionId;
const fulfilled: FeedMessage = {
  ...{ type: "placement-fulfilled", battleSessionId, resumeToken: "2" },
  placementId: "match_1.1" as PlacementId,
};

test("readSessionFeed() tells of a fulfilled placement with the session as it was told before", async () => {
  const session = { battleSessionId, revision: 2 } as BattleSession;
  const { told } = await follow([{ type: "session", session, resumeToken: "1" }, fulfilled], 1_000);
  expect(told).toEqual([{ placementId: "match_1.1", state: "FULFILLED", session }]);
});

test("readSessionFeed() asks anew for everything when a fulfilled placement names a session that it was not told of", async () => {
  const { opened, told } = await follow([fulfilled], 5_000);
  expect(told).toEqual([]);
  expect(opened.length).toBeGreaterThan(1);
});
