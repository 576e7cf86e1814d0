// The WebSocket server in front of the arena.
import { once } from "node:events";
import { WebSocketServer } from "ws";
import type { Arena } from "./arena.ts";
import { MESSAGE_BYTES_MAX } from "./core/protocol.ts";

export interface ArenaServer extends AsyncDisposable {
  readonly port: number;
}

/** Listens on `port` of every address (0: any free port) and hands every client to the arena. */
export async function openArenaServer(port: number, arena: Arena): Promise<ArenaServer> {
  // Compression would cost more memory than a client's whole share of the battle.
  const server = new WebSocketServer({ port, maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false });
  server.on("connection", (socket) => arena.connect(socket));
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    [Symbol.asyncDispose]: () => {
      for (const socket of server.clients) socket.terminate();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
