// What operators say of fleets: wire ↔ core, for the journal too.
import { fieldInvalid, writeEnum } from "@muster/proto";
import * as wire from "@muster/proto/fleet";
import type { SnapshotControl } from "@muster/proto/journal-fleet";
import type { ElasticSpec, FleetControl, RolloutMode, Scaling } from "../core/fleet-control.ts";
import { wholeNumberIn } from "./field.ts";

/** Of one fleet, simulated ones too. */
const PROCESSES_MAX = 100_000;
const RESERVE_PERCENT_MAX = 90;
const COOLDOWN_MS_MAX = 86_400_000;

export function writeScaling(scaling: Scaling): wire.FleetScaling {
  if (scaling.type === "static") return { scaling: { $case: "processes", value: scaling.processes } };
  const { minProcesses, maxProcesses, reserve, cooldownMs } = scaling.elastic;
  const written =
    reserve.type === "sessions"
      ? ({ $case: "reserveSessions", value: reserve.sessions } as const)
      : ({ $case: "reservePercent", value: reserve.percent } as const);
  return { scaling: { $case: "elastic", value: { minProcesses, maxProcesses, reserve: written, cooldownMs } } };
}

/** @throws {MusterError} FIELD_INVALID */
export function readScaling({ scaling }: wire.FleetScaling): Scaling {
  switch (scaling?.$case) {
    case "processes":
      return { type: "static", processes: wholeNumberIn("scaling.processes", scaling.value, 0, PROCESSES_MAX) };
    case "elastic":
      return { type: "elastic", elastic: readElastic(scaling.value) };
    default:
      throw fieldInvalid("scaling", "a number of processes, or elastic", "neither");
  }
}

function readElastic(message: wire.ElasticScaling): ElasticSpec {
  const maxProcesses = wholeNumberIn("scaling.elastic.max_processes", message.maxProcesses, 1, PROCESSES_MAX);
  const { reserve } = message;
  const percent = (value: number) => wholeNumberIn("scaling.elastic.reserve_percent", value, 0, RESERVE_PERCENT_MAX);
  const sessions = (value: number) => wholeNumberIn("scaling.elastic.reserve_sessions", value, 0, PROCESSES_MAX);
  return {
    minProcesses: wholeNumberIn("scaling.elastic.min_processes", message.minProcesses, 0, maxProcesses),
    maxProcesses,
    reserve:
      reserve?.$case === "reservePercent"
        ? { type: "percent", percent: percent(reserve.value) }
        : { type: "sessions", sessions: sessions(reserve?.value ?? 0) },
    cooldownMs: wholeNumberIn("scaling.elastic.cooldown_ms", message.cooldownMs, 0, COOLDOWN_MS_MAX),
  };
}

export function writeRolloutMode(mode: RolloutMode): wire.RolloutMode {
  return writeEnum(wire.RolloutMode, mode);
}

/** @throws {MusterError} FIELD_INVALID */
export function readRolloutMode(mode: wire.RolloutMode): RolloutMode {
  if (mode === wire.RolloutMode.UNSPECIFIED || mode === wire.RolloutMode.SOFT) return "SOFT";
  if (mode === wire.RolloutMode.FORCED) return "FORCED";
  throw fieldInvalid("mode", "SOFT or FORCED", mode);
}

export function writeControl(fleet: string, control: FleetControl): SnapshotControl {
  const { scaling, target, isDrained, rollout } = control;
  return {
    fleet,
    scaling: scaling && writeScaling(scaling),
    target,
    isDrained,
    rollout: rollout && { build: rollout.build, mode: writeRolloutMode(rollout.mode) },
  };
}

export function readControl({ scaling, target, isDrained, rollout }: SnapshotControl): FleetControl {
  return {
    scaling: scaling && readScaling(scaling),
    target,
    isDrained,
    rollout: rollout && { build: rollout.build, mode: readRolloutMode(rollout.mode) },
  };
}
