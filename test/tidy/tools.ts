// Where the programs are that only checks, formatting and generated files need: in tools/, which is no part of `npm ci`, so that
// nobody waits for them who wants to run or test Muster. Whoever asks for them first fetches them.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { ROOT } from "./sources.ts";

const TOOLS = `${ROOT}tools/`;
/** Where they are looked for: of their own, or among all others as a checkout of before has them. */
const PLACES = [TOOLS, ROOT];

/**
 * The environment of a program that runs them, by PATH; they are fetched if they are not there in the versions that tools/package.json
 * names, which takes some seconds, once.
 *
 * @throws {Error} if npm cannot fetch them; it says why itself.
 */
export function environmentWithTools(): Readonly<Record<string, string | undefined>> {
  if (PLACES.every((place) => !hasTools(place))) fetchTools();
  const folders = PLACES.filter(hasTools).map((place) => `${place}node_modules/.bin`);
  // Programs that everybody installs come first from where everybody has them.
  return { ...process.env, PATH: [`${ROOT}node_modules/.bin`, ...folders, process.env.PATH].join(delimiter) };
}

function hasTools(place: string): boolean {
  const { devDependencies } = readManifest(`${TOOLS}package.json`);
  return Object.entries(devDependencies ?? {}).every(
    ([name, version]) => readManifest(`${place}node_modules/${name}/package.json`).version === version,
  );
}

type Manifest = { readonly version?: string; readonly devDependencies?: Readonly<Record<string, string>> };

/** Empty where there is none. */
function readManifest(path: string): Manifest {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
}

function fetchTools(): void {
  console.error("Fetching what checks, formatting and generated files need, once: npm ci --prefix tools");
  const npm = process.env.npm_execpath?.endsWith("npm-cli.js") ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const [program = "", ...args] = [...npm, "ci", "--prefix", TOOLS];
  // Run there as well: the settings of a folder's .npmrc count by where npm runs.
  const { status, error } = spawnSync(program, args, { cwd: TOOLS, stdio: ["ignore", "ignore", "inherit"] });
  if (error) throw error;
  if (status !== 0) throw new Error(`Cannot fetch tools/: npm ended with ${status}`);
}
