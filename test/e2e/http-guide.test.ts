// docs/guides/http.md and join-tokens.md on real processes: their calls by curl work, one after the other, and answer what they say.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort, startStack } from "@muster/cli";
import { expect, test } from "vitest";
import { findTriedScript, runTriedScript } from "../guides/tried-script.ts";
import { ROOT } from "../tidy/sources.ts";

const SDK = join(ROOT, "sdk/src/backend/index.ts");
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
      { configurations: [{ name: "casual" }, { name: "duel" }] },
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
    await expectJoinTokens(env.MATCHER, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function idsIn(events: string): readonly string[] {
  return [...events.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? "");
}

/** The guide to join tokens, against the same services. */
async function expectJoinTokens(matcher: string, folder: string): Promise<void> {
  const page = readFileSync(join(ROOT, "docs/guides/join-tokens.md"), "utf8");
  await using running = runTriedScript(findTriedScript(page), { MATCHER: matcher }, folder);
  const { code, out, err } = await running.ended;
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const [keys, first, again] = out
    .trim()
    .replaceAll("}{", "}\n{")
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(keys).toMatchObject({ keys: [{ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" }] });
  expect(first).toMatchObject({ playerId: "ann", ticketId: "j-ann", configuration: "casual" });
  expect(again).toMatchObject({ reason: "JOIN_TOKEN_REDEEMED" });
  const [, script = ""] = /^```js\n([^`]*)```$/m.exec(page) ?? [];
  const path = join(folder, "door.js");
  writeFileSync(path, script.replace("http://127.0.0.1:7411", matcher).replace('"@muster/sdk/backend"', `"${SDK}"`));
  const { admit } = (await import(path)) as { admit: (token: string, matchId: string) => Promise<object> };
  const shown = readFileSync(join(folder, "ticket.json"), "utf8");
  const [, token = ""] = /"joinToken":"([^"]*)"/.exec(shown) ?? [];
  const [, matchId = ""] = /"matchId":"([^"]*)"/.exec(shown) ?? [];
  expect(await admit(token, matchId)).toMatchObject({ playerId: "ann", team: expect.stringMatching(/red|blue/) });
}
