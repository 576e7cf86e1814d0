import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { TicketView } from "./core/ticket-view.ts";
import { serveSockets } from "./socket-api.ts";
import { createTicketHub } from "./ticket-hub.ts";
import { drawClientKey, writeTicketId } from "./ticket-id.ts";

const anna = drawClientKey();
const ticketId = writeTicketId(anna, "r1");
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function open() {
  const hub = createTicketHub();
  const server = createServer();
  const unused = () => Promise.reject(new Error("not asked"));
  const describe = async (): Promise<TicketView> => ({ ticketId, state: "SEARCHING" });
  const following = Promise.withResolvers<(ticket: TicketView) => void>();
  const follow = (_: string, signal: AbortSignal) =>
    new Promise<TicketView>((resolve, reject) => {
      following.resolve(resolve);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const close = serveSockets(server, {
    desk: { start: unused, cancel: unused, follow, describe },
    hub,
    onFault: () => undefined,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => {
    close();
    server.close();
  });
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    hub,
    following: following.promise,
    connect: (path: string, options = {}, protocols: string[] = []) => new WebSocket(url + path, protocols, options),
  };
}

const asAnna = { headers: { authorization: `Bearer ${anna}` } };

test("a client is told of its ticket as it stands, then of every step, and is let go when it has ended", async () => {
  const { hub, connect } = await open();
  const socket = connect(`/matchmaking/${ticketId}/live`, asAnna);
  const heard: string[] = [];
  const [first] = await once(socket, "message");
  heard.push(JSON.parse(String(first)).state);
  socket.on("message", (data) => heard.push(JSON.parse(String(data)).state));
  const closed = once(socket, "close");
  for (const state of ["PLACING", "PLACING", "COMPLETED"] as const) hub.tell({ ticketId, state });
  const [code] = await closed;
  expect([heard, code]).toEqual([["SEARCHING", "PLACING", "COMPLETED"], 1_000]);
});

test("where nothing is pushed a client is told of the end all the same", async () => {
  const { following, connect } = await open();
  const socket = connect(`/matchmaking/${ticketId}/live`, asAnna);
  await once(socket, "message");
  const told = once(socket, "message");
  (await following)({ ticketId, state: "TIMED_OUT" });
  expect(JSON.parse(String((await told)[0])).state).toBe("TIMED_OUT");
});

test("a browser says its key as a subprotocol", async () => {
  const { connect } = await open();
  const socket = connect(`/matchmaking/${ticketId}/live`, {}, [`key.${anna}`]);
  const [first] = await once(socket, "message");
  expect(JSON.parse(String(first)).ticketId).toBe(ticketId);
});

const refused = [
  { name: "no key", path: `/matchmaking/${ticketId}/live`, options: {}, status: 401 },
  {
    name: "another client's key",
    path: `/matchmaking/${ticketId}/live`,
    options: { headers: { authorization: `Bearer ${drawClientKey()}` } },
    status: 404,
  },
  { name: "another path", path: "/live", options: asAnna, status: 404 },
];
for (const { name, path, options, status } of refused) {
  test(`a socket with ${name} is refused with ${status}`, async () => {
    const { connect } = await open();
    const socket = connect(path, options);
    socket.on("error", () => undefined);
    const [, response] = await once(socket, "unexpected-response");
    expect(response.statusCode).toBe(status);
  });
}
