// The life of a service process: read its variables, start, serve until told to stop, stop in order. Everything that kills
// or ends a service politely meets here, so that a main.ts has no branches.
import { type Environment, readEnvironment } from "@muster/kit";
import { watchLifeline } from "@muster/kit/processes";
import { MusterError } from "@muster/proto";
import { createLog, type Log } from "./log.ts";
import { serviceEnvironment } from "./service-environment.ts";

export type RunOptions<Spec extends typeof serviceEnvironment> = {
  /** Of the service, for its log. */
  readonly name: string;
  /** The variables that it reads. */
  readonly environment: Spec;
  /** Puts the service together and listens. What it returns is disposed at the end. */
  readonly start: (parts: {
    readonly env: Environment<Spec>;
    readonly log: Log;
    readonly onFatal: (error: unknown) => void;
  }) => Promise<AsyncDisposable>;
  /** How long the orderly stop may take, in ms, before the process exits all the same. Default 15,000. */
  readonly stopMs?: number;
};

/**
 * Runs until SIGTERM, SIGINT, a broken lifeline or a fatal error, then stops in order and exits: 0 when told to, 1 after a
 * fatal error, 2 if it could not start, with a sentence that says why.
 */
export async function runService<const Spec extends typeof serviceEnvironment>(
  options: RunOptions<Spec>,
): Promise<void> {
  const { name, start, stopMs = 15_000 } = options;
  let stop: (reason: { code: number; why: string }) => void = () => undefined;
  const stopped = new Promise<{ code: number; why: string }>((resolve) => {
    stop = resolve;
  });
  process.once("SIGTERM", () => stop({ code: 0, why: "SIGTERM" }));
  process.once("SIGINT", () => stop({ code: 0, why: "SIGINT" }));
  watchLifeline(process.env).addEventListener("abort", () => stop({ code: 0, why: "the supervisor is gone" }));

  const env = orExit(() => readEnvironment(options.environment, process.env));
  const log = createLog(name, readEnvironment(serviceEnvironment, process.env).MUSTER_LOG_LEVEL);
  let isDying = false;
  const onFatal = (error: unknown) => {
    // What was under way fails with the first: told as well, it would only hide what went wrong.
    if (isDying) log.debug({ error }, "Another error while stopping");
    else log.error({ error }, "Stopping after a fatal error");
    isDying = true;
    stop({ code: 1, why: "a fatal error" });
  };
  process.on("uncaughtException", onFatal);

  const service = await start({ env, log, onFatal }).catch((error: unknown) => {
    if (error instanceof MusterError) return exitWith(error.message);
    log.error({ error }, "Cannot start");
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

function orExit<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    return exitWith(error instanceof Error ? error.message : String(error));
  }
}

function exitWith(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
