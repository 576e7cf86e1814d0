// The guide to fleets and queues: its files are read as they stand, and its placements go where it says.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { invariant } from "@muster/kit";
import { PRIORITIES, parseFleetConfig } from "@muster/mock-fleet";
import { createFleetWorld, createRehearsal, type FleetWorld, playerToSeat } from "@muster/mock-fleet/testing";
import { expect, test } from "vitest";
import { runHere } from "../examples/run-here.ts";
import { ROOT } from "../tidy/sources.ts";
import { countRuns, readWords } from "./read-commands.ts";

const guide = readFileSync(join(ROOT, "docs/guides/fleets-and-queues.md"), "utf8");
const files = [...guide.matchAll(/^```json\n(?<text>[^`]*)```$/gm)].map(({ groups }) => JSON.parse(groups?.text ?? ""));
const base = {
  fleets: [{ name: "eu", command: ["node", "server.js"] }],
  queues: [{ name: "default", destinations: ["eu"] }],
};
const parse = (sections: object) =>
  parseFleetConfig({ path: "/game/muster.json", directory: "/game", sections: { ...base, ...sections } });

for (const [index, sections] of files.entries()) {
  test(`file ${index + 1} of the guide is one that the fleet reads`, () => {
    expect(parse(sections).queues.length).toBeGreaterThan(0);
  });
}

const CONSOLE = /^```json\n(?<text>[^`]*)```\n\n```console\n(?<console>[^`]*)```$/gm;
const transcripts = [...guide.matchAll(CONSOLE)].map(({ groups }) => groups ?? {});

test("the guide has transcripts", () => expect(transcripts.length).toBeGreaterThan(0));

for (const { text = "", console: typed = "" } of transcripts) {
  const config = parse(JSON.parse(text));
  test(`the guide shows what its commands print on ${config.queues[0]?.name}`, async () => {
    await using world = await createFleetWorld({ config });
    await allReady(world);
    const lines: string[] = [];
    for (const line of typed.trimEnd().split("\n")) {
      const command = /^\$ npx muster (?<words>.*)$/.exec(line)?.groups?.words;
      if (command === undefined) continue;
      lines.push(line, ...(await runHere(readWords(command), { fleetAddress: world.address })));
    }
    expect(lines.join("\n")).toBe(typed.trimEnd());
  });
}

const SHELL = /^npx muster (?<command>\S.*?)(?: {2,}.*)?$/gm;
const commands = [...guide.matchAll(SHELL)].map(({ groups }) => groups?.command ?? "");

test("the guide has commands", () => expect(commands.length).toBeGreaterThan(0));

for (const command of commands) {
  test(`the command line knows \`muster ${command}\``, async () => {
    expect(await countRuns(command)).toBe(1);
  });
}

/** Every server has started: what commands show stands still. */
async function allReady({ fleet }: FleetWorld): Promise<void> {
  for await (const _ of fleet.watchSessions({ owner: "", resumeToken: "" })) {
    const { fleets } = await fleet.describeFleets({});
    if (fleets.every((one) => one.readyProcesses === one.targetProcesses)) return;
  }
}

test("the guide names every priority", () => {
  expect(PRIORITIES.filter((priority) => !guide.includes(`| \`${priority}\` |`))).toEqual([]);
});

const ROW = /^\| (?<players>nobody measures any|[a-z]+-[a-z]+=[^|]*) \| (?<after>[^|]+) \| (?<where>\w+) \|$/gm;
const rows = [...guide.matchAll(ROW)].map(({ groups }) => groups ?? {});

test("the guide has placements", () => expect(rows.length).toBeGreaterThanOrEqual(7));

for (const { players = "", after = "", where } of rows) {
  test(`the guide says where players with ${players} are placed`, () => {
    const { fleets, queues } = parse(files[0]);
    const world = createRehearsal({ fleets, queue: { ...queues[0], name: "queue" } });
    world.readyAll();
    const id = world.place({ players: readPlayers(players) });
    const placed = () => {
      const placement = world.state.placements.get(id);
      const session = placement?.sessionId && world.state.sessions.get(placement.sessionId);
      return placement?.end?.state ?? (session ? session.battle.fleet : undefined);
    };
    const seconds = Number.parseInt(after, 10);
    if (seconds > 0) {
      world.pass(seconds * 1_000 - 1);
      expect(placed()).toBeUndefined();
      world.pass(1);
    }
    expect(placed()).toBe(where);
  });
}

function readPlayers(text: string) {
  return text.split(" · ").map((one, index) => {
    const pairs = [...one.matchAll(/(?<region>[a-z]+-[a-z]+)=(?<ms>\d+)/g)].map(({ groups }) => {
      invariant(groups, "a latency has a region");
      return [groups.region, Number(groups.ms)] as const;
    });
    return { ...playerToSeat(`player ${index}`, index % 2 ? "red" : "blue"), latenciesMs: Object.fromEntries(pairs) };
  });
}
