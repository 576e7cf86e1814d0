// One process of a service: the muster command with its flags, on a port of its own, in front of whoever may hold the journal.
import { fileURLToPath } from "node:url";
import { findFreePort } from "@muster/cli";
import { type Exit, type RunningProcess, startProcess } from "@muster/kit/processes";

const COMMAND = fileURLToPath(new URL("../../../cli/bin/muster.js", import.meta.url));

export type LifeSpec = {
  readonly service: "matcher" | "fleet";
  readonly configPath: string;
  /** Of the service's journal. */
  readonly dataFolder: string;
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
};

export interface ServiceLife {
  readonly pid: number;
  readonly port: number;
  readonly exited: Promise<Exit>;
  /** Undefined while it runs. */
  readonly exit: Exit | undefined;
  /** To the process alone: what it started lives on, or finds out by itself. */
  signal(name: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT"): void;
}

/** Starts a process; whether it will ever serve is for the caller to see. */
export async function startLife(spec: LifeSpec, options: { readonly takeOver: boolean }): Promise<ServiceLife> {
  const port = await findFreePort();
  const flags = ["--config", spec.configPath, "--data", spec.dataFolder, "--bind", `127.0.0.1:${port}`];
  const child: RunningProcess = startProcess({
    command: [process.execPath, COMMAND, spec.service, ...flags, ...(options.takeOver ? ["--take-over"] : [])],
    env: spec.env,
    output: { file: spec.logFile },
    lifeline: true,
  });
  let exit: Exit | undefined;
  const exited = child.exited.then((how) => {
    exit = how;
    return how;
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`Cannot start the ${spec.service}: ${(await exited).how}`);
  return {
    pid,
    port,
    exited,
    get exit() {
      return exit;
    },
    signal(name) {
      if (exit === undefined) process.kill(pid, name);
    },
  };
}
