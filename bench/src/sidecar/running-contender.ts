// A contender as a process: started, and asked until it answers.
import { once } from "node:events";
import { connect } from "node:net";
import { findFreePort } from "@muster/cli";
import { systemClock } from "@muster/kit";
import { startProcess } from "@muster/kit/processes";
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import { type BareClient, connectBare } from "../rpc/bare-client.ts";
import type { Contender } from "./contenders.ts";

/** How often a port is tried that nobody listens on yet, in ms. */
const LOOK_MS = 1;
const START_MS_MAX = 30_000;

export interface RunningContender extends AsyncDisposable {
  readonly name: Contender["name"];
  readonly pid: number;
  /** From the start of its process to its first answer. */
  readonly firstReplyMs: number;
  readonly client: BareClient;
}

export type ContenderEnvironment = {
  /** Where a sidecar finds its fleet. */
  readonly fleetAddress: string;
  /** Folder of the compile cache. */
  readonly compileCache: string;
};

/** Starts it on a free port; resolves with its first answer. */
export async function startContender(
  { name, args }: Contender,
  { fleetAddress, compileCache }: ContenderEnvironment,
): Promise<RunningContender> {
  const port = await findFreePort();
  const said: string[] = [];
  const startedMs = performance.now();
  const child = startProcess({
    command: [process.execPath, ...args],
    env: {
      PATH: process.env.PATH ?? "",
      NODE_COMPILE_CACHE: compileCache,
      MUSTER_SIDECAR_BIND: `127.0.0.1:${port}`,
      MUSTER_SIDECAR_HTTP: "127.0.0.1:0",
      MUSTER_SIDECAR_TOKEN: TOKEN,
      MUSTER_FLEET_ADDRESS: fleetAddress,
      MUSTER_PROCESS_ID: "proc_bench",
      MUSTER_PROCESS_SECRET: "bench",
      MUSTER_LOG_LEVEL: "error",
    },
    output: { onLine: (line) => said.push(line) },
  });
  const over = new AbortController();
  const gone = child.exited.then(({ how }) => {
    over.abort();
    throw new Error(`Cannot measure ${name} as it ended with ${how}: ${said.join("\n")}`);
  });
  gone.catch(() => undefined); // Its end is expected once it has been measured.
  const end = async () => {
    child.signalGroup("SIGKILL");
    await child.exited;
  };
  try {
    await Promise.race([listens(port, AbortSignal.any([over.signal, AbortSignal.timeout(START_MS_MAX)])), gone]);
    const client = connectBare(`127.0.0.1:${port}`, { token: TOKEN });
    await Promise.race([reportHealth(client)({ checkId: "bench", healthy: true }), gone]);
    const firstReplyMs = performance.now() - startedMs;
    return {
      name,
      pid: child.pid ?? 0,
      firstReplyMs,
      client,
      async [Symbol.asyncDispose]() {
        client[Symbol.dispose]();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

const TOKEN = "sct_0123456789abcdefghijklmnop";
const { fullName, methods } = GameServerServiceDefinition;

/** The leanest call: nothing is looked up, nothing is answered. */
export function reportHealth(client: BareClient) {
  return client.unary(fullName, methods.reportHealth);
}

/** A call that looks one seat up and answers with it. */
export function describePlayerSessions(client: BareClient) {
  return client.unary(fullName, methods.describePlayerSessions);
}

async function listens(port: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const socket = connect({ host: "127.0.0.1", port });
    try {
      await once(socket, "connect", { signal });
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      await systemClock.sleep(LOOK_MS, signal); // Nobody listens yet.
    } finally {
      socket.destroy();
    }
  }
}
