import { parseId } from "@muster/proto";
import type { RestartServersRequest, RestartServersResponse } from "@muster/proto/mockfleet";
import { checkRuns } from "../core/project.ts";
import { restartServers as decideRestart } from "../core/restart-servers.ts";
import type { FleetApp } from "../fleet-app.ts";
import { nameIn, wholeNumberIn } from "./field.ts";

const GRACE_MS_MAX = 3_600_000;

/** Reasons: the .proto. */
export async function restartServers(
  { runner, viewer }: FleetApp,
  message: RestartServersRequest,
): Promise<RestartServersResponse> {
  const restart = {
    fleet: parseId("fleet", message.fleet),
    reason: nameIn("reason", message.reason || "RESTARTED"),
    graceMs: wholeNumberIn("grace_ms", message.graceMs, 0, GRACE_MS_MAX),
  };
  checkRuns(viewer, restart.fleet, runner.config);
  return await runner.decide((state, moment) => decideRestart(state, restart, moment));
}
