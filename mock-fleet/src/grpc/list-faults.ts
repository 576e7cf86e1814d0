import type { ListFaultsResponse } from "@muster/proto/mockfleet";
import type { FleetApp } from "../fleet-app.ts";
import { writeFault } from "./fault-wire.ts";

export async function listFaults({ faults }: FleetApp): Promise<ListFaultsResponse> {
  return { faults: faults.faults.map(writeFault) };
}
