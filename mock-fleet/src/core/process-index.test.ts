// The index is told of every change; what it should be is found again by walking all processes.
import fc from "fast-check";
import { expect, test } from "vitest";
import { isEnded, type ServerProcess } from "./process.ts";
import { processesOf } from "./process-index.ts";
import { createRehearsal, type Rehearsal } from "./rehearsal.ts";

const idsOf = (processes: Iterable<ServerProcess>) => [...processes].map(({ processId }) => processId);

function expectTrueIndex({ state }: Rehearsal): void {
  const processes = [...state.processes.values()].filter((process) => !isEnded(process));
  for (const fleet of ["eu", "us"]) {
    const { living, open } = processesOf(state.processIndex, fleet);
    const ours = processes.filter((process) => process.fleet === fleet);
    expect(idsOf(living.values())).toEqual(idsOf(ours));
    const withRoom = ours.filter(
      ({ status, unreachableSinceMs, sessionIds }) =>
        status.phase === "READY" && unreachableSinceMs === undefined && sessionIds.size < status.concurrentSessions,
    );
    expect(idsOf(open.values()).toSorted()).toEqual(idsOf(withRoom).toSorted());
    for (const process of [...living.values(), ...open.values()]) {
      expect(process).toBe(state.processes.get(process.processId));
    }
  }
  const ports = processes.flatMap(({ address }) => Object.values(address.ports));
  expect(new Set(state.processIndex.takenPorts.keys())).toEqual(new Set(ports));
}

const steps = fc.array(
  fc.record({
    does: fc.constantFrom("place", "end", "exit", "unhealthy", "ready"),
    which: fc.nat(20),
    passMs: fc.nat(2_000),
  }),
  { maxLength: 40 },
);

test("indexProcess() keeps up with whatever becomes of processes", () => {
  fc.assert(
    fc.property(steps, (list) => {
      const world = createRehearsal({
        fleets: [
          { name: "eu", processes: 2 },
          { name: "us", region: "us" },
        ],
      });
      for (const { does, which, passMs } of list) {
        const living = [...world.state.livingProcesses.keys()];
        const processId = living[which % living.length];
        const session = [...world.state.sessions.values()].findLast(({ endedAtMs }) => endedAtMs === undefined);
        if (does === "ready") world.readyAll(2);
        if (does === "place") world.place();
        if (does === "end" && session) {
          const { battleSessionId: sessionId } = session.battle;
          world.command(session.battle.processId, { type: "end-session", sessionId });
        }
        if (does === "exit" && processId) world.command(processId, { type: "process-exited", how: "exit 1" });
        if (does === "unhealthy" && processId) world.command(processId, { type: "process-unhealthy", why: "frozen" });
        world.pass(passMs);
        expectTrueIndex(world);
      }
    }),
    { numRuns: 60 },
  );
});

test("a process that was full is the last of those with room once it has some again", () => {
  const world = createRehearsal({ fleets: [{ processes: 2 }] });
  const [first, second] = world.readyAll().map(({ processId }) => processId);
  const session = world.placeActive();
  expect(session.processId).toBe(first);
  world.command(session.processId, { type: "end-session", sessionId: session.battleSessionId });
  expect([...processesOf(world.state.processIndex, "eu").open.keys()]).toEqual([second, first]);
});
