import type { ProtectionPolicy, ServerSessionId } from "@muster/proto";
import { expect, test } from "vitest";
import type { FleetSpec } from "./fleet-config.ts";
import { createRehearsal } from "./rehearsal.ts";
import { askToTerminate, forceToTerminate } from "./terminate-session.ts";
import { updateSession } from "./update-session.ts";

function scene(fleet: Partial<FleetSpec> = {}, protection?: ProtectionPolicy) {
  const world = createRehearsal({ fleets: [fleet] });
  const { battleSessionId: sessionId, processId } = world.placeActive();
  if (protection) {
    const update = { updateId: "u1", sessionId, protection };
    world.decide((state) => updateSession(state, { update, bodyDigest: "d" }));
  }
  return {
    ...{ world, sessionId, processId },
    ask: (id = sessionId) => world.decide((state, moment) => askToTerminate(state, id, moment)),
    force: (id = sessionId) => world.decide((state, moment) => forceToTerminate(state, id, moment)),
    session: (id = sessionId) => world.state.sessions.get(id)?.battle,
    status: () => world.state.processes.get(processId)?.status,
  };
}

const limited = { policy: "TIME_LIMITED", limitMs: 600_000 } as const;
const rows: readonly {
  readonly name: string;
  readonly fleet: Partial<FleetSpec>;
  readonly protection?: ProtectionPolicy;
  readonly endsAfterMs: number | undefined;
}[] = [
  { name: "that nothing protects", fleet: {}, endsAfterMs: 10_000 },
  { name: "that its fleet protects for a time", fleet: { protection: limited }, endsAfterMs: 600_000 },
  { name: "that its fleet protects", fleet: { protection: { ...limited, policy: "FULL" } }, endsAfterMs: undefined },
  { name: "that says NONE on such a fleet", fleet: { protection: limited }, protection: "NONE", endsAfterMs: 10_000 },
  { name: "that says FULL", fleet: {}, protection: "FULL", endsAfterMs: undefined },
  { name: "that says TIME_LIMITED", fleet: {}, protection: "TIME_LIMITED", endsAfterMs: 3_600_000 },
];
for (const { name, fleet, protection, endsAfterMs } of rows) {
  const until = endsAfterMs === undefined ? "has no deadline" : `is closed after ${endsAfterMs} ms`;
  test(`a session ${name} ${until}, if its game does not end it`, () => {
    const { world, ask, session, status } = scene(fleet, protection);
    ask();
    ask();
    expect(session()?.state).toBe("TERMINATING");
    world.pass((endsAfterMs ?? 7 * 86_400_000) - 1);
    expect([session()?.state, status()?.phase]).toEqual(["TERMINATING", "READY"]);
    world.pass(1);
    const isOver = endsAfterMs !== undefined;
    expect(session()?.state).toBe(isOver ? "TERMINATED" : "TERMINATING");
    expect(status()?.phase).toBe(isOver ? "TERMINATING" : "READY");
  });
}

test("a session that still loads is protected by nothing", () => {
  const world = createRehearsal({ fleets: [{ protection: { ...limited, policy: "FULL" } }] });
  world.readyAll();
  const { battleSessionId } = world.sessionFor(world.place());
  world.decide((state, moment) => askToTerminate(state, battleSessionId, moment));
  world.pass(10_000);
  expect(world.state.sessions.get(battleSessionId)?.battle.state).toBe("TERMINATED");
});

test("by force every session of the process is over at once, once, and the process soon, protected or not", () => {
  const world = createRehearsal();
  world.readyAll(3);
  const ids = [0, 1, 2].map((): ServerSessionId => {
    const { battleSessionId, processId } = world.sessionFor(world.place());
    world.command(processId, { type: "activate-session", sessionId: battleSessionId });
    return battleSessionId;
  });
  const [first, second = first] = ids;
  if (!first || !second) throw new Error("no sessions");
  const update = { updateId: "u1", sessionId: second, protection: "FULL" } as const;
  world.decide((state) => updateSession(state, { update, bodyDigest: "d" }));
  world.decide((state, moment) => forceToTerminate(state, second, moment));
  const battles = ids.map((id) => world.state.sessions.get(id)?.battle);
  expect(battles.map((battle) => battle?.state)).toEqual(["TERMINATED", "TERMINATED", "TERMINATED"]);
  expect(battles.map((battle) => battle?.endCause)).toEqual(["PROCESS_ENDED", "TERMINATED", "PROCESS_ENDED"]);
  const [process] = [...world.state.processes.values()];
  expect(process?.status).toMatchObject({ phase: "TERMINATING", reason: "FORCED", deadlineMs: world.nowMs + 2_000 });
  const facts = world.facts.length;
  world.decide((state, moment) => forceToTerminate(state, second, moment));
  expect(world.facts.length).toBe(facts);
  world.pass(2_000);
  expect(process && world.state.processes.get(process.processId)?.status.phase).toBe("ENDED");
  const ends = world.facts.filter((fact) => fact.type === "session-changed" && fact.change.state === "TERMINATED");
  expect(ends).toHaveLength(3);
});

test("force brings the end of a process forward that was asked before", () => {
  const { world, ask, force, session, status } = scene({}, "FULL");
  ask();
  world.pass(60_000);
  force();
  expect(session()).toMatchObject({ state: "TERMINATED", endCause: "TERMINATED" });
  expect(status()).toMatchObject({ phase: "TERMINATING", deadlineMs: world.nowMs + 2_000 });
});

test("nobody ends a session that there never was", () => {
  const { ask, force } = scene();
  const unknown = "bs_no" as ServerSessionId;
  for (const end of [ask, force]) {
    expect(() => end(unknown)).toThrow(expect.objectContaining({ reason: "SERVER_SESSION_NOT_FOUND" }));
  }
});
