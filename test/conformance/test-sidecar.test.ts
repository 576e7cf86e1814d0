// `@muster/sdk/testing` stands in for a sidecar: it passes what the real one passes, over a network inside the process.
import { driveSidecar, SIDECAR_CHECKS, type SidecarStage, waitFor } from "@muster/cli";
import { createTestSidecar, type TestBattle, type TestSidecar } from "@muster/sdk/testing";
import { expect, test } from "vitest";

const WAIT_MS = 30_000;
const PROCESS_STATES = { STARTING: 1, READY: 2, UNHEALTHY: 3, ENDED: 4 } as const;

function stageOf(sidecar: TestSidecar): SidecarStage {
  const battles = new Map<string, TestBattle>();
  const get = (battleSessionId: string) => {
    const battle = battles.get(battleSessionId);
    if (battle) return battle;
    throw new Error(`there is no battle ${battleSessionId}`);
  };
  return {
    processId: "proc_test",
    matcherCalls: sidecar.matcherCalls,
    async place(players) {
      const spec = { players, capacity: 8, properties: { map: "dust" }, data: "conformance" };
      const battle = await sidecar.startBattleSession(spec);
      battles.set(battle.battleSessionId, battle);
      return battle.battleSessionId;
    },
    async seat(battleSessionId, players) {
      await get(battleSessionId).addPlayers(...players);
    },
    endSession: (battleSessionId) => get(battleSessionId).terminate(),
    describe: async (battleSessionId) => get(battleSessionId).session,
    until: (battleSessionId, fits, withinMs = WAIT_MS) =>
      waitFor(battleSessionId, withinMs, async () => {
        const { session } = get(battleSessionId);
        return fits(session) ? session : undefined;
      }),
    async untilProcess(fits) {
      await waitFor("the process", WAIT_MS, async () => {
        const state = PROCESS_STATES[sidecar.process.state];
        return fits({ state, attached: sidecar.attached }) ? true : undefined;
      });
    },
    goAway: () => sidecar.fleetLeaves(),
    comeBack: () => sidecar.fleetReturns(),
  };
}

test("the sidecar of tests passes every check of conformance", async () => {
  const health = { healthIntervalMs: 200, healthTimeoutMs: 100 };
  await using sidecar = await createTestSidecar({ time: "real", ...health });
  const results = await driveSidecar({ ...sidecar.wire, stage: stageOf(sidecar), ...health });
  expect(results.filter(({ outcome }) => outcome !== "OK")).toEqual([]);
  expect(results.length).toBe(Object.keys(SIDECAR_CHECKS).length);
}, 120_000);
