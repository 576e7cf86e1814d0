import type { PlacementId, ServerSessionId } from "@muster/proto";
import { expect, test } from "vitest";
import { createSeats } from "./create-seats.ts";
import { createSession, type SessionCreation } from "./create-session.ts";
import { stopPlacement } from "./placement.ts";
import { creationOf } from "./random-history.fixture.ts";
import { createRehearsal, playerToSeat, type Rehearsal, type RehearsalOptions } from "./rehearsal.ts";
import { askToTerminate } from "./terminate-session.ts";

function scene(options: RehearsalOptions = {}) {
  const world = createRehearsal({ fleets: [{ processes: 2 }], ...options });
  world.readyAll();
  const create = (creation: Partial<SessionCreation> = {}) => {
    const whole = creationOf(creation);
    return world.decide((state, at) =>
      createSession(state, { creation: whole, bodyDigest: JSON.stringify(whole) }, at),
    );
  };
  const session = (id: ServerSessionId) => {
    const found = world.state.sessions.get(id);
    if (!found) throw new Error("no session");
    return found;
  };
  const placementOf = (id: ServerSessionId) => world.state.placements.get(session(id).placementId);
  const activate = (id: ServerSessionId) => {
    world.command(session(id).battle.processId, { type: "activate-session", sessionId: id });
  };
  return { world, create, session, placementOf, activate };
}

test("a session is started at once on a free process, and takes players once its game has loaded it", () => {
  const { world, create, session, placementOf, activate } = scene();
  const wishes = { name: "Ann's", properties: { map: "dust" }, data: "d", creatorId: "ann", capacity: 2 };
  const id = create({ ...wishes, creationPolicy: "ACCEPT_ALL" });
  expect(session(id).battle).toMatchObject({ ...wishes, state: "ACTIVATING", fleet: "eu", playerSessions: [] });
  activate(id);
  expect(session(id).battle.state).toBe("ACTIVE");
  expect(placementOf(id)?.end?.state).toBe("FULFILLED");
  const request = { requestId: "r", sessionId: id, players: [playerToSeat("cleo")], expectedRosterVersion: undefined };
  const seats = { request, bodyDigest: "d", check: () => undefined };
  expect(world.decide((state, at) => createSeats(state, seats, at)).playerSessions).toHaveLength(1);
});

test("a session may be closed to players from its birth", () => {
  const { create, session } = scene();
  expect(session(create({ creationPolicy: "DENY_ALL" })).battle.creationPolicy).toBe("DENY_ALL");
});

test("each request without token and id makes a session of its own", () => {
  const { create } = scene();
  expect(create()).not.toBe(create());
});

for (const [what, key] of [
  ["token", { idempotencyToken: "t1" }],
  ["id", { sessionId: "arena-1" as ServerSessionId }],
] as const) {
  test(`the same ${what} and body are the same session, also once it is over; another body is refused`, () => {
    const { world, create, session, activate } = scene();
    const id = create(key);
    const facts = world.facts.length;
    expect(create(key)).toBe(id);
    expect(world.facts.length).toBe(facts);
    activate(id);
    world.command(session(id).battle.processId, { type: "end-session", sessionId: id });
    expect(create(key)).toBe(id);
    expect(() => create({ ...key, capacity: 9 })).toThrow(expect.objectContaining({ reason: "ID_REUSED" }));
  });
}

test("an id that a placement's session has, and a token under which a placement came, are refused", () => {
  const { world, create } = scene();
  const placementId = world.place({ placementId: "create:t1" as PlacementId });
  const { battleSessionId: sessionId } = world.sessionFor(placementId);
  expect(() => create({ sessionId })).toThrow(expect.objectContaining({ reason: "ID_REUSED" }));
  expect(() => create({ idempotencyToken: "t1" })).toThrow(expect.objectContaining({ reason: "ID_REUSED" }));
});

test("a fleet without a free process refuses, and takes the next once one is free", () => {
  const { world, create, session } = scene();
  const id = create();
  create();
  const full = { reason: "FLEET_FULL", metadata: { fleet: "eu" } };
  expect(() => create()).toThrow(expect.objectContaining(full));
  world.command(session(id).battle.processId, { type: "end-session", sessionId: id });
  create();
});

test("a process whose sidecar is away is not free", () => {
  const { world, create } = scene({ fleets: [{ processes: 1 }] });
  for (const processId of [...world.attached]) world.detach(processId);
  expect(() => create()).toThrow(expect.objectContaining({ reason: "FLEET_FULL" }));
});

test("an alias stands for its fleet; one that is closed, and an unknown name, are refused", () => {
  const { create, session } = scene({
    aliases: [
      { name: "live", target: { type: "fleet", fleet: "eu" } },
      { name: "old", target: { type: "closed", message: "We have moved" } },
    ],
  });
  expect(session(create({ fleet: "live" })).battle.fleet).toBe("eu");
  const refusal = { reason: "FLEET_NOT_FOUND", message: expect.stringContaining("We have moved") };
  expect(() => create({ fleet: "old" })).toThrow(expect.objectContaining(refusal));
  expect(() => create({ fleet: "us" })).toThrow(expect.objectContaining({ reason: "FLEET_NOT_FOUND" }));
});

const failures: readonly {
  readonly name: string;
  readonly happens: (world: Rehearsal, id: ServerSessionId) => void;
  readonly cause: string;
  readonly placement: string;
}[] = [
  {
    name: "its game does not load it in time",
    happens: (world) => world.pass(10_000),
    cause: "ACTIVATION_FAILED",
    placement: "FAILED",
  },
  {
    name: "its process dies",
    happens: (world, id) => {
      const { processId } = world.state.sessions.get(id)?.battle ?? {};
      if (processId) world.command(processId, { type: "process-exited", how: "SIGKILL" });
    },
    cause: "PROCESS_CRASHED",
    placement: "FAILED",
  },
  {
    name: "somebody ends it before it is active",
    happens: (world, id) => {
      world.decide((state, moment) => askToTerminate(state, id, moment));
      const { processId } = world.state.sessions.get(id)?.battle ?? {};
      if (processId) world.command(processId, { type: "end-session", sessionId: id });
    },
    cause: "TERMINATED",
    placement: "FAILED",
  },
  {
    name: "its placement is stopped",
    happens: (world, id) => {
      const placementId = world.state.sessions.get(id)?.placementId;
      if (placementId) world.decide((state, moment) => stopPlacement(state, placementId, moment));
      world.pass(10_000);
    },
    cause: "PLACEMENT_STOPPED",
    placement: "CANCELLED",
  },
];
for (const { name, happens, cause, placement } of failures) {
  test(`a session is over where ${name}, and no other is made for it`, () => {
    const { world, create, session, placementOf } = scene();
    const id = create();
    happens(world, id);
    world.pass(1);
    world.readyAll();
    expect(session(id).battle).toMatchObject({ state: "TERMINATED", endCause: cause });
    expect(placementOf(id)?.end?.state).toBe(placement);
    expect(world.state.sessions.size).toBe(1);
    expect(world.state.pendingPlacements.size).toBe(0);
  });
}

test("one creator creates so many sessions a while, on each fleet; who names none is not counted", () => {
  const creatorLimit = { sessionsMax: 2, periodMs: 60_000 };
  const { world, create } = scene({
    fleets: [
      { processes: 8, creatorLimit },
      { name: "us", processes: 8 },
    ],
  });
  create({ creatorId: "ann" });
  world.pass(1_000);
  create({ creatorId: "ann", idempotencyToken: "t1" });
  const refusal = { reason: "CREATOR_LIMIT_REACHED", metadata: { limit: "2" } };
  expect(() => create({ creatorId: "ann" })).toThrow(expect.objectContaining(refusal));
  create({ creatorId: "ann", idempotencyToken: "t1" });
  create({ creatorId: "ben" });
  create({ creatorId: "ann", fleet: "us" });
  for (let more = 0; more < 3; more += 1) create();
  world.pass(59_000);
  create({ creatorId: "ann" });
  expect(() => create({ creatorId: "ann" })).toThrow(expect.objectContaining(refusal));
});

test("who is forgotten with the sessions is not remembered as their creator either", () => {
  const { world, create, session, activate } = scene({ settings: { endedKeptMs: 1_000 } });
  const id = create({ creatorId: "ann" });
  activate(id);
  world.command(session(id).battle.processId, { type: "end-session", sessionId: id });
  expect(world.state.creations.size).toBe(1);
  world.pass(1_000);
  expect(world.state.creations.size).toBe(0);
});
