import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "@muster/kit";
import { startProcess } from "@muster/kit/processes";
import { serveGrpc } from "@muster/proto/grpc";
import { expect, test } from "vitest";
import { parseGames, readArguments, runGames } from "./run-games.ts";
import { createScriptedFleet } from "./scripted-fleet.fixture.ts";

const COMMAND = fileURLToPath(new URL("../bin/muster-sidecar.cjs", import.meta.url));

const games = '[{"env":{"MUSTER_PROCESS_ID":"a"},"command":["x","--","y"]},{"env":{}}]';
const parsed = [
  { env: { MUSTER_PROCESS_ID: "a" }, command: ["x", "--", "y"] },
  { env: {}, command: [] },
];
const commandLines = [
  { args: [], unsafeListen: false, slots: [{ env: {}, command: [] }] },
  { args: ["--", "game", "--", "x"], unsafeListen: false, slots: [{ env: {}, command: ["game", "--", "x"] }] },
  { args: ["--unsafe-listen", "--", "--games"], unsafeListen: true, slots: [{ env: {}, command: ["--games"] }] },
  { args: ["--games", "games.json"], unsafeListen: false, slots: parsed },
  { args: ["--unsafe-listen", "--games", "games.json"], unsafeListen: true, slots: parsed },
];
for (const { args, ...read } of commandLines) {
  test(`readArguments() reads "${args.join(" ")}"`, () => {
    expect(readArguments(args, (path) => (path === "games.json" ? games : ""))).toEqual(read);
  });
}

const noGames = [
  { name: "no JSON", text: '[{"env":{"MUSTER_PROCESS_SECRET":"s3cret"' },
  { name: "no list", text: "{}" },
  { name: "no game", text: "[]" },
  { name: "a game that is none", text: "[7]" },
  { name: "a game without variables", text: '[{"command":["x"]}]' },
  { name: "a variable that is no text", text: '[{"env":{"MUSTER_INCARNATION":1}}]' },
  { name: "a command that is one text", text: '[{"env":{},"command":"x"}]' },
  { name: "a field that nobody reads", text: '[{"env":{},"cwd":"/"}]' },
  { name: "too many", text: JSON.stringify(Array.from({ length: 101 }, () => ({ env: {} }))) },
];
for (const { name, text } of noGames) {
  test(`parseGames() refuses ${name}, and tells no secret`, () => {
    expect(() => parseGames(text, "games.json")).toThrow(/^(?!.*s3cret)Cannot read the games of games\.json as /);
  });
}

const game = (MUSTER_PROCESS_ID: string, more: Record<string, string> = {}) => ({
  env: { MUSTER_PROCESS_ID, MUSTER_PROCESS_SECRET: `secret of ${MUSTER_PROCESS_ID}`, ...more },
  command: ["true"],
});
const refused = [
  { name: "an id", slots: [game("a"), game("a")] },
  { name: "a secret", slots: [game("a"), { ...game("b"), env: { ...game("a").env, MUSTER_PROCESS_ID: "b" } }] },
  { name: "a log", slots: [game("a", { MUSTER_PROCESS_LOG: "/l" }), game("b", { MUSTER_PROCESS_LOG: "/l" })] },
];
for (const { name, slots } of refused) {
  test(`runGames() starts nothing where two games share ${name}`, async () => {
    const own = { unsafeListen: false, env: {}, lifeline: new AbortController().signal };
    await expect(runGames(slots, own)).rejects.toThrow("each has its own");
  });
}

test("each game of one process is its own at the fleet, and ends on its own", async () => {
  const folder = await mkdtemp(join(tmpdir(), "muster-games-"));
  const fleet = createScriptedFleet();
  await using server = await serveGrpc({ bind: "127.0.0.1:0", services: fleet.services });
  const file = join(folder, "games.json");
  const short = { ...game("proc_short"), command: ["/bin/sh", "-c", "exit 3"] };
  const long = { ...game("proc_long", { MUSTER_INCARNATION: "4" }), command: ["sleep", "600"] };
  await writeFile(file, JSON.stringify([short, long]));
  const said: string[] = [];
  const sidecar = startProcess({
    command: [process.execPath, COMMAND, "--games", file],
    env: { PATH: process.env.PATH ?? "", MUSTER_FLEET_ADDRESS: server.address, MUSTER_ORPHAN_GRACE_MS: "0" },
    output: { onLine: (line) => said.push(line) },
    lifeline: true,
  });
  const until = async (isSo: () => boolean) => {
    const gone = sidecar.exited.then(({ how }) => {
      throw new Error(`The sidecar ended with ${how}: ${said.join("\n")}`);
    });
    gone.catch(() => undefined); // Expected once everything has been seen.
    while (!isSo()) await Promise.race([systemClock.sleep(10), gone]);
  };
  const exits = () =>
    fleet.commands.flatMap(({ command }) => (command?.$case === "processExited" ? [command.value.how] : []));
  try {
    await until(() => exits().length === 1 && fleet.hellos.length >= 2);
    expect(exits()).toEqual(["exit 3"]);
    const hellos = fleet.hellos.map(({ processId, incarnation, secret }) => ({ processId, incarnation, secret }));
    expect(hellos).toContainEqual({ processId: "proc_short", incarnation: 1, secret: "secret of proc_short" });
    expect(hellos).toContainEqual({ processId: "proc_long", incarnation: 4, secret: "secret of proc_long" });

    sidecar.signalGroup("SIGTERM");
    expect((await sidecar.exited).how).toBe("exit 3");
    expect(exits()).toEqual(["exit 3", "SIGTERM"]);
  } finally {
    sidecar.signalGroup("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
});
