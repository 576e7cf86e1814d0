import type { BackfillState } from "@muster/proto";
import { expect, test } from "vitest";
import { type BackfillEvent, type BackfillPhase, stepBackfill } from "./backfill.ts";

const searching: BackfillPhase = { state: "SEARCHING", cause: undefined };
const full: BackfillPhase = { state: "PAUSED", cause: "FULL" };
const assessed = (finding: Extract<BackfillEvent, { type: "assessed" }>["finding"]): BackfillEvent => ({
  ...{ type: "assessed", finding },
});

const rows = [
  { name: "searches on while there is room", from: searching, event: assessed("OPEN"), to: searching },
  { name: "pauses when full", from: searching, event: assessed("FULL"), to: full },
  { name: "stays paused while full", from: full, event: assessed("FULL"), to: full },
  { name: "wakes when a seat falls free", from: full, event: assessed("OPEN"), to: searching },
  {
    name: "names another cause of its pause",
    from: full,
    event: assessed("DENY_ALL"),
    to: { state: "PAUSED", cause: "DENY_ALL" },
  },
  {
    name: "pauses for a silent host",
    from: searching,
    event: assessed("HOST_UNREACHABLE"),
    to: { state: "PAUSED", cause: "HOST_UNREACHABLE" },
  },
  {
    name: "completes at its goal",
    from: searching,
    event: assessed("GOAL_REACHED"),
    to: { state: "COMPLETED", cause: "GOAL_REACHED" },
  },
  {
    name: "fails with its rule set",
    from: full,
    event: assessed("RULE_SET_CHANGED"),
    to: { state: "ERROR", cause: "RULE_SET_CHANGED" },
  },
  {
    name: "is cancelled",
    from: full,
    event: { type: "cancelled", cause: "CANCELLED_BY_REQUEST" },
    to: { state: "CANCELLED", cause: "CANCELLED_BY_REQUEST" },
  },
  {
    name: "is replaced",
    from: searching,
    event: { type: "cancelled", cause: "REPLACED" },
    to: { state: "CANCELLED", cause: "REPLACED" },
  },
  {
    name: "dies with its session",
    from: searching,
    event: { type: "session-ended" },
    to: { state: "CANCELLED", cause: "SESSION_ENDED" },
  },
] as const satisfies readonly { name: string; from: BackfillPhase; event: BackfillEvent; to: BackfillPhase }[];
for (const { name, from, event, to } of rows) {
  test(`a backfill ${name}`, () => expect(stepBackfill(from, event)).toEqual(to));
}

const ended: readonly BackfillState[] = ["CANCELLED", "COMPLETED", "ERROR"];
for (const state of ended) {
  for (const { event } of rows) {
    const finding = event.type === "assessed" ? ` ${event.finding}` : "";
    test(`a backfill that is ${state} stays so when ${event.type}${finding}`, () => {
      const phase: BackfillPhase = { state, cause: "CANCELLED_BY_REQUEST" };
      expect(stepBackfill(phase, event)).toBe(phase);
    });
  }
}
