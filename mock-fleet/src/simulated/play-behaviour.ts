// The behaviour that a few lines of muster.json describe, as a script like anybody's.
import { MusterError } from "@muster/proto";
import type { SimulatedSpec, Span } from "../core/simulated-spec.ts";
import type { SimulatedPlayer, SimulatedScript, SimulatedServer, SimulatedSession } from "./simulated-server.ts";

/** What a player or a battle may be refused with because it is over, or not yet: nothing that a player could help. */
const TOO_LATE: ReadonlySet<string> = new Set([
  "PLAYER_SESSION_NOT_FOUND",
  "PLAYER_SESSION_EXPIRED",
  "PLAYER_SESSION_ENDED",
  "PLAYER_SESSION_ALREADY_ACCEPTED",
  "SERVER_SESSION_NOT_FOUND",
  "SESSION_NOT_ACTIVE",
  "PHASE_CONFLICT",
  "BATTLE_SESSION_NOT_FOUND",
  "BACKFILL_ALREADY_RUNNING",
  "PROCESS_FENCED",
]);

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** The script of servers that behave as `spec` says. `after` is the timers' own. */
export function playBehaviour(spec: SimulatedSpec, after: (delayMs: number, act: () => void) => void): SimulatedScript {
  return async (server) => {
    const draw = ({ minMs, maxMs }: Span) => minMs + server.random() * (maxMs - minMs);
    const chance = (ratio: number) => ratio > 0 && server.random() < ratio;
    /** Until something that happens `times` in a span of `spanMs` on average. */
    const untilNext = (times: number, spanMs: number) => (-Math.log(1 - server.random()) * spanMs) / times;
    const soon = (delayMs: number, act: () => void) => (delayMs <= 0 ? act() : after(delayMs, act));

    const comes = (session: SimulatedSession, player: SimulatedPlayer) => {
      if (player.state !== "RESERVED") return stays(session, player);
      if (chance(spec.noShowRatio)) return;
      soon(draw(spec.accept), () => {
        player.accept().then(() => stays(session, player), unlessTooLate(server));
      });
    };
    const stays = (_session: SimulatedSession, player: SimulatedPlayer) => {
      if (spec.leavesPerMinute === 0 || player.state === "DISCONNECTED") return;
      after(untilNext(spec.leavesPerMinute, MINUTE_MS), () => {
        const leaves = chance(spec.disconnectRatio) ? player.disconnect() : player.remove();
        leaves.catch(unlessTooLate(server));
      });
    };
    const ends = (session: SimulatedSession) => {
      session.terminate().catch(unlessTooLate(server));
    };
    const begins = (session: SimulatedSession) => {
      if (spec.session) after(draw(spec.session), () => ends(session));
    };

    server.onStartBattleSession((session) => {
      if (session.state !== "ACTIVATING") {
        // The fleet was away and is back, or we are: the battle goes on.
        begins(session);
        for (const player of session.players) comes(session, player);
        return;
      }
      soon(draw(spec.activation), () => {
        session.activate().then(() => begins(session), unlessTooLate(server));
      });
    });
    server.onBattleSessionUpdated(({ session, reason, added, removed, backfill }) => {
      if (reason === "SESSION_TERMINATING") return ends(session);
      if (session.state !== "ACTIVE") return;
      for (const player of added) comes(session, player);
      if (removed.length === 0) return;
      if (!spec.session && session.players.length === 0) return ends(session);
      const searches = backfill?.state === "SEARCHING" || backfill?.state === "PAUSED";
      if (spec.backfill && !searches) session.startBackfill().catch(unlessTooLate(server));
    });
    if (spec.refusedFillRatio > 0) server.approveFill(() => !chance(spec.refusedFillRatio));
    if (spec.crashesPerHour > 0) after(untilNext(spec.crashesPerHour, HOUR_MS), () => server.crash());
    const readyMs = draw(spec.ready);
    if (readyMs > 0) await server.sleep(readyMs);
  };
}

function unlessTooLate(server: SimulatedServer): (error: unknown) => void {
  return (error) => {
    if (error instanceof MusterError && TOO_LATE.has(error.reason)) return;
    server.log(error instanceof Error ? error.message : String(error));
  };
}
