import { parseId } from "@muster/proto";
import type { RemoveFaultRequest, RemoveFaultResponse } from "@muster/proto/mockfleet";
import { checkRunsAll } from "../core/project.ts";
import type { FleetApp } from "../fleet-app.ts";

/** Reasons: the .proto. */
export async function removeFault(
  { faults, viewer }: FleetApp,
  { faultId }: RemoveFaultRequest,
): Promise<RemoveFaultResponse> {
  checkRunsAll(viewer, "remove a fault");
  faults.remove(parseId("fault_id", faultId));
  return {};
}
