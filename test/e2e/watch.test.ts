// `muster dev --watch`: somebody changes their server, makes a mistake, and mends it, while a ticket waits and is matched on what is new.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "@muster/cli";
import { afterEach, beforeEach, expect, test } from "vitest";
import { muster, startMuster } from "./muster-command.ts";
import { markRun, nothingLeft } from "./orphans.ts";

const STOP_MS = 15_000;
const SDK = new URL("../../sdk/src/index.ts", import.meta.url).href;
const server = (version: string) => `
import { connect } from ${JSON.stringify(SDK)};
const sidecar = await connect();
sidecar.onStartBattleSession((session) => session.activate());
sidecar.onProcessTerminate(({ reason }) => { console.log("asked to end:", reason); process.exit(0); });
await sidecar.processReady();
console.log("ready: ${version}");
`;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-watch-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("muster dev --watch runs what a file says now, and waits while that does not start", async () => {
  const run = markRun();
  const [matcherPort, fleetPort] = [await findFreePort(), await findFreePort()];
  const file = join(folder, "server.mjs");
  await writeFile(file, server("one"));
  const ports = ["--matcher-port", String(matcherPort), "--fleet-port", String(fleetPort)];
  const flags = ["--watch", "--plain", "--data", join(folder, ".muster"), ...ports];
  const command = [process.execPath, "-C", "@muster/source", "server.mjs"];
  const fleet = ["--fleet", `127.0.0.1:${fleetPort}`];
  const matcher = ["--matcher", `127.0.0.1:${matcherPort}`];
  await using dev = startMuster(["dev", ...flags, "--", ...command], { env: run.env, cwd: folder });
  await dev.line(/files WATCHED in /);
  await using logs = startMuster(["logs", "dev", "--follow", ...fleet], { cwd: folder });
  await logs.line(/^proc_.* \| ready: one$/);

  await writeFile(file, `${server("two")}\nsyntax error (`);
  await dev.line(/files CHANGED \(server\.mjs\): fleet dev starts anew/);
  await dev.line(/SyntaxError: /);
  await dev.line(/fleet dev WAITS for a change/);
  const ticket = muster(["ticket", "start", "--players", "2", ...matcher]);
  await dev.line(/SEARCHING dev/);

  await writeFile(file, server("three"));
  await dev.line(/ticket .* COMPLETED in session/);
  expect((await ticket).code).toBe(0);
  await logs.line(/^proc_.* \| asked to end: FILES_CHANGED$/);
  await logs.line(/^proc_.* \| ready: three$/);
  logs.child.kill("SIGINT");
  expect((await logs.finished).code).toBe(0);

  dev.child.kill("SIGINT");
  expect(await dev.finished).toMatchObject({ code: 0, err: "" });
  await nothingLeft(run, [matcherPort, fleetPort], STOP_MS);
});
