import type { AddFaultRequest, AddFaultResponse } from "@muster/proto/mockfleet";
import type { FleetApp } from "../fleet-app.ts";
import { readFaultSpec, writeFault } from "./fault-wire.ts";

/** Reasons: the .proto. */
export async function addFault({ faults }: FleetApp, message: AddFaultRequest): Promise<AddFaultResponse> {
  return { fault: writeFault(faults.add(readFaultSpec(message.fault))) };
}
