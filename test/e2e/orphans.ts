// Nothing may be left of a run: every process that carries the run's mark in its environment, however deep, and every port.
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { systemClock } from "@muster/kit";

const MARK = "MUSTER_TEST_RUN";
const LOOK_MS = 20;

export type Run = {
  /** To be part of the environment of whatever the run starts; children inherit it. */
  readonly env: Readonly<Record<string, string>>;
  /** Living processes of the run: "4711 node main.ts". */
  processes(): readonly string[];
};

/** A run with a mark that no other has. */
export function markRun(): Run {
  const mark = `${MARK}=${process.pid}-${crypto.randomUUID()}`;
  return { env: { [MARK]: mark.slice(MARK.length + 1) }, processes: () => findMarked(mark) };
}

/**
 * Resolves once the run has no process and none of the ports answers.
 *
 * @throws {Error} naming what is left after `withinMs`.
 */
export async function nothingLeft(run: Run, ports: readonly number[], withinMs: number): Promise<void> {
  const giveUpMs = systemClock.nowMs() + withinMs;
  for (;;) {
    const processes = run.processes();
    const answering: number[] = [];
    for (const port of ports) if (await answers(port)) answering.push(port);
    if (processes.length === 0 && answering.length === 0) return;
    if (systemClock.nowMs() > giveUpMs) {
      throw new Error(
        `Cannot call the run over after ${withinMs} ms: ${processes.join("; ")} ports ${answering.join(",")}`,
      );
    }
    await systemClock.sleep(LOOK_MS);
  }
}

/** Whether somebody listens on the port of this machine. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
  });
}

function findMarked(mark: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
        if (!environment.includes(mark)) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        // A zombie has neither: it is over, only nobody has buried it.
        return command === "" ? [] : [`${pid} ${command}`];
      } catch (error) {
        if (error instanceof Error && "code" in error) return []; // It ended while we looked, or is not ours to see.
        throw error;
      }
    });
}
