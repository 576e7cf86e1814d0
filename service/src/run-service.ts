// The life of a service process: start, serve until told to stop, stop in order. Everything that kills or ends a service
// politely meets here, so that a main.ts has no branches.
import { watchLifeline } from "@muster/kit/processes";
import { MusterError } from "@muster/proto";
import type { Log } from "./log.ts";

export type RunOptions = {
  readonly log: Log;
  /** Puts the service together and listens. What it returns is disposed at the end. */
  readonly start: (onFatal: (error: unknown) => void) => Promise<AsyncDisposable>;
  /** How long the orderly stop may take, in ms, before the process exits all the same. Default 15,000. */
  readonly stopMs?: number;
};

/**
 * Runs until SIGTERM, SIGINT, a broken lifeline or a fatal error, then stops in order and exits: 0 when told to, 1 after a
 * fatal error, 2 if it could not start.
 */
export async function runService({ log, start, stopMs = 15_000 }: RunOptions): Promise<void> {
  let stop: (reason: { code: number; why: string }) => void = () => undefined;
  const stopped = new Promise<{ code: number; why: string }>((resolve) => {
    stop = resolve;
  });
  process.once("SIGTERM", () => stop({ code: 0, why: "SIGTERM" }));
  process.once("SIGINT", () => stop({ code: 0, why: "SIGINT" }));
  watchLifeline(process.env).addEventListener("abort", () => stop({ code: 0, why: "the supervisor is gone" }));
  const onFatal = (error: unknown) => {
    log.error({ error }, "Stopping after a fatal error");
    stop({ code: 1, why: "a fatal error" });
  };
  process.on("uncaughtException", onFatal);

  const service = await start(onFatal).catch((error: unknown) => {
    if (error instanceof MusterError) process.stderr.write(`${error.message}\n`);
    else log.error({ error }, "Cannot start");
    process.exit(2);
  });
  const { code, why } = await stopped;
  log.info({ why }, "Stopping");
  setTimeout(() => {
    log.warn({ stopMs }, "Stopping took too long");
    process.exit(code || 1);
  }, stopMs).unref();
  await service[Symbol.asyncDispose]();
  process.exit(code);
}
