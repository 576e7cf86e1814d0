import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createChannel } from "@muster/kit";
import { expect, test } from "vitest";
import { type HealthCheckResponse, HealthDefinition } from "../../gen/grpc/health/v1/health.ts";
import { MESSAGE_BYTES_MAX } from "../limits.ts";
import { MusterError } from "../muster-error.ts";
import { type CallContext, implement, type StreamResume } from "../rpc/service.ts";
import { serveHttp } from "./http-server.ts";

type Watch = (request: { service: string }, context: CallContext) => AsyncIterable<HealthCheckResponse>;
type Check = (request: { service: string }, context: CallContext) => Promise<HealthCheckResponse>;

const CHECK = "/grpc.health.v1.Health/Check";
const WATCH = "/grpc.health.v1.Health/Watch";

async function start(parts: { check?: Check; watch?: Watch; bind?: string } = {}) {
  const faults: unknown[] = [];
  const { check = async () => ({ status: 1 as const }), bind = "127.0.0.1:0" } = parts;
  const {
    watch = async function* () {
      yield { status: 1 as const };
    },
  } = parts;
  // Places are how many were read before.
  const counted: StreamResume<{ service: string }, HealthCheckResponse> = {
    after: (_, place) => ({ service: place }),
    follow: ({ service }) => {
      let count = Number(service);
      return () => {
        count += 1;
        return String(count);
      };
    },
  };
  const service = implement(HealthDefinition, { check, watch } as never, { watch: counted });
  const server = await serveHttp({ bind, services: [service], onFault: (error) => faults.push(error), drainMs: 20 });
  const call = (path: string, options: RequestOptions & { body?: string | Buffer } = {}) =>
    new Promise<{ status: number; headers: IncomingMessage["headers"]; text: string }>((resolve, reject) => {
      const { body = "", headers, ...more } = options;
      const target = server.address.startsWith("unix:")
        ? { socketPath: server.address.slice(5) }
        : { host: "127.0.0.1", port: Number(server.address.split(":")[1]) };
      const type = body === "" ? {} : { "content-type": "application/json" };
      const sent = httpRequest(
        { method: "POST", path, ...target, headers: { ...type, ...headers }, ...more },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
          });
          response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
          response.once("error", reject);
        },
      );
      sent.once("error", reject);
      sent.end(body);
    });
  return { ...server, call, faults, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test("serveHttp() answers a call with JSON, and hands over the token", async () => {
  const seen: unknown[] = [];
  await using server = await start({
    check: async (request, { token }) => {
      seen.push({ request, token });
      return { status: 2 };
    },
  });
  const { status, headers, text } = await server.call(CHECK, {
    body: '{"service":"a"}',
    headers: { authorization: "Bearer t0ken" },
  });
  expect({ status, type: headers["content-type"], body: JSON.parse(text) }).toEqual({
    status: 200,
    type: "application/json",
    body: { status: "NOT_SERVING" },
  });
  expect((await server.call(CHECK)).status).toBe(200);
  expect(seen).toEqual([
    { request: { service: "a" }, token: "t0ken" },
    { request: { service: "" }, token: "" },
  ]);
});

const LARGE = `{"service":"${"x".repeat(MESSAGE_BYTES_MAX)}"}`;
const refusals: readonly {
  readonly name: string;
  readonly path?: string;
  readonly options?: RequestOptions & { body?: string | Buffer };
  readonly status: number;
  readonly reason: string;
  readonly field?: string;
}[] = [
  { name: "an unknown path", path: "/", status: 404, reason: "METHOD_UNKNOWN" },
  { name: "an unknown method", path: "/grpc.health.v1.Health/check", status: 404, reason: "METHOD_UNKNOWN" },
  { name: "GET of a call", options: { method: "GET" }, status: 405, reason: "FIELD_INVALID", field: "the HTTP method" },
  { name: "OPTIONS", options: { method: "OPTIONS" }, status: 405, reason: "FIELD_INVALID", field: "the HTTP method" },
  { name: "no JSON", options: { body: "{" }, status: 400, reason: "FIELD_INVALID", field: "the body" },
  {
    name: "bytes that are no UTF-8",
    options: { body: Buffer.from([0x22, 0xff, 0x22]) },
    status: 400,
    reason: "FIELD_INVALID",
    field: "the body",
  },
  { name: "a list", options: { body: "[]" }, status: 400, reason: "FIELD_INVALID", field: "the request" },
  {
    name: "a field of another type",
    options: { body: '{"service":1}' },
    status: 400,
    reason: "FIELD_INVALID",
    field: "service",
  },
  {
    name: "an unknown field",
    options: { body: '{"servic":"a"}' },
    status: 400,
    reason: "FIELD_INVALID",
    field: "servic",
  },
  {
    name: "a form",
    options: { body: "service=a", headers: { "content-type": "application/x-www-form-urlencoded" } },
    status: 415,
    reason: "FIELD_INVALID",
    field: "content-type",
  },
  {
    name: "another charset",
    options: { body: "{}", headers: { "content-type": "application/json; charset=latin1" } },
    status: 415,
    reason: "FIELD_INVALID",
    field: "content-type",
  },
  {
    name: "zipped bytes",
    options: { body: "{}", headers: { "content-encoding": "gzip" } },
    status: 415,
    reason: "FIELD_INVALID",
    field: "content-encoding",
  },
  {
    name: "a body that says that it is too large",
    options: {
      headers: { "content-length": String(MESSAGE_BYTES_MAX + 1) },
      body: LARGE.slice(0, MESSAGE_BYTES_MAX + 1),
    },
    status: 413,
    reason: "MESSAGE_TOO_LARGE",
  },
  {
    name: "a body that is too large and does not say so",
    options: { headers: { "transfer-encoding": "chunked" }, body: LARGE },
    status: 413,
    reason: "MESSAGE_TOO_LARGE",
  },
  { name: "a web page", options: { headers: { origin: "http://evil.example" } }, status: 403, reason: "NOT_PERMITTED" },
  {
    name: "a page's own fetch",
    options: { headers: { "sec-fetch-site": "same-origin" } },
    status: 403,
    reason: "NOT_PERMITTED",
  },
  {
    name: "a name that was pointed here",
    options: { headers: { host: "evil.example" } },
    status: 403,
    reason: "NOT_PERMITTED",
  },
];
test("serveHttp() refuses what is no call of it, in one shape, before a handler hears of it", async () => {
  let heard = 0;
  await using server = await start({
    check: async () => {
      heard += 1;
      return { status: 1 };
    },
  });
  for (const { name, path = CHECK, options, status, reason, field } of refusals) {
    const answer = await server.call(path, options);
    const body: unknown = JSON.parse(answer.text);
    expect(answer.status, name).toBe(status);
    expect(body, name).toMatchObject({
      reason,
      message: expect.stringMatching(/^Cannot /),
      ...(field ? { field } : {}),
    });
  }
  expect(heard).toBe(0);
  expect((await server.call(CHECK, { headers: { host: "localhost:1" } })).status).toBe(200);
});

const outcomes = [
  {
    error: new MusterError("PLAYER_SESSION_NOT_FOUND", "Cannot find it", { metadata: { a: "b" } }),
    status: 404,
    code: "NOT_FOUND",
  },
  { error: new MusterError("CREDENTIALS_INVALID", "Cannot serve it"), status: 401, code: "UNAUTHENTICATED" },
  { error: new MusterError("PHASE_CONFLICT", "Cannot do it"), status: 409, code: "FAILED_PRECONDITION" },
  { error: new MusterError("FLEET_UNREACHABLE", "Cannot say"), status: 503, code: "UNAVAILABLE" },
  { error: new MusterError("CURSOR_EXPIRED", "Cannot go on"), status: 410, code: "OUT_OF_RANGE" },
  { error: new MusterError("OVERLOADED", "Cannot take more"), status: 429, code: "RESOURCE_EXHAUSTED" },
];
for (const { error, status, code } of outcomes) {
  test(`serveHttp() answers ${error.reason} with ${status}`, async () => {
    await using server = await start({ check: () => Promise.reject(error) });
    const answer = await server.call(CHECK);
    const { reason, message, metadata, retry } = error;
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({ status: code, reason, message, retry, metadata });
    expect(answer.headers["retry-after"]).toBe(status === 503 || status === 429 ? "1" : undefined);
  });
}

test("serveHttp() tells nobody but the log of a mistake of ours", async () => {
  const mistake = new Error("secret detail");
  await using server = await start({ check: () => Promise.reject(mistake) });
  const { status, text } = await server.call(CHECK);
  expect(status).toBe(500);
  expect(text).not.toContain("secret");
  expect(server.faults).toEqual([mistake]);
});

test("serveHttp() streams messages with their places, and resumes after the last one that was read", async () => {
  const asked: string[] = [];
  await using server = await start({
    watch: async function* ({ service }) {
      asked.push(service);
      yield { status: 1 };
      yield { status: 2 };
    },
  });
  const first = await server.call(`${WATCH}?service=0`, { method: "GET" });
  expect(first.headers["content-type"]).toBe("text/event-stream");
  expect(first.text).toBe(
    'retry: 500\n\nid: 1\ndata: {"status":"SERVING"}\n\nid: 2\ndata: {"status":"NOT_SERVING"}\n\n',
  );
  const again = await server.call(WATCH, { body: '{"service":"0"}', headers: { "last-event-id": "2" } });
  expect(again.text).toContain("id: 3\n");
  expect(asked).toEqual(["0", "2"]);
});

test("serveHttp() refuses a stream with a status, or with an event once it has begun", async () => {
  const refusal = new MusterError("PHASE_CONFLICT", "Cannot go on");
  let begun = false;
  await using server = await start({
    watch: async function* () {
      if (begun) yield { status: 1 };
      throw refusal;
    },
  });
  expect((await server.call(WATCH)).status).toBe(409);
  begun = true;
  const { status, text } = await server.call(WATCH);
  expect(status).toBe(200);
  expect(text).toMatch(/event: error\ndata: \{"status":"FAILED_PRECONDITION","reason":"PHASE_CONFLICT"/);
});

test("serveHttp() aborts the handler of a caller that leaves", async () => {
  const left = Promise.withResolvers<void>();
  const events = createChannel<HealthCheckResponse>();
  await using server = await start({
    watch: (_, { signal }) => {
      signal.addEventListener("abort", () => {
        events.close();
        left.resolve();
      });
      return events;
    },
  });
  const socket = connect(Number(server.address.split(":")[1]), "127.0.0.1");
  socket.write(`GET ${WATCH} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  events.push({ status: 1 });
  await new Promise((resolve) => socket.once("data", resolve));
  socket.destroy();
  await left.promise;
});

test("serveHttp() lets a reader that takes nothing wait with its writer, not with memory", async () => {
  let written = 0;
  const pending = Promise.withResolvers<void>();
  await using server = await start({
    watch: async function* (_, { signal }) {
      signal.addEventListener("abort", () => pending.resolve());
      for (; written < 1_000_000 && !signal.aborted; written += 1) yield { status: 1 };
    },
  });
  const socket = connect(Number(server.address.split(":")[1]), "127.0.0.1");
  socket.write(`GET ${WATCH} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  socket.pause();
  let before = -1;
  while (before !== written) {
    before = written;
    for (let turn = 0; turn < 20; turn += 1) await server.call(CHECK); // Others are answered meanwhile.
  }
  expect(written).toBeLessThan(1_000_000);
  socket.destroy();
  await pending.promise;
});

test("serveHttp() serves a Unix socket that its owner alone may open, also over one that a killed server left", async () => {
  const folder = mkdtempSync(join(tmpdir(), "muster-http-"));
  const path = join(folder, "s");
  try {
    await using server = await start({ bind: `unix:${path}` });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await server.call(CHECK)).status).toBe(200);
    await expect(start({ bind: `unix:${path}` })).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("serveHttp() refuses an address that is taken", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const bound = other.address();
  const port = typeof bound === "object" ? bound?.port : 0;
  await expect(start({ bind: `127.0.0.1:${port}` })).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
  other.close();
});
