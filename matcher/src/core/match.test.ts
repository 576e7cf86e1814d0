import type { MatchId } from "@muster/proto";
import { expect, test } from "vitest";
import type { PlacementFailurePolicy } from "./configuration.ts";
import { type PlacementOutcome, type PlacingMatch, stepPlacement } from "./match.ts";

const match: PlacingMatch = {
  matchId: "match_1" as MatchId,
  configuration: "duel",
  queue: "queue",
  players: [],
  teams: [],
  capacity: 2,
  properties: {},
  data: "",
  capabilityKey: new Uint8Array(),
  backfillId: undefined,
  placementRetries: 2,
  matcherEndpoint: "",
  regions: [],
  attempt: 1,
};

const failed = { type: "release", cause: "PLACEMENT_FAILED", searchOn: false };
const rows: readonly {
  attempt: number;
  outcome: PlacementOutcome;
  policy?: PlacementFailurePolicy;
  follows: object;
}[] = [
  { attempt: 1, outcome: "TIMED_OUT", follows: { type: "place-again" } },
  { attempt: 2, outcome: "TIMED_OUT", follows: { type: "place-again" } },
  { attempt: 3, outcome: "TIMED_OUT", follows: { type: "release", cause: "PLACEMENT_TIMED_OUT", searchOn: false } },
  { attempt: 1, outcome: "FAILED", follows: { type: "release", cause: "PLACEMENT_FAILED", searchOn: true } },
  { attempt: 1, outcome: "TIMED_OUT", policy: "FAIL", follows: { type: "place-again" } },
  { attempt: 1, outcome: "FAILED", policy: "FAIL", follows: failed },
  { attempt: 1, outcome: "FAILED", policy: "SEARCH_ON", follows: { ...failed, searchOn: true } },
  { attempt: 1, outcome: "TIMED_OUT", policy: "SEARCH_ON", follows: { type: "place-again" } },
  {
    attempt: 3,
    outcome: "TIMED_OUT",
    policy: "SEARCH_ON",
    follows: { type: "release", cause: "PLACEMENT_TIMED_OUT", searchOn: true },
  },
  { attempt: 3, outcome: "CANCELLED", follows: { type: "release", cause: "PLACEMENT_CANCELLED", searchOn: true } },
];
for (const { attempt, outcome, policy, follows } of rows) {
  test(`attempt ${attempt} that is ${outcome}${policy ? `, under ${policy},` : ""} leads to ${JSON.stringify(follows)}`, () => {
    expect(stepPlacement({ ...match, attempt, onPlacementFailed: policy }, outcome)).toEqual(follows);
  });
}
