// The process under attack, as the fuzzer holds it.
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Finding } from "../finding.ts";
import type { Ask, Probe } from "./probe.ts";

const PROCESS = fileURLToPath(new URL("./stack-process.ts", import.meta.url));
/** How long the process may take to answer about itself, in ms: after that it hangs. */
const ANSWER_MS_MAX = 30_000;

export interface Stack extends AsyncDisposable {
  /** Asks the process about itself. @throws {Finding} if it has ended, or hangs. */
  probe(ask?: Partial<Omit<Ask, "id">>): Promise<Probe>;
}

/** Starts it; resolves when it serves and has a session. */
export async function startStack(): Promise<Stack> {
  const child = fork(PROCESS, {
    execArgv: ["--conditions=@muster/source"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const answers = new Map<number, (answer: Probe) => void>();
  const ended = endOf(child);
  ended.catch(() => undefined); // Whoever asks next hears of it.
  const ready = Promise.withResolvers<void>();
  child.on("message", (message: { readonly id: number; readonly answer: Probe }) => {
    if (message.id === 0) ready.resolve();
    answers.get(message.id)?.(message.answer);
    answers.delete(message.id);
  });
  let asked = 0;
  const stack: Stack = {
    async probe(ask = {}) {
      asked += 1;
      const id = asked;
      const answer = new Promise<Probe>((resolve) => {
        answers.set(id, resolve);
      });
      child.send({ refresh: false, collect: false, ...ask, id });
      const hangs = Promise.withResolvers<never>();
      const late = setTimeout(
        () => hangs.reject(new Finding(`It hangs: no answer for ${ANSWER_MS_MAX} ms`)),
        ANSWER_MS_MAX,
      );
      try {
        return await Promise.race([answer, ended, hangs.promise]);
      } finally {
        clearTimeout(late);
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended.catch(() => undefined);
    },
  };
  await Promise.race([ready.promise, ended]);
  await stack.probe({ refresh: true });
  return stack;
}

function endOf(child: ChildProcess): Promise<never> {
  return new Promise((_, reject) => {
    child.once("exit", (code, signal) => reject(new Finding(`It dies: ${signal ?? `exit ${code}`}`)));
    child.once("error", reject);
  });
}
