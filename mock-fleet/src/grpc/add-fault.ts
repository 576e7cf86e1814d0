import type { AddFaultRequest, AddFaultResponse } from "@muster/proto/mockfleet";
import { checkRunsAll } from "../core/project.ts";
import type { FleetApp } from "../fleet-app.ts";
import { readFaultSpec, writeFault } from "./fault-wire.ts";

/** Reasons: the .proto. */
export async function addFault({ faults, viewer }: FleetApp, message: AddFaultRequest): Promise<AddFaultResponse> {
  checkRunsAll(viewer, "add a fault");
  return { fault: writeFault(faults.add(readFaultSpec(message.fault))) };
}
