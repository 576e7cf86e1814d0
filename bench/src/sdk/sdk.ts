// What the SDK adds to a game server before it does anything: `…ImportMs`, from the start of a Node that imports an entry to its end, less
// that of a bare Node beside it, and `…ImportMb` of resident memory, likewise. Of the packed packages, as users have them, with nothing
// compiled before. The floor is `@grpc/grpc-js` alone, which is nearly all of it. Medians of rounds in which everybody comes in turn.
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runTimed } from "../install/run-npm.ts";
import type { Report } from "../report.ts";
import { median, medianRatio } from "../rpc/statistics.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const ROUNDS = 15;
const ENTRIES = {
  bare: undefined,
  grpc: "@grpc/grpc-js",
  sdk: "@muster/sdk",
  backend: "@muster/sdk/backend",
  testing: "@muster/sdk/testing",
} as const;
type Entry = keyof typeof ENTRIES;
type Start = { readonly ms: number; readonly mb: number };

export async function run(): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), "muster-sdk-"));
  try {
    const packed = join(folder, "packed");
    await runTimed(["npm", "run", "pack", "--", "--to", packed], ROOT);
    const tarballs = (await readdir(packed)).filter((name) => /muster-(?:sdk|sidecar|kit|proto)-/.test(name));
    const consumer = join(folder, "consumer");
    await mkdir(consumer);
    const paths = tarballs.map((name) => join(packed, name));
    await runTimed(
      ["npm", "install", "--prefix", consumer, "--no-audit", "--no-fund", "--prefer-offline", ...paths],
      consumer,
    );
    const rounds = Array.from({ length: ROUNDS }, () => {
      const starts = Object.keys(ENTRIES).map((name) => [name, start(consumer, ENTRIES[name as Entry])]);
      return Object.fromEntries(starts) as Record<Entry, Start>;
    });
    const added = (name: Entry, what: keyof Start) =>
      median(rounds.map((round) => round[name][what] - round.bare[what]));
    const figures: Record<string, number> = {
      bareMs: median(rounds.map(({ bare }) => bare.ms)),
      bareMb: median(rounds.map(({ bare }) => bare.mb)),
    };
    for (const name of ["grpc", "sdk", "backend", "testing"] as const) {
      figures[`${name}ImportMs`] = added(name, "ms");
      figures[`${name}ImportMb`] = added(name, "mb");
    }
    const ratio = (what: keyof Start) =>
      medianRatio(
        rounds,
        ({ sdk, bare }) => sdk[what] - bare[what],
        ({ grpc, bare }) => grpc[what] - bare[what],
      );
    return { name: "sdk", figures, ratios: { sdkImportMs: ratio("ms"), sdkImportMb: ratio("mb") } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One Node that imports the entry, says what it holds, and ends. */
function start(cwd: string, entry: string | undefined): Start {
  const script = `${entry === undefined ? "" : `await import(${JSON.stringify(entry)});`} process.stdout.write(String(process.memoryUsage.rss()))`;
  const env = { ...process.env, NODE_OPTIONS: "" };
  const startedMs = performance.now();
  const { stdout, status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd, env });
  if (status !== 0) throw new Error(`Cannot import ${entry} as Node ended with ${status}: ${stderr}`);
  return { ms: performance.now() - startedMs, mb: Number(stdout) / 2 ** 20 };
}
