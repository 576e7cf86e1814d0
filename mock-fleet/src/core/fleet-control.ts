// What operators have said of a fleet while it runs, and how large it has made itself. It holds before what muster.json says, over
// restarts too.
import { type BuildSpec, currentBuild } from "./build.ts";
import type { FleetSpec } from "./fleet-config.ts";
import type { FleetState } from "./fleet-state.ts";

/** A fleet that grows and shrinks with what is asked of it. */
export type ElasticSpec = {
  readonly minProcesses: number;
  readonly maxProcesses: number;
  /** Session slots that are kept free and ready: so many, or so many of a hundred slots. */
  readonly reserve:
    | { readonly type: "sessions"; readonly sessions: number }
    | { readonly type: "percent"; readonly percent: number };
  /** After it has grown or shrunk it does not shrink for so long, in ms. */
  readonly cooldownMs: number;
};

export type Scaling =
  | { readonly type: "static"; readonly processes: number }
  | { readonly type: "elastic"; readonly elastic: ElasticSpec };

/** SOFT: old processes end after their sessions. FORCED: at once. */
export const ROLLOUT_MODES = ["SOFT", "FORCED"] as const;
export type RolloutMode = (typeof ROLLOUT_MODES)[number];

export type FleetControl = {
  /** Undefined: as muster.json says. */
  readonly scaling: Scaling | undefined;
  /** How large an elastic fleet is to be. Undefined: it has not been decided yet. */
  readonly target: { readonly processes: number; readonly cooldownUntilMs: number } | undefined;
  /** It takes no sessions, and runs nothing once those that it has are over. */
  readonly isDrained: boolean;
  /** Undefined: the build of muster.json, by SOFT. */
  readonly rollout: { readonly build: string; readonly mode: RolloutMode } | undefined;
};

export const UNCONTROLLED: FleetControl = {
  scaling: undefined,
  target: undefined,
  isDrained: false,
  rollout: undefined,
};

export type Controlled = Pick<FleetState, "controls">;

export function controlOf({ controls }: Controlled, fleet: string): FleetControl {
  return controls.get(fleet) ?? UNCONTROLLED;
}

export function scalingOf(state: Controlled, fleet: FleetSpec): Scaling {
  const { scaling } = controlOf(state, fleet.name);
  if (scaling) return scaling;
  return fleet.elastic ? { type: "elastic", elastic: fleet.elastic } : { type: "static", processes: fleet.processes };
}

/** Processes that the fleet is to keep now. */
export function targetOf(state: Controlled, fleet: FleetSpec): number {
  const { isDrained, target } = controlOf(state, fleet.name);
  if (isDrained) return 0;
  const scaling = scalingOf(state, fleet);
  if (scaling.type === "static") return scaling.processes;
  const { minProcesses, maxProcesses } = scaling.elastic;
  return Math.min(Math.max(target?.processes ?? 0, minProcesses), maxProcesses);
}

/** Whether the fleet runs processes, or will when they are needed. */
export function mayRun(state: Controlled, fleet: FleetSpec): boolean {
  if (controlOf(state, fleet.name).isDrained) return false;
  const scaling = scalingOf(state, fleet);
  return (scaling.type === "static" ? scaling.processes : scaling.elastic.maxProcesses) > 0;
}

/** What new processes of the fleet are started of, and what becomes of those of another build. */
export function rolloutOf(
  state: Controlled,
  fleet: FleetSpec,
): { readonly build: BuildSpec; readonly mode: RolloutMode } {
  const { rollout } = controlOf(state, fleet.name);
  const build = rollout && fleet.builds.find(({ name }) => name === rollout.build);
  return { build: build ?? currentBuild(fleet), mode: (build && rollout?.mode) ?? "SOFT" };
}
