// A set-up with keys and TLS on real processes: fleet, matcher, sidecar, game and the command, each by its own certificate or key.
// What was given to keep secret is then looked for in everything that anybody printed or wrote.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findFreePort } from "@muster/cli";
import { systemClock } from "@muster/kit";
import { makeCertificate } from "@muster/kit/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findPortRange } from "../demo/port-range.ts";
import { muster, type RunningCommand, startMuster } from "./muster-command.ts";

const keys = {
  backend: "canary-backend-0123456789abcdefghijklmnop",
  matcher: "canary-matcher-0123456789abcdefghijklmnop",
  operator: "canary-operator-0123456789abcdefghijklmno",
} as const;

let folder = "";
let address: { readonly fleet: string; readonly matcher: string };
let running: readonly RunningCommand[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-secured-"));
  await mkdir(join(folder, "keys"));
  for (const [name, key] of Object.entries(keys))
    await writeFile(join(folder, "keys", name), `${key}\n`, { mode: 0o600 });
  const nowMs = systemClock.wallMs();
  const authority = makeCertificate({ commonName: "Arena authority" }, nowMs);
  await writeFile(join(folder, "ca.pem"), authority.certificate);
  for (const commonName of ["fleet", "matcher", "operator"]) {
    const made = makeCertificate({ commonName, hosts: ["127.0.0.1", "localhost"], by: authority }, nowMs);
    await writeFile(join(folder, `${commonName}.pem`), made.certificate);
    await writeFile(join(folder, `${commonName}.key`), made.privateKey, { mode: 0o600 });
  }
  const file = {
    access: {
      keys: [
        { name: "backend", role: "BACKEND", key: { file: "keys/backend" } },
        { name: "matcher", role: "MATCHER", key: { env: "MATCHER_CANARY" } },
        { name: "operator", role: "OPERATOR", key: { file: "keys/operator" } },
      ],
      certificates: [{ commonName: "operator", role: "OPERATOR" }],
    },
    fleets: [
      {
        name: "local",
        command: [
          process.execPath,
          "--conditions=@muster/source",
          fileURLToPath(new URL("hosting/server.ts", import.meta.url)),
          "1",
        ],
        portRange: await findPortRange(10),
      },
    ],
    queues: [{ name: "all", destinations: ["local"] }],
    ruleSets: { solo: { version: "v1.0", teams: [{ name: "all", minPlayers: 1, maxPlayers: 4 }] } },
    configurations: [{ name: "solo", ruleSet: "solo", queue: "all" }],
  };
  await writeFile(join(folder, "muster.json"), JSON.stringify(file));
  const [fleetPort, matcherPort] = [await findFreePort(), await findFreePort()];
  address = { fleet: `127.0.0.1:${fleetPort}`, matcher: `127.0.0.1:${matcherPort}` };
  const start = (service: string, bind: string, env: Record<string, string>) =>
    startMuster(
      [
        service,
        "-c",
        join(folder, "muster.json"),
        "--data",
        join(folder, service),
        "--bind",
        bind,
        "--log-level",
        "debug",
      ],
      {
        env: { ...tlsOf(service), MATCHER_CANARY: keys.matcher, ...env },
      },
    );
  running = [
    start("fleet", address.fleet, {}),
    start("matcher", address.matcher, { MUSTER_FLEET_KEY: keys.matcher, MUSTER_FLEET_ADDRESS: address.fleet }),
  ];
});
afterAll(async () => {
  for (const service of running) await service[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function tlsOf(name: string): Record<string, string> {
  return {
    MUSTER_TLS_CERT: join(folder, `${name}.pem`),
    MUSTER_TLS_KEY: join(folder, `${name}.key`),
    MUSTER_TLS_CA: join(folder, "ca.pem"),
  };
}

const printed: string[] = [];

/** Runs the command, again while the services start. */
async function ask(args: readonly string[], env: Record<string, string> = {}) {
  const where = ["--matcher", address.matcher, "--fleet", address.fleet, "--json"];
  for (;;) {
    const finished = await muster([...args, ...where], { env });
    printed.push(finished.out, finished.err);
    if (!/PEER_UNREACHABLE|SERVICE_NOT_READY/.test(finished.err) || env.ONCE) return finished;
  }
}

test("a backend with its key gets a match over TLS, on a game whose sidecar was let in", async () => {
  const keyFile = ["--key-file", join(folder, "keys", "backend"), "--ca", join(folder, "ca.pem")];
  const { code, out, err } = await ask(["ticket", "start", ...keyFile]);
  expect(err).toBe("");
  expect(code).toBe(0);
  expect(out).toContain('"COMPLETED"');
});

const refusals = [
  { name: "a caller without a key", env: {}, args: [], reason: "CREDENTIALS_INVALID" },
  {
    name: "a key that nobody has",
    env: { MUSTER_KEY: `canary-${"x".repeat(32)}` },
    args: [],
    reason: "CREDENTIALS_INVALID",
  },
  { name: "a backend that would run the fleet", env: { MUSTER_KEY: keys.backend }, args: [], reason: "NOT_PERMITTED" },
];

for (const { name, env, reason } of refusals) {
  test(`the fleet refuses ${name}`, async () => {
    const { code, err } = await ask(["fleet", "scale", "local", "--processes", "1"], {
      ...env,
      MUSTER_TLS_CA: join(folder, "ca.pem"),
    });
    expect(code).toBe(1);
    expect(JSON.parse(err).error.reason).toBe(reason);
  });
}

test("a caller in plain text reaches nobody", async () => {
  const { code, err } = await ask(["fleet", "list"], { MUSTER_KEY: keys.operator, ONCE: "1" });
  expect(code).toBe(1);
  expect(JSON.parse(err).error.reason).toBe("PEER_UNREACHABLE");
});

test("an operator is known by certificate alone", async () => {
  const { code, out } = await ask(["fleet", "list"], tlsOf("operator"));
  expect(code).toBe(0);
  expect(out).toContain('"local"');
});

test("what was given to keep stands in nothing that anybody printed, logged or journaled", async () => {
  for (const { child } of running) child.kill("SIGTERM");
  const finished = await Promise.all(running.map((service) => service.finished));
  printed.push(...finished.flatMap(({ out, err }) => [out, err]));
  expect(printed.join()).toContain('"Asking callers for their key"');
  for (const path of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!path.isFile() || path.parentPath.endsWith("keys")) continue;
    printed.push(await readFile(join(path.parentPath, path.name), "latin1"));
  }
  expect(printed.filter((text) => text.includes("canary-"))).toEqual([]);
});
