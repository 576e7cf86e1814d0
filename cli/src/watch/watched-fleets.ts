// Which folders a set-up's servers are started of, and whom a change there concerns.
import { basename, relative, resolve, sep } from "node:path";
import type { FleetConfig } from "@muster/mock-fleet";

export type WatchedFleet = { readonly name: string; readonly folders: readonly string[] };

/**
 * The fleets that run processes, each with the folders that its programs are started in; with `paths`, all with these instead.
 * Simulated ones are left out.
 */
export function watchedFleets(
  { fleets }: Pick<FleetConfig, "fleets">,
  paths: readonly string[],
): readonly WatchedFleet[] {
  return fleets
    .filter(({ simulated }) => !simulated)
    .map(({ name, builds }) => {
      const started = builds.flatMap(({ launches }) => launches.map(({ cwd }) => resolve(cwd ?? ".")));
      return { name, folders: [...new Set(paths.length > 0 ? paths.map((path) => resolve(path)) : started)] };
    });
}

/** Every folder once, without those that lie in another. */
export function foldersOf(fleets: readonly WatchedFleet[]): readonly string[] {
  const all = [...new Set(fleets.flatMap(({ folders }) => folders))];
  return all.filter((folder) => !all.some((other) => other !== folder && isInside(folder, other)));
}

/** Fleets one of whose folders a changed file lies in. */
export function concerned(fleets: readonly WatchedFleet[], changed: readonly string[]): readonly WatchedFleet[] {
  return fleets.filter(({ folders }) => folders.some((folder) => changed.some((path) => isInside(path, folder))));
}

/** The changed files by their names, as many as fit into a line. */
export function nameChanged(changed: readonly string[]): string {
  const names = [...new Set(changed.map((path) => basename(path)))];
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && resolve(folder, way) === resolve(path);
}
