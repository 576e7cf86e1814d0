// A dedicated server that runs as many battles at once as its argument says: each activates at once, ends when it is asked to, and
// the server lets players into whichever battle their player session id belongs to.
import { createServer, type Socket } from "node:net";
import { connect, MusterError } from "@muster/sdk";

const sidecar = await connect();

sidecar.onStartBattleSession((session) => session.activate());
sidecar.onBattleSessionUpdated(async ({ session, reason }) => {
  if (reason === "SESSION_TERMINATING") await session.terminate();
});

/** "crash" ends the process without a word; anything else is a player session id. */
async function answer(socket: Socket, line: string): Promise<void> {
  if (line === "crash") process.exit(7);
  try {
    const { player } = await sidecar.acceptPlayerSession(line);
    socket.write(`${player.playerId} ${player.session.battleSessionId}\n`);
  } catch (error) {
    socket.write(`${error instanceof MusterError ? error.reason : String(error)}\n`);
  }
}

const server = createServer((socket) => {
  socket.setEncoding("utf8").on("error", () => socket.destroy());
  socket.on("data", (line) => void answer(socket, String(line).trim()));
});
const concurrentSessions = Number(process.argv[2]);
server.listen(Number(process.env.MUSTER_PORT), "127.0.0.1", () => {
  sidecar.processReady({ concurrentSessions }).catch(console.error);
});
