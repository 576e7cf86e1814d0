// Runs one of the servers here, with the simplest of sockets: a client sends its player session id on a line, and plays until
// it hangs up. `npx muster dev -- node --conditions=@muster/source examples/ported-servers/src/main.ts gamelift`
import { createServer, type Socket } from "node:net";
import { connect, MusterError, type Sidecar } from "@muster/sdk";
import type { PortedServer } from "./door.ts";
import { hostAllocations } from "./from-agones.ts";
import { hostRooms, StoryRoom } from "./from-colyseus.ts";
import { hostGameSession } from "./from-gamelift.ts";
import { hostBattles } from "./from-gse-pgos.ts";
import { hostMatches, tally } from "./from-nakama.ts";
import { hostOpenMatch } from "./from-open-match.ts";
import { hostAllocatedBattle } from "./from-playfab.ts";

const servers: Readonly<Record<string, (sidecar: Sidecar) => Promise<PortedServer>>> = {
  gamelift: hostGameSession,
  "gse-pgos": hostBattles,
  agones: hostAllocations,
  playfab: hostAllocatedBattle,
  nakama: (sidecar) => hostMatches(sidecar, tally),
  "open-match": hostOpenMatch,
  colyseus: (sidecar) => hostRooms(sidecar, () => new StoryRoom()),
};

const [, , name = ""] = process.argv;
const host = servers[name];
if (!host) {
  console.error(`Cannot run "${name}" as the servers are: ${Object.keys(servers).join(", ")}`);
  process.exit(2);
}

const hosted = Promise.withResolvers<PortedServer>();

async function admit(socket: Socket, playerSessionId: string): Promise<void> {
  try {
    const { player, leave } = await (await hosted.promise).enter(playerSessionId);
    if (socket.destroyed) return await leave();
    socket.once("close", () => void leave().catch(console.error));
    socket.write(`welcome ${player.playerId}\n`);
  } catch (error) {
    socket.end(`sorry: ${error instanceof MusterError ? error.reason : "INTERNAL_FAULT"}\n`);
  }
}

const server = createServer((socket) => {
  socket.setEncoding("utf8").on("error", () => socket.destroy());
  socket.once("data", (line) => void admit(socket, String(line).trim()));
});
server.listen(Number(process.env.MUSTER_PORT ?? 7500), async () => {
  const sidecar = await connect();
  void sidecar.finished.then(() => server.close());
  hosted.resolve(await host(sidecar));
});
