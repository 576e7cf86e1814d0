// What users get: the tarballs, installed into an empty folder, run with plain Node and no flags of ours.
import { cp, mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { findFreePort } from "@muster/cli";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startMuster } from "../e2e/muster-command.ts";
import { markRun, nothingLeft } from "../e2e/orphans.ts";
import { playOnOwnServer, testOwnServer } from "../e2e/own-server.ts";
import { type Consumer, installInEmptyFolder } from "./consumer.ts";
import { joinServer } from "./line-client.ts";
import { type Packed, packPackages } from "./pack-packages.ts";
import { entryNames } from "./published-manifest.ts";
import { exists, filesUnder } from "./tree.ts";

const SAMPLE = fileURLToPath(new URL("../../examples/minimal-server/src/main.ts", import.meta.url));
const TSC = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
const STOP_MS = 15_000;
const BROUGHT_ALONG_MAX = 38;

let tarballs = "";
let packed: readonly Packed[] = [];
let consumer: Consumer;
beforeAll(async () => {
  tarballs = await mkdtemp(join(tmpdir(), "muster-packed-"));
  packed = await packPackages(tarballs);
  consumer = await installInEmptyFolder(packed.map(({ tarball }) => tarball));
  await consumer.write("server.mts", await readFile(SAMPLE, "utf8"));
}, 120_000);
afterAll(async () => {
  await consumer?.[Symbol.asyncDispose]();
  await rm(tarballs, { recursive: true, force: true });
});

test("a tarball holds what is run and its types, no source and no test", () => {
  const strange = packed.flatMap(({ manifest, files }) =>
    files
      .filter(
        (path) =>
          !/^(?:package\.json|LICENSE|README\.md|bin\/[a-z-]+\.c?js|dist\/.+\.(?:js|d\.ts)|dist\/gen\/openapi\/[a-z]+\.json|schema\/[a-z-]+\.schema\.json|dist\/main\.cjs)$/.test(
            path,
          ),
      )
      .concat(files.filter((path) => /\.(?:test|suite|fixture)\./.test(path)))
      .map((path) => `${manifest.name}/${path}`),
  );
  expect(strange).toEqual([]);
});

test("a published manifest leads to files that are there", () => {
  const missing = packed.flatMap(({ manifest, files }) => {
    const targets = Object.values(manifest.exports).flatMap((conditions) => Object.values(conditions));
    return targets.filter((target) => !files.includes(target.replace(/^\.\//, ""))).map((to) => manifest.name + to);
  });
  expect(missing).toEqual([]);
});

const importers = [
  { name: "plain node", flags: [] },
  { name: "a node that was started with our source condition", flags: ["--conditions=@muster/source"] },
];
for (const { name, flags } of importers) {
  test(`${name} imports every public entry, and ends`, async () => {
    const entries = packed.flatMap(({ manifest }) => entryNames(manifest));
    const script =
      "for (const name of process.argv.slice(1)) console.log(name, Object.keys(await import(name)).length)";
    const { out, err } = await consumer.run(["node", ...flags, "--input-type=module", "-e", script, "--", ...entries]);
    expect(err).toBe("");
    const counts = out.trim().split("\n");
    expect(counts.map((line) => line.split(" ")[0])).toEqual(entries);
    expect(counts.filter((line) => line.endsWith(" 0"))).toEqual([]);
  });
}

test("the types of every public entry and the README's server pass a strict check", async () => {
  const entries = packed.flatMap(({ manifest }) => entryNames(manifest));
  const imports = entries.map((name, index) => `export * as entry${index} from "${name}";`);
  await consumer.write("entries.ts", `${imports.join("\n")}\n`);
  const compilerOptions = { module: "nodenext", target: "es2024", strict: true, noEmit: true, types: ["node"] };
  await consumer.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["server.mts", "entries.ts"] }));
  await consumer.run(["node", TSC, "-p", "."]);
});

for (const name of ["@muster/sdk", "@muster/sidecar"]) {
  test(`${name} brings little along`, async () => {
    const behind = await consumer.installedBehind(name);
    expect(behind).toContain("@grpc/grpc-js");
    expect(behind.filter((one) => /^(?:zod|pino|commander|got|prom-client|@muster\/service)$/.test(one))).toEqual([]);
    // Nearly all of it is grpc-js. A limit that may only fall.
    expect(behind.length).toBeLessThanOrEqual(BROUGHT_ALONG_MAX);
  });
}

test("the installed muster command tells its version", async () => {
  const version = packed.find(({ manifest }) => manifest.name === "@muster/cli")?.manifest.version;
  const { out } = await consumer.run(["npx", "muster", "--version"]);
  expect(out).toBe(`${version}\n`);
});

/** What a sidecar is told; nobody listens at its fleet's address. */
const sidecarVariables = {
  MUSTER_PROCESS_ID: "proc_1",
  MUSTER_PROCESS_SECRET: "secret",
  MUSTER_FLEET_ADDRESS: "127.0.0.1:1",
};

test("the installed sidecar starts its game and ends as the game does", async () => {
  const game = ["node", "-e", "process.exit(process.env.MUSTER_SIDECAR.startsWith('127.0.0.1:') ? 7 : 1)"];
  const ended = consumer.run(["npx", "muster-sidecar", "--", ...game], sidecarVariables);
  await expect(ended).rejects.toThrow("ended with 7");
});

test("the sidecar's command needs one file beside it, nothing else that was installed, and keeps what it compiled", async () => {
  const alone = await mkdtemp(join(tmpdir(), "muster-sidecar-"));
  try {
    const sidecar = join(consumer.folder, "node_modules/@muster/sidecar");
    for (const file of ["bin/muster-sidecar.cjs", "dist/main.cjs"]) await cp(join(sidecar, file), join(alone, file));
    const cache = join(alone, "compile-cache");
    const variables = { ...sidecarVariables, NODE_COMPILE_CACHE: cache };
    await consumer.run([join(alone, "bin/muster-sidecar.cjs"), "--", "true"], variables);
    expect(await filesUnder(cache)).not.toEqual([]);
  } finally {
    await rm(alone, { recursive: true, force: true });
  }
});

test("the README's server takes players under an installed muster dev", async () => {
  await takesPlayers({ command: ["--", "node", "server.mts"], cwd: consumer.folder, team: "players" });
});

for (const language of ["ts", "js"]) {
  test(`a new project in ${language} passes its test and takes players under muster dev`, async () => {
    const name = `mine-${language}`;
    await consumer.run(["npx", "muster", "init", name, "--language", language]);
    const cwd = join(consumer.folder, name);
    const { out } = await consumer.run(["node", "--test", "--test-reporter=tap", `${name}/battles.test.m${language}`]);
    expect(out).toMatch(/^# pass 1$/m);
    if (language === "ts") await consumer.run(["node", TSC, "-p", name]);
    // Asked for as tarballs, as the command was installed: `npm install` there needs no registry that has them.
    const manifest = JSON.parse(await readFile(join(cwd, "package.json"), "utf8"));
    for (const {
      tarball,
      manifest: { name: one },
    } of packed) {
      const spec = { ...manifest.dependencies, ...manifest.devDependencies }[one];
      expect(resolve(cwd, spec.replace(/^file:/, ""))).toBe(await realpath(tarball));
    }
    for (const file of ["muster.json", "rules.json"]) {
      const { $schema } = JSON.parse(await readFile(join(cwd, file), "utf8"));
      // The project's own node_modules is the folder's above it here.
      expect(await exists(join(consumer.folder, $schema))).toBe(true);
    }
    await takesPlayers({ command: [], cwd });
  });
}

test("a server of one's own gets the SDK, is tested, and is played on under muster dev, as the guide says", async () => {
  await playOnOwnServer(consumer, await testOwnServer(consumer));
});

type Server = {
  /** After `muster dev`. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** What its welcome names beside the player. */
  readonly team?: string;
};

async function takesPlayers({ command, cwd, team }: Server): Promise<void> {
  const run = markRun();
  const [matcherPort, fleetPort] = [await findFreePort(), await findFreePort()];
  const flags = ["--matcher-port", String(matcherPort), "--fleet-port", String(fleetPort)];
  await using dev = startMuster(["dev", ...flags, ...command], {
    program: [join(consumer.folder, "node_modules/.bin/muster")],
    inherits: consumer.env,
    env: run.env,
    cwd,
  });
  await dev.line(/^Ready/);

  const start = ["npx", "muster", "ticket", "start", "--players", "2", "--json"];
  const { out } = await consumer.run([...start, "--matcher", `127.0.0.1:${matcherPort}`], run.env);
  const ticket = JSON.parse(out);
  expect(ticket).toMatchObject({ state: "COMPLETED", assignment: { players: [{}, {}] } });
  const { address, players } = ticket.assignment;
  const server = { host: address.host, port: address.ports.game };
  using stranger = await joinServer(server, "ps_of_nobody");
  expect(stranger.answer).toMatch(/^sorry: /);
  using first = await joinServer(server, players[0].playerSessionId);
  using second = await joinServer(server, players[1].playerSessionId);
  const suffix = team ? ` to ${team}` : "";
  expect([first.answer, second.answer]).toEqual([
    `welcome ${players[0].playerId}${suffix}`,
    `welcome ${players[1].playerId}${suffix}`,
  ]);

  dev.child.kill("SIGINT");
  expect((await dev.finished).code).toBe(0);
  // The game's port is one of a fixed range, which anybody may take once it is free.
  await nothingLeft(run, [matcherPort, fleetPort], STOP_MS);
}
