import { MusterError } from "@muster/sdk";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { Arena } from "./arena.ts";
import { openArenaServer } from "./arena-server.ts";
import { LINK_LIMITS } from "./client-link.ts";
import { EMPTY_MAX_MS } from "./core/closing.ts";
import type { Battle, SeatedPlayer } from "./ports.ts";

/** A battle whose seats the test hands out, and that writes down what it is told. */
class ScriptedBattle implements Battle {
  readonly calls: string[] = [];
  readonly seats = new Set<string>();
  readonly #accepted = new Set<string>();
  open = true;
  /** What the next calls of this name fail with. */
  readonly failures = new Map<string, MusterError[]>();

  seatsInUse = () => this.seats;
  isOpen = () => this.open;

  async accept(id: string, secret: string | undefined): Promise<SeatedPlayer> {
    await this.#call("accept", id);
    if (!this.seats.has(id)) throw new MusterError("PLAYER_SESSION_NOT_FOUND", "Cannot find it");
    if (this.#accepted.has(id)) throw new MusterError("PLAYER_SESSION_ALREADY_ACCEPTED", "Cannot accept it twice");
    if (secret !== undefined && secret !== `secret-${id}`) throw new MusterError("RECONNECT_SECRET_WRONG", "Cannot");
    this.#accepted.add(id);
    return {
      playerId: `player-${id}`,
      team: "red",
      reconnectSecret: `secret-${id}`,
      disconnect: async () => {
        await this.#call("disconnect", id);
        this.#accepted.delete(id);
      },
      remove: async () => {
        await this.#call("remove", id);
        this.seats.delete(id);
      },
    };
  }

  setOpen = (open: boolean) => this.#call("setOpen", String(open));
  terminate = () => this.#call("terminate", "");

  async #call(name: string, argument: string): Promise<void> {
    this.calls.push(`${name} ${argument}`.trim());
    const failure = this.failures.get(name)?.shift();
    if (failure) throw failure;
  }
}

/** A client that keeps what it hears. */
class TestClient {
  readonly heard: Record<string, unknown>[] = [];
  readonly socket: WebSocket;
  closeCode: number | undefined;
  readonly opened: Promise<unknown>;

  constructor(port: number) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}`);
    this.opened = new Promise((resolve) => this.socket.once("open", resolve));
    this.socket.on("message", (data) => this.heard.push(JSON.parse(String(data))));
    this.socket.on("error", () => undefined);
    this.socket.on("close", (code) => {
      this.closeCode = code;
    });
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  async hear(type: string): Promise<Record<string, unknown>> {
    return await until(() => this.heard.find((message) => message.type === type));
  }

  readonly closed = () => until(() => this.closeCode);
}

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
});

async function openBattle({ seats = ["a"], linkLimits = LINK_LIMITS } = {}) {
  const faults: unknown[] = [];
  const arena = new Arena({ onFault: (error) => faults.push(error), reportAgainMs: 1, linkLimits });
  const server = await openArenaServer(0, arena);
  opened.push(server);
  const battle = new ScriptedBattle();
  for (const seat of seats) battle.seats.add(seat);
  arena.begin(battle);
  const connect = async () => {
    const client = new TestClient(server.port);
    await client.opened;
    return client;
  };
  const join = async (playerSessionId: string, reconnectSecret?: string) => {
    const client = await connect();
    client.say({ type: "join", playerSessionId, reconnectSecret });
    return client;
  };
  return { arena, battle, connect, join, faults };
}

test("a player is welcomed, steers and is seen", async () => {
  const { arena, join } = await openBattle();
  const anna = await join("a");
  expect(await anna.hear("welcome")).toMatchObject({ player: "player-a", team: "red", reconnectSecret: "secret-a" });
  anna.say({ type: "move", x: 5, y: 0 });
  await until(() => {
    arena.tick(0);
    return positionIn(anna) > 101;
  });
});

test("a stranger is refused with Muster's reason, and disconnected", async () => {
  const { join, arena } = await openBattle();
  const stranger = await join("nobody");
  expect(await stranger.hear("refused")).toMatchObject({ reason: "PLAYER_SESSION_NOT_FOUND" });
  await stranger.closed();
  expect(arena.playerCount).toBe(0);
});

test("a seat is used once: the second client is refused and the first plays on", async () => {
  const { join, arena } = await openBattle();
  const first = await join("a");
  await first.hear("welcome");
  const second = await join("a");
  expect(await second.hear("refused")).toMatchObject({ reason: "PLAYER_SESSION_ALREADY_ACCEPTED" });
  expect(arena.playerCount).toBe(1);
  expect(first.closeCode).toBeUndefined();
});

test("a broken connection holds the seat, and the secret leads back to the same place", async () => {
  const { join, battle, arena } = await openBattle();
  const anna = await join("a");
  await anna.hear("welcome");
  anna.socket.terminate();
  await until(() => battle.calls.includes("disconnect a"));
  expect(arena.playerCount).toBe(1);
  const again = await join("a", "secret-a");
  await again.hear("welcome");
  arena.tick(0);
  expect((await again.hear("state")).players).toHaveLength(1);
});

test("who comes back takes over from a connection that only seems alive", async () => {
  const { join, battle, arena } = await openBattle();
  const stale = await join("a");
  await stale.hear("welcome");
  const again = await join("a", "secret-a");
  await again.hear("welcome");
  expect(await stale.hear("refused")).toMatchObject({ reason: "REPLACED" });
  expect(battle.calls).toEqual(["accept a", "disconnect a", "accept a"]);
  expect(arena.playerCount).toBe(1);
});

test("a wrong secret takes nobody's place", async () => {
  const { join, battle } = await openBattle();
  const anna = await join("a");
  await anna.hear("welcome");
  const thief = await join("a", "secret-b");
  await thief.hear("refused");
  expect(battle.calls).not.toContain("disconnect a");
  expect(anna.closeCode).toBeUndefined();
});

test("who leaves frees the seat at once, and is not reported as disconnected", async () => {
  const { join, battle, arena } = await openBattle();
  const anna = await join("a");
  await anna.hear("welcome");
  anna.say({ type: "leave" });
  await anna.closed();
  await until(() => battle.calls.includes("remove a"));
  expect(battle.calls).not.toContain("disconnect a");
  expect(arena.playerCount).toBe(0);
});

test("a goodbye right behind the join is heard after it", async () => {
  const { connect, battle } = await openBattle();
  const anna = await connect();
  anna.say({ type: "join", playerSessionId: "a" });
  anna.say({ type: "leave" });
  await anna.closed();
  await until(() => battle.calls.includes("remove a"));
});

test("a client that is gone before it is welcomed is reported as disconnected", async () => {
  const { arena, battle, join } = await openBattle();
  const accepted = Promise.withResolvers<void>();
  const accept = battle.accept.bind(battle);
  battle.accept = async (...[id, secret]) => {
    await accepted.promise;
    return await accept(id, secret);
  };
  const anna = await join("a");
  anna.socket.terminate();
  await anna.closed();
  accepted.resolve();
  await until(() => battle.calls.includes("disconnect a"));
  expect(arena.playerCount).toBe(1);
});

test("a seat that ended on Muster's side ends the connection", async () => {
  const { arena, battle, join } = await openBattle({ seats: ["a", "b"] });
  const anna = await join("a");
  await anna.hear("welcome");
  arena.tick(0);
  battle.seats.delete("a");
  arena.tick(50);
  expect(await anna.hear("refused")).toMatchObject({ reason: "SEAT_ENDED" });
  expect(arena.playerCount).toBe(0);
});

test("a seat that the roster does not show yet is not taken for ended", async () => {
  const { arena, battle, join } = await openBattle();
  const anna = await join("a");
  await anna.hear("welcome");
  battle.seats.delete("a");
  arena.tick(0);
  expect(arena.playerCount).toBe(1);
});

test("a report is repeated while Muster is away, and given up when it refuses", async () => {
  const { battle, join, faults } = await openBattle();
  const away = () => new MusterError("PEER_UNREACHABLE", "Cannot reach it");
  battle.failures.set("remove", [away(), away(), new MusterError("PLAYER_SESSION_NOT_FOUND", "Cannot find it")]);
  const anna = await join("a");
  await anna.hear("welcome");
  anna.say({ type: "leave" });
  await until(() => faults.length === 3);
  expect(battle.calls.filter((call) => call === "remove a")).toHaveLength(3);
});

test("a deserted battle closes its door, then ends", async () => {
  const { arena, battle, connect } = await openBattle({ seats: [] });
  const onlooker = await connect();
  arena.tick(0);
  arena.tick(EMPTY_MAX_MS - 1);
  expect(battle.calls).toEqual([]);
  arena.tick(EMPTY_MAX_MS);
  arena.tick(EMPTY_MAX_MS + 50);
  expect(battle.calls).toEqual(["setOpen false"]);
  battle.open = false;
  arena.tick(EMPTY_MAX_MS + 100);
  expect(await onlooker.hear("over")).toMatchObject({ reason: "TERMINATED" });
  expect(battle.calls).toEqual(["setOpen false", "terminate"]);
});

test("a battle does not end for somebody who was sent in while its door closed", async () => {
  const { arena, battle } = await openBattle({ seats: [] });
  arena.tick(0);
  arena.tick(EMPTY_MAX_MS);
  battle.seats.add("late");
  battle.open = false;
  arena.tick(EMPTY_MAX_MS + 50);
  expect(battle.calls).toEqual(["setOpen false", "setOpen true"]);
});

test("a battle that has ended is followed by another", async () => {
  const { arena, join } = await openBattle();
  const anna = await join("a");
  await anna.hear("welcome");
  const next = new ScriptedBattle();
  next.seats.add("n");
  arena.begin(next);
  expect(await anna.hear("over")).toMatchObject({ reason: "REPLACED" });
  const nora = await join("n");
  expect(await nora.hear("welcome")).toMatchObject({ player: "player-n" });
});

test("nobody joins while there is no battle", async () => {
  const { arena, join } = await openBattle();
  arena.end("TERMINATED");
  expect(await (await join("a")).hear("refused")).toMatchObject({ reason: "NO_BATTLE" });
});

const wrongs = [
  { name: "moves before it joins", say: [{ type: "move", x: 0, y: 0 }], reason: "JOIN_EXPECTED" },
  { name: "speaks another protocol", say: [{ hello: 1 }], reason: "MESSAGE_INVALID" },
  {
    name: "joins twice",
    say: [
      { type: "join", playerSessionId: "a" },
      { type: "join", playerSessionId: "a" },
    ],
    reason: "ALREADY_JOINED",
  },
  {
    name: "floods",
    say: [{ type: "join", playerSessionId: "a" }, ...Array.from({ length: 80 }, () => ({ type: "move", x: 0, y: 0 }))],
    reason: "RATE_EXCEEDED",
  },
];
for (const { name, say, reason } of wrongs) {
  test(`a client that ${name} is refused with ${reason}`, async () => {
    const { connect } = await openBattle();
    const client = await connect();
    for (const message of say) client.say(message);
    expect(await client.hear("refused")).toMatchObject({ reason });
    await client.closed();
  });
}

test("a client that sends binary is refused", async () => {
  const client = await (await openBattle()).connect();
  client.socket.send(Buffer.from([1, 2]));
  expect(await client.hear("refused")).toMatchObject({ reason: "MESSAGE_INVALID" });
});

test("a client that sends too much at once is cut off", async () => {
  const client = await (await openBattle()).connect();
  client.socket.send("x".repeat(1_025));
  expect(await client.closed()).toBe(1_009);
});

test("a client that never joins is refused", async () => {
  const { connect } = await openBattle({ linkLimits: { ...LINK_LIMITS, joinMs: 1 } });
  expect(await (await connect()).hear("refused")).toMatchObject({ reason: "JOIN_TIMED_OUT" });
});

function positionIn(client: TestClient): number {
  const state = client.heard.findLast((message) => message.type === "state") as
    | { players: { x: number }[] }
    | undefined;
  return state?.players[0]?.x ?? 0;
}

/** Resolves with the first answer of `ask` that is not undefined or false; the test's own time limit bounds it. */
async function until<Value>(ask: () => Value | undefined | false): Promise<Value> {
  for (;;) {
    const value = ask();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
