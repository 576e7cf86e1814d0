// Real processes: what a stopped game and its group look like cannot be played.
import { fileURLToPath } from "node:url";
import { systemClock } from "@muster/kit";
import { type RunningProcess, readProcessStart, startProcess } from "@muster/kit/processes";
import { serveGrpc } from "@muster/proto/grpc";
import { afterEach, expect, test } from "vitest";
import { createScriptedFleet } from "./scripted-fleet.fixture.ts";

const COMMAND = fileURLToPath(new URL("../bin/muster-sidecar.cjs", import.meta.url));
const GAME = fileURLToPath(new URL("./freezing-game.fixture.ts", import.meta.url));

const opened = new AsyncDisposableStack();
afterEach(() => opened.disposeAsync());

/** A sidecar with its game under a fleet that asks often. */
async function start() {
  const fleet = createScriptedFleet({ welcome: { healthIntervalMs: 300, healthTimeoutMs: 2_000, healthMissesMax: 3 } });
  const server = opened.use(await serveGrpc({ bind: "127.0.0.1:0", services: fleet.services }));
  const said: string[] = [];
  const sidecar = startProcess({
    command: [process.execPath, COMMAND, "--", process.execPath, "--conditions=@muster/source", GAME],
    env: {
      PATH: process.env.PATH ?? "",
      MUSTER_FLEET_ADDRESS: server.address,
      MUSTER_PROCESS_ID: "proc_1",
      MUSTER_PROCESS_SECRET: "s3cret",
      MUSTER_SIDECAR_HTTP: "off",
      MUSTER_ORPHAN_GRACE_MS: "0",
    },
    output: { onLine: (line) => said.push(line) },
    lifeline: true,
  });
  opened.defer(() => end(sidecar));
  const gone = sidecar.exited.then(({ how }) => {
    throw new Error(`The sidecar ended with ${how}: ${said.join("\n")}`);
  });
  gone.catch(() => undefined); // Expected once the game has been ended.
  /** The first command of the kind, once it has come. */
  const command = async (kind: string) => {
    for (;;) {
      const found = fleet.commands.find((one) => one.command?.$case === kind)?.command;
      if (found) return found.value;
      await Promise.race([systemClock.sleep(10), gone]);
    }
  };
  const childOfGame = () => Number(said.find((line) => line.startsWith("child "))?.split(" ")[1]);
  return { fleet, sidecar, command, childOfGame };
}

async function end(sidecar: RunningProcess): Promise<void> {
  sidecar.signalGroup("SIGKILL");
  await sidecar.exited;
}

test("a game that stands still is found by its silence, and killed with all of its group", async () => {
  const { fleet, sidecar, command, childOfGame } = await start();
  const { pid } = (await command("processStarted")) as { readonly pid: number };
  await command("processReady");
  process.kill(pid, "SIGSTOP");

  expect(await command("processUnhealthy")).toEqual({
    why: "The game did not answer 3 health checks in a row",
  });
  // It is asked, is sent SIGTERM, and hears neither.
  fleet.send({
    $case: "terminateProcess",
    value: { deadline: new Date(systemClock.wallMs() + 600), reason: "UNHEALTHY" },
  });
  expect((await sidecar.exited).how).toBe("exit 137");
  expect(fleet.commands.at(-1)?.command).toEqual({ $case: "processExited", value: { how: "SIGKILL" } });
  expect(childOfGame()).toBeGreaterThan(0);
  while (readProcessStart(childOfGame()) !== "unknown") await systemClock.sleep(10);
});
