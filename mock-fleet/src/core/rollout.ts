// A build takes the place of another. SOFT: some new processes at a time come up beside the old ones, which end after their sessions
// as soon as new ones are ready, so that there is always somebody who takes sessions; a new build that crashes stops it. FORCED: all
// old ones end at once.
import { MusterError } from "@muster/proto";
import { type Decision, type Moment, unchanged } from "./decision.ts";
import { drainProcess } from "./draining.ts";
import { type FleetSpec, findFleet } from "./fleet-config.ts";
import { controlOf, type RolloutMode, rolloutOf, targetOf } from "./fleet-control.ts";
import type { FleetFact } from "./fleet-fact.ts";
import { CALM_MS, type FleetState } from "./fleet-state.ts";
import { launchNext } from "./launching.ts";
import type { ServerProcess } from "./process.ts";
import { countsAsKept, entryKey, processesOf } from "./process-index.ts";

/** Of a fleet's processes, how many may be starting anew at a time in a soft rollout. */
const STARTING_RATIO = 0.25;

/** A rollout as it stands. */
type Progress = {
  readonly mode: RolloutMode;
  /** Kept processes of another build. */
  readonly old: readonly ServerProcess[];
  /** Kept processes of the build that are not ready yet: they stand beside the old ones until they are. */
  readonly starting: number;
};

/** Undefined if every kept process is of the build. */
function progressOf(state: FleetState, fleet: FleetSpec): Progress | undefined {
  const { build, mode } = rolloutOf(state, fleet);
  const { living, keptCount, keptByEntry } = processesOf(state.processIndex, fleet.name);
  const current = build.launches.reduce(
    (sum, { name }) => sum + (keptByEntry.get(entryKey({ build: build.name, launch: name })) ?? 0),
    0,
  );
  if (current === keptCount) return undefined;
  const isOld = (process: ServerProcess) =>
    process.build !== build.name || !build.launches.some(({ name }) => name === process.launch);
  const kept = [...living.values()].filter(countsAsKept);
  const starting = kept.filter((process) => !isOld(process) && process.status.phase === "STARTING").length;
  return { mode, old: kept.filter(isOld), starting };
}

/** Processes that the fleet may have beyond its target, as they are to take the places of old ones when they are ready. */
export function surgeOf(state: FleetState, fleet: FleetSpec): number {
  return progressOf(state, fleet)?.starting ?? 0;
}

/** The next step: a new process beside the old ones, or the end of an old one; none if it is not time for any. */
export function rollOn(state: FleetState, fleet: FleetSpec, moment: Moment): readonly FleetFact[] {
  const progress = progressOf(state, fleet);
  if (!progress) return [];
  const { mode, old, starting } = progress;
  if (mode === "FORCED") return endFirst(state, old, { spares: "NONE", moment });
  const target = targetOf(state, fleet);
  const { keptCount } = processesOf(state.processIndex, fleet.name);
  if (keptCount - starting > target) return endFirst(state, old, { spares: "ALL", moment });
  const startingMax = Math.max(1, Math.floor(target * STARTING_RATIO));
  const isCalm = moment.nowMs >= (state.crashLoops.get(fleet.name)?.notBeforeMs ?? 0) + CALM_MS;
  if (starting >= Math.min(startingMax, old.length) || keptCount < target) return [];
  if (state.crashLoops.has(fleet.name) && !isCalm) return [];
  const launched = launchNext(state, fleet, moment);
  // Without a port for one more an old one has to go first.
  return launched.length > 0 ? launched : endFirst(state, old, { spares: "ALL", moment });
}

/** Those without sessions first. */
function endFirst(
  state: FleetState,
  old: readonly ServerProcess[],
  { spares, moment }: { readonly spares: "ALL" | "NONE"; readonly moment: Moment },
): readonly FleetFact[] {
  for (const process of old.toSorted((a, b) => a.sessionIds.size - b.sessionIds.size)) {
    const facts = drainProcess(state, process, { reason: "BUILD_REPLACED", spares }, moment);
    if (facts.length > 0) return facts;
  }
  return [];
}

/**
 * New processes are started of the build from now on, and it takes the place of others; a repeat changes nothing. `build`
 * undefined: as muster.json says again, softly.
 *
 * @throws {MusterError} FLEET_NOT_FOUND, BUILD_NOT_FOUND.
 */
export function rollOut(
  state: FleetState,
  asked: { readonly fleet: string; readonly build: string | undefined; readonly mode: RolloutMode },
  moment: Moment,
): Decision<undefined> {
  const { build, mode } = asked;
  const fleet = findFleet(moment.config, asked.fleet);
  if (!fleet) {
    throw new MusterError("FLEET_NOT_FOUND", `Cannot roll out a build on fleet ${asked.fleet} as there is none`);
  }
  if (build !== undefined && !fleet.builds.some(({ name }) => name === build)) {
    const present = fleet.builds.map(({ name }) => name || "one without a name").join(", ");
    const why = `Cannot roll out build ${build} on fleet ${fleet.name} as it has none of that name: it has ${present}`;
    throw new MusterError("BUILD_NOT_FOUND", why, { metadata: { build } });
  }
  const rollout = build === undefined ? undefined : { build, mode };
  const { rollout: known } = controlOf(state, fleet.name);
  if (known?.build === rollout?.build && known?.mode === rollout?.mode) return unchanged(undefined);
  return { facts: [{ type: "fleet-build-put", fleet: fleet.name, rollout }], reply: undefined };
}
