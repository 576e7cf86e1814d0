import {
  type Backfill,
  type BackfillId,
  type BattleSession,
  MusterError,
  type PlayerSessionId,
  type Reason,
  type ServerSessionId,
} from "@muster/proto";
import { expect, test } from "vitest";
import { applyFill, type Fill } from "./fill.ts";
import { getProcess } from "./process.ts";
import { createRehearsal, playerToSeat, type Rehearsal } from "./rehearsal.ts";
import { hostHeard, judgeSilence } from "./silence.ts";
import { askToTerminate } from "./terminate-session.ts";
import { updateSession } from "./update-session.ts";

const backfill: Backfill = {
  backfillId: "bf_1" as BackfillId,
  state: "SEARCHING",
  strategy: "MAX_POSSIBLE",
  addPlayers: {},
  progress: [{ team: "red", have: 1, reserved: 1, goal: 2 }],
  cause: undefined,
  noLegalFill: false,
};

type Scene = { readonly world: Rehearsal; readonly session: BattleSession };

function scene(): Scene {
  const world = createRehearsal();
  return { world, session: world.placeActive() };
}

const now = ({ world, session }: Scene): BattleSession =>
  world.state.sessions.get(session.battleSessionId)?.battle as BattleSession;

function fill(at: Scene, parts: Partial<Fill> = {}, bodyDigest = "digest"): BattleSession {
  const asked: Fill = {
    fillId: "fill_1",
    sessionId: at.session.battleSessionId,
    expectedRosterVersion: now(at).rosterVersion,
    newcomers: [playerToSeat("cleo", "red")],
    backfill,
    toleratesLeavers: false,
    ...parts,
  };
  const check = () => undefined;
  const outcome = at.world.decide((state, moment) => applyFill(state, { fill: asked, bodyDigest, check }, moment));
  if (outcome.type === "filled") return outcome.battle;
  throw new MusterError(outcome.refusal.reason, outcome.refusal.message, { metadata: outcome.refusal.metadata });
}

const removeSeat = (at: Scene, index: number) => {
  const playerSessionId = at.session.playerSessions[index]?.playerSessionId as PlayerSessionId;
  at.world.command(at.session.processId, { type: "remove-seat", playerSessionId });
};
const setPolicy = (at: Scene, creationPolicy: "ACCEPT_ALL" | "DENY_ALL") =>
  at.world.command(at.session.processId, {
    type: "change-creation-policy",
    sessionId: at.session.battleSessionId,
    creationPolicy,
  });

test("applyFill() seats newcomers and writes the backfill in one change", () => {
  const at = scene();
  const after = fill(at);
  expect(after).toEqual(now(at));
  expect(after).toMatchObject({ revision: 3, rosterVersion: 3, backfill });
  expect(after.playerSessions.at(-1)).toMatchObject({ playerId: "cleo", team: "red", state: "RESERVED" });
});

test("a repeated fill is answered as the first time, whatever happened since", () => {
  const at = scene();
  const first = fill(at, { expectedRosterVersion: 2 });
  removeSeat(at, 0);
  expect(fill(at, { expectedRosterVersion: 2 })).toEqual(first);
  expect(now(at).playerSessions.length).toBe(2);
  expect(() => fill(at, {}, "other body")).toThrow(expect.objectContaining({ reason: "ID_REUSED" }));
});

const refused: readonly {
  name: string;
  before?: (at: Scene) => void;
  fill?: Partial<Fill>;
  reason: Reason;
  metadata?: object;
}[] = [
  {
    name: "an unknown session",
    fill: { sessionId: "bs_unknown" as ServerSessionId },
    reason: "SERVER_SESSION_NOT_FOUND",
  },
  {
    name: "a session that is over",
    before: ({ world, session }) =>
      world.command(session.processId, { type: "end-session", sessionId: session.battleSessionId }),
    reason: "SESSION_NOT_ACTIVE",
  },
  { name: "a session that denies all", before: (at) => setPolicy(at, "DENY_ALL"), reason: "SESSION_CLOSED_TO_PLAYERS" },
  {
    name: "a process that is ending",
    before: ({ world, session }) => world.command(session.processId, { type: "process-unhealthy", why: "hangs" }),
    reason: "SESSION_NOT_ACTIVE",
  },
  {
    name: "a stale roster version",
    before: (at) => removeSeat(at, 0),
    fill: { expectedRosterVersion: 2 },
    reason: "ROSTER_VERSION_STALE",
    metadata: { rosterVersion: "3" },
  },
  {
    name: "a roster version of the future",
    fill: { expectedRosterVersion: 9, toleratesLeavers: true },
    reason: "ROSTER_VERSION_STALE",
  },
  {
    name: "a player who is seated",
    fill: { newcomers: [playerToSeat("anna", "blue")] },
    reason: "PLAYER_ALREADY_SEATED",
  },
  { name: "an unknown team", fill: { newcomers: [playerToSeat("cleo", "green")] }, reason: "TEAM_UNKNOWN" },
  { name: "no team where there are teams", fill: { newcomers: [playerToSeat("cleo")] }, reason: "TEAM_UNKNOWN" },
  {
    name: "more players than a team holds",
    fill: { newcomers: [playerToSeat("cleo", "red"), playerToSeat("dana", "red")] },
    reason: "SESSION_FULL",
    metadata: { capacity: "2", used: "1" },
  },
];
for (const { name, before, fill: parts, reason, metadata } of refused) {
  test(`applyFill() refuses ${name} and changes nothing`, () => {
    const at = scene();
    before?.(at);
    const session = now(at);
    expect(() => fill(at, parts)).toThrow(expect.objectContaining({ reason, ...(metadata ? { metadata } : {}) }));
    expect(now(at)).toBe(session);
  });
}

const passing = [
  {
    name: "a seat falls free",
    full: { newcomers: [playerToSeat("cleo", "red"), playerToSeat("dana", "red")], toleratesLeavers: true },
    pass: (at: Scene) => removeSeat(at, 0),
  },
  {
    name: "its player leaves",
    full: { newcomers: [playerToSeat("anna", "red")], toleratesLeavers: true },
    pass: (at: Scene) => removeSeat(at, 0),
  },
];
for (const { name, full, pass } of passing) {
  test(`M-DISJOINT: a fill that was refused stays refused after ${name}: its tickets are elsewhere by then`, () => {
    const at = scene();
    const again = { expectedRosterVersion: 2, ...full };
    expect(() => fill(at, again)).toThrow(MusterError);
    pass(at);
    const session = now(at);
    expect(() => fill(at, again)).toThrow(MusterError);
    expect(() => fill(at, again, "another body")).toThrow(expect.objectContaining({ reason: "ID_REUSED" }));
    expect(now(at)).toBe(session);
    expect(fill(at, { ...again, fillId: "fill_2", expectedRosterVersion: session.rosterVersion })).toEqual(now(at));
  });
}

test("S-CAPACITY: a fill beyond the session's capacity is refused even where the teams have room", () => {
  const world = createRehearsal();
  const at = { world, session: world.placeActive({ capacity: 3 }) };
  fill(at);
  expect(() => fill(at, { fillId: "fill_2", newcomers: [playerToSeat("dana", "blue")] })).toThrow(
    expect.objectContaining({ reason: "SESSION_FULL", metadata: { capacity: "3", used: "3" } }),
  );
});

test("a fill that tolerates leavers goes through as long as no seat was added since", () => {
  const at = scene();
  removeSeat(at, 0);
  fill(at, { expectedRosterVersion: 2, toleratesLeavers: true });
  expect(() =>
    fill(at, {
      fillId: "fill_2",
      newcomers: [playerToSeat("dana", "red")],
      expectedRosterVersion: 3,
      toleratesLeavers: true,
    }),
  ).toThrow(expect.objectContaining({ reason: "ROSTER_VERSION_STALE" }));
});

const closings: readonly { name: string; close: (at: Scene) => void; open: (at: Scene) => void }[] = [
  {
    name: "denies all",
    close: (at) => setPolicy(at, "DENY_ALL"),
    open: (at) => setPolicy(at, "ACCEPT_ALL"),
  },
  {
    name: "has a silent host",
    close: ({ world, session: { processId } }) =>
      world.act((state, moment) => {
        const heardMs = moment.nowMs - moment.config.settings.hostSilentAfterMs;
        return judgeSilence(state, getProcess(state, processId), heardMs, moment);
      }),
    open: ({ world, session: { processId } }) =>
      world.act((state, moment) => hostHeard(state, getProcess(state, processId), moment)),
  },
];
for (const { name, close, open } of closings) {
  test(`M-DISJOINT: a fill that was refused as the session ${name} is refused when it comes again, late`, () => {
    const at = scene();
    const late = { expectedRosterVersion: now(at).rosterVersion, toleratesLeavers: true };
    close(at);
    expect(() => fill(at, late)).toThrow(expect.objectContaining({ reason: "SESSION_CLOSED_TO_PLAYERS" }));
    // By now its tickets may be in another battle.
    open(at);
    expect(() => fill(at, late)).toThrow(expect.objectContaining({ reason: "SESSION_CLOSED_TO_PLAYERS" }));
    expect(() => fill(at, { ...late, fillId: "fill_2" })).toThrow(
      expect.objectContaining({ reason: "ROSTER_VERSION_STALE" }),
    );
    expect(fill(at, { fillId: "fill_3" }).playerSessions.length).toBe(3);
  });
}

test("a session without teams takes players without a team", () => {
  const world = createRehearsal();
  const at = { world, session: world.placeActive({ teams: [], players: [playerToSeat("anna")] }) };
  expect(fill(at, { newcomers: [playerToSeat("cleo")] }).playerSessions.length).toBe(2);
  expect(() => fill(at, { fillId: "fill_2", newcomers: [playerToSeat("dana", "red")] })).toThrow(
    expect.objectContaining({ reason: "TEAM_UNKNOWN" }),
  );
});

test("updateSession() writes the backfill without touching the roster version, once an id", () => {
  const at = scene();
  const update = (updateId: string, bodyDigest = "digest") =>
    at.world.decide((state) =>
      updateSession(state, { update: { updateId, sessionId: at.session.battleSessionId, backfill }, bodyDigest }),
    );
  expect(update("u1")).toBe(3);
  expect(now(at)).toMatchObject({ revision: 3, rosterVersion: 2, backfill });
  expect(update("u2")).toBe(4);
  expect(update("u1")).toBe(3);
  expect(() => update("u1", "other body")).toThrow(expect.objectContaining({ reason: "ID_REUSED" }));
});

test("B-DIES-WITH-SESSION: the backfill ends in the change that ends the session", () => {
  const at = scene();
  fill(at);
  at.world.command(at.session.processId, { type: "process-exited", how: "SIGKILL" });
  expect(now(at)).toMatchObject({
    state: "TERMINATED",
    endCause: "PROCESS_CRASHED",
    backfill: { state: "CANCELLED", cause: "SESSION_ENDED" },
  });
});

test("askToTerminate() asks once; the game's word ends the session", () => {
  const at = scene();
  const ask = () => at.world.decide((state, moment) => askToTerminate(state, at.session.battleSessionId, moment));
  ask();
  ask();
  expect(now(at)).toMatchObject({ state: "TERMINATING", revision: 3 });
  at.world.command(at.session.processId, { type: "end-session", sessionId: at.session.battleSessionId });
  expect(now(at)).toMatchObject({ state: "TERMINATED", endCause: "TERMINATED" });
});
