// The guide to hooks: its file is read as it stands, and its module is asked by a matcher's own means.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { ROOT } from "../tidy/sources.ts";

const guide = readFileSync(join(ROOT, "docs/guides/hooks.md"), "utf8");
const [file = "", told = ""] = [...guide.matchAll(/^```json\n([^`]*)```$/gm)].map(([, text]) => text ?? "");
const [source = "", onMatched = ""] = [...guide.matchAll(/^```js\n(.*?)^```$/gms)].map(([, text]) => text ?? "");

test("the file of the guide to hooks is one that the matcher reads", () => {
  const { hooks, configurations } = JSON.parse(file);
  const schema = JSON.parse(readFileSync(join(ROOT, "docs/reference/muster.schema.json"), "utf8"));
  expect(Object.keys(schema.properties)).toContain("hooks");
  const known = Object.keys(schema.properties.configurations.items.properties.hooks.properties);
  expect(known).toEqual(expect.arrayContaining(Object.keys(configurations[0].hooks)));
  for (const { hook } of Object.values<{ hook: string }>(configurations[0].hooks))
    expect(Object.keys(hooks)).toContain(hook);
  for (const key of known) expect(guide).toContain(`hooks.${key}`);
});

test("the module of the guide to hooks answers as the guide says", async () => {
  const folder = mkdtempSync(join(tmpdir(), "muster-hooks-guide-"));
  try {
    mkdirSync(join(folder, "hooks"));
    const path = join(folder, "hooks/gate.mjs");
    writeFileSync(path, source);
    const { beforeTicket } = await import(pathToFileURL(path).href);
    const other = join(folder, "hooks/maps.mjs");
    writeFileSync(other, onMatched);
    const { matched } = await import(pathToFileURL(other).href);
    expect(await matched({ match: { players: [{}, {}] } })).toEqual({
      properties: { map: "dust" },
      sessionName: "Ranked",
    });
    const question = JSON.parse(told);
    expect(await beforeTicket(question)).toEqual({
      players: [{ playerId: "ann", attributes: { mode: "ctf", skill: 1510 } }],
    });
    question.ticket.players[0].playerId = "eve";
    expect(await beforeTicket(question)).toMatchObject({ decision: "REFUSE", code: "BANNED" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
