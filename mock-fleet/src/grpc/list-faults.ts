import type { ListFaultsResponse } from "@muster/proto/mockfleet";
import { checkRunsAll } from "../core/project.ts";
import type { FleetApp } from "../fleet-app.ts";
import { writeFault } from "./fault-wire.ts";

export async function listFaults({ faults, viewer }: FleetApp): Promise<ListFaultsResponse> {
  checkRunsAll(viewer, "list faults");
  return { faults: faults.faults.map(writeFault) };
}
