import { MusterError } from "@muster/proto";
import type { AdvanceClockRequest, AdvanceClockResponse } from "@muster/proto/mockfleet";
import { checkRunsAll } from "../core/project.ts";
import type { FleetApp } from "../fleet-app.ts";
import { wholeNumberIn } from "./field.ts";

const DAY_MS = 86_400_000;

/** Reasons: the .proto. */
export async function advanceClock(
  { time, viewer }: FleetApp,
  { byMs }: AdvanceClockRequest,
): Promise<AdvanceClockResponse> {
  checkRunsAll(viewer, "move the fleet's clock");
  const checkedMs = wholeNumberIn("by_ms", byMs, 0, DAY_MS);
  if (!time) {
    const why = "Cannot move the fleet's clock as it is the machine's: fleetSettings.clock is not virtual";
    throw new MusterError("CLOCK_NOT_VIRTUAL", why);
  }
  if (checkedMs > 0) await time.advance(checkedMs);
  return { passedMs: Math.round(time.passedMs) };
}
