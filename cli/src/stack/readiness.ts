// When a service counts as ready: it answers a call of its contract. Asked again and again, never guessed by time.
import { connect } from "node:net";
import { type Clock, systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { connectFleet, connectMatcher } from "../contract/connection.ts";

const LOOK_MS = 25;
const ANSWER_MS = 2_000;

/** Resolves once the fleet at `address` answers. */
export function fleetAnswers(address: string): (signal: AbortSignal) => Promise<void> {
  return (signal) =>
    repeat(signal, async () => {
      await using fleet = connectFleet(address);
      await listens(address);
      await fleet.fleet.describeProcesses({ includeEnded: false }, { signal, deadlineMs: ANSWER_MS });
    });
}

/** Resolves once the matcher at `address` answers. */
export function matcherAnswers(address: string): (signal: AbortSignal) => Promise<void> {
  return (signal) =>
    repeat(signal, async () => {
      await using matcher = connectMatcher(address);
      await listens(address);
      await matcher.configurations.listConfigurations({}, { signal, deadlineMs: ANSWER_MS });
    });
}

/** Resolves once `url` answers with a status of success. */
export function urlAnswers(url: string): (signal: AbortSignal) => Promise<void> {
  return (signal) =>
    repeat(signal, async () => {
      const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
      await response.body?.cancel();
      if (!response.ok) throw new NotYet(`${url} answers ${response.status}`);
    });
}

class NotYet extends Error {}

/** Tries until it succeeds; only faults of the world are tried again. */
async function repeat(signal: AbortSignal, look: () => Promise<void>, clock: Clock = systemClock): Promise<void> {
  for (;;) {
    try {
      return await look();
    } catch (error) {
      signal.throwIfAborted();
      const worldly = error instanceof NotYet || error instanceof MusterError || isNetworkError(error);
      if (!worldly) throw error;
      await clock.sleep(LOOK_MS, signal);
    }
  }
}

/** A bare connection first: grpc-js waits before it tries a refused one again. */
function listens(address: string): Promise<void> {
  const at = address.lastIndexOf(":");
  const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
  return new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  }).finally(() => socket.destroy());
}

function isNetworkError(error: unknown): boolean {
  // fetch hides the cause in a TypeError, and its time-out is a DOMException.
  return error instanceof TypeError || error instanceof DOMException || (error instanceof Error && "code" in error);
}
