// A dedicated server: battles of red against blue, one at a time, for as long as the process lives. Muster brings the
// battle sessions and their players, and fills the seats that fall free; the game is all in `arena.ts`.
import { connect } from "@muster/sdk";
import { Arena } from "./arena.ts";
import { openArenaServer } from "./arena-server.ts";
import { TICKS_PER_SECOND } from "./core/world.ts";
import { createSidecarBattle } from "./sidecar-battle.ts";
import { startTickLoop } from "./tick-loop.ts";

const report = (error: unknown) => console.error("arena:", error instanceof Error ? error.message : error);
const stop = new AbortController();

const sidecar = await connect();
const arena = new Arena({ onFault: report });
const server = await openArenaServer(Number(process.env.MUSTER_PORT ?? 0), arena);
const loop = startTickLoop(TICKS_PER_SECOND, (nowMs) => arena.tick(nowMs), stop.signal);

sidecar.onStartBattleSession(async (session) => {
  arena.begin(createSidecarBattle(sidecar, session));
  await session.activate();
  console.log(`arena: battle ${session.battleSessionId} for ${session.players.length} players`);
});
sidecar.onBattleSessionUpdated(async ({ session, reason, added, removed }) => {
  for (const player of added) console.log(`arena: ${player.playerId} is sent to ${player.team}`);
  for (const player of removed) console.log(`arena: ${player.playerId} is gone: ${player.endCause}`);
  if (reason !== "SESSION_TERMINATING") return;
  arena.end("TERMINATED");
  await session.terminate();
});
sidecar.onHealthCheck(() => loop.isFresh());
sidecar.onError(report);
sidecar.onProcessTerminate(async ({ reason }) => {
  arena.end(reason);
  await sidecar.processEnding();
});

await sidecar.processReady({ ports: { game: server.port } });
console.log(`arena: ready on port ${server.port}`);
await sidecar.finished.finally(() => arena.end("SHUTDOWN"));
stop.abort();
await loop.ended;
await server[Symbol.asyncDispose]();
