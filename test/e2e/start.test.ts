// `muster dev` from its door: a server in any language around it, and nothing left of it however it ends.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { builtInConfig, findFreePort } from "@muster/cli";
import { afterEach, beforeEach, expect, test } from "vitest";
import { muster, type RunningCommand, startMuster } from "./muster-command.ts";
import { answers, markRun, nothingLeft } from "./orphans.ts";

const SERVER = fileURLToPath(new URL("../../examples/minimal-server/src/main.ts", import.meta.url));
/** An orderly stop of everything; the limits inside are longer, and mean that something hangs. */
const STOP_MS = 15_000;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-e2e-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** `muster dev` around the minimal server on free ports, once it is ready. */
async function startDev(options: { readonly args?: readonly string[] } = {}) {
  const run = markRun();
  const matcherPort = await findFreePort();
  const fleetPort = await findFreePort();
  const ports = [
    "--matcher-port",
    String(matcherPort),
    "--fleet-port",
    String(fleetPort),
    "--data",
    join(folder, "data"),
  ];
  const server = ["--", process.execPath, "--conditions=@muster/source", SERVER];
  const dev = startMuster(["dev", ...ports, ...(options.args ?? []), ...server], { env: run.env, cwd: folder });
  await dev.line(/^Ready:/);
  const addresses = ["--matcher", `127.0.0.1:${matcherPort}`, "--fleet", `127.0.0.1:${fleetPort}`];
  return { run, dev, addresses, ports: [matcherPort, fleetPort] };
}

async function startBattle(
  addresses: readonly string[],
): Promise<{ gamePort: number; ticketId: string; battleSessionId: string }> {
  const { code, out, err } = await muster(["ticket", "start", "--players", "2", "--json", ...addresses.slice(0, 2)]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const ticket = JSON.parse(out);
  expect(ticket).toMatchObject({ state: "COMPLETED", configuration: "dev" });
  expect(ticket.assignment.players.map((player: object) => Object.keys(player).includes("playerSessionId"))).toEqual([
    true,
    true,
  ]);
  const { battleSessionId, address } = ticket.assignment;
  return { gamePort: address.ports.game, ticketId: ticket.ticketId, battleSessionId };
}

const endings: readonly { name: string; end: (dev: RunningCommand) => void; code: number | null }[] = [
  { name: "Ctrl-C", end: (dev) => dev.child.kill("SIGINT"), code: 0 },
  { name: "SIGTERM", end: (dev) => dev.child.kill("SIGTERM"), code: 0 },
  { name: "SIGKILL of the supervisor", end: (dev) => dev.child.kill("SIGKILL"), code: null },
];
for (const { name, end, code } of endings) {
  test(`muster dev leaves no process and no port after ${name}`, async () => {
    const { run, dev, addresses, ports } = await startDev();
    await using _ = dev;
    const { gamePort } = await startBattle(addresses);
    expect(await answers(gamePort)).toBe(true);
    // The command, matcher, fleet, two sidecars and two games.
    expect(run.processes().length).toBeGreaterThanOrEqual(7);
    end(dev);
    expect((await dev.finished).code).toBe(code);
    await nothingLeft(run, [...ports, gamePort], STOP_MS);
  });
}

test("muster dev leaves no companion, however deep its processes, after SIGKILL of the supervisor", async () => {
  const run = markRun();
  const [matcherPort, fleetPort] = [await findFreePort(), await findFreePort()];
  const config = {
    ...builtInConfig({ command: [process.execPath, "--conditions=@muster/source", SERVER], cwd: folder }),
    companions: [
      { name: "crowd", command: ["/bin/sh", "-c", "trap '' TERM; sleep 1000 & sleep 1000 & wait; sleep 1000"] },
    ],
  };
  const path = join(folder, "muster.json");
  await writeFile(path, JSON.stringify(config));
  const flags = [
    "--matcher-port",
    String(matcherPort),
    "--fleet-port",
    String(fleetPort),
    "--data",
    join(folder, "data"),
  ];
  await using dev = startMuster(["dev", "--config", path, "--json", ...flags], { env: run.env, cwd: folder });
  const ready = JSON.parse(await dev.line(/"kind":"ready"/));
  expect(ready).toMatchObject({ matcher: `127.0.0.1:${matcherPort}`, fleet: `127.0.0.1:${fleetPort}` });
  expect(run.processes().filter((process) => process.includes("sleep 1000")).length).toBeGreaterThanOrEqual(1);
  dev.child.kill("SIGKILL");
  await nothingLeft(run, [matcherPort, fleetPort], STOP_MS);
});

test("muster dev ends when npm, which started it, is killed", async () => {
  const run = markRun();
  const [matcherPort, fleetPort] = [await findFreePort(), await findFreePort()];
  const flags = `--matcher-port ${matcherPort} --fleet-port ${fleetPort} --data ${join(folder, "data")}`;
  const door = fileURLToPath(new URL("../../cli/bin/muster.js", import.meta.url));
  // What npm does: a shell of its own, and the script under it.
  const script = `"${process.execPath}" "${door}" dev ${flags} -- sleep 1000`;
  const npm = startMuster(
    ["-e", `require("child_process").spawn("/bin/sh", ["-c", ${JSON.stringify(script)}], { stdio: "inherit" })`],
    {
      program: [process.execPath],
      env: { ...run.env, npm_lifecycle_event: "start" },
      cwd: folder,
    },
  );
  await using _ = npm;
  await npm.line(/^Ready:/);
  npm.child.kill("SIGKILL");
  await nothingLeft(run, [matcherPort, fleetPort], STOP_MS);
});

test("muster dev --for stops by itself", async () => {
  const { run, dev, ports } = await startDev({ args: ["--for", "500ms"] });
  await using _ = dev;
  const { code, out } = await dev.finished;
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^Stopped in .* 0 players were matched/m) });
  await nothingLeft(run, ports, 0);
});

test("muster dev goes on from its data, where the battles of the run before are over", async () => {
  const before = await startDev();
  await using _ = before.dev;
  const { ticketId } = await startBattle(before.addresses);
  before.dev.child.kill("SIGTERM");
  const { code, out } = await before.dev.finished;
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/players were matched, \d battles? ended/) });
  const again = await startDev();
  await using __ = again.dev;
  const shown = await muster(["ticket", "show", ticketId, "--json", ...again.addresses]);
  expect(JSON.parse(shown.out)).toMatchObject({ ticketId, state: "COMPLETED" });
  const sessions = await muster(["sessions", "--json", ...again.addresses]);
  expect(sessions.out).toBe("");
  const ended = await muster(["sessions", "--all", "--json", ...again.addresses]);
  expect(ended.out.split("\n").map((line) => JSON.parse(line).state)).toEqual(["TERMINATED"]);
});

test("a second muster dev on the same ports says who holds them", async () => {
  const { dev, addresses, ports } = await startDev();
  await using _ = dev;
  const [matcherPort = 0, fleetPort = 0] = ports;
  const args = [
    "dev",
    "--matcher-port",
    String(matcherPort),
    "--fleet-port",
    String(fleetPort),
    "--data",
    join(folder, "other"),
  ];
  const { code, err } = await muster([...args, "--", "sleep", "1"]);
  expect(code).toBe(2);
  expect(err).toMatch(
    new RegExp(
      `^Cannot start the mock fleet and the matcher as ports ${fleetPort} and ${matcherPort} are taken: ` +
        "node mock-fleet/src/main\\.ts \\(process \\d+\\) and node matcher/src/main\\.ts \\(process \\d+\\) hold them\\. " +
        "Stop that, or choose --fleet-port \\d+ --matcher-port \\d+\n$",
    ),
  );
  expect((await muster(["sessions", ...addresses])).code).toBe(0);
});

test("the commands answer people and machines", async () => {
  const { dev, addresses } = await startDev();
  await using _ = dev;
  const { ticketId, battleSessionId } = await startBattle(addresses);
  const ask = (...args: readonly string[]) => muster([...args, ...addresses]);

  const sessions = await ask("sessions");
  expect(sessions.out).toMatch(/SESSION +STATE +ADDRESS/);
  expect(sessions.out).toContain(battleSessionId);
  expect(JSON.parse((await ask("sessions", battleSessionId, "--json")).out)).toMatchObject({
    battleSessionId,
    state: "ACTIVE",
    backfill: { state: "SEARCHING" },
    playerSessions: [{ state: "RESERVED" }, { state: "RESERVED" }],
  });
  expect((await ask("sessions", "--json")).out).not.toMatch(/"ps_/);

  expect((await ask("backfill", "show", battleSessionId)).out).toMatch(
    /state +SEARCHING\nwhy +6 players are looked for/,
  );
  expect((await ask("backfill", "list")).out).toMatch(
    new RegExp(`${battleSessionId} +SEARCHING +MAX_POSSIBLE +2/8 +players 0\\+2/8 +6 players are looked for`),
  );
  expect(JSON.parse((await ask("backfill", "cancel", battleSessionId, "--json")).out)).toMatchObject({
    state: "CANCELLED",
  });
  expect((await ask("backfill", "list")).out).toMatch(/^No backfills/);
  expect(JSON.parse((await ask("backfill", "list", "--all", "--json")).out)).toMatchObject({
    battleSessionId,
    configuration: "dev",
    cause: "CANCELLED_BY_REQUEST",
  });
  expect(
    JSON.parse((await ask("backfill", "start", battleSessionId, "--add", "players=1", "--json")).out),
  ).toMatchObject({
    state: "SEARCHING",
    strategy: "CUSTOM",
    addPlayers: { players: 1 },
  });
  expect((await ask("backfill", "start", battleSessionId, "--strategy", "max-possible", "--replace")).out).toMatch(
    /strategy +MAX_POSSIBLE/,
  );

  const listed = (await ask("logs", "--json")).out.split("\n").map((line) => JSON.parse(line));
  const server = listed.find(({ battleSessionIds }) => battleSessionIds.includes(battleSessionId));
  expect((await ask("logs", server.processId.slice(0, 12))).out).toContain(`battle ${battleSessionId}`);
  expect((await ask("logs", battleSessionId)).out).toContain(`battle ${battleSessionId}`);

  expect((await ask("player", "erase", "nobody")).out).toMatch(/^nobody is erased/);
  expect(JSON.parse((await ask("player", "erase", "nobody", "--json")).out)).toEqual({
    playerId: "nobody",
    erased: true,
  });

  const watched = await ask("ticket", "watch", ticketId, "--json");
  expect(watched.out.split("\n").map((line) => JSON.parse(line).ticket.state)).toEqual([
    "SEARCHING",
    "PLACING",
    "COMPLETED",
  ]);
});

test("a refused command says why in one sentence, and what to do", async () => {
  const { dev, addresses } = await startDev();
  await using _ = dev;
  const { ticketId, battleSessionId } = await startBattle(addresses);
  const { out } = await muster(["sessions", battleSessionId, "--json", ...addresses]);
  const { playerId } = JSON.parse(out).playerSessions[0];
  const refused = [
    { args: ["ticket", "cancel", ticketId], reason: "TICKET_ALREADY_MATCHED", code: 1 },
    { args: ["player", "erase", playerId], reason: "PLAYER_SEATED", code: 1 },
    { args: ["ticket", "show", "tick_none"], reason: "TICKET_NOT_FOUND", code: 1 },
    { args: ["ticket", "start", "--config-name", "nope"], reason: "CONFIGURATION_NOT_FOUND", code: 1 },
    { args: ["backfill", "start", battleSessionId], reason: "BACKFILL_ALREADY_RUNNING", code: 1 },
    {
      args: ["backfill", "start", battleSessionId, "--add", "green=1", "--replace"],
      reason: "TEAM_UNKNOWN",
      code: 1,
    },
    {
      args: ["backfill", "start", battleSessionId, "--add", "players=9", "--replace"],
      reason: "TEAM_SIZE_EXCEEDED",
      code: 1,
    },
    { args: ["backfill", "show", "bs_none"], reason: "BATTLE_SESSION_NOT_FOUND", code: 1 },
    { args: ["logs", "nobody"], reason: "PROCESS_NOT_FOUND", code: 1 },
  ];
  for (const { args, reason, code } of refused) {
    const answer = await muster([...args, "--json", ...addresses]);
    expect({ args, code: answer.code, out: answer.out }).toEqual({ args, code, out: "" });
    expect(JSON.parse(answer.err)).toMatchObject({ error: { reason, message: expect.stringMatching(/^Cannot /) } });
    expect((await muster([...args, ...addresses])).err).toMatch(/^Cannot [^\n]+\n$/);
  }
});

test("muster dev says what is wrong with its file, and leaves nothing", async () => {
  const run = markRun();
  const [matcherPort, fleetPort] = [await findFreePort(), await findFreePort()];
  const config = { ...builtInConfig({ command: ["sleep", "1000"], cwd: folder }), configurations: [{ name: "dev" }] };
  const path = join(folder, "muster.json");
  await writeFile(path, JSON.stringify(config));
  const flags = [
    "--matcher-port",
    String(matcherPort),
    "--fleet-port",
    String(fleetPort),
    "--data",
    join(folder, "data"),
  ];
  const { code, err } = await muster(["dev", "--config", path, ...flags], { env: run.env });
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("Cannot read $.configurations[0] of") });
  await nothingLeft(run, [matcherPort, fleetPort], STOP_MS);
});

test("a second Ctrl-C ends muster dev although a companion does not stop", async () => {
  const run = markRun();
  const [matcherPort, fleetPort] = [await findFreePort(), await findFreePort()];
  const config = {
    ...builtInConfig({ command: ["sleep", "1000"], cwd: folder }),
    companions: [{ name: "deaf", command: ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"] }],
  };
  const path = join(folder, "muster.json");
  await writeFile(path, JSON.stringify(config));
  const flags = [
    "--matcher-port",
    String(matcherPort),
    "--fleet-port",
    String(fleetPort),
    "--data",
    join(folder, "data"),
  ];
  await using dev = startMuster(["dev", "--config", path, ...flags], { env: run.env });
  await dev.line(/^Ready:/);
  const started = performance.now();
  const impatience = setInterval(() => dev.child.kill("SIGINT"), 200);
  await dev.line(/deaf STOPPED \(SIGKILL/).finally(() => clearInterval(impatience));
  expect((await dev.finished).code).toBe(0);
  // Left alone, the companion has 10 s.
  expect(performance.now() - started).toBeLessThan(8_000);
  await nothingLeft(run, [matcherPort, fleetPort], STOP_MS);
});

const mistakes = [
  { name: "an unknown command", args: ["tickt"], says: /Did you mean ticket/ },
  { name: "an unknown option", args: ["sessions", "--al"], says: /unknown option '--al'/ },
  { name: "a bad duration", args: ["dev", "--for", "30"], says: /"30" as a span of time/ },
  { name: "a bad number of players", args: ["ticket", "start", "--players", "0"], says: /whole number from 1 to 100/ },
  { name: "bad attributes", args: ["ticket", "start", "--attributes", "[]"], says: /JSON object/ },
  {
    name: "CUSTOM for nobody",
    args: ["backfill", "start", "bs_1", "--strategy", "custom"],
    says: /without saying how many are to come/,
  },
  { name: "a file and a command", args: ["dev", "--config", "a.json", "--", "sleep"], says: /leave out --config/ },
  {
    name: "a file that is not there",
    args: ["dev", "--config", "nowhere.json"],
    says: /^Cannot read \S+nowhere\.json as a file: there is none\n$/,
  },
  {
    name: "a folder without a file",
    args: ["dev"],
    says: /muster\.json as a file: there is none\. Write one with `npx muster init`, or run a server with `npx muster dev -- COMMAND`\n$/,
  },
  { name: "a folder in place of a file", args: ["dev", "--config", "."], says: /as a file: it is a folder\n$/ },
  { name: "a grace for nothing", args: ["dev", "--grace", "3s"], says: /as they go with --watch: nothing is watched/ },
  {
    name: "a data folder that is a file",
    args: ["dev", "--data", "/etc/passwd", "--", "sleep"],
    says: /^Cannot make the folder \/etc\/passwd as a file of that name is in the way\n$/,
  },
];
for (const { name, args, says } of mistakes) {
  test(`muster tells of ${name} with exit 2`, async () => {
    const { code, err } = await muster(args, { cwd: folder });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(says) });
  });
}

test("muster tells that nobody answers, and what to start", async () => {
  const port = await findFreePort();
  const { code, err } = await muster(["ticket", "start", "--matcher", `127.0.0.1:${port}`]);
  expect({ code, err }).toEqual({
    code: 1,
    err: `Cannot reach 127.0.0.1:${port} as nobody answers there: start it with \`npx muster dev\`\n`,
  });
});
