// One process for the games of a host. Each has a whole sidecar in it: its own id, run and secret at the fleet, its own stream,
// address, token and record, so that none can speak for another. What they share is Node, which is most of what a sidecar costs.
import { readEnvironment } from "@muster/kit";
import { sidecarEnvironment } from "./environment.ts";
import { runSidecar, type SidecarRun } from "./run-sidecar.ts";

/** One game: variables in place of the process's own, and what starts it. Without a command it runs already. */
export type GameSlot = {
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
};

export type Arguments = { readonly unsafeListen: boolean; readonly slots: readonly GameSlot[] };

/** Games of one process: what goes wrong with it goes wrong with all of them. */
const GAMES_MAX = 100;
/** What no two games of a process may share. */
const DISTINCT = ["MUSTER_PROCESS_ID", "MUSTER_PROCESS_SECRET", "MUSTER_PROCESS_LOG"] as const;

/**
 * What the command line says: `[--unsafe-listen] [--games FILE | [--] COMMAND …]`.
 *
 * @throws {Error} if the file of games is none.
 */
export function readArguments(args: readonly string[], readFile: (path: string) => string): Arguments {
  const unsafeListen = args[0] === "--unsafe-listen";
  const rest = unsafeListen ? args.slice(1) : args;
  if (rest[0] === "--games") {
    const path = rest[1] ?? "";
    return { unsafeListen, slots: parseGames(readFile(path), path) };
  }
  return { unsafeListen, slots: [{ env: {}, command: rest[0] === "--" ? rest.slice(1) : rest }] };
}

/** @throws {Error} unless `text` is a JSON list of 1 to 100 games, `{ "env": { NAME: text }, "command": [word, …] }`. */
export function parseGames(text: string, path: string): readonly GameSlot[] {
  const cannot = (why: string) => new Error(`Cannot read the games of ${path} as ${why}`);
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw cannot("the file has to be JSON: it is none"); // Without the parser's words: they quote it, and there are secrets in it.
  }
  if (!Array.isArray(list) || list.length < 1 || list.length > GAMES_MAX) {
    throw cannot(`they are a list of 1 to ${GAMES_MAX}: it is ${Array.isArray(list) ? list.length : "no list"}`);
  }
  return list.map((game: unknown, index) => {
    const { env, command = [], ...more } = isObject(game) ? game : { env: undefined };
    const isSlot = isObject(env) && Object.values(env).every(isText) && Array.isArray(command) && command.every(isText);
    if (isSlot && Object.keys(more).length === 0) return { env: env as GameSlot["env"], command };
    throw cannot(`each has "env", texts by name, and may have "command", a list of texts: game ${index + 1} has not`);
  });
}

/**
 * Runs every game until all have ended, each on its own. Resolves with the exit code for this process: the first of the games'
 * that is not 0, 2 for one whose sidecar could not start.
 *
 * @throws {Error} before any game is started: if a variable breaks its rule, or two games are told the same of what is one's own.
 */
export async function runGames(slots: readonly GameSlot[], own: Omit<SidecarRun, "command">): Promise<number> {
  const runs = slots.map(({ env, command }) => ({ ...own, command, env: { ...own.env, ...env } }));
  for (const name of DISTINCT) {
    const told = runs.map(({ env }) => env[name]).filter((value) => value !== undefined);
    if (new Set(told).size === told.length) continue;
    throw new Error(`Cannot run the games as each has its own ${name}: two have the same`);
  }
  const variables = runs.map(({ env }) => readEnvironment(sidecarEnvironment, env));
  // Each listens for signals: what looks like a leak to Node is one listener a game.
  process.setMaxListeners(process.getMaxListeners() + slots.length);
  const codes = await Promise.all(
    runs.map(async (run, index) => {
      try {
        return await runSidecar(run, variables[index] as (typeof variables)[number]);
      } catch (error) {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        return 2;
      }
    }),
  );
  return codes.find((code) => code !== 0) ?? 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
