// Asks by UDP: a datagram with a number of its own, which an echo sends back. Late answers to earlier numbers are passed over.
import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import type { Probe } from "./measure-latencies.ts";

/** Length of a ping: the run's own bytes and a number. */
const RUN_BYTES = 8;
const PING_BYTES = RUN_BYTES + 4;

/** @throws {Error} The address is none, or its host has no address. */
export async function openUdpProbe(target: string): Promise<Probe> {
  const { hostname, port } = new URL(`udp://${target}`);
  const { address, family } = await lookup(hostname.replace(/^\[|\]$/g, ""));
  const socket = createSocket(family === 6 ? "udp6" : "udp4");
  // A probe holds no process open.
  socket.unref();
  const ping = Buffer.alloc(PING_BYTES);
  crypto.getRandomValues(ping.subarray(0, RUN_BYTES));
  let asked = 0;
  return {
    ask(timeoutMs, signal) {
      asked += 1;
      ping.writeUInt32BE(asked, RUN_BYTES);
      return roundTrip(socket, Buffer.from(ping), { address, port: Number(port), timeoutMs, signal });
    },
    close: () => socket.close(),
  };
}

type Question = {
  readonly address: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
};

function roundTrip(socket: Socket, ping: Buffer, { address, port, timeoutMs, signal }: Question) {
  return new Promise<number | undefined>((resolve, reject) => {
    const beganMs = performance.now();
    const end = (outcome: () => void) => {
      clearTimeout(timer);
      socket.off("message", onMessage).off("error", onError);
      signal?.removeEventListener("abort", onAbort);
      outcome();
    };
    const onMessage = (bytes: Buffer) => {
      if (bytes.equals(ping)) end(() => resolve(performance.now() - beganMs));
    };
    const onError = (error: Error) => end(() => reject(error));
    const onAbort = () => end(() => reject(signal?.reason));
    const timer = setTimeout(() => end(() => resolve(undefined)), timeoutMs);
    socket.on("message", onMessage).on("error", onError);
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.send(ping, port, address, (error) => {
      if (error) onError(error);
    });
  });
}
