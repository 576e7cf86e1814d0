// A build takes the place of another. SOFT: old processes end after their sessions, some at a time, as new ones come up, so that
// there is always somebody who takes sessions; a new build that crashes stops it. FORCED: all old ones end at once.
import { MusterError } from "@muster/proto";
import { type Decision, type Moment, unchanged } from "./decision.ts";
import { drainProcess } from "./draining.ts";
import { type FleetSpec, findFleet } from "./fleet-config.ts";
import { controlOf, type RolloutMode, rolloutOf, targetOf } from "./fleet-control.ts";
import type { FleetFact } from "./fleet-fact.ts";
import { CALM_MS, type FleetState } from "./fleet-state.ts";
import type { ServerProcess } from "./process.ts";
import { countsAsKept, entryKey, processesOf } from "./process-index.ts";

/** Of a fleet's processes, how many may be starting anew at a time in a soft rollout. */
const STARTING_RATIO = 0.25;

/** The next old process that ends or drains; none if all are of the build, or it is not time yet. */
export function rollOn(state: FleetState, fleet: FleetSpec, moment: Moment): readonly FleetFact[] {
  const { build, mode } = rolloutOf(state, fleet);
  const { living, keptCount, keptByEntry } = processesOf(state.processIndex, fleet.name);
  const current = build.launches.reduce(
    (sum, { name }) => sum + (keptByEntry.get(entryKey({ build: build.name, launch: name })) ?? 0),
    0,
  );
  if (current === keptCount) return [];
  const kept = [...living.values()].filter(countsAsKept);
  const isOld = (process: ServerProcess) =>
    process.build !== build.name || !build.launches.some(({ name }) => name === process.launch);
  const old = kept.filter(isOld);
  if (mode === "FORCED") return endFirst(state, old, { spares: "NONE", moment });
  const starting = kept.filter((process) => !isOld(process) && process.status.phase === "STARTING").length;
  const startingMax = Math.max(1, Math.floor(targetOf(state, fleet) * STARTING_RATIO));
  const isCalm = moment.nowMs >= (state.crashLoops.get(fleet.name)?.notBeforeMs ?? 0) + CALM_MS;
  if ((state.crashLoops.has(fleet.name) && !isCalm) || starting >= startingMax || keptCount < targetOf(state, fleet))
    return [];
  return endFirst(state, old, { spares: "ALL", moment });
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
