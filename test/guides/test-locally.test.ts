// The guide to testing locally: its files are read as they stand, its commands print what it shows, its script runs, and it
// leaves out no fault and no number of a behaviour.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFleetConfig, type SimulatedScript } from "@muster/mock-fleet";
import { createFleetWorld, player } from "@muster/mock-fleet/testing";
import { FaultKind } from "@muster/proto/mockfleet";
import { expect, test } from "vitest";
import { runHere } from "../examples/run-here.ts";
import { ROOT } from "../tidy/sources.ts";

const guide = readFileSync(join(ROOT, "docs/guides/test-locally.md"), "utf8");
const files = [...guide.matchAll(/^```json\n(?<text>[^`]*)```$/gm)].map(({ groups }) => JSON.parse(groups?.text ?? ""));
const parse = (sections: Parameters<typeof parseFleetConfig>[0]["sections"]) =>
  parseFleetConfig({ path: "/game/muster.json", directory: "/game", sections });

test("the guide has files", () => expect(files.length).toBeGreaterThanOrEqual(2));

for (const [index, sections] of files.entries()) {
  test(`file ${index + 1} of the guide to testing is one that the fleet reads`, () => {
    expect(parse(sections).fleets.length).toBeGreaterThan(0);
  });
}

const CONSOLE = /^```json\n(?<text>[^`]*)```\n\n```console\n(?<console>[^`]*)```$/gm;
const transcripts = [...guide.matchAll(CONSOLE)].map(({ groups }) => groups ?? {});

test("the guide has transcripts", () => expect(transcripts.length).toBeGreaterThan(0));

for (const { text = "", console: typed = "" } of transcripts) {
  const [firstLine = ""] = typed.split("\n");
  test(`the guide shows what \`${firstLine.slice(2)}\` and what follows prints`, async () => {
    await using world = await createFleetWorld({ config: parse(JSON.parse(text)) });
    const lines: string[] = [];
    for (const line of typed.trimEnd().split("\n")) {
      if (!line.startsWith("$ npx muster ")) continue;
      const words = line.slice("$ npx muster ".length).split(" ");
      lines.push(line, ...(await runHere(words, { fleetAddress: world.address })));
    }
    expect(lines.join("\n")).toBe(typed.trimEnd());
  });
}

test("the guide names every fault", () => {
  const kinds = Object.keys(FaultKind).filter((word) => !["UNSPECIFIED", "UNRECOGNIZED"].includes(word));
  expect(kinds.filter((kind) => !guide.includes(`| \`${kind}\` |`))).toEqual([]);
});

test("the guide names every number of a behaviour", () => {
  const schema = JSON.parse(readFileSync(join(ROOT, "docs/reference/muster.schema.json"), "utf8"));
  const keys = Object.keys(schema.properties.fleets.items.properties.simulated.properties);
  expect(keys.length).toBeGreaterThan(10);
  expect(keys.filter((key) => !guide.includes(`| \`${key}\` |`))).toEqual([]);
});

test("the guide's script plays a battle", async () => {
  const [, source = ""] = /^```js\n([^`]*)```$/m.exec(guide) ?? [];
  const url = `data:text/javascript,${encodeURIComponent(source)}`;
  const { default: script } = (await import(url)) as { default: SimulatedScript };
  const [file] = files;
  const path = join("/game", "bots.js");
  const fleet = { ...file.fleets[1], simulated: { script: "./bots.js" } };
  await using world = await createFleetWorld({
    config: parse({ fleets: [fleet], queues: [{ name: "default", destinations: ["us"] }] }),
    simulation: { scripts: new Map([[path, script]]), network: { connect: () => expect.unreachable() }, matchers: [] },
  });
  const { battleSessionId } = await world.place({ players: [player("anna", "red")] });
  const session = await world.seeSession(battleSessionId, ({ playerSessions }) =>
    playerSessions.every(({ state }) => state === "ACTIVE"),
  );
  expect(session.playerSessions).toHaveLength(1);
});
