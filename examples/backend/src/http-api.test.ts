import { once } from "node:events";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { MusterError } from "@muster/sdk/backend";
import { afterEach, expect, test } from "vitest";
import type { StartRequest } from "./core/start-request.ts";
import type { TicketView } from "./core/ticket-view.ts";
import { createHttpApi } from "./http-api.ts";
import type { TicketDesk } from "./ports.ts";
import { drawClientKey, writeTicketId } from "./ticket-id.ts";

/** A desk that remembers what was started; the test changes tickets by hand. */
class ScriptedDesk implements TicketDesk {
  readonly tickets = new Map<string, TicketView>();
  readonly requests = new Map<string, StartRequest>();
  /** What every call fails with, while it is set. */
  failure: Error | undefined;
  readonly followers = new Map<string, (ticket: TicketView) => void>();

  async start(ticketId: string, asked: StartRequest): Promise<TicketView> {
    if (this.failure) throw this.failure;
    this.requests.set(ticketId, asked);
    const ticket = this.tickets.get(ticketId) ?? { ticketId, state: "SEARCHING" };
    this.tickets.set(ticketId, ticket);
    return ticket;
  }

  async describe(ticketId: string): Promise<TicketView> {
    if (this.failure) throw this.failure;
    const ticket = this.tickets.get(ticketId);
    if (ticket) return ticket;
    throw new MusterError("TICKET_NOT_FOUND", "Cannot find the ticket");
  }

  follow(ticketId: string, signal: AbortSignal): Promise<TicketView> {
    return new Promise((resolve, reject) => {
      this.followers.set(ticketId, resolve);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  }

  async cancel(ticketId: string): Promise<TicketView> {
    const ticket = await this.describe(ticketId);
    if (ticket.state === "COMPLETED") throw new MusterError("TICKET_ALREADY_MATCHED", "Cannot cancel it: matched");
    const cancelled: TicketView = { ticketId, state: "CANCELLED" };
    this.tickets.set(ticketId, cancelled);
    return cancelled;
  }
}

const opened: { close(): void; closeAllConnections(): void }[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function openApi() {
  const desk = new ScriptedDesk();
  const faults: unknown[] = [];
  const server = createHttpApi({ desk, onFault: (error) => faults.push(error) });
  opened.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = async (method: string, path: string, options: { key?: string; request?: string; body?: string } = {}) => {
    const headers: Record<string, string> = {};
    if (options.key !== undefined) headers.authorization = `Bearer ${options.key}`;
    if (options.request !== undefined) headers["idempotency-key"] = options.request;
    const response = await fetch(url + path, { method, headers, ...(options.body && { body: options.body }) });
    return {
      status: response.status,
      body: (await response.json()) as Record<string, unknown>,
      headers: response.headers,
    };
  };
  return { desk, ask, url, faults };
}

const anna = drawClientKey();
const ben = drawClientKey();
const body = '{"player":"anna","skill":1200}';
const connection = { host: "127.0.0.1", port: 7_500, team: "red", playerSessionId: "ps_1" };

test("GET /healthz answers", async () => {
  expect(await (await openApi()).ask("GET", "/healthz")).toMatchObject({ status: 200, body: { ok: true } });
});

test("POST /matchmaking starts a ticket; a repeat with the same key is the same one", async () => {
  const { ask, desk } = await openApi();
  const first = await ask("POST", "/matchmaking", { key: anna, request: "r1", body });
  expect(first).toMatchObject({ status: 201, body: { state: "SEARCHING" } });
  expect(first.body).not.toHaveProperty("clientKey");
  const again = await ask("POST", "/matchmaking", { key: anna, request: "r1", body });
  const other = await ask("POST", "/matchmaking", { key: anna, request: "r2", body });
  expect(again.body.ticketId).toBe(first.body.ticketId);
  expect(other.body.ticketId).not.toBe(first.body.ticketId);
  expect([...desk.requests.values()]).toEqual(Array(2).fill({ player: "anna", skill: 1_200, mode: "arena" }));
});

test("POST /matchmaking gives a key to a client that has none, and the key sees the ticket", async () => {
  const { ask } = await openApi();
  const { body: ticket } = await ask("POST", "/matchmaking", { body });
  const seen = await ask("GET", `/matchmaking/${ticket.ticketId}`, { key: String(ticket.clientKey) });
  expect(seen).toMatchObject({ status: 200, body: { ticketId: ticket.ticketId, state: "SEARCHING" } });
});

test("a ticket is there only for the client that started it", async () => {
  const { ask, desk } = await openApi();
  const { body: ticket } = await ask("POST", "/matchmaking", { key: anna, body });
  const path = `/matchmaking/${ticket.ticketId}`;
  expect(await ask("GET", path)).toMatchObject({ status: 401, body: { error: { reason: "CLIENT_KEY_MISSING" } } });
  expect(await ask("GET", path, { key: ben })).toMatchObject({ status: 404 });
  expect(await ask("DELETE", path, { key: ben })).toMatchObject({ status: 404 });
  expect(desk.tickets.get(String(ticket.ticketId))?.state).toBe("SEARCHING");
});

test("GET ?wait= answers as soon as the ticket has ended", async () => {
  const { ask, desk } = await openApi();
  const ticketId = writeTicketId(anna, "r1");
  const answer = ask("GET", `/matchmaking/${ticketId}?wait=30`, { key: anna });
  await until(() => desk.followers.has(ticketId));
  desk.followers.get(ticketId)?.({ ticketId, state: "COMPLETED", connection });
  expect(await answer).toMatchObject({ status: 200, body: { state: "COMPLETED", connection } });
});

test("GET ?wait= answers with the ticket as it stands when the wait is over", async () => {
  const { ask } = await openApi();
  const { body: ticket } = await ask("POST", "/matchmaking", { key: anna, body });
  const answer = await ask("GET", `/matchmaking/${ticket.ticketId}?wait=1`, { key: anna });
  expect(answer).toMatchObject({ status: 200, body: { state: "SEARCHING" } });
});

test("DELETE cancels, and says so truthfully when it is too late", async () => {
  const { ask, desk } = await openApi();
  const { body: ticket } = await ask("POST", "/matchmaking", { key: anna, request: "r1", body });
  const path = `/matchmaking/${ticket.ticketId}`;
  expect(await ask("DELETE", path, { key: anna })).toMatchObject({ status: 200, body: { state: "CANCELLED" } });
  const ticketId = String(ticket.ticketId);
  desk.tickets.set(ticketId, { ticketId, state: "COMPLETED", connection });
  expect(await ask("DELETE", path, { key: anna })).toMatchObject({
    status: 409,
    body: { state: "COMPLETED", connection, error: { reason: "TICKET_ALREADY_MATCHED" } },
  });
});

const id = writeTicketId(anna, "r1");
const refused = [
  {
    name: "a body that is no JSON",
    method: "POST",
    path: "/matchmaking",
    body: "{",
    status: 400,
    reason: "BODY_INVALID",
  },
  { name: "no body", method: "POST", path: "/matchmaking", status: 400, reason: "BODY_INVALID" },
  {
    name: "a bad field",
    method: "POST",
    path: "/matchmaking",
    body: "{}",
    status: 400,
    reason: "FIELD_INVALID",
    field: "player",
  },
  {
    name: "a huge body",
    method: "POST",
    path: "/matchmaking",
    body: "x".repeat(100_000),
    status: 413,
    reason: "BODY_TOO_LARGE",
  },
  {
    name: "a bad key",
    method: "POST",
    path: "/matchmaking",
    body,
    key: "short",
    status: 400,
    reason: "FIELD_INVALID",
    field: "authorization",
  },
  {
    name: "a bad wait",
    method: "GET",
    path: `/matchmaking/${id}?wait=x`,
    key: anna,
    status: 400,
    reason: "FIELD_INVALID",
    field: "wait",
  },
  {
    name: "an unknown ticket",
    method: "GET",
    path: `/matchmaking/${id}`,
    key: anna,
    status: 404,
    reason: "TICKET_NOT_FOUND",
  },
  { name: "an unknown path", method: "GET", path: "/admin", status: 404, reason: "PATH_UNKNOWN" },
  { name: "an unknown method", method: "PUT", path: "/matchmaking", status: 405, reason: "METHOD_UNKNOWN" },
];
for (const { name, method, path, status, reason, field, ...options } of refused) {
  test(`${name} is refused with ${status} ${reason}`, async () => {
    const { ask, desk } = await openApi();
    const answer = await ask(method, path, options);
    expect(answer).toMatchObject({ status, body: { error: { reason, message: expect.any(String) } } });
    expect((answer.body.error as { field?: string }).field).toBe(field);
    expect(desk.tickets.size).toBe(0);
  });
}

const faults = [
  { failure: new MusterError("CONFIGURATION_NOT_FOUND", "Cannot find it"), status: 400, heard: 0 },
  { failure: new MusterError("PEER_UNREACHABLE", "Cannot reach it"), status: 503, heard: 1 },
  { failure: new Error("secret of ours"), status: 500, heard: 1 },
];
for (const { failure, status, heard } of faults) {
  test(`${failure.name} ${failure.message} of the matcher becomes ${status}`, async () => {
    const { ask, desk, faults: told } = await openApi();
    desk.failure = failure;
    const answer = await ask("POST", "/matchmaking", { key: anna, body });
    expect(answer.status).toBe(status);
    expect(told).toHaveLength(heard);
    expect(JSON.stringify(answer.body)).not.toContain("secret of ours");
  });
}

test("a client that hangs up while it waits ends the wait", async () => {
  const { url, desk, faults: told } = await openApi();
  const ticketId = writeTicketId(anna, "r1");
  let ended = false;
  desk.follow = (_, signal) =>
    new Promise((_resolve, reject) => {
      desk.followers.set(ticketId, () => undefined);
      signal.addEventListener("abort", () => {
        ended = true;
        reject(signal.reason);
      });
    });
  const waiting = request(`${url}/matchmaking/${ticketId}?wait=30`, { headers: { authorization: `Bearer ${anna}` } });
  waiting.on("error", () => undefined); // Its own hanging up.
  waiting.end();
  await until(() => desk.followers.has(ticketId));
  waiting.destroy();
  await until(() => ended);
  expect(told).toEqual([]);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
