import { expect, test } from "vitest";
import { createMetrics } from "./metrics.ts";

test("render() writes counters, gauges and histograms as Prometheus reads them", () => {
  const metrics = createMetrics();
  const matches = metrics.counter("muster_matches_formed_total", "Matches.");
  matches.add({ configuration: "arena" });
  matches.add({ configuration: "arena" }, 2);
  matches.add({ configuration: 'a "b"\n\\' });
  metrics.gauge("muster_up", "One.", () => 1);
  metrics.gauge("muster_tickets", "Some.", () => [{ labels: { state: "SEARCHING" }, value: 3 }]);
  const waits = metrics.histogram("muster_wait_seconds", "Waits.", [1, 5]);
  for (const value of [0.5, 1, 4, 60]) waits.observe(value, { configuration: "arena" });
  expect(metrics.render()).toBe(`# HELP muster_matches_formed_total Matches.
# TYPE muster_matches_formed_total counter
muster_matches_formed_total{configuration="arena"} 3
muster_matches_formed_total{configuration="a \\"b\\"\\n\\\\"} 1
# HELP muster_up One.
# TYPE muster_up gauge
muster_up 1
# HELP muster_tickets Some.
# TYPE muster_tickets gauge
muster_tickets{state="SEARCHING"} 3
# HELP muster_wait_seconds Waits.
# TYPE muster_wait_seconds histogram
muster_wait_seconds_bucket{configuration="arena",le="1"} 2
muster_wait_seconds_bucket{configuration="arena",le="5"} 3
muster_wait_seconds_bucket{configuration="arena",le="+Inf"} 4
muster_wait_seconds_sum{configuration="arena"} 65.5
muster_wait_seconds_count{configuration="arena"} 4
`);
});

test("the same name is the same counter, and gauges of one name are read together", () => {
  const metrics = createMetrics();
  metrics.counter("muster_calls_total", "Calls.").add();
  metrics.counter("muster_calls_total", "Calls.").add();
  for (const project of ["a", "b"]) {
    metrics.gauge("muster_waiting", "Waiting.", () => [{ labels: { project }, value: 1 }]);
  }
  expect(metrics.render()).toMatch(
    /muster_calls_total 2[\s\S]*muster_waiting\{project="a"\} 1\nmuster_waiting\{project="b"\} 1/,
  );
});

test("a label that takes ever new values does not fill the memory", () => {
  const metrics = createMetrics();
  const calls = metrics.counter("muster_calls_total", "Calls.");
  for (let index = 0; index < 5_000; index += 1) calls.add({ method: String(index) });
  expect(metrics.render().split("\n").length).toBeLessThan(2_010);
});
