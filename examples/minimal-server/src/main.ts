// A dedicated server in one file: it loads battles, lets players in by their player session id, and tells who leaves.
import { createServer, type Socket } from "node:net";
import { connect, MusterError, type Player } from "@muster/sdk";

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

// The game's own protocol: the client sends its player session id on a line, and plays until it hangs up.
async function play(socket: Socket): Promise<void> {
  let line = "";
  let player: Player | undefined;
  try {
    for await (const text of socket.setEncoding("utf8")) {
      if (player) continue; // This is where the game would be.
      line = (line + text).slice(0, 200);
      if (!line.includes("\n")) continue;
      ({ player } = await sidecar.acceptPlayerSession(line.trim()));
      socket.write(`welcome ${player.playerId} to ${player.team ?? "the battle"}\n`);
    }
  } catch (error) {
    socket.end(error instanceof MusterError ? `${error.reason}\n` : "");
  } finally {
    await player?.remove();
  }
}

const server = createServer((socket) => void play(socket).catch(console.error));
server.listen(Number(process.env.MUSTER_PORT ?? 7500), () => sidecar.processReady().catch(console.error));
