import type { WatchResponse } from "@muster/proto/sdk";
import { expect, test } from "vitest";
import { watchPlaces } from "./watch-places.ts";

type Event = NonNullable<WatchResponse["event"]>;
const request = { sdkName: "curl", sdkVersion: "", sdkLanguage: "", resumeAfter: {} };
const opened = (endedBattleSessionIds: string[] = []): Event => ({
  $case: "opened",
  value: { sidecarVersion: "", features: [], processId: "", healthSuspended: false, endedBattleSessionIds },
});
const start = (battleSessionId: string, revision: number, state = 1) =>
  ({ $case: "startBattleSession", value: { session: { battleSessionId, revision, state } } }) as unknown as Event;
const change = (battleSessionId: string, revision: number, state?: number) =>
  ({ $case: "battleSessionUpdated", value: { battleSessionId, revision, state } }) as unknown as Event;
const check: Event = { $case: "healthCheck", value: { checkId: "c", timeoutMs: 1 } };

const places = (events: readonly Event[], from: Record<string, number> = {}) => {
  const placeOf = watchPlaces.follow({ ...request, resumeAfter: from });
  return events.map((event) => placeOf({ event }));
};

const rows: readonly { name: string; events: readonly Event[]; from?: Record<string, number>; places: unknown[] }[] = [
  { name: "nothing read", events: [opened()], places: ["-"] },
  {
    name: "every session that was read, by its last revision",
    events: [opened(), start("bs_1", 1), change("bs_1", 2), start("bs_2", 5)],
    places: ["-", "bs_1=1", "bs_1=2", "bs_1=2,bs_2=5"],
  },
  { name: "no place for what is of the moment", events: [opened(), check], places: ["-", undefined] },
  {
    name: "no session that is over",
    events: [opened(["bs_9"]), change("bs_1", 8, 4)],
    from: { bs_1: 7, bs_9: 1 },
    places: ["bs_1=7", "-"],
  },
];
for (const { name, events, from, places: expected } of rows) {
  test(`a place names ${name}`, () => expect(places(events, from)).toEqual(expected));
}

test("a place of many sessions stands at every hundredth message only", () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`bs_${index}`, 1]));
  const named = places(
    Array.from({ length: 300 }, (_, index) => change("bs_1", index + 2)),
    many,
  );
  expect(named.filter((place) => place !== undefined)).toHaveLength(3);
});

test("a watch goes on after a place, whatever the request said", () => {
  const from = { ...request, resumeAfter: { bs_7: 7 } };
  expect(watchPlaces.after(from, "bs_1=2,bs_2=5").resumeAfter).toEqual({ bs_1: 2, bs_2: 5 });
  expect(watchPlaces.after(from, "-").resumeAfter).toEqual({});
});

for (const place of ["", "bs_1", "bs_1=", "bs_1=x", "bs 1=2", "bs_1=2,", "bs_1=99999999999999999", "=1"]) {
  test(`a watch does not go on after ${JSON.stringify(place)}`, () => {
    expect(() => watchPlaces.after(request, place)).toThrow(expect.objectContaining({ reason: "FIELD_INVALID" }));
  });
}
