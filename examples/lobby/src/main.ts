// A social world of 200 seats: it opens with whoever comes first, and lives by auto backfill from then on. Whoever goes makes
// room for somebody who waits; when the last has gone it closes its door, and the process takes the next lobby.
import { once } from "node:events";
import { type BattleSession, connect } from "@muster/sdk";
import { WebSocketServer } from "ws";
import { MESSAGE_BYTES_MAX } from "./core/guest-message.ts";
import { Lobby } from "./lobby.ts";

/** How often everybody sees the crowd, in ms. */
const CROWD_EVERY_MS = 1_000;

const report = (error: unknown) => console.error("lobby:", error instanceof Error ? error.message : error);

const sidecar = await connect();
const lobby = new Lobby({ sidecar, onFault: report });
const server = new WebSocketServer({
  port: Number(process.env.MUSTER_PORT ?? 0),
  maxPayload: MESSAGE_BYTES_MAX,
  perMessageDeflate: false,
});
server.on("connection", (socket) => lobby.connect(socket));
await once(server, "listening");

sidecar.onStartBattleSession(async (session) => {
  await session.activate();
  console.log(`lobby: ${session.battleSessionId} is open, ${session.capacity} seats`);
});
sidecar.onBattleSessionUpdated(async ({ session, reason, added, removed }) => {
  for (const player of removed) lobby.drop(player.playerSessionId);
  if (added.length + removed.length > 0) {
    const { state = "none", progress = [] } = session.backfill ?? {};
    const teams = progress.map(({ team, have, reserved, goal }) => `${team} ${have}+${reserved}/${goal}`);
    console.log(`lobby: ${reason}, +${added.length} -${removed.length}, backfill ${[state, ...teams].join(" ")}`);
  }
  if (reason === "SESSION_TERMINATING") await end(session, "TERMINATED");
  else await closeWhenDeserted(session);
});
sidecar.onError(report);
sidecar.onProcessTerminate(async ({ reason }) => {
  lobby.close(reason);
  await sidecar.processEnding();
});

/** The door is closed first, and the end waits until that holds: nobody is sent into a lobby that ends. */
async function closeWhenDeserted(session: BattleSession): Promise<void> {
  if (session.state !== "ACTIVE") return;
  const deserted = session.players.length === 0;
  const closed = session.creationPolicy === "DENY_ALL";
  if (deserted && closed) await end(session, "DESERTED");
  else if (deserted) await session.setCreationPolicy("DENY_ALL");
  else if (closed) await session.setCreationPolicy("ACCEPT_ALL"); // Somebody was sent in meanwhile.
}

async function end(session: BattleSession, reason: string): Promise<void> {
  lobby.close(reason);
  await session.terminate();
}

const crowd = setInterval(() => lobby.showCrowd(), CROWD_EVERY_MS);
await sidecar.processReady();
console.log("lobby: ready");
await sidecar.finished.finally(() => lobby.close("SHUTDOWN"));
clearInterval(crowd);
for (const socket of server.clients) socket.terminate();
server.close();
