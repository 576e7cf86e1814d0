// Sessions, changes and seats as sidecars are told of them: by the wall clock, and with the place of each seat in its ticket's trace.
import type { BattleSession, PlayerSession, SessionChange } from "@muster/proto";
import type { FleetApp } from "../fleet-app.ts";
import { changeAtWall, seatAtWall, sessionAtWall } from "./wall-time.ts";

/** Seats of a message that say where they stand in a trace, 57 bytes each: what is told of a session has no more room beside it. */
const TRACED_SEATS_MAX = 128;

type Teller = Pick<FleetApp, "runner" | "traceparents">;

export function sessionForHost({ runner, traceparents }: Teller, battle: BattleSession): BattleSession {
  const told = sessionAtWall(battle, runner.wallOf);
  return traceparents ? { ...told, playerSessions: traced(traceparents, told.playerSessions) } : told;
}

export function changeForHost({ runner, traceparents }: Teller, change: SessionChange): SessionChange {
  const told = changeAtWall(change, runner.wallOf);
  if (!traceparents) return told;
  return { ...told, added: traced(traceparents, told.added), updated: traced(traceparents, told.updated) };
}

export function seatForHost({ runner, traceparents }: Teller, seat: PlayerSession): PlayerSession {
  const told = seatAtWall(seat, runner.wallOf);
  return traceparents ? { ...told, traceparent: traceparents.ofSeat(seat) } : told;
}

function traced(traceparents: NonNullable<Teller["traceparents"]>, seats: readonly PlayerSession[]) {
  return seats.map((seat, index) => {
    return index < TRACED_SEATS_MAX ? { ...seat, traceparent: traceparents.ofSeat(seat) } : seat;
  });
}
