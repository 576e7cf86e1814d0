import { expect, test } from "vitest";
import { linesOf } from "./status.ts";

test("linesOf() sums numbers over what has one name, and leaves out what people do not ask for first", () => {
  const number = (name: string, labels: Record<string, string>, value: number) => ({ name, labels, value });
  const lines = linesOf({
    ...{ service: "matcher", version: "0.1.0", startedAt: undefined, notReadyReason: "" },
    numbers: [
      number("process_resident_memory_bytes", {}, 1e8),
      number("muster_tickets_waiting", { project: "default", configuration: "duel" }, 2),
      number("muster_tickets_waiting", { project: "arena", configuration: "duel" }, 3),
      number("muster_tickets_waiting", { project: "default", configuration: "raid" }, 0),
      number("muster_journal_facts", { project: "default" }, 41),
      number("muster_event_lag_seconds", { target: "hook" }, 0.26),
    ],
  });
  expect(lines).toEqual([
    ["tickets waiting", "duel", "5"],
    ["tickets waiting", "raid", "0"],
    ["event lag, s", "hook", "0.3"],
    ["journal facts", "", "41"],
  ]);
});
