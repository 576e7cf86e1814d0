// The backend's WebSocket for game clients: GET /matchmaking/ID/live, with `Authorization: Bearer KEY`, or for browsers, which cannot
// say that, the subprotocol "key.KEY". The client is sent its ticket as it stands, then every step of it; the socket closes when the
// ticket has ended.
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { isOver, type TicketView } from "./core/ticket-view.ts";
import type { TicketDesk } from "./ports.ts";
import type { TicketHub } from "./ticket-hub.ts";
import { isClientKey, ownsTicket } from "./ticket-id.ts";

export type SocketApiOptions = {
  readonly desk: TicketDesk;
  readonly hub: TicketHub;
  readonly onFault: (error: unknown) => void;
};

/** Clients that are told at once. */
const SOCKETS_MAX = 10_000;
/** What a client may say: nothing of it is read. */
const PAYLOAD_BYTES_MAX = 1_024;
const CALL_MS = 10_000;

/** Serves upgrades of `server`; answers how to end all of them. */
export function serveSockets(server: Server, { desk, hub, onFault }: SocketApiOptions): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: PAYLOAD_BYTES_MAX, clientTracking: true });

  const serve = async (socket: WebSocket, ticketId: string) => {
    let told = "";
    const tell = (ticket: TicketView) => {
      const text = JSON.stringify(ticket);
      if (text === told || socket.readyState !== socket.OPEN) return;
      told = text;
      socket.send(text);
      if (isOver(ticket)) socket.close(1_000, "over");
    };
    // First listen, then look: what happens in between is told.
    const gone = new AbortController();
    const stop = hub.listen(ticketId, tell);
    socket.once("close", () => {
      stop();
      gone.abort();
    });
    const present = await desk.describe(ticketId, AbortSignal.timeout(CALL_MS));
    if (told === "") tell(present);
    // Its end comes from the desk: where nothing is pushed, it is all that comes.
    await desk.follow(ticketId, gone.signal).then(tell, (error: unknown) => {
      if (!gone.signal.aborted) throw error;
    });
  };
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const ticketId = /^\/matchmaking\/([A-Za-z0-9_.:-]{1,128})\/live$/.exec(request.url ?? "")?.[1];
    const key = keyOf(request);
    if (ticketId === undefined) return refuse(stream, "404 Not Found");
    if (key === undefined) return refuse(stream, "401 Unauthorized");
    if (!ownsTicket(key, ticketId)) return refuse(stream, "404 Not Found");
    if (sockets.clients.size >= SOCKETS_MAX) return refuse(stream, "503 Service Unavailable");
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on("error", onFault);
      serve(socket, ticketId).catch((error: unknown) => {
        onFault(error);
        socket.close(1_011, "cannot look at the ticket");
      });
    });
  });
  return () => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

function keyOf({ headers }: IncomingMessage): string | undefined {
  const said = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
  const key = said ?? /^key\.(\S+)$/.exec(headers["sec-websocket-protocol"] ?? "")?.[1];
  return key !== undefined && isClientKey(key) ? key : undefined;
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
