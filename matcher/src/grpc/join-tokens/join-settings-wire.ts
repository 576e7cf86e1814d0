// Settings of join tokens: wire ↔ core. For requests, and for the journal's facts of configurations.
import type { JoinTokenSettings as WireSettings } from "@muster/proto/matchmaking";
import { JOIN_TOKEN_SECONDS_DEFAULT, type JoinTokenSettings } from "../../core/join-tokens/join-settings.ts";

export function readJoinTokenSettings({ lifetimeSeconds, audience }: WireSettings): JoinTokenSettings {
  const lifetimeMs = 1_000 * (lifetimeSeconds ?? JOIN_TOKEN_SECONDS_DEFAULT);
  return { lifetimeMs, ...(audience !== "" && { audience }) };
}

export function writeJoinTokenSettings({ lifetimeMs, audience = "" }: JoinTokenSettings): WireSettings {
  return { lifetimeSeconds: lifetimeMs / 1_000, audience };
}
