// Matcher and mock fleet as real processes on free ports, with their journals in a folder that goes when they do.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort, type Stack, startStack } from "@muster/cli";

/** Starts both with `config` as their muster.json; resolves once they answer. Disposing ends them and their games. */
export async function openBenchStack(config: object): Promise<Stack> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "muster-bench-"));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const configPath = join(folder, "muster.json");
  await writeFile(configPath, JSON.stringify(config));
  const stack = opened.use(
    await startStack({
      configPath,
      dataFolder: folder,
      matcherPort: await findFreePort(),
      fleetPort: await findFreePort(),
      env: { ...process.env, MUSTER_LOG_LEVEL: process.env.MUSTER_LOG_LEVEL ?? "warn" },
    }),
  );
  const closing = opened.move();
  return { ...stack, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}
