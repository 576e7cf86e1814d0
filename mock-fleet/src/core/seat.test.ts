import type { BattleSession, PlayerSessionId, Reason } from "@muster/proto";
import { expect, test } from "vitest";
import type { HostCommand } from "./host-command.ts";
import { createRehearsal, type Rehearsal } from "./rehearsal.ts";

type Scene = { readonly world: Rehearsal; readonly session: BattleSession; readonly seatId: PlayerSessionId };

function scene(): Scene {
  const world = createRehearsal();
  const session = world.placeActive();
  return { world, session, seatId: seatAt(session, 0) };
}

function seatAt(session: BattleSession, index: number): PlayerSessionId {
  const seat = session.playerSessions[index];
  if (!seat) throw new Error(`no seat ${index}`);
  return seat.playerSessionId;
}

const send = ({ world, session }: Scene, command: HostCommand) => world.command(session.processId, command);
const accept = (at: Scene, requestId = "r1", reconnectSecret?: string) =>
  send(at, {
    type: "accept-seat",
    playerSessionId: at.seatId,
    requestId,
    reconnectSecret,
    givenReconnectSecret: undefined,
  });
const disconnect = (at: Scene) => send(at, { type: "disconnect-seat", playerSessionId: at.seatId });
const remove = (at: Scene) => send(at, { type: "remove-seat", playerSessionId: at.seatId });
const now = ({ world, session }: Scene): BattleSession =>
  world.state.sessions.get(session.battleSessionId)?.battle as BattleSession;
const seatNow = (at: Scene) => now(at).playerSessions.find((seat) => seat.playerSessionId === at.seatId);
const refusal = (reason: Reason) => expect.objectContaining({ reason });

test("P-ACCEPT-ONCE: a seat is accepted once, and a repeat by request id is answered as the first time", () => {
  const at = scene();
  const first = accept(at);
  expect(first.acceptedSeat).toMatchObject({
    sessionId: at.session.battleSessionId,
    playerSession: { state: "ACTIVE" },
  });
  const { revision, rosterVersion } = now(at);
  expect([revision, rosterVersion]).toEqual([3, 2]);
  expect(accept(at)).toEqual(first);
  expect(now(at).revision).toBe(3);
  expect(() => accept(at, "r2")).toThrow(refusal("PLAYER_SESSION_ALREADY_ACCEPTED"));
});

test("a disconnected player returns only with the reconnect secret", () => {
  const at = scene();
  const secret = accept(at).acceptedSeat?.reconnectSecret;
  expect(disconnect(at).seatExpiresAtMs).toBe(at.world.nowMs + 30_000);
  at.world.pass(1_000);
  expect(disconnect(at).seatExpiresAtMs).toBe(at.world.nowMs + 29_000);
  expect(() => accept(at, "r2")).toThrow(refusal("RECONNECT_SECRET_WRONG"));
  expect(() => accept(at, "r2", "wrong")).toThrow(refusal("RECONNECT_SECRET_WRONG"));
  expect(seatNow(at)?.state).toBe("DISCONNECTED");
  expect(accept(at, "r3", secret).acceptedSeat?.reconnectSecret).toBe(secret);
  expect(seatNow(at)).toMatchObject({ state: "ACTIVE", expiresAtMs: undefined });
  at.world.pass(60_000);
  expect(seatNow(at)?.state).toBe("ACTIVE");
});

test("P-RESERVE-EXPIRES: a reservation ends at its deadline, once", () => {
  const at = scene();
  at.world.pass(59_999);
  expect(seatNow(at)?.state).toBe("RESERVED");
  at.world.pass(1);
  expect(now(at)).toMatchObject({ playerSessions: [], rosterVersion: 4 });
  expect(() => accept(at)).toThrow(refusal("PLAYER_SESSION_EXPIRED"));
});

test("a disconnected player's seat is freed after the grace", () => {
  const at = scene();
  accept(at);
  disconnect(at);
  at.world.pass(30_000);
  expect(seatNow(at)).toBeUndefined();
  expect(() => disconnect(at)).toThrow(refusal("PLAYER_SESSION_EXPIRED"));
});

test("P-REMOVE-ONCE: removing frees the seat, and a repeat changes nothing", () => {
  const at = scene();
  remove(at);
  const { revision, rosterVersion } = now(at);
  expect(rosterVersion).toBe(3);
  remove(at);
  expect(now(at).revision).toBe(revision);
  expect(() => accept(at)).toThrow(refusal("PLAYER_SESSION_ENDED"));
});

test("a repeat of a command by its id changes nothing, whatever happened in between", () => {
  const at = scene();
  const secret = accept(at).acceptedSeat?.reconnectSecret;
  const { world, session, seatId } = at;
  const first = world.command(session.processId, { type: "disconnect-seat", playerSessionId: seatId }, "late");
  accept(at, "r2", secret);
  expect(world.command(session.processId, { type: "disconnect-seat", playerSessionId: seatId }, "late")).toEqual(first);
  expect(seatNow(at)?.state).toBe("ACTIVE");
});

test("a secret that the sidecar gave out on its own is kept", () => {
  const at = scene();
  const given = { reconnectSecret: undefined, givenReconnectSecret: "rs_given" };
  const result = send(at, { type: "accept-seat", playerSessionId: at.seatId, requestId: "r1", ...given });
  expect(result.acceptedSeat?.reconnectSecret).toBe("rs_given");
});

test("the seats of an ended session have ended", () => {
  const at = scene();
  send(at, { type: "end-session", sessionId: at.session.battleSessionId });
  expect(now(at)).toMatchObject({ state: "TERMINATED", endCause: "GAME_ENDED", playerSessions: [] });
  expect(() => accept(at)).toThrow(refusal("PLAYER_SESSION_ENDED"));
});

const refused: readonly { name: string; command: (at: Scene) => HostCommand; reason: Reason }[] = [
  {
    name: "an unknown player session",
    command: () => ({ type: "remove-seat", playerSessionId: "ps_unknown" as PlayerSessionId }),
    reason: "PLAYER_SESSION_NOT_FOUND",
  },
  {
    name: "a disconnect of a player who never came",
    command: ({ seatId }) => ({ type: "disconnect-seat", playerSessionId: seatId }),
    reason: "PHASE_CONFLICT",
  },
];
for (const { name, command, reason } of refused) {
  test(`carryOut() refuses ${name} and changes nothing`, () => {
    const at = scene();
    const before = at.world.facts.length;
    expect(() => send(at, command(at))).toThrow(refusal(reason));
    expect(at.world.facts.length).toBe(before);
  });
}

test("the seat of another process is not found", () => {
  const world = createRehearsal({ fleets: [{ processes: 2 }] });
  const session = world.placeActive();
  const other = world.readyAll().find((process) => process.processId !== session.processId);
  const seatId = seatAt(session, 0);
  const foreign = () => other && world.command(other.processId, { type: "remove-seat", playerSessionId: seatId });
  expect(foreign).toThrow(refusal("PLAYER_SESSION_NOT_FOUND"));
});

test("a change of the creation policy raises the roster version, the same policy nothing", () => {
  const at = scene();
  const change = { type: "change-creation-policy", sessionId: at.session.battleSessionId } as const;
  send(at, { ...change, creationPolicy: "DENY_ALL" });
  expect(now(at)).toMatchObject({ creationPolicy: "DENY_ALL", rosterVersion: 3, revision: 3 });
  send(at, { ...change, creationPolicy: "DENY_ALL" });
  expect(now(at).revision).toBe(3);
});
