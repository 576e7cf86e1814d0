// A floor's server as a child of the benchmark.
import { fileURLToPath } from "node:url";
import { startProcess } from "@muster/kit/processes";

export interface FloorProcess extends AsyncDisposable {
  readonly address: string;
  readonly pid: number;
}

/** The echo of unary calls; resolves once it listens. */
export function startEcho(): Promise<FloorProcess> {
  return startFloor(new URL("./echo-server.ts", import.meta.url));
}

/** Runs a program whose first line of output is its address; resolves once it listens. */
export async function startFloor(program: URL, args: readonly string[] = []): Promise<FloorProcess> {
  const lines: string[] = [];
  let onLine: (line: string) => void = () => undefined;
  const firstLine = new Promise<string>((resolve) => {
    onLine = (line) => {
      lines.push(line);
      resolve(line);
    };
  });
  const child = startProcess({
    command: [process.execPath, "--conditions=@muster/source", fileURLToPath(program), ...args],
    env: inheritedEnvironment(),
    output: { onLine: (line) => onLine(line) },
    lifeline: true,
  });
  const failed = child.exited.then(({ how }) => {
    throw new Error(`Cannot start the floor as it ended with ${how}: ${lines.join("\n")}`);
  });
  failed.catch(() => undefined); // Its end is expected once it has started.
  const address = await Promise.race([firstLine, failed]);
  return {
    address,
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.signalGroup("SIGTERM");
      await child.exited;
    },
  };
}

function inheritedEnvironment(): Record<string, string> {
  const set = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(set);
}
