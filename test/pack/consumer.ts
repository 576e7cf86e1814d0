// A user's folder outside the checkout, with our tarballs installed as npm installs them, and a user's shell: nothing of the
// checkout's flags, conditions and paths is in the environment of what runs there.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { z } from "zod";
import { npm, type Printed, runProgram } from "./programs.ts";

const INSTALL_MS = 90_000;
const RUN_MS = 60_000;
/** What npm, vitest and we ourselves tell our children. Registry, proxy and cache settings of the user stay. */
const OURS =
  /^(?:NODE_OPTIONS|NODE_PATH|NODE_ENV|VITEST.*|MUSTER_.*|INIT_CWD|npm_(?!config_).*|npm_config_local_prefix)$/;

export interface Consumer extends AsyncDisposable {
  readonly folder: string;
  /** Its shell's environment: `node` is the Node that runs the tests, `npx` is the user's. */
  readonly env: Readonly<Record<string, string>>;
  write(name: string, text: string): Promise<void>;
  /** Runs a command there to its end; rejects unless it exits with 0. */
  run(command: readonly string[], env?: Readonly<Record<string, string>>): Promise<Printed>;
  /** Names of the packages that came because of `name`, itself among them, in order. */
  installedBehind(name: string): Promise<readonly string[]>;
}

/** Installs the tarballs into an empty folder. Disposing removes it. */
export async function installInEmptyFolder(tarballs: readonly string[]): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), "muster-consumer-"));
  const env = shellEnvironment(process.env);
  const run: Consumer["run"] = (command, extra = {}) =>
    runProgram(command, { cwd: folder, env: { ...env, ...extra }, withinMs: RUN_MS });
  try {
    // The prefix is named as npm else takes any folder above that has a package.json or node_modules.
    const args = ["install", "--prefix", folder, "--no-audit", "--no-fund", "--prefer-offline", ...tarballs];
    await runProgram(npm(args), { cwd: folder, env, withinMs: INSTALL_MS });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    folder,
    env,
    run,
    write: (name, text) => writeFile(join(folder, name), text),
    installedBehind: async (name) => behind(name, await readLock(folder)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function shellEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !OURS.test(name)) kept[name] = value;
  }
  const folders = (env.PATH ?? "").split(delimiter).filter((path) => !/[\\/]node_modules[\\/]/.test(path));
  return { ...kept, PATH: [dirname(process.execPath), ...folders].join(delimiter) };
}

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ dependencies: z.record(z.string(), z.string()).default({}) })),
});
type Installed = z.output<typeof lockSchema>["packages"];

async function readLock(folder: string): Promise<Installed> {
  return lockSchema.parse(JSON.parse(await readFile(join(folder, "package-lock.json"), "utf8"))).packages;
}

function behind(name: string, installed: Installed): readonly string[] {
  const found = new Set<string>();
  const visit = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    for (const dependency of Object.keys(installed[path]?.dependencies ?? {})) {
      const at = placeOf(dependency, path, installed);
      if (at !== undefined) visit(at);
    }
  };
  visit(`node_modules/${name}`);
  return [...found].map((path) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)).toSorted();
}

/** Where Node finds `dependency` from the package at `path`: as near as it is. */
function placeOf(dependency: string, path: string, installed: Installed): string | undefined {
  for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf("/node_modules/")))) {
    const at = `${from}${from === "" ? "" : "/"}node_modules/${dependency}`;
    if (at in installed) return at;
    if (from === "") return undefined;
  }
}
