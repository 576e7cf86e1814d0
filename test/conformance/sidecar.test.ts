// Our sidecar does what docs/conformance.md asks of every one.
import { driveSidecar, openStage, SIDECAR_CHECKS } from "@muster/cli";
import { expect, test } from "vitest";
import { startSidecarHere, TOKEN } from "./sidecar-here.ts";
import { spoil } from "./spoilt-sidecar.ts";

test("our sidecar passes every check of a sidecar", async () => {
  const health = { healthIntervalMs: 300, healthTimeoutMs: 2_000 };
  await using stage = await openStage({ ...health, terminateMs: 500 });
  await using sidecar = await startSidecarHere(stage);
  const results = await driveSidecar({ address: sidecar.address, token: TOKEN, stage, ...health });
  const failed = results
    .filter(({ outcome }) => outcome !== "OK")
    .map(({ check, outcome, why }) => ({ check, outcome, why }));
  expect(failed).toEqual([]);
  expect(results).toHaveLength(Object.keys(SIDECAR_CHECKS).length);
}, 120_000);

test("a spoilt sidecar fails the checks of what it does wrong, and no others", async () => {
  const health = { healthIntervalMs: 300, healthTimeoutMs: 2_000 };
  await using stage = await openStage({ ...health, terminateMs: 500 });
  await using sidecar = await startSidecarHere(stage, spoil);
  const results = await driveSidecar({ address: sidecar.address, token: TOKEN, stage, ...health });
  const failed = results.filter(({ outcome }) => outcome !== "OK").map(({ check }) => check);
  expect(failed).toEqual(["TOKEN", "ACCEPT", "POLICY", "DESCRIBE", "CUSTOM_DATA", "BACKFILL", "RESUME", "HEALTH"]);
}, 120_000);
