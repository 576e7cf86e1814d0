// The servers of examples/languages each live a whole session against our sidecar, where the tools to build them are: they let in who
// presents a seat, turn away who does not, free the seat of who hangs up, and end battle and process when they are told to.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findFreePort, openStage } from "@muster/cli";
import { systemClock } from "@muster/kit";
import { expect, test } from "vitest";
import { startSidecarHere, TOKEN } from "../conformance/sidecar-here.ts";
import { ROOT } from "../tidy/sources.ts";
import { missingOf } from "./generated-client.ts";
import { languages } from "./languages.ts";

const BUILD_AND_LIVE_MS = 300_000;
const LOOK_MS = 50;

const godot = {
  name: "Godot",
  page: "docs/guides/languages/godot.md",
  source: "examples/languages/godot/muster_server.gd",
};
test.each([...languages, godot])("the page of $name shows its server to the letter", ({ page, source }) => {
  expect(readFileSync(join(ROOT, page), "utf8")).toContain(readFileSync(join(ROOT, source), "utf8"));
});

/** Says a line to the server, as soon as it listens; resolves with the answer. */
async function say(port: number, line: string): Promise<{ readonly socket: Socket; readonly heard: string }> {
  for (;;) {
    const socket = connect({ host: "127.0.0.1", port });
    try {
      await once(socket, "connect");
    } catch {
      // It is still on its way: the process's end, and the test's time, bound this.
      await systemClock.sleep(LOOK_MS);
      continue;
    }
    socket.write(`${line}\n`);
    const [heard] = await once(createInterface({ input: socket }), "line");
    return { socket, heard };
  }
}

for (const language of languages) {
  const missing = missingOf(language.tools, language.packages);
  if (missing) console.warn(`\n*** SKIPPED: the server in ${language.name} is not tried: ${missing} ***\n`);
  test.skipIf(missing !== undefined)(
    `a server in ${language.name} lives a whole session against the sidecar`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "muster-language-"));
      await using ends = new AsyncDisposableStack();
      ends.defer(() => rmSync(folder, { recursive: true, force: true }));
      const [program = "", ...args] = await language.build(folder);
      const stage = ends.use(await openStage({ healthIntervalMs: 200, healthTimeoutMs: 5_000, terminateMs: 4_000 }));
      const sidecar = ends.use(await startSidecarHere(stage));
      const port = await findFreePort();
      const env = {
        PATH: process.env.PATH,
        PYTHONDONTWRITEBYTECODE: "1",
        MUSTER_SIDECAR: sidecar.address,
        MUSTER_SIDECAR_HTTP: sidecar.httpAddress,
        MUSTER_SIDECAR_TOKEN: TOKEN,
        MUSTER_PORT: String(port),
      };
      const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
      ends.defer(() => void child.kill("SIGKILL"));
      let err = "";
      child.stderr.on("data", (chunk) => {
        err += chunk;
      });
      const ended = once(child, "close").then(([code]) => ({ code, err }));

      const id = await stage.place(["ann", "ben"]);
      const { playerSessions } = await stage.until(id, ({ state }) => state === "ACTIVE");
      const seatOf = (name: string) => playerSessions.find(({ playerId }) => playerId === name)?.playerSessionId ?? "";
      const ann = await say(port, seatOf("ann"));
      const ben = await say(port, seatOf("ben"));
      const stranger = await say(port, `ps_${"0".repeat(26)}`);
      expect([ann.heard, ben.heard, stranger.heard]).toEqual([
        "welcome ann",
        "welcome ben",
        "sorry: PLAYER_SESSION_NOT_FOUND",
      ]);
      for (const { socket } of [ann, ben, stranger]) ends.defer(() => void socket.destroy());
      ann.socket.end();
      await stage.until(
        id,
        (session) =>
          session.playerSessions.map(({ playerId, state }) => `${playerId} ${state}`).join() === "ben ACTIVE",
      );
      await stage.endSession(id);
      const { endCause } = await stage.until(id, ({ state }) => state === "TERMINATED");
      expect(endCause).toBe("TERMINATED");
      ben.socket.end();
      const gone = stage.shutDown();
      expect((await ended).code, err).toBe(0);
      await sidecar[Symbol.asyncDispose]();
      await gone;
    },
    BUILD_AND_LIVE_MS,
  );
}
