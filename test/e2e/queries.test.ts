// Configurations that match by queries on real processes: tickets by HTTP, by the backend's SDK and by the command, through to seats in a battle.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort, startStack } from "@muster/cli";
import { connectMatcher } from "@muster/sdk/backend";
import { expect, test } from "vitest";
import { ROOT } from "../tidy/sources.ts";
import { muster } from "./muster-command.ts";

test("tickets with queries are matched, placed and told of one another, whoever starts them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "muster-queries-"));
  try {
    await using stack = await startStack({
      ...{ configPath: join(ROOT, "test/guides/queries.json"), dataFolder: join(folder, "data"), env: process.env },
      ...{ matcherPort: await findFreePort(), fleetPort: await findFreePort() },
    });
    await using matcher = connectMatcher({ address: stack.matcherAddress });
    const service = `http://${stack.matcherHttpAddress}/muster.matchmaking.v1.MatchmakingService`;
    const call = async (method: string, body: object) => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${service}/${method}`, { method: "POST", headers, body: JSON.stringify(body) });
      return (await answer.json()) as Record<string, unknown>;
    };

    const ann = {
      ...{ configuration: "arena", ticketId: "t-ann", players: [{ playerId: "ann" }], minCount: 2, maxCount: 2 },
      ...{ query: "+properties.region:eu", stringProperties: { region: "eu" }, numericProperties: { rank: 8 } },
    };
    expect(await call("StartMatching", ann)).toMatchObject({
      ticket: { state: "SEARCHING", query: { query: ann.query, numericProperties: { rank: 8 } } },
    });
    expect(await call("StartMatching", { ...ann, ticketId: "bad", query: "+properties.region:" })).toMatchObject({
      ...{ reason: "QUERY_INVALID", field: "query" },
    });
    const why = await muster(["ticket", "why", "t-ann", "--matcher", stack.matcherAddress]);
    expect(why.out).toMatch(/1 in players/);

    const result = await matcher.match({
      ...{ configuration: "arena", players: [{ playerId: "ben" }], minCount: 2, maxCount: 2 },
      ...{ query: "properties.rank:>=5", stringProperties: { region: "eu" } },
    });
    expect(result).toMatchObject({
      state: "COMPLETED",
      assignment: { battleSessionId: expect.stringMatching(/^bs_/), address: { host: expect.any(String) } },
    });
    expect(await call("DescribeMatchingProgress", { ticketIds: ["t-ann"] })).toMatchObject({
      tickets: [
        {
          state: "COMPLETED",
          assignment: {
            players: [
              {
                playerId: "ann",
                playerSessionId: expect.stringMatching(/^ps_/),
                properties: { numericProperties: { rank: 8 } },
              },
              { playerId: "ben", properties: { stringProperties: { region: "eu" } } },
            ],
          },
        },
      ],
    });

    const properties = ["--properties", '{"mode":"ranked"}', "--min", "2", "--max", "4"];
    const start = ["ticket", "start", "--config-name", "original", "--query", "+properties.mode:ranked", ...properties];
    const commands = [1, 2].map(() => muster([...start, "--json", "--matcher", stack.matcherAddress]));
    for (const { code, out } of await Promise.all(commands)) {
      expect(code).toBe(0);
      const players = [1, 2].map(() =>
        expect.objectContaining({ properties: expect.objectContaining({ stringProperties: { mode: "ranked" } }) }),
      );
      expect(JSON.parse(out)).toMatchObject({ state: "COMPLETED", assignment: { players } });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
