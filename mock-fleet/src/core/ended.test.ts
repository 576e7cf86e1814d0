import { expect, test } from "vitest";
import { forgetEnded } from "./ended.ts";
import { evolve } from "./evolve.ts";
import { feedEventOf } from "./feed.ts";
import { createFleetState } from "./fleet-state.ts";
import { createRehearsal } from "./rehearsal.ts";

const DAY_MS = 24 * 3_600_000;

test("what ended is forgotten after the time that the configuration says", () => {
  const world = createRehearsal({ settings: { endedKeptMs: 3_600_000 } });
  const session = world.placeActive();
  world.command(session.processId, { type: "process-exited", how: "exit 0" });
  world.pass(3_599_999);
  expect([world.state.sessions.size, world.state.placements.size, world.state.processes.size]).toEqual([1, 1, 2]);
  world.pass(1);
  expect([world.state.sessions.size, world.state.placements.size, world.state.processes.size]).toEqual([0, 0, 1]);
  expect(world.state.sessionBySeat.size).toBe(0);
  expect(world.facts.filter((fact) => fact.type === "forgotten").length).toBe(1);
});

test("a session that lives on keeps its placement, by which its owner is told of it", () => {
  const world = createRehearsal();
  const session = world.placeActive();
  world.pass(3 * DAY_MS);
  expect(world.state.sessions.get(session.battleSessionId)?.battle.state).toBe("ACTIVE");
  expect(world.state.placements.size).toBe(1);
  world.command(session.processId, { type: "end-session", sessionId: session.battleSessionId });
  const last = world.facts.findLast((fact) => fact.type === "session-changed");
  expect(last && feedEventOf(world.state, last)?.owner).toBe("matcher");
  world.pass(DAY_MS - 1);
  expect([world.state.sessions.size, world.state.placements.size]).toEqual([1, 1]);
  world.pass(1);
  expect([world.state.sessions.size, world.state.placements.size]).toEqual([0, 0]);
});

test("what was forgotten before a restart is not forgotten again", () => {
  const world = createRehearsal();
  const session = world.placeActive();
  world.command(session.processId, { type: "process-exited", how: "exit 0" });
  world.pass(2 * DAY_MS);
  const replayed = createFleetState();
  for (const [index, fact] of world.facts.entries()) {
    evolve(replayed, fact, { sequence: index + 1, timeMs: world.timesMs[index] ?? 0 });
  }
  const ended = replayed.ended.takeDue(world.nowMs);
  expect(ended.length).toBe(3);
  expect(forgetEnded(replayed, ended)).toEqual([]);
});
