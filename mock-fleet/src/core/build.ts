// What a fleet starts: the programs of a build, each with its share of the fleet's processes.
import type { FleetSpec } from "./fleet-config.ts";

export type LaunchSpec = {
  /** Tells it from the other programs of its build. Empty where there is one. */
  readonly name: string;
  /** Program and arguments of the dedicated server. Empty for a simulated fleet. */
  readonly command: readonly string[];
  /** Where it is started. Undefined: where the fleet runs. */
  readonly cwd: string | undefined;
  /** Added to its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Of the processes that the fleet keeps, how many run this; a share where it keeps more or fewer than all shares together. */
  readonly processes: number;
};

export type BuildSpec = {
  /** Empty where the fleet's builds have no names. */
  readonly name: string;
  /** At least one. */
  readonly launches: readonly LaunchSpec[];
};

/** The build that new processes are started of. */
export function currentBuild(fleet: FleetSpec): BuildSpec {
  return fleet.builds.find(({ name }) => name === fleet.build) ?? firstOf(fleet.builds);
}

/** What a process of that build was started as; what the build starts now, if it is no longer there. */
export function launchOf(fleet: FleetSpec, process: { readonly build: string; readonly launch: string }): LaunchSpec {
  const build = fleet.builds.find(({ name }) => name === process.build) ?? currentBuild(fleet);
  return build.launches.find(({ name }) => name === process.launch) ?? firstOf(build.launches);
}

function firstOf<Item>(items: readonly Item[]): Item {
  const [first] = items;
  if (first === undefined) throw new RangeError("a fleet has a build, and a build a program");
  return first;
}
