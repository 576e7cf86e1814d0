// One ticket over the backend's WebSocket, which tells of every step as it happens.
import { WebSocket } from "ws";
import { parseTicketAnswer, type TicketAnswer } from "./core/ticket-answer.ts";

/**
 * The ticket once it has ended; undefined if the socket broke before, or `waitMs` passed.
 *
 * @throws what `signal` aborts with.
 */
export async function followLive(
  url: URL,
  { clientKey, waitMs }: { readonly clientKey: string; readonly waitMs: number },
  signal: AbortSignal,
): Promise<TicketAnswer | undefined> {
  signal.throwIfAborted();
  const address = new URL(url);
  address.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address, {
    headers: { authorization: `Bearer ${clientKey}` },
    handshakeTimeout: waitMs,
  });
  const patience = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
  try {
    return await new Promise<TicketAnswer | undefined>((resolve) => {
      patience.addEventListener("abort", () => resolve(undefined), { once: true });
      socket.once("error", () => resolve(undefined)); // Away, or busy: the caller asks otherwise.
      socket.once("close", () => resolve(undefined));
      socket.on("message", (data) => {
        const ticket = parseTicketAnswer(JSON.parse(String(data)));
        if (ticket && ticket.phase !== "waiting") resolve(ticket);
      });
    });
  } finally {
    socket.on("error", () => undefined);
    socket.terminate();
    signal.throwIfAborted();
  }
}
