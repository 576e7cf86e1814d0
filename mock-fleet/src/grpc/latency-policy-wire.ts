// Latency policies: wire ↔ core, for the journal too.
import type * as wire from "@muster/proto/fleet";
import type { LatencyPolicy } from "../core/latency-policy.ts";

export function writeLatencyPolicies(policies: readonly LatencyPolicy[]): wire.LatencyPolicy[] {
  return policies.map(({ maxIndividualLatencyMs, durationMs = 0 }) => ({ maxIndividualLatencyMs, durationMs }));
}

export function readLatencyPolicies(messages: readonly wire.LatencyPolicy[]): readonly LatencyPolicy[] {
  return messages.map(({ maxIndividualLatencyMs, durationMs }) => ({
    maxIndividualLatencyMs,
    durationMs: durationMs || undefined,
  }));
}
