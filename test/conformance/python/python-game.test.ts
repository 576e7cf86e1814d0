// A game in another language lives a whole session against our sidecar, on a client generated from the contract.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { judgeGame, openStage } from "@muster/cli";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateClient, missingOf, PYTHON, PYTHON_TOOLS } from "../../languages/generated-client.ts";
import { startSidecarHere, TOKEN } from "../sidecar-here.ts";

const GAME = fileURLToPath(new URL("game.py", import.meta.url));
const missing = missingOf(PYTHON_TOOLS, "python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc");
if (missing) console.warn(`\n*** SKIPPED: the Python client is not tried against the sidecar: ${missing} ***\n`);

let folder = "";
beforeAll(async () => {
  if (missing) return;
  folder = mkdtempSync(join(tmpdir(), "muster-python-"));
  await generateClient("python", folder);
});
afterAll(() => {
  if (folder !== "") rmSync(folder, { recursive: true });
});

function startGame(address: string, token: string) {
  const env = {
    PATH: process.env.PATH,
    PYTHONDONTWRITEBYTECODE: "1",
    MUSTER_SIDECAR: address,
    MUSTER_SIDECAR_TOKEN: token,
  };
  const child = spawn(PYTHON, [GAME, folder], { env, stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  let err = "";
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const ended = new Promise<{ code: number | null; err: string }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, err }));
  });
  return { lines, ended, [Symbol.asyncDispose]: async () => void child.kill("SIGKILL") };
}

test.skipIf(missing !== undefined)(
  "a Python game lives a whole session against the sidecar",
  async () => {
    await using stage = await openStage({ healthIntervalMs: 200, healthTimeoutMs: 5_000, terminateMs: 4_000 });
    await using sidecar = await startSidecarHere(stage);
    await using game = startGame(sidecar.address, TOKEN);
    const id = await stage.place(["ann", "ben"]);
    const seated =
      (names: string) => (session: { readonly playerSessions: readonly { playerId: string; state: string }[] }) =>
        session.playerSessions.map(({ playerId, state }) => `${playerId} ${state}`).join() === names;
    await stage.until(id, seated("ann ACTIVE,ben ACTIVE"));
    await stage.seat(id, ["cleo"]);
    await stage.until(id, seated("ann ACTIVE,ben ACTIVE,cleo ACTIVE"));
    await stage.seat(id, ["dan"], { leaves: 1 });
    await stage.until(id, ({ customData }) => customData?.currentCount === 4);
    await stage.until(id, seated("ann ACTIVE,ben ACTIVE,cleo ACTIVE"));
    await stage.fleet.terminateServerSession({ battleSessionId: id });
    const { endCause } = await stage.until(id, ({ state }) => state === "TERMINATED");
    expect(endCause).toBe("TERMINATED");
    const gone = stage.shutDown();
    expect(await game.ended).toEqual({ code: 0, err: "" });
    expect(game.lines).toEqual([
      ...["ann", "ben", "cleo", "dan"].map((name) => `accepted ${name} True`),
      "removed dan",
      "ended",
    ]);
    await sidecar[Symbol.asyncDispose]();
    await gone;
  },
  120_000,
);

test.skipIf(missing !== undefined)(
  "the Python game passes every check of a game",
  async () => {
    const started = Promise.withResolvers<AsyncDisposable>();
    const results = await judgeGame({
      ...{ bind: "127.0.0.1:0", token: TOKEN, acceptsPlayers: true },
      onServing: ({ address }) => started.resolve(startGame(address, TOKEN)),
    });
    await (await started.promise)[Symbol.asyncDispose]();
    expect(results.filter(({ outcome }) => outcome !== "OK")).toEqual([]);
  },
  120_000,
);
