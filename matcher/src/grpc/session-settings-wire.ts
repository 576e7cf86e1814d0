// What sessions are made with: wire ↔ core. For requests, and for the journal's facts of configurations and matches.
import type { SessionSettings as WireSettings } from "@muster/proto/matchmaking";
import type { SessionSettings } from "../core/session-settings.ts";

export function readSessionSettings(message: WireSettings): SessionSettings {
  const { name, reservationSeconds, disconnectGraceSeconds } = message;
  return {
    ...(name !== "" && { name }),
    ...(reservationSeconds !== undefined && { reservationMs: reservationSeconds * 1_000 }),
    ...(disconnectGraceSeconds !== undefined && { disconnectGraceMs: disconnectGraceSeconds * 1_000 }),
  };
}

export function writeSessionSettings({ name = "", reservationMs, disconnectGraceMs }: SessionSettings): WireSettings {
  return {
    name,
    reservationSeconds: reservationMs === undefined ? undefined : reservationMs / 1_000,
    disconnectGraceSeconds: disconnectGraceMs === undefined ? undefined : disconnectGraceMs / 1_000,
  };
}
