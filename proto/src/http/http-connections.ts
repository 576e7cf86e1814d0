// The connections of an HTTP server: a number of them, and a few more for a moment, so that whoever asks how a service is hears it while
// thousands watch, and whoever else comes hears why there is no place.
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { MusterError } from "../muster-error.ts";

export interface HttpConnections {
  /** One has come that may speak. */
  add(socket: Socket): void;
  /** There was no place for its connection: it is ended after an answer, or in SPARE_MS. */
  isSpare(request: IncomingMessage): boolean;
  /** @throws {MusterError} OVERLOADED if the request's connection is a spare one. */
  refuseSpare(request: IncomingMessage): void;
}

/** How long a connection without a place may stay, in ms. */
const SPARE_MS = 5_000;
/** When a caller without a place should come again, in ms. */
const RETRY_MS = 1_000;

/** None yet; at most `connectionsMax` have a place. */
export function createHttpConnections(connectionsMax: number): HttpConnections {
  const spare = new WeakSet<Socket>();
  let placed = 0;
  const isSpare = ({ socket }: IncomingMessage) => spare.has(socket);

  return {
    add(socket) {
      if (placed < connectionsMax) {
        placed += 1;
        socket.once("close", () => {
          placed -= 1;
        });
        return;
      }
      spare.add(socket);
      const over = setTimeout(() => socket.destroy(), SPARE_MS);
      over.unref();
      socket.once("close", () => clearTimeout(over));
    },
    isSpare,
    refuseSpare(request) {
      if (!isSpare(request)) return;
      const why = `Cannot take the connection as at most ${connectionsMax} are open at once: come again`;
      const metadata = { limit: String(connectionsMax), retryAfterMs: String(RETRY_MS) };
      throw new MusterError("OVERLOADED", why, { metadata });
    },
  };
}
