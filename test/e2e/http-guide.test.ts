// docs/guides/http.md on real processes: its calls by curl work, one after the other, and answer what it says.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort, startStack } from "@muster/cli";
import { expect, test } from "vitest";
import { findTriedScript, runTriedScript } from "../guides/tried-script.ts";
import { ROOT } from "../tidy/sources.ts";

const guide = readFileSync(join(ROOT, "docs/guides/http.md"), "utf8");

test("the calls of the guide to HTTP work, one after the other", async () => {
  const folder = mkdtempSync(join(tmpdir(), "muster-http-guide-"));
  try {
    await using stack = await startStack({
      ...{ configPath: join(ROOT, "test/guides/http.json"), dataFolder: join(folder, "data"), env: process.env },
      ...{ matcherPort: await findFreePort(), fleetPort: await findFreePort() },
    });
    const env = { MATCHER: `http://${stack.matcherHttpAddress}`, FLEET: `http://${stack.fleetHttpAddress}` };
    await using running = runTriedScript(findTriedScript(guide), env, folder);
    const { code, out, err } = await running.ended;
    expect({ code, err: err.replaceAll(/^curl: \(28\).*\n/gm, "") }).toEqual({ code: 0, err: "" });
    const ticketOf = (ticketId: string) => ({ ticket: { ticketId, state: "SEARCHING" } });
    const assignment = { battleSessionId: expect.stringMatching(/^bs_/), address: { host: expect.any(String) } };
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([
      { configurations: [{ name: "duel" }] },
      ticketOf("t-ann"),
      ticketOf("t-ben"),
      { tickets: [{ ticketId: "t-ann", state: "COMPLETED", assignment }] },
      { sessions: [{ state: "ACTIVE", playerSessions: [expect.anything(), expect.anything()] }] },
      { reason: "TICKET_ALREADY_MATCHED", status: "FAILED_PRECONDITION", metadata: { matchId: expect.any(String) } },
      { reason: "FIELD_INVALID", field: "players[0].latencies_ms.local" },
      { status: "SERVING" },
    ]);
    expect(out).toMatch(/"playerId":"ann","team":"[a-z]+","ticketId":"t-ann","playerSessionId":"ps_/);
    for (const [service, title] of [
      [env.MATCHER, "Muster's matcher"],
      [env.FLEET, "Muster's fleet"],
    ] as const) {
      expect(await (await fetch(`${service}/openapi.json`)).json()).toMatchObject({
        openapi: "3.1.1",
        info: { title },
      });
      expect(await (await fetch(service)).text()).toMatch(/^<!doctype html>/);
    }
    const [heard, again] = ["heard.txt", "again.txt"].map((name) => idsIn(readFileSync(join(folder, name), "utf8")));
    expect(heard?.length).toBeGreaterThan(3);
    expect(again).toEqual(heard?.slice(1));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function idsIn(events: string): readonly string[] {
  return [...events.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? "");
}
