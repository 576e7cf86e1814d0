import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { createBackendClient } from "./backend-client.ts";
import type { Story } from "./core/plan.ts";
import { createRandom } from "./core/random.ts";
import { type BotEvent, runBot } from "./run-bot.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** An arena that welcomes whoever says a known seat, and writes down what it hears. */
async function openArena() {
  const server = new WebSocketServer({ port: 0 });
  closers.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  await once(server, "listening");
  const heard: string[] = [];
  server.on("connection", (socket) => {
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as { type: string; reconnectSecret?: string };
      if (message.type === "join") {
        heard.push(message.reconnectSecret === undefined ? "join" : `join with ${message.reconnectSecret}`);
        socket.send(JSON.stringify({ type: "welcome", player: "p", team: "red", reconnectSecret: "rs" }));
      }
      if (message.type !== "leave") return;
      heard.push("leave");
      socket.close();
    });
    socket.on("close", (code) => code === 1_006 && heard.push("broken"));
  });
  return { port: (server.address() as AddressInfo).port, heard };
}

type Reply = { readonly status: number; readonly body: object };

/** A backend that answers as `reply` says, and writes down what it is asked. */
async function openBackend(reply: (request: IncomingMessage, count: number) => Reply | undefined) {
  const asked: string[] = [];
  const keys = new Set<string>();
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    keys.add(String(request.headers["idempotency-key"]));
    const answer = reply(request, asked.length);
    if (!answer) return; // A long poll that never ends.
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
  });
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, keys };
}

const searching = { status: 200, body: { ticketId: "t1", state: "SEARCHING" } };
const seatedAt = (port: number) => ({
  status: 200,
  body: { ticketId: "t1", state: "COMPLETED", connection: { host: "127.0.0.1", port, playerSessionId: "ps" } },
});

async function live(url: string, story: Story, signal = new AbortController().signal): Promise<readonly string[]> {
  const events: string[] = [];
  const tell = (event: BotEvent) => events.push("reason" in event ? `${event.type} ${event.reason}` : event.type);
  const backend = createBackendClient({ url, mode: "arena", random: createRandom(1) });
  await runBot({ player: "bot-1", skill: 1_000, story }, { backend, random: createRandom(1), tell }, signal);
  return events;
}

const stories: readonly { story: Story; events: readonly string[]; heard: readonly string[] }[] = [
  { story: { type: "plays", playMs: 5 }, events: ["asked", "seated", "joined", "left"], heard: ["join", "leave"] },
  {
    story: { type: "returns", playMs: 10, breaksAfterMs: 5, awayMs: 1 },
    events: ["asked", "seated", "joined", "broke", "returned", "left"],
    heard: ["join", "broken", "join with rs", "leave"],
  },
  {
    story: { type: "vanishes", breaksAfterMs: 5 },
    events: ["asked", "seated", "joined", "broke"],
    heard: ["join", "broken"],
  },
  { story: { type: "no-show" }, events: ["asked", "seated", "no-show"], heard: [] },
];
for (const { story, events, heard } of stories) {
  test(`a bot of the story "${story.type}" does what it says`, async () => {
    const arena = await openArena();
    const { url } = await openBackend(({ method }) => (method === "POST" ? searching : seatedAt(arena.port)));
    expect(await live(url, story)).toEqual(events);
    await until(() => arena.heard.length === heard.length);
    expect(arena.heard).toEqual(heard);
  });
}

test("a bot that loses patience takes its ticket back", async () => {
  const { url, asked } = await openBackend(({ method }) => {
    if (method === "POST") return searching;
    return method === "DELETE" ? { status: 200, body: { ticketId: "t1", state: "CANCELLED" } } : undefined;
  });
  expect(await live(url, { type: "cancels", patienceMs: 20 })).toEqual(["asked", "cancelled"]);
  expect(asked.at(-1)).toBe("DELETE /matchmaking/t1");
});

test("a bot whose cancel came too late plays", async () => {
  const arena = await openArena();
  const { url } = await openBackend(({ method }) => {
    if (method === "POST") return searching;
    return method === "DELETE" ? { ...seatedAt(arena.port), status: 409 } : undefined;
  });
  expect(await live(url, { type: "cancels", patienceMs: 20 })).toEqual(["asked", "seated", "joined", "left"]);
});

test("a bot that is told to stop while it waits takes its ticket back", async () => {
  const stop = new AbortController();
  const { url, asked } = await openBackend(({ method }) => {
    if (method === "POST") return searching;
    if (method === "DELETE") return { status: 200, body: { ticketId: "t1", state: "CANCELLED" } };
    stop.abort();
    return undefined;
  });
  expect(await live(url, { type: "plays", playMs: 60_000 }, stop.signal)).toEqual(["asked", "cancelled"]);
  expect(asked.at(-1)).toBe("DELETE /matchmaking/t1");
});

test("a bot that is told to stop while it plays says goodbye", async () => {
  const arena = await openArena();
  const { url } = await openBackend(() => seatedAt(arena.port));
  const stop = new AbortController();
  const life = live(url, { type: "plays", playMs: 60_000 }, stop.signal);
  await until(() => arena.heard.includes("join"));
  stop.abort();
  expect(await life).toEqual(expect.arrayContaining(["asked", "seated", "left"]));
  expect(arena.heard).toEqual(["join", "leave"]);
});

test("a busy backend is asked again under the same request key", async () => {
  const busy = { status: 503, body: { error: { reason: "SERVICE_NOT_READY" } } };
  const failed = { status: 200, body: { ticketId: "t1", state: "FAILED" } };
  const { url, asked, keys } = await openBackend((_, count) => (count === 1 ? busy : failed));
  expect(await live(url, { type: "no-show" })).toEqual(["asked", "unmatched FAILED"]);
  expect(asked).toHaveLength(2);
  expect(keys.size).toBe(1);
});

test("a refusal of the backend's ends the bot", async () => {
  const { url, asked } = await openBackend(() => ({
    status: 409,
    body: { error: { reason: "PLAYER_ALREADY_QUEUED" } },
  }));
  expect(await live(url, { type: "no-show" })).toEqual(["unmatched PLAYER_ALREADY_QUEUED"]);
  expect(asked).toHaveLength(1);
});

test("an arena that is not there is told as unreachable", async () => {
  const { url } = await openBackend(() => seatedAt(1));
  expect(await live(url, { type: "plays", playMs: 5 })).toEqual(["asked", "seated", "unreachable"]);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
