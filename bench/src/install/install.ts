// What a newcomer waits for, with npm's cache warm, so that no network is measured.
// `ci…`: `npm ci` in a fresh clone, for people who run and test Muster. `look…`: `npm ci --omit=dev`, enough for `npm start` and
// `muster dev`; `lean…`: the same with --omit=optional, for who has a Node 24. `check…`: what `npm run check` fetches beside.
// `sdk…`: @muster/sdk alone, packed, in an empty folder; `tools…`: @muster/cli with all that it runs.
// …Megabytes on the disk, …Seconds, …Packages. The floor of the seconds is a copy of the same files (`ciSeconds ÷ floor`).
import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Report } from "../report.ts";
import { countPackages, megabytesOf, runTimed } from "./run-npm.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const QUIET = ["--no-audit", "--no-fund", "--prefer-offline"];

export async function run(): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), "muster-install-"));
  try {
    const clone = join(folder, "clone");
    await runTimed(["git", "clone", "-q", ROOT, clone], folder);
    const modules = join(clone, "node_modules");
    await runTimed(["npm", "ci"], clone); // Fills the cache.
    const ci = await measure(["npm", "ci"], clone);
    const copyStartedMs = performance.now();
    await cp(modules, join(folder, "copy"), { recursive: true, verbatimSymlinks: true });
    const copySeconds = (performance.now() - copyStartedMs) / 1_000;
    const look = await measure(["npm", "ci", "--omit=dev"], clone);
    const lean = await measure(["npm", "ci", "--omit=dev", "--omit=optional"], clone);
    const check = await measure(["npm", "ci"], join(clone, "tools"));

    const packed = join(folder, "packed");
    await runTimed(["npm", "run", "pack", "--", "--to", packed], ROOT);
    const tarballs = (await readdir(packed)).map((name) => join(packed, name));
    const ofSdk = tarballs.filter((path) => /muster-(?:sdk|sidecar|kit|proto)-/.test(path));
    const sdk = await installAlone(join(folder, "sdk"), ofSdk);
    const tools = await installAlone(join(folder, "tools"), tarballs);
    return {
      name: "install",
      figures: {
        ...named("ci", ci),
        ...named("look", look),
        ...named("lean", lean),
        ...named("check", check),
        ...named("sdk", sdk),
        ...named("tools", tools),
        copySeconds,
      },
      ratios: { ciSeconds: ci.seconds / copySeconds },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Installed = { readonly megabytes: number; readonly seconds: number; readonly packages: number };

function named(name: string, { megabytes, seconds, packages }: Installed): Readonly<Record<string, number>> {
  return { [`${name}Megabytes`]: megabytes, [`${name}Seconds`]: seconds, [`${name}Packages`]: packages };
}

async function installAlone(folder: string, tarballs: readonly string[]): Promise<Installed> {
  await mkdir(folder);
  return await measure(["npm", "install", "--prefix", folder, ...QUIET, ...tarballs], folder);
}

/** Runs it where nothing is installed. */
async function measure(command: readonly string[], cwd: string): Promise<Installed> {
  const modules = join(cwd, "node_modules");
  await rm(modules, { recursive: true, force: true });
  const seconds = await runTimed(command, cwd);
  return { seconds, megabytes: await megabytesOf(modules), packages: await countPackages(modules) };
}
