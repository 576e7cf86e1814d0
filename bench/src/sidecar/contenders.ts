// The programs that are compared, each built as one file in the same way, started with the same flags and the same compile cache:
// what is left between them is what they do.
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProcess } from "@muster/kit/processes";

export type Contender = {
  readonly name: "sidecar" | "grpc" | "http2" | "source";
  /** After the program `node`. */
  readonly args: readonly string[];
};

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const BIN = join(ROOT, "sidecar/bin/muster-sidecar.cjs");

/**
 * Builds them in `folder`: the sidecar as it is released, a bare grpc-js server, a bare node:http2 server, and the sidecar as a
 * checkout runs it.
 */
export async function buildContenders(folder: string): Promise<readonly Contender[]> {
  const flags = await flagsOf(BIN);
  const released = join(folder, "bin/muster-sidecar.cjs");
  await mkdir(dirname(released), { recursive: true });
  await copyFile(BIN, released);
  await Promise.all([
    bundle(join(ROOT, "sidecar/src/main.ts"), join(folder, "dist/main.cjs")),
    bundle(fileURLToPath(new URL("./floors/bare-grpc.ts", import.meta.url)), join(folder, "bare-grpc.cjs")),
    bundle(fileURLToPath(new URL("./floors/bare-http2.ts", import.meta.url)), join(folder, "bare-http2.cjs")),
  ]);
  return [
    { name: "sidecar", args: [...flags, released] },
    { name: "grpc", args: [...flags, join(folder, "bare-grpc.cjs")] },
    { name: "http2", args: [...flags, join(folder, "bare-http2.cjs")] },
    { name: "source", args: [...flags, BIN] },
  ];
}

/** What the first line of the command asks of Node. */
async function flagsOf(path: string): Promise<readonly string[]> {
  const [first = ""] = (await readFile(path, "utf8")).split("\n", 1);
  return first.split(" ").filter((word) => word.startsWith("--"));
}

/** In a process of its own, as the release does it, so that nothing of the bundler is in this one. */
async function bundle(entry: string, file: string): Promise<void> {
  const script = join(ROOT, "test/pack/bundle.ts");
  const said: string[] = [];
  const { exited } = startProcess({
    command: [process.execPath, "--conditions=@muster/source", script, entry, file],
    env: { PATH: process.env.PATH ?? "" },
    output: { onLine: (line) => said.push(line) },
  });
  const { how, code } = await exited;
  if (code !== 0) throw new Error(`Cannot bundle ${entry} as the bundler ended with ${how}: ${said.join("\n")}`);
}
