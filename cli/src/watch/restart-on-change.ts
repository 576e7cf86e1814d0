// Restarts the servers of a set-up whenever a file changes that they are started of. Matcher and fleet go on, and with them every
// ticket that waits.
import { relative } from "node:path";
import type { Clock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { RestartServersRequest, RestartServersResponse } from "@muster/proto/mockfleet";
import { createChangeCollector, ignoreAbort } from "./collect-changes.ts";
import { isIgnored } from "./is-ignored.ts";
import { createRestlessFiles } from "./restless-files.ts";
import type { FolderWatch } from "./watch-folder.ts";
import { concerned, foldersOf, nameChanged, type WatchedFleet } from "./watched-fleets.ts";

/** What servers hear as the reason of their end. */
export const FILES_CHANGED = "FILES_CHANGED";

export type WatchEvent =
  | { readonly type: "watching"; readonly folders: readonly string[] }
  | {
      readonly type: "restarted";
      readonly fleet: string;
      /** Names of the files. */
      readonly changed: string;
      /** How many of the old end, with how many battles. */
      readonly processes: number;
      readonly battles: number;
    }
  | { readonly type: "problem"; readonly why: string };

export type RestartOptions = {
  readonly fleets: readonly WatchedFleet[];
  /** Files and folders that are somebody else's business, such as muster.json and the journals. */
  readonly except: ReadonlySet<string>;
  /** Names that are left out. */
  readonly ignored: readonly string[];
  readonly graceMs: number;
  readonly clock: Clock;
  readonly watch: (options: FolderWatch) => Promise<Disposable>;
  readonly restart: (request: RestartServersRequest, signal: AbortSignal) => Promise<RestartServersResponse>;
  readonly onEvent: (event: WatchEvent) => void;
};

/** Watches and restarts until `signal` aborts. */
export async function restartOnChange(options: RestartOptions, signal: AbortSignal): Promise<void> {
  const { fleets, except, ignored, graceMs, clock, watch, restart, onEvent } = options;
  const changes = createChangeCollector(clock);
  const restless = createRestlessFiles();
  const onProblem = (why: string) => onEvent({ type: "problem", why });
  using watches = new DisposableStack();
  const folders = foldersOf(fleets);
  for (const folder of folders) {
    const isLeftOut = (path: string) => except.has(path) || isIgnored(relative(folder, path), ignored);
    watches.use(await watch({ folder, isLeftOut, onChange: changes.note, onProblem }));
  }
  onEvent({ type: "watching", folders });

  const restartAfterChanges = async () => {
    while (!signal.aborted) {
      const { counts: changed, new: found } = restless.sift(await changes.next(signal), clock.nowMs());
      for (const path of found) {
        onProblem(
          `Cannot take ${path} for a file of the server as each restart changes it: it restarts nothing any more`,
        );
      }
      for (const { name: fleet } of concerned(fleets, changed)) {
        try {
          const ended = await restart({ fleet, reason: FILES_CHANGED, graceMs }, signal);
          restless.noteRestart(clock.nowMs());
          onEvent({ type: "restarted", fleet, changed: nameChanged(changed), ...ended });
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof MusterError)) throw error;
          onProblem(`Cannot restart fleet ${fleet}: ${error.message}`);
        }
      }
    }
  };
  await restartAfterChanges().catch(ignoreAbort);
}
