// A dedicated server in one file: it loads battles, lets players in by their player session id, and tells who leaves.
import { createServer, type Socket } from "node:net";
import { connect, MusterError } from "@muster/sdk";

const sidecar = await connect();

sidecar.onStartBattleSession(async (session) => {
  console.log(`battle ${session.battleSessionId}: loading the map for ${session.players.length} players`);
  await session.activate();
});

sidecar.onBattleSessionUpdated(async ({ session, reason, removed }) => {
  console.log(`battle ${session.battleSessionId}: ${reason}, ${session.players.length} of ${session.capacity} seats`);
  const deserted = removed.length > 0 && session.players.length === 0;
  if (deserted || reason === "SESSION_TERMINATING") await session.terminate();
});

async function admit(socket: Socket, playerSessionId: string): Promise<void> {
  try {
    const { player } = await sidecar.acceptPlayerSession(playerSessionId);
    const leave = () => void player.remove().catch(console.error);
    if (socket.destroyed) return leave();
    socket.once("close", leave);
    socket.write(`welcome ${player.playerId} to ${player.team ?? "the battle"}\n`);
  } catch (error) {
    socket.end(`sorry: ${error instanceof MusterError ? error.reason : "INTERNAL_FAULT"}\n`);
  }
}

// The game's own protocol: a client sends its player session id on a line, and plays until it hangs up.
const server = createServer((socket) => {
  socket.setEncoding("utf8").on("error", () => socket.destroy());
  socket.once("data", (line) => void admit(socket, String(line).trim()));
});
server.listen(Number(process.env.MUSTER_PORT ?? 7500), () => sidecar.processReady().catch(console.error));
