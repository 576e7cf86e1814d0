// The floor's server as a child of the benchmark.
import { fileURLToPath } from "node:url";
import { startProcess } from "@muster/kit/processes";

export interface EchoProcess extends AsyncDisposable {
  readonly address: string;
}

/** Starts it; resolves once it listens. */
export async function startEcho(): Promise<EchoProcess> {
  const file = fileURLToPath(new URL("./echo-server.ts", import.meta.url));
  const lines: string[] = [];
  let onLine: (line: string) => void = () => undefined;
  const firstLine = new Promise<string>((resolve) => {
    onLine = (line) => {
      lines.push(line);
      resolve(line);
    };
  });
  const child = startProcess({
    command: [process.execPath, "--conditions=@muster/source", file],
    env: inheritedEnvironment(),
    output: { onLine: (line) => onLine(line) },
    lifeline: true,
  });
  const failed = child.exited.then(({ how }) => {
    throw new Error(`Cannot start the echo as it ended with ${how}: ${lines.join("\n")}`);
  });
  failed.catch(() => undefined); // Its end is expected once it has started.
  const address = await Promise.race([firstLine, failed]);
  return {
    address,
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
