import { parseId } from "@muster/proto";
import type { RemoveFaultRequest, RemoveFaultResponse } from "@muster/proto/mockfleet";
import type { FleetApp } from "../fleet-app.ts";

/** Reasons: the .proto. */
export async function removeFault({ faults }: FleetApp, { faultId }: RemoveFaultRequest): Promise<RemoveFaultResponse> {
  faults.remove(parseId("fault_id", faultId));
  return {};
}
