// docs/guides/configurations.md on real processes: its commands work, and a file that is edited is taken over while it runs.
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openDemoWorld } from "../demo/demo-world.ts";
import { findShellCommands, runInShell } from "../guides/shell-commands.ts";
import { ROOT } from "../tidy/sources.ts";

const guide = readFileSync(join(ROOT, "docs/guides/configurations.md"), "utf8");
const open = () => openDemoWorld(new AbortController().signal, join(ROOT, "test/guides/acceptance.json"));

test("the commands of the guide work, one after the other", async () => {
  await using world = await open();
  const commands = findShellCommands(guide);
  expect(commands.length).toBe(8);
  const { ruleSet } = await world.matcher.configurations.describeRuleSet({ name: "duel" });
  const files = join(world.stack.logFolder, "..");
  await writeFile(join(files, "duel.rules.json"), ruleSet?.document ?? "");
  await writeFile(join(files, "ranked.json"), JSON.stringify({ name: "ranked", ruleSet: "duel", queue: "duels" }));
  const said: string[] = [];
  for (const command of commands) {
    const line = command.replace(/ (\S+\.json)$/, ` ${files}/$1`);
    if (line.startsWith("rules delete")) {
      await world.matcher.configurations.deleteConfiguration({ name: "hasty", expectedVersion: 0 });
    }
    const { code, out, err } = await runInShell(line, ["--matcher", world.stack.matcherAddress]);
    expect({ line, code, err }).toEqual({ line, code: 0, err: "" });
    said.push(out);
  }
  const [list = "", show = "", put = "", , , , putRules = ""] = said;
  expect(list).toMatch(/^ranked +1 +duel +duels$/m);
  expect(JSON.parse(show.slice(show.indexOf("{")))).toMatchObject({ name: "ranked", ruleSet: "duel", queue: "duels" });
  expect(put).toMatch(/^ranked is at version 2$/m);
  expect(putRules).toMatch(/^duel is at version 1$/m); // As it was: no change.
});

test("a running matcher takes over what is legal of an edited muster.json, and keeps the rest as it was", async () => {
  await using world = await open();
  const file = join(world.stack.logFolder, "..", "muster.json");
  const config = JSON.parse(await readFile(file, "utf8"));
  const versionOf = async (name: string) => {
    const { configurations } = await world.matcher.configurations.listConfigurations({});
    return configurations.find((one) => one.name === name)?.version;
  };
  const [ranked, hasty] = config.configurations;
  const configurations = [
    { ...ranked, data: "new" },
    { ...hasty, settleMs: -1 },
  ];
  await writeFile(file, JSON.stringify({ ...config, configurations }));
  await vi.waitFor(async () => expect(await versionOf("ranked")).toBe(2), { timeout: 10_000 });
  const log = join(world.stack.logFolder, "matcher.log");
  await vi.waitFor(async () => expect(await readFile(log, "utf8")).toMatch(/configurations\[1\]\.settleMs/), {
    timeout: 10_000,
  });
  expect(await versionOf("hasty")).toBe(1);
});
