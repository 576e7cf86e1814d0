// `npm run gen`: writes every generated file; with --check, only says which of them are out of date.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { writeEnvironmentPage } from "./page-environment.ts";
import { writeErrorsPage } from "./page-errors.ts";
import { writeRightsPage } from "./page-rights.ts";
import { writeMusterSchema, writePopulationSchema, writeRuleSetSchema } from "./page-schema.ts";
import { shortEnumWords } from "./short-enum-words.ts";
import { listFiles, ROOT } from "./sources.ts";

const checkOnly = process.argv.includes("--check");

function generateContract(): ReadonlyMap<string, string> {
  const out = mkdtempSync(join(tmpdir(), "muster-gen-"));
  try {
    execFileSync("buf", ["generate", "-o", out], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
    const paths = execFileSync("find", ["proto/gen", "-type", "f"], { cwd: out, encoding: "utf8" });
    return new Map(
      paths
        .split("\n")
        .filter((path) => path !== "")
        .map((path) => [path, shortEnumWords(readFileSync(join(out, path), "utf8"))]),
    );
  } finally {
    rmSync(out, { recursive: true });
  }
}

const wanted = new Map([
  ...generateContract(),
  ["docs/reference/errors.md", writeErrorsPage(readFileSync(`${ROOT}proto/src/reasons.ts`, "utf8"))],
  ["docs/reference/environment.md", writeEnvironmentPage()],
  ["docs/reference/rights.md", writeRightsPage()],
  ["docs/reference/muster.schema.json", writeMusterSchema()],
  ["docs/reference/population.schema.json", writePopulationSchema()],
  ["docs/reference/rule-set.schema.json", writeRuleSetSchema()],
]);
const present = new Set([...listFiles(["proto/gen"]), ...listFiles(["docs/reference"])]);

let stale = 0;
for (const [path, content] of wanted) {
  const old = present.has(path) ? readFileSync(ROOT + path, "utf8") : undefined;
  if (old === content) continue;
  stale += 1;
  if (checkOnly) {
    console.log(`${path} is out of date: run npm run gen`);
  } else {
    mkdirSync(dirname(ROOT + path), { recursive: true });
    writeFileSync(ROOT + path, content);
    console.log(`wrote ${path}`);
  }
}
for (const path of present) {
  if (!path.startsWith("proto/gen/") || wanted.has(path)) continue;
  stale += 1;
  if (checkOnly) console.log(`${path} is generated from nothing: run npm run gen`);
  else rmSync(ROOT + path);
}
process.exitCode = checkOnly && stale > 0 ? 1 : 0;
