// `muster dev --watch`: what of the running set-up is watched, read from its file as it was started.
import { resolve } from "node:path";
import type { Clock } from "@muster/kit";
import { parseFleetConfig } from "@muster/mock-fleet";
import { type MusterFile, readMusterFile } from "@muster/service";
import { connectFleet } from "../contract/connection.ts";
import { IGNORED_DEFAULT } from "./is-ignored.ts";
import { restartOnChange, type WatchEvent } from "./restart-on-change.ts";
import { watchFolder } from "./watch-folder.ts";
import { watchedFleets } from "./watched-fleets.ts";

export type WatchStackOptions = {
  readonly configPath: string;
  readonly dataFolder: string;
  readonly fleetAddress: string;
  /** Watched instead of the folders that servers are started in. Empty: those. */
  readonly paths: readonly string[];
  /** Names that are left out beside the usual. */
  readonly ignored: readonly string[];
  /** How long battles may go on, in ms. */
  readonly graceMs: number;
  readonly clock: Clock;
  readonly onEvent: (event: WatchEvent) => void;
};

/** Restarts servers on changes until `signal` aborts. */
export async function watchStack(options: WatchStackOptions, signal: AbortSignal): Promise<void> {
  const { configPath, dataFolder, fleetAddress, paths, ignored, graceMs, clock, onEvent } = options;
  const file = await readMusterFile(configPath);
  const fleets = watchedFleets(parseFleetConfig(file), paths);
  await using connection = connectFleet(fleetAddress);
  await restartOnChange(
    {
      ...{ fleets, graceMs, clock, onEvent },
      except: new Set([file.path, dataFolder, ...ruleSetFiles(file)]),
      ignored: [...IGNORED_DEFAULT, ...ignored],
      watch: watchFolder,
      restart: (request, stop) => connection.mock.restartServers(request, { signal: stop }),
    },
    signal,
  );
}

/** The matcher takes these over by itself. */
function ruleSetFiles({ sections, directory }: MusterFile): readonly string[] {
  const ruleSets: unknown = sections.ruleSets;
  if (typeof ruleSets !== "object" || ruleSets === null) return [];
  return Object.values(ruleSets)
    .filter((one): one is string => typeof one === "string")
    .map((path) => resolve(directory, path));
}
