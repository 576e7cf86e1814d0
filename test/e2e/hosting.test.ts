// The three ways in which a process hosts sessions, on real processes: one session and no more, one after the other, several at
// once; and what becomes of all of a process's sessions when it dies.
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import type { BattleSession } from "@muster/proto";
import { expect, test } from "vitest";
import { type DemoWorld, openDemoWorld } from "../demo/demo-world.ts";
import { patiently } from "../demo/patiently.ts";

const CONFIG = fileURLToPath(new URL("hosting/muster.json", import.meta.url));
const { signal } = new AbortController();

/** Asks until a process is free, as who needs a session would. */
async function create(world: DemoWorld, fleet: string): Promise<BattleSession> {
  const call = () => createAtOnce(world, fleet);
  const { session } = await patiently(() => patiently(call));
  return await world.sessionBecomes(session?.battleSessionId ?? "", "is active", ({ state }) => state === "ACTIVE");
}

function createAtOnce(world: DemoWorld, fleet: string) {
  return world.fleet.fleet.createServerSession({
    ...{ fleet, capacity: 4, teams: [], name: "", properties: {}, data: "", creationPolicy: 0, creatorId: "" },
    ...{ battleSessionId: "", idempotencyToken: "", owner: "" },
  });
}

async function end(world: DemoWorld, { battleSessionId }: BattleSession): Promise<void> {
  await world.fleet.fleet.terminateServerSession({ battleSessionId });
  await world.sessionBecomes(battleSessionId, "is over", ({ state }) => state === "TERMINATED");
}

async function seat(world: DemoWorld, { battleSessionId }: BattleSession, playerId: string): Promise<string> {
  const player = { playerId, team: "", ticketId: "", attributes: {}, latenciesMs: {} };
  const request = { requestId: `seat-${playerId}`, battleSessionId, players: [player], expectedRosterVersion: 0 };
  const { session } = await world.fleet.fleet.createPlayerSessions(request);
  return session?.playerSessions.find((one) => one.playerId === playerId)?.playerSessionId ?? "";
}

/** What the session's server answers to the line; undefined if it hangs up. */
async function say({ address }: BattleSession, line: string): Promise<string | undefined> {
  const socket = connect({ host: "127.0.0.1", port: address?.ports.game ?? 0 });
  socket.setEncoding("utf8").write(`${line}\n`);
  const [heard] = await Promise.race([once(socket, "data"), once(socket, "close")]);
  socket.destroy();
  return typeof heard === "string" ? heard.trim() : undefined;
}

test("a process of a one-shot fleet ends after its session, and another takes the next", async () => {
  await using world = await openDemoWorld(signal, CONFIG);
  const first = await create(world, "once");
  await end(world, first);
  const second = await create(world, "once");
  expect(second.processId).not.toBe(first.processId);
  const living = (await world.processes()).filter(({ fleet }) => fleet === "once");
  expect(living.map(({ processId }) => processId)).toContain(second.processId);
});

test("a process of a reusable fleet takes one session after the other", async () => {
  await using world = await openDemoWorld(signal, CONFIG);
  const first = await create(world, "again");
  await expect(createAtOnce(world, "again")).rejects.toMatchObject({ reason: "FLEET_FULL" });
  await end(world, first);
  const second = await create(world, "again");
  expect(second.processId).toBe(first.processId);
});

test("a process runs several sessions, each with its own players and end, and all of them end once when it dies", async () => {
  await using world = await openDemoWorld(signal, CONFIG);
  const sessions: BattleSession[] = [];
  for (let count = 0; count < 3; count += 1) sessions.push(await create(world, "many"));
  expect(new Set(sessions.map(({ processId }) => processId)).size).toBe(1);
  await expect(createAtOnce(world, "many")).rejects.toMatchObject({ reason: "FLEET_FULL" });

  const [one, two, three] = sessions;
  if (!one || !two || !three) throw new Error("three sessions were created");
  const seats = [await seat(world, one, "ann"), await seat(world, two, "ben"), await seat(world, three, "cleo")];
  const answers = await Promise.all(seats.map((id, index) => say(sessions[index] ?? one, id)));
  expect(answers).toEqual([
    `ann ${one.battleSessionId}`,
    `ben ${two.battleSessionId}`,
    `cleo ${three.battleSessionId}`,
  ]);
  expect(await say(one, seats[0] ?? "")).toBe("PLAYER_SESSION_ALREADY_ACCEPTED");

  await end(world, two);
  for (const { battleSessionId } of [one, three]) {
    expect(world.session(battleSessionId)).toMatchObject({ state: "ACTIVE", playerSessions: [{ state: "ACTIVE" }] });
  }
  const four = await create(world, "many");
  expect(four.processId).toBe(one.processId);
  const late = await seat(world, four, "dan");

  expect(await say(one, "crash")).toBeUndefined();
  for (const { battleSessionId } of [one, three, four]) {
    const over = await world.sessionBecomes(battleSessionId, "is over", ({ state }) => state === "TERMINATED");
    expect(over).toMatchObject({ endCause: "PROCESS_CRASHED", playerSessions: [] });
  }
  const next = await create(world, "many");
  expect(next.processId).not.toBe(one.processId);
  expect(await say(next, late)).toBe("PLAYER_SESSION_NOT_FOUND");
  const ends = world.feed.items.flatMap((message) =>
    message.type === "change" && message.change.state === "TERMINATED" ? message.change.battleSessionId : [],
  );
  expect(ends.toSorted()).toEqual([one, two, three, four].map(({ battleSessionId }) => battleSessionId).toSorted());
});
