import type { BattleSession, PlayerSessionId } from "@muster/proto";
import { expect, test } from "vitest";
import { getProcess } from "./process.ts";
import { createRehearsal, type Rehearsal } from "./rehearsal.ts";
import { hostHeard, judgeSilence } from "./silence.ts";

const judge = (world: Rehearsal, session: Pick<BattleSession, "processId">, heardMs: number) =>
  world.act((state, moment) => judgeSilence(state, getProcess(state, session.processId), heardMs, moment));
const hear = (world: Rehearsal, session: BattleSession) =>
  world.act((state, moment) => hostHeard(state, getProcess(state, session.processId), moment));
const now = (world: Rehearsal, session: BattleSession) =>
  world.state.sessions.get(session.battleSessionId)?.battle as BattleSession;

test("silence below the first threshold changes nothing", () => {
  const world = createRehearsal();
  const session = world.placeActive();
  const heardMs = world.nowMs;
  world.pass(14_999);
  judge(world, session, heardMs);
  expect(now(world, session).unreachable).toBe(false);
});

test("past the first threshold reservations stand still, and go on where they stood", () => {
  const world = createRehearsal();
  const session = world.placeActive();
  const heardMs = world.nowMs;
  world.pass(15_000);
  judge(world, session, heardMs);
  expect(now(world, session)).toMatchObject({ unreachable: true, revision: 3, rosterVersion: 3 });
  judge(world, session, heardMs);
  expect(now(world, session).revision).toBe(3);
  world.pass(100_000);
  expect(now(world, session).playerSessions.length).toBe(2);
  hear(world, session);
  expect(now(world, session)).toMatchObject({ unreachable: false, revision: 4, rosterVersion: 4 });
  world.pass(44_999);
  expect(now(world, session).playerSessions.length).toBe(2);
  world.pass(1);
  expect(now(world, session).playerSessions).toEqual([]);
});

test("S-LOSS-NOTICED: past the second threshold the process is fenced and its sessions end once", () => {
  const world = createRehearsal();
  const session = world.placeActive();
  const heardMs = world.nowMs;
  world.pass(15_000);
  judge(world, session, heardMs);
  world.pass(105_000);
  judge(world, session, heardMs);
  judge(world, session, heardMs);
  expect(now(world, session)).toMatchObject({ state: "TERMINATED", endCause: "HOST_LOST", revision: 4 });
  expect(world.state.processes.get(session.processId)?.status).toMatchObject({ phase: "ENDED", reason: "HOST_LOST" });
  const playerSessionId = session.playerSessions[0]?.playerSessionId as PlayerSessionId;
  expect(() => world.command(session.processId, { type: "remove-seat", playerSessionId })).toThrow(
    expect.objectContaining({ reason: "PROCESS_FENCED" }),
  );
});

test("an idle process that nobody supervises is given up at the first threshold and replaced", () => {
  const world = createRehearsal();
  const [process] = world.readyAll();
  if (!process) throw new Error("no process");
  world.act((state, moment) =>
    judgeSilence(state, process, moment.nowMs - 15_000, { ...moment, supervised: new Set() }),
  );
  expect(world.state.livingProcesses.size).toBe(1);
  expect(world.state.livingProcesses.has(process.processId)).toBe(false);
});

test("nothing is placed on an unreachable process", () => {
  const world = createRehearsal();
  const [process] = world.readyAll();
  if (!process) throw new Error("no process");
  const heardMs = world.nowMs;
  world.pass(15_000);
  judge(world, process, heardMs);
  const id = world.place();
  expect(world.state.placements.get(id)?.sessionId).toBeUndefined();
});
