import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createDialRules } from "./dial-rules.ts";
import { createGotPoster } from "./got-poster.ts";

const never = new AbortController().signal;
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
});

async function receive(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push({
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
}

function posterOf(allowed: readonly string[]) {
  const poster = createGotPoster(createDialRules(allowed));
  opened.push(poster);
  return poster;
}

test("a request arrives whole, with its headers", async () => {
  const seen: unknown[] = [];
  const url = await receive(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.push([request.method, request.headers["webhook-id"], body]);
    response.writeHead(204).end();
  });
  const answer = await posterOf(["127.0.0.0/8"]).post({ url, headers: { "webhook-id": "one" }, body: "{}" }, never);
  expect(answer).toEqual({ status: 204, retryAfterMs: undefined });
  expect(seen).toEqual([["POST", "one", "{}"]]);
});

const answers = [
  { name: "a redirect, which is not followed", status: 302, headers: { location: "http://127.0.0.1:1/" }, body: "" },
  { name: "an error with a wish", status: 503, headers: { "retry-after": "7" }, body: "", retryAfterMs: 7_000 },
  { name: "more text than is read", status: 200, headers: {}, body: "x".repeat(5_000_000) },
] as const;
for (const { name, status, headers, body, ...rest } of answers) {
  test(`the answer may be ${name}`, async () => {
    const url = await receive((_, response) => {
      response.on("error", () => undefined);
      response.writeHead(status, headers).end(body);
    });
    const answer = await posterOf(["127.0.0.0/8"]).post({ url, headers: {}, body: "{}" }, never);
    expect(answer).toEqual({ status, retryAfterMs: "retryAfterMs" in rest ? rest.retryAfterMs : undefined });
  });
}

test("a connection that breaks under a request is tried again at once", async () => {
  let requests = 0;
  const url = await receive((request, response) => {
    requests += 1;
    if (requests === 1) request.socket.destroy();
    else response.writeHead(200).end();
  });
  const answer = await posterOf(["127.0.0.0/8"]).post({ url, headers: {}, body: "{}" }, never);
  expect([answer.status, requests]).toEqual([200, 2]);
});

test("a name is looked up by us, and what it leads to is judged before it is dialled", async () => {
  let requests = 0;
  const url = await receive((_, response) => {
    requests += 1;
    response.end();
  });
  const named = url.replace("127.0.0.1", "localhost");
  await expect(posterOf(["10.0.0.0/8"]).post({ url: named, headers: {}, body: "{}" }, never)).rejects.toThrow(
    /not allowed/,
  );
  expect(requests).toBe(0);
  const answer = await posterOf(["127.0.0.0/8", "::1/128"]).post({ url: named, headers: {}, body: "{}" }, never);
  expect([answer.status, requests]).toEqual([200, 1]);
});

test("who calls a request off does not wait for its answer", async () => {
  const stop = new AbortController();
  const url = await receive(() => stop.abort());
  await expect(posterOf(["127.0.0.0/8"]).post({ url, headers: {}, body: "{}" }, stop.signal)).rejects.toThrow();
});

test("a signal that many requests shared harms none of them when it aborts after their answers", async () => {
  const stop = new AbortController();
  const url = await receive((_, response) => void response.writeHead(204).end());
  const poster = posterOf(["127.0.0.0/8"]);
  const statuses: number[] = [];
  for (let i = 0; i < 3; i += 1)
    statuses.push((await poster.post({ url, headers: {}, body: "{}" }, stop.signal)).status);
  stop.abort();
  await new Promise((resolve) => setImmediate(resolve));
  expect(statuses).toEqual([204, 204, 204]);
});
