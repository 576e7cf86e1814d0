// The benchmark `fleet`: what the mock fleet bears, on simulated servers where it takes servers.
import type { BenchOptions, Report } from "../report.ts";
import { measureAttach } from "./attach.ts";
import { measurePlacements } from "./placements.ts";
import { measureSessions } from "./sessions.ts";

/**
 * `placementsPerSecond`: 1v1 battles placed, activated and told, by the stream that matchers use (at least 5,000 on a quiet
 * machine); `placementCpuUs`, the fleet's processor time for each, its battle's end included. Ratio `startPlacement`: calls a second ÷
 * the echo's with 64 in flight (at least 0.6). `sessions100kMb`: resident memory with 100,000 battles of two players, all let
 * in (at most 4,096). `attach10kSeconds`: until 10,000 sidecars that come at once have been welcomed and are ready.
 */
export async function run({ only }: BenchOptions): Promise<Report> {
  const wants = (part: string) => only === undefined || only === part;
  const placements = wants("placements") ? await measurePlacements() : { figures: {}, ratios: {} };
  const attach = wants("attach") ? await measureAttach() : {};
  const sessions = wants("sessions") ? await measureSessions() : {};
  return { name: "fleet", figures: { ...placements.figures, ...attach, ...sessions }, ratios: placements.ratios };
}
