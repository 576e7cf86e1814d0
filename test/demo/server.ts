// The demo's dedicated server: a lobby over TCP that does what its clients say, one JSON object a line each way, and tells
// everybody who listens what it heard from Muster.
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { type BattleSession, connect, MusterError, type Player } from "@muster/sdk";
import type { ServerReport, ServerRequest } from "./server-protocol.ts";

const sidecar = await connect();
const listeners = new Set<Socket>();
/** Everything told so far: who comes later hears it too. */
const told: ServerReport[] = [];
let current: BattleSession | undefined;

function tell(report: ServerReport): void {
  told.push(report);
  console.log(JSON.stringify(report));
  for (const socket of listeners) send(socket, report);
}

function send(socket: Socket, message: object): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

sidecar.onStartBattleSession(async (session) => {
  current = session;
  tell({ heard: "onStartBattleSession", battleSessionId: session.battleSessionId });
  await session.activate();
});

sidecar.onBattleSessionUpdated(async ({ session, reason, added, removed }) => {
  tell({
    heard: "onBattleSessionUpdated",
    battleSessionId: session.battleSessionId,
    reason,
    added: added.map(({ playerId }) => playerId),
    removed: removed.map(({ playerId }) => playerId),
    players: session.players.map(({ playerId }) => playerId),
    backfill: session.backfill?.state,
    cause: session.backfill?.cause,
  });
  if (reason === "SESSION_TERMINATING") await session.terminate();
});

async function answer(socket: Socket, request: ServerRequest, seat: { player?: Player }): Promise<object> {
  switch (request.ask) {
    case "join": {
      const { playerSessionId, reconnectSecret: shown } = request;
      const { player, reconnectSecret } = await sidecar.acceptPlayerSession(playerSessionId, {
        reconnectSecret: shown,
      });
      seat.player = player;
      const { playerId, team } = player;
      return { playerId, battleSessionId: player.session.battleSessionId, team, reconnectSecret };
    }
    case "break":
      await seat.player?.disconnect();
      return {};
    case "leave":
      await seat.player?.remove();
      return {};
    case "listen":
      for (const report of told) send(socket, report);
      listeners.add(socket);
      return {};
    case "backfill": {
      const backfill = await current?.startBackfill({ strategy: "CUSTOM", addPlayers: request.addPlayers });
      return { state: backfill?.state };
    }
    case "cancel-backfill": {
      const backfill = await current?.cancelBackfill();
      return { state: backfill?.state };
    }
    case "policy":
      await current?.setCreationPolicy(request.policy);
      return {};
    case "end":
      await current?.terminate();
      return {};
  }
}

async function serve(socket: Socket): Promise<void> {
  const seat: { player?: Player } = {};
  socket.on("error", () => socket.destroy());
  socket.on("close", () => listeners.delete(socket));
  for await (const line of createInterface({ input: socket })) {
    const request: ServerRequest = JSON.parse(line);
    try {
      send(socket, { answer: request.id, ...(await answer(socket, request, seat)) });
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      send(socket, { answer: request.id, refused: error.reason });
    }
  }
}

const server = createServer((socket) => void serve(socket).catch(console.error));
server.listen(Number(process.env.MUSTER_PORT), "127.0.0.1", () => void sidecar.processReady().catch(console.error));
