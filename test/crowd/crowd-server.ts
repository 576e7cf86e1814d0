// A dedicated server that counts its own players, by what it did itself and by what it heard, and writes down every new most.
import { appendFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { type BattleSession, connect, MusterError, type Player } from "@muster/sdk";
import type { ServerRequest } from "../demo/server-protocol.ts";

/** One line of a server's testimony. */
export type Testimony = {
  readonly capacity: number;
  /** Seats in use, as last heard. */
  readonly seats: number;
  /** Let in by this process and not gone since. */
  readonly inside: number;
};

const file = `${process.env.CROWD_FOLDER}/${process.env.MUSTER_PROCESS_ID}.jsonl`;
const sidecar = await connect();
const inside = new Map<string, Player>();
const most = { seats: -1, inside: -1 };

function count(session: BattleSession): void {
  const seats = session.players.length;
  if (seats <= most.seats && inside.size <= most.inside) return;
  most.seats = Math.max(most.seats, seats);
  most.inside = Math.max(most.inside, inside.size);
  const testimony: Testimony = { capacity: session.capacity, seats, inside: inside.size };
  appendFileSync(file, `${JSON.stringify(testimony)}\n`);
}

sidecar.onStartBattleSession(async (session) => {
  inside.clear();
  await session.activate();
});
sidecar.onBattleSessionUpdated(async ({ session, reason, removed }) => {
  for (const { playerSessionId } of removed) inside.delete(playerSessionId);
  count(session);
  if (reason === "SESSION_TERMINATING") await session.terminate();
});

async function answer(request: ServerRequest, seat: { player?: Player }): Promise<object> {
  switch (request.ask) {
    case "join": {
      const { playerSessionId, reconnectSecret: shown } = request;
      const { player, reconnectSecret } = await sidecar.acceptPlayerSession(playerSessionId, {
        reconnectSecret: shown,
      });
      seat.player = player;
      inside.set(playerSessionId, player);
      count(player.session);
      return { playerId: player.playerId, reconnectSecret };
    }
    case "leave":
      if (seat.player) inside.delete(seat.player.playerSessionId);
      await seat.player?.remove();
      return {};
    case "break":
      await seat.player?.disconnect();
      return {};
    default:
      return { refused: "METHOD_UNKNOWN" };
  }
}

async function serve(socket: Socket): Promise<void> {
  const seat: { player?: Player } = {};
  socket.on("error", () => socket.destroy());
  for await (const line of createInterface({ input: socket })) {
    const request: ServerRequest = JSON.parse(line);
    const said = await answer(request, seat).catch((error: unknown) => {
      if (error instanceof MusterError) return { refused: error.reason };
      throw error;
    });
    if (socket.writable) socket.write(`${JSON.stringify({ answer: request.id, ...said })}\n`);
  }
}

const server = createServer((socket) => void serve(socket).catch(console.error));
server.listen(Number(process.env.MUSTER_PORT), "127.0.0.1", () => void sidecar.processReady().catch(console.error));
