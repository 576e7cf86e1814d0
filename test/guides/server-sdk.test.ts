// The guide to servers shows calls that work: its life by curl is lived against a real sidecar.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStage } from "@muster/cli";
import { expect, test } from "vitest";
import { startSidecarHere, TOKEN } from "../conformance/sidecar-here.ts";
import { ROOT } from "../tidy/sources.ts";
import { findTriedScript, runTriedScript } from "./tried-script.ts";

const guide = readFileSync(join(ROOT, "docs/guides/server-sdk.md"), "utf8");

test("the guide's life by curl is lived", async () => {
  const folder = mkdtempSync(join(tmpdir(), "muster-curl-"));
  try {
    await using stage = await openStage({ terminateMs: 200 });
    await using sidecar = await startSidecarHere(stage);
    await using running = runTriedScript(
      findTriedScript(guide),
      { MUSTER_SIDECAR_HTTP: sidecar.httpAddress, MUSTER_SIDECAR_TOKEN: TOKEN },
      folder,
    );
    const id = await stage.place(["ann"]);
    const { code, out, err } = await running.ended;
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const answers = out.split("\n").filter((line) => line.startsWith("{"));
    expect(answers.map((line) => JSON.parse(line) as object)).toMatchObject([
      {},
      {},
      { battleSessionId: id, playerSession: { playerId: "ann", state: "ACTIVE" } },
      { playerSessions: [{ battleSessionId: id, playerSession: { playerId: "ann", state: "ACTIVE" } }] },
      {},
      {},
      { reason: "PLAYER_SESSION_ENDED", retry: "never" },
      {},
      {},
    ]);
    const ended = await stage.until(id, ({ state }) => state === "TERMINATED");
    expect(ended).toMatchObject({ endCause: "GAME_ENDED", customData: { currentCount: 3, maxCount: 30 } });
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
