// What a fleet of muster.json starts: a command, several, or builds that each have one or several.
import { resolve } from "node:path";
import { z } from "zod";
import type { BuildSpec, LaunchSpec } from "./core/build.ts";

const name = z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/, "1 to 128 of A-Z a-z 0-9 _ . : -");

/** Program and arguments of the dedicated server. */
export const commandSchema = z.array(z.string()).min(1);
const env = z.record(z.string(), z.string());

export const launchSchema = z.strictObject({
  name: name.describe("Tells it from the other launches"),
  command: commandSchema,
  cwd: z.string().optional().describe("Relative to muster.json. Default: the fleet's"),
  env: env.default({}).describe("Added to the fleet's"),
  processes: z.int().min(1).max(1_000).default(1).describe("How many of the fleet's processes run this"),
});
export const launchesSchema = z.array(launchSchema).min(1).max(50);

export const buildSchema = z
  .strictObject({
    name,
    command: commandSchema.optional(),
    launches: launchesSchema.optional(),
    cwd: z.string().optional().describe("Relative to muster.json. Default: the fleet's"),
    env: env.default({}).describe("Added to the fleet's"),
  })
  .refine(
    ({ command, launches }) => (command === undefined) !== (launches === undefined),
    "either command or launches",
  );
export const buildsSchema = z.array(buildSchema).min(1).max(50);

/** The parts of a fleet that say what it starts. */
export type Programs = {
  readonly command?: readonly string[] | undefined;
  readonly launches?: z.output<typeof launchesSchema> | undefined;
  readonly builds?: z.output<typeof buildsSchema> | undefined;
  readonly build?: string | undefined;
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly processes?: number | undefined;
};

/** The fleet's builds in the core's words. `directory` is where muster.json is. */
export function readBuilds(fleet: Programs, directory: string): readonly BuildSpec[] {
  const { builds, build = "" } = fleet;
  if (!builds) return [{ name: build, launches: readLaunches(fleet, directory) }];
  return builds.map((one) => ({
    name: one.name,
    launches: readLaunches(
      { ...one, cwd: one.cwd ?? fleet.cwd, env: { ...fleet.env, ...one.env }, processes: fleet.processes },
      directory,
    ),
  }));
}

function readLaunches(
  { command = [], launches, cwd, env, processes }: Programs,
  directory: string,
): readonly LaunchSpec[] {
  const folder = (path: string | undefined) => resolve(directory, path ?? ".");
  if (!launches) return [{ name: "", command, cwd: folder(cwd), env, processes: Math.max(processes ?? 1, 1) }];
  return launches.map((launch) => ({
    name: launch.name,
    command: launch.command,
    cwd: folder(launch.cwd ?? cwd),
    env: { ...env, ...launch.env },
    processes: launch.processes,
  }));
}

/** Processes of all launches together. */
export function countProcesses({ launches }: BuildSpec): number {
  return launches.reduce((sum, { processes }) => sum + processes, 0);
}
