// A ping beacon: sends back what it gets by UDP and answers a GET by HTTP, both on one port number and as late as its region is far.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isIPv6 } from "node:net";
import { type Clock, isAbortError, type Random } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { listenHttp } from "@muster/proto/http";
import type { BeaconSpec } from "../core/region-spec.ts";
import { createSourceRate } from "./source-rate.ts";

/** A longer datagram gets no answer. */
const PING_BYTES_MAX = 512;
/** Answers that are held back at a time. Further pings are lost, as on a line that is full. */
const HELD_MAX = 10_000;
const CONNECTIONS_MAX = 1_000;
/** Whoever measures gets no answer from a fleet that stops. */
const DRAIN_MS = 0;
/** How often another free port is looked for where one is free for TCP and not for UDP. */
const TRIES_MAX = 20;

const HEADERS = {
  "access-control-allow-origin": "*",
  "timing-allow-origin": "*",
  "cache-control": "no-store",
  "content-type": "text/plain",
};

export interface Beacon extends AsyncDisposable {
  readonly udpAddress: string;
  readonly httpUrl: string;
}

export type BeaconPorts = {
  readonly clock: Clock;
  readonly random: Random;
  /** A socket broke, and answers no more. */
  readonly onError: (error: unknown) => void;
};

/**
 * A beacon that listens.
 *
 * @throws {MusterError} SERVICE_NOT_READY if the address is taken or cannot be bound.
 */
export async function openBeacon(spec: BeaconSpec, { clock, random, onError }: BeaconPorts): Promise<Beacon> {
  const closing = new AbortController();
  const rate = createSourceRate(() => clock.nowMs());
  let held = 0;
  const answerLater = (answer: () => void) => {
    if (held >= HELD_MAX) return;
    held += 1;
    clock
      .sleep(spec.delayMs + random.fraction() * spec.jitterMs, closing.signal)
      .then(answer)
      .catch((error: unknown) => {
        if (!isAbortError(error)) onError(error);
      })
      .finally(() => {
        held -= 1;
      });
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    const { method = "", socket } = request;
    const refused = !rate.admit(socket.remoteAddress ?? "") ? 429 : isReading(method) ? undefined : 405;
    if (refused !== undefined) response.writeHead(refused, HEADERS).end();
    else answerLater(() => response.writeHead(200, HEADERS).end(method === "HEAD" ? undefined : "ok"));
  };
  const { udp, port, web } = await listen(spec, onRequest);
  udp.on("message", (bytes, from) => {
    if (bytes.length === 0 || bytes.length > PING_BYTES_MAX || !rate.admit(from.address)) return;
    if (random.fraction() * 100 < spec.lossPercent) return;
    // An answer that cannot be sent is one that is lost.
    answerLater(() => udp.send(bytes, from.port, from.address, () => undefined));
  });
  udp.on("error", onError);
  const authority = authorityOf(spec.host, port);
  return {
    udpAddress: authority,
    httpUrl: `http://${authority}/`,
    async [Symbol.asyncDispose]() {
      if (closing.signal.aborted) return;
      closing.abort();
      await Promise.all([web[Symbol.asyncDispose](), close(udp)]);
    },
  };
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Both sockets on one number. */
async function listen({ bind, port }: BeaconSpec, onRequest: Listener) {
  for (let tries = 1; ; tries += 1) {
    const address = authorityOf(bind, port);
    const web = await listenHttp({ bind: address, connectionsMax: CONNECTIONS_MAX, drainMs: DRAIN_MS }, onRequest);
    const udp = createSocket(isIPv6(bind) ? "udp6" : "udp4");
    try {
      const taken = Number(/\d+$/.exec(web.address)?.[0]);
      udp.bind(taken, bind);
      await once(udp, "listening");
      return { udp, port: taken, web };
    } catch (error) {
      await Promise.all([web[Symbol.asyncDispose](), close(udp)]);
      if (port === 0 && tries < TRIES_MAX) continue;
      const why = error instanceof Error ? error.message : String(error);
      throw new MusterError("SERVICE_NOT_READY", `Cannot listen for pings by UDP at ${address}: ${why}`, {
        cause: error,
      });
    }
  }
}

function isReading(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

function authorityOf(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

function close(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}
