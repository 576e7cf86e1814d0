import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { MusterError, type Player } from "@muster/sdk";
import { afterEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Lobby } from "./lobby.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A lobby whose seats "ps_a" and "ps_b" exist, and that writes down what Muster is told. */
async function openLobby() {
  const calls: string[] = [];
  const accepted = new Set<string>();
  const acceptPlayerSession = async (id: string, options: { reconnectSecret?: string | undefined } = {}) => {
    if (!/^ps_[ab]$/.test(id)) throw new MusterError("PLAYER_SESSION_NOT_FOUND", "Cannot find it");
    if (accepted.has(id)) throw new MusterError("PLAYER_SESSION_ALREADY_ACCEPTED", "Cannot accept it twice");
    accepted.add(id);
    calls.push(options.reconnectSecret === undefined ? `accept ${id}` : `accept ${id} with ${options.reconnectSecret}`);
    const gone = (how: string) => async () => {
      accepted.delete(id);
      calls.push(`${how} ${id}`);
    };
    const player = { playerId: id.slice(3), team: "guests", disconnect: gone("disconnect"), remove: gone("remove") };
    return { player: player as Partial<Player> as Player, reconnectSecret: `secret-${id}` };
  };
  const faults: unknown[] = [];
  const lobby = new Lobby({
    sidecar: { acceptPlayerSession } as ConstructorParameters<typeof Lobby>[0]["sidecar"],
    onFault: (error) => faults.push(error),
  });
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  closers.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  server.on("connection", (socket) => lobby.connect(socket));
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const enter = async (...says: readonly object[]) => {
    const heard: Record<string, unknown>[] = [];
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    const closed = once(socket, "close");
    socket.on("message", (data) => heard.push(JSON.parse(String(data))));
    await once(socket, "open");
    for (const one of says) socket.send(JSON.stringify(one));
    return { socket, heard, closed };
  };
  return { lobby, calls, faults, enter };
}

const join = (id: string, reconnectSecret?: string) => ({ type: "join", playerSessionId: id, reconnectSecret });

test("a guest joins, strolls, and leaves for good", async () => {
  const { lobby, calls, faults, enter } = await openLobby();
  const { heard, closed } = await enter(join("ps_a"), { type: "move", x: 1, y: 0 }, { type: "leave" });
  await closed;
  expect(heard[0]).toEqual({ type: "welcome", player: "a", team: "guests", reconnectSecret: "secret-ps_a" });
  await until(() => calls.length === 2);
  expect(calls).toEqual(["accept ps_a", "remove ps_a"]);
  expect(lobby.guestCount).toBe(0);
  expect(faults).toEqual([]);
});

test("a broken connection holds the seat, and the secret leads back to it", async () => {
  const { lobby, calls, enter } = await openLobby();
  const first = await enter(join("ps_a"));
  await until(() => first.heard.length > 0);
  first.socket.terminate();
  await until(() => calls.length === 2);
  expect(lobby.guestCount).toBe(1);
  const again = await enter(join("ps_a", "secret-ps_a"));
  await until(() => again.heard.length > 0);
  expect(calls).toEqual(["accept ps_a", "disconnect ps_a", "accept ps_a with secret-ps_a"]);
});

test("who comes back while the old connection seems alive takes its place", async () => {
  const { calls, enter } = await openLobby();
  const old = await enter(join("ps_a"));
  await until(() => old.heard.length > 0);
  const again = await enter(join("ps_a", "secret-ps_a"));
  await until(() => again.heard.length > 0);
  await old.closed;
  expect(old.heard.at(-1)).toMatchObject({ type: "refused", reason: "REPLACED" });
  expect(calls).toEqual(["accept ps_a", "disconnect ps_a", "accept ps_a with secret-ps_a"]);
});

const refusals = [
  { name: "a stranger", says: [join("ps_c")], reason: "PLAYER_SESSION_NOT_FOUND" },
  { name: "who does not join first", says: [{ type: "leave" }], reason: "MESSAGE_UNEXPECTED" },
  { name: "who joins twice", says: [join("ps_a"), join("ps_a")], reason: "MESSAGE_UNEXPECTED" },
  { name: "who speaks another protocol", says: [{ type: "dance" }], reason: "MESSAGE_INVALID" },
];
for (const { name, says, reason } of refusals) {
  test(`the lobby refuses ${name}`, async () => {
    const { enter } = await openLobby();
    const { heard, closed } = await enter(...says);
    await closed;
    expect(heard.at(-1)).toMatchObject({ type: "refused", reason });
  });
}

test("everybody sees the crowd, and a seat that ended loses its connection", async () => {
  const { lobby, enter } = await openLobby();
  const [anna, ben] = [await enter(join("ps_a")), await enter(join("ps_b"))];
  await until(() => anna.heard.length + ben.heard.length === 2);
  lobby.showCrowd();
  await until(() => anna.heard.length === 2);
  expect(anna.heard[1]).toEqual({ type: "crowd", here: 2, squares: [0, 0, 0, 0, 2, 0, 0, 0, 0] });
  lobby.drop("ps_b");
  await ben.closed;
  expect(ben.heard.at(-1)).toMatchObject({ type: "refused", reason: "SEAT_ENDED" });
  lobby.close("TERMINATED");
  await anna.closed;
  expect(anna.heard.at(-1)).toEqual({ type: "over", reason: "TERMINATED" });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
