// `npm run gen`: writes every generated file; with --check, only says which of them are out of date.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { shortEnumWords } from "./short-enum-words.ts";
import { listFiles, ROOT } from "./sources.ts";
import { environmentWithTools } from "./tools.ts";

const checkOnly = process.argv.includes("--check");

function generateContract(): ReadonlyMap<string, string> {
  const out = mkdtempSync(join(tmpdir(), "muster-gen-"));
  try {
    execFileSync("buf", ["generate", "-o", out], {
      ...{ cwd: ROOT, env: environmentWithTools() },
      stdio: ["ignore", "ignore", "inherit"],
    });
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

const present = new Set([...listFiles(["proto/gen"]), ...listFiles(["docs/reference"])]);
let stale = 0;

function put(pages: ReadonlyMap<string, string>): void {
  for (const [path, content] of pages) {
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
}

const contract = generateContract();
put(contract);
// Only now: pages are written by our own modules, which may need what was just generated.
const [openapi, environment, errors, limitsPage, rights, schemas, { limits }] = await Promise.all([
  import("./openapi/documents.ts"),
  import("./page-environment.ts"),
  import("./page-errors.ts"),
  import("./page-limits.ts"),
  import("./page-rights.ts"),
  import("./page-schema.ts"),
  import("@muster/proto"),
]);
const reasons = readFileSync(`${ROOT}proto/src/reasons.ts`, "utf8");
const documents = openapi.writeOpenApiDocuments(errors.readMeanings(reasons));
put(documents);
put(
  new Map([
    ["docs/reference/errors.md", errors.writeErrorsPage(reasons)],
    ["docs/reference/environment.md", environment.writeEnvironmentPage()],
    [
      "docs/reference/limits.md",
      limitsPage.writeLimitsPage(readFileSync(`${ROOT}proto/src/limits.ts`, "utf8"), limits),
    ],
    ["docs/reference/rights.md", rights.writeRightsPage()],
    ["docs/reference/muster.schema.json", schemas.writeMusterSchema()],
    ["docs/reference/population.schema.json", schemas.writePopulationSchema()],
    ["docs/reference/rule-set.schema.json", schemas.writeRuleSetSchema()],
  ]),
);
for (const path of present) {
  if (!path.startsWith("proto/gen/") || contract.has(path) || documents.has(path)) continue;
  stale += 1;
  if (checkOnly) console.log(`${path} is generated from nothing: run npm run gen`);
  else rmSync(ROOT + path);
}
process.exitCode = checkOnly && stale > 0 ? 1 : 0;
