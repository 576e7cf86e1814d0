// What a machine can watch of the house's rules: who may import whom, where time, chance and I/O may stand, and how files
// are named. A remark made twice in review becomes a line here.
import type { Source } from "./sources.ts";

export type Remark = { readonly path: string; readonly line: number; readonly says: string };

// "what" is looked for in files "where"; whoever finds it there should use "use".
type Ban = { readonly where: RegExp; readonly what: RegExp; readonly use: string };

const CORE = /^(?:rules\/src|[a-z-]+\/src\/(?:core|engine))\/(?!.*\.test\.ts$)/;
const CODE = /^(?!.*\.(?:test|suite)\.ts$)(?!.*\/(?:core|engine)\/).*\/src\//;

const bans: readonly Ban[] = [
  { where: CORE, what: /\bDate\.now\(|\bMath\.random\(|\bnew Date\(\)|\bperformance\.now\(/, use: "nowMs, random" },
  { where: CORE, what: /\bawait\b|\bsetTimeout\(|from "node:/, use: "an effect, carried out by the shell" },
  {
    where: CORE,
    what: /from "@muster\/(?:proto\/|journal|service|sdk|sidecar|matcher|mock-fleet)/,
    use: "plain values",
  },
  { where: CODE, what: /\bDate\.now\(|\bMath\.random\(/, use: "the Clock and Random ports" },
  { where: /\/src\/.+\/index\.ts$/, what: /^/, use: "the file that defines the thing" },
  { where: /\b(?:utils|helpers|common|misc|manager|types)\.ts$/, what: /^/, use: "a name that says what is inside" },
  { where: /\.ts$/, what: /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}/, use: "a handler, or let it pass" },
  { where: /\.ts$/, what: /^\s*(?:export\s+)?(?:const\s+)?enum\s/, use: "an `as const` table" },
  { where: /\.ts$/, what: /\b(?:test|it|describe)\.(?:only|skip|todo|fails)\b/, use: "a test that runs" },
  { where: /\.ts$/, what: /@ts-(?:ignore|nocheck|expect-error)/, use: "types that fit" },
];

// The places where the machine's clock and chance enter, and where they are what is spoken of.
const allowed: readonly { readonly path: RegExp; readonly what: RegExp }[] = [
  { path: /^kit\/src\/clock\.ts$/, what: /Date\.now|performance\.now/ },
  { path: /^proto\/src\/rpc\/grpc-client\.ts$/, what: /Date\.now/ }, // grpc-js takes deadlines as wall-clock times.
  { path: /^examples\//, what: /Date\.now|Math\.random/ }, // An example has no ports of ours.
  { path: /^sdk\/src\/(?:backend|ping|testing)\/index\.ts$/, what: /^/ }, // Public entries of their own.
  { path: /^test\/tidy\//, what: /./ },
];

const ALL_OF_OURS = ["kit", "proto", "journal", "service", "rules", "sdk", "sidecar", "mock-fleet", "matcher", "cli"];

/** Who may import whom (ARCHITECTURE.md, "The map"). Tests may import more: see `extraInTests`. */
const importTable: Readonly<Record<string, readonly string[]>> = {
  kit: [],
  proto: ["kit"],
  journal: ["kit", "proto"],
  service: ["kit", "proto"],
  rules: ["kit", "proto"],
  sdk: ["kit", "proto"],
  sidecar: ["kit", "proto"],
  "mock-fleet": ["kit", "proto", "journal", "service"],
  matcher: ["kit", "proto", "journal", "service", "rules"],
  cli: ALL_OF_OURS,
  test: ALL_OF_OURS,
  bench: ALL_OF_OURS,
};
const EXAMPLES_IMPORT = ["sdk"];
/** What stands in for a sidecar in tests of games is the sidecar. */
const SDK_TESTING = /^sdk\/src\/testing\//;
/** A test may put a part beside its neighbours. */
const extraInTests = ["kit", "proto", "sdk", "sidecar", "journal", "mock-fleet"];

/** Heavy parts that run beside every game, or in a browser, must do without. */
const foreignBans: Readonly<Record<string, RegExp>> = {
  kit: /^(?!node:|@muster\/|\.|vitest|fast-check)/,
  rules: /^(?:node:|@grpc|zod|pino|got)/,
  sidecar: /^(?:pino|zod|got|prom-client)/,
  sdk: /^(?:pino|zod|got|prom-client)/,
};

/** Every remark about the sources, in the order of their paths. */
export function findRemarks(sources: readonly Source[]): readonly Remark[] {
  return sources.flatMap((source) => [...banRemarks(source), ...importRemarks(source)]);
}

function banRemarks(source: Source): readonly Remark[] {
  const remarks: Remark[] = [];
  const lines = source.text.split("\n");
  for (const { where, what, use } of bans) {
    if (!where.test(source.path)) continue;
    if (what.source === "^") {
      if (!allowed.some((one) => one.path.test(source.path) && one.what.source === "^")) {
        remarks.push({ path: source.path, line: 1, says: `use ${use}` });
      }
      continue;
    }
    for (const [index, line] of lines.entries()) {
      const found = what.exec(line.replace(/\/\/.*$/, ""))?.[0];
      if (found === undefined) continue;
      if (allowed.some((one) => one.path.test(source.path) && one.what.test(found))) continue;
      remarks.push({ path: source.path, line: index + 1, says: `"${found.trim()}": use ${use}` });
    }
  }
  return remarks;
}

function importRemarks(source: Source): readonly Remark[] {
  const remark = (says: string): Remark => ({ path: source.path, line: 1, says });
  const isTest = /\.(?:test|suite)\.ts$/.test(source.path);
  const ofPlace = source.place.startsWith("examples/") ? EXAMPLES_IMPORT : importTable[source.place];
  if (!ofPlace) return []; // Files at the root configure tools.
  const own = SDK_TESTING.test(source.path) ? [...ofPlace, "sidecar"] : ofPlace;
  const may = isTest ? [...own, ...extraInTests] : own;
  const remarks: Remark[] = [];
  for (const name of source.imports) {
    const ours = /^@muster\/([a-z-]+)/.exec(name)?.[1];
    if (ours !== undefined && ours !== source.place && !may.includes(ours)) {
      remarks.push(remark(`imports ${name}: ${source.place} may import ${may.join(", ") || "none of ours"}`));
    }
    if (name.startsWith(".") && !/\.(?:ts|json)$/.test(name))
      remarks.push(remark(`imports ${name}: say the extension`));
    const up = name.startsWith("../") && leavesPlace(source, name);
    if (up) remarks.push(remark(`imports ${name}: another package is imported by its name`));
    if (!isTest && foreignBans[source.place]?.test(name)) remarks.push(remark(`imports ${name}: too heavy for here`));
    if (!isTest && source.place !== "proto" && /proto\/gen\//.test(name)) {
      remarks.push(remark(`imports ${name}: generated code has one door, @muster/proto/…`));
    }
  }
  return remarks;
}

function leavesPlace(source: Source, name: string): boolean {
  const depth = source.path.split("/").length - source.place.split("/").length - 1;
  const ups = name.split("/").filter((part) => part === "..").length;
  return ups > depth;
}
