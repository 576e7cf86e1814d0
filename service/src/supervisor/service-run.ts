// One run of a supervised program, from its start to the end of its whole process group.
import { type Clock, isAbortError } from "@muster/kit";
import type { ProcessPort } from "./process-port.ts";
import type { ServiceSpec } from "./service-spec.ts";

const READY_MS = 20_000;
const STOP_MS = 10_000;
/** How long members of a group may outlive its leader before they are killed, in ms: nobody may bury the zombies. */
const LEFTOVERS_MS = 2_000;
const LEFTOVERS_LOOK_MS = 20;

export interface ServiceRun {
  /** Undefined if the program could not be started. */
  readonly pid: number | undefined;
  /** Undefined once it answers; a reason if it never will: it ended, or took longer than `readyMs` and was killed. */
  readonly started: Promise<string | undefined>;
  /** How it ended, after its group has gone too. Never rejects. */
  readonly ended: Promise<{ readonly how: string; readonly code: number | undefined }>;
  /** SIGTERM, and SIGKILL after `stopMs`; answers whether it had to be SIGKILL. */
  end(): Promise<boolean>;
  /** SIGKILL, now. */
  kill(): void;
}

/** Starts the program of `spec`. */
export function startRun(spec: ServiceSpec, { clock, processes }: RunPorts): ServiceRun {
  const child = processes.start({
    command: spec.command,
    env: spec.env,
    output: spec.output,
    lifeline: spec.ours,
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
  });
  const guard = child.pid === undefined || spec.ours ? undefined : processes.guard(child.pid);
  const over = new AbortController();

  const bury = async () => {
    const exit = await child.exited;
    over.abort();
    if (child.pid !== undefined) await clearGroup(child.pid, { clock, processes });
    guard?.release();
    return exit;
  };
  const ended = bury();

  const becomeReady = async () => {
    const waits = new AbortController();
    const signal = AbortSignal.any([over.signal, waits.signal]);
    const failure = await Promise.race([
      ended.then(({ how }) => how),
      calledOffNever(clock.sleep(spec.readyMs ?? READY_MS, signal)).then(() => "it took too long to answer"),
      calledOffNever(spec.whenReady?.(signal) ?? Promise.resolve()).then(() => undefined),
    ]);
    waits.abort();
    if (failure !== undefined) child.signalGroup("SIGKILL");
    return failure;
  };

  return {
    pid: child.pid,
    started: child.pid === undefined ? ended.then(({ how }) => how) : becomeReady(),
    ended,
    async end() {
      child.signalGroup("SIGTERM");
      const deadline = new AbortController();
      const late = calledOffNever(clock.sleep(spec.stopMs ?? STOP_MS, deadline.signal)).then(() => true);
      const killed = await Promise.race([late, ended.then(() => false)]);
      deadline.abort();
      if (killed) child.signalGroup("SIGKILL");
      await ended;
      return killed;
    },
    kill: () => child.signalGroup("SIGKILL"),
  };
}

export type RunPorts = { readonly clock: Clock; readonly processes: ProcessPort };

/** Waits for what the leader of a group leaves behind: a program under `npm run` outlives its npm by a moment. */
async function clearGroup(groupId: number, { clock, processes }: RunPorts): Promise<void> {
  const giveUpMs = clock.nowMs() + LEFTOVERS_MS;
  while (processes.groupLives(groupId) && clock.nowMs() < giveUpMs) await clock.sleep(LEFTOVERS_LOOK_MS);
  processes.killGroup(groupId);
}

/** A wait that never ends, rather than rejecting, once it has been called off: its race has been decided. */
function calledOffNever<Value>(wait: Promise<Value>): Promise<Value> {
  return wait.catch((error: unknown) => {
    if (!isAbortError(error)) throw error;
    return new Promise<Value>(() => undefined);
  });
}
