// Which web pages may call, over a real socket; and what is served beside the calls.
import { request as httpRequest, type IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { HealthDefinition } from "../../gen/grpc/health/v1/health.ts";
import { MusterError } from "../muster-error.ts";
import { implement } from "../rpc/service.ts";
import { serveHttp } from "./http-server.ts";
import type { Readiness } from "./pages.ts";

const CHECK = "/grpc.health.v1.Health/Check";
const FRIEND = "https://console.example";

async function start(readiness?: Readiness) {
  const check = async () => ({ status: 1 as const });
  const server = await serveHttp({
    bind: "127.0.0.1:0",
    services: [implement(HealthDefinition, { check, watch: check } as never)],
    browsers: { origins: [FRIEND] },
    pages: { "/": { type: "text/html; charset=utf-8", body: () => "<!doctype html>" } },
    ...(readiness ? { readiness } : {}),
    drainMs: 20,
  });
  const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number | undefined; headers: IncomingMessage["headers"]; text: string }>(
      (resolve, reject) => {
        const sent = httpRequest(`http://${server.address}${path}`, { method, headers }, (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
          });
          response.once("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
        });
        sent.once("error", reject);
        sent.end();
      },
    );
  return { ask, own: `http://${server.address}`, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const FOREIGN = "http://evil.example";
const rows = [
  { name: "nobody's page", headers: {}, status: 200 },
  { name: "the page that it serves", headers: { origin: "OWN", "sec-fetch-site": "same-origin" }, status: 200 },
  { name: "a read of that page", headers: { "sec-fetch-site": "same-origin" }, status: 200 },
  { name: "a page that may call", headers: { origin: FRIEND, "sec-fetch-site": "cross-site" }, status: 200 },
  { name: "a foreign page", headers: { origin: FOREIGN, "sec-fetch-site": "cross-site" }, status: 403 },
  { name: "a page without a name", headers: { origin: "null" }, status: 403 },
  { name: "a foreign page's image", headers: { "sec-fetch-site": "cross-site" }, status: 403 },
  { name: "a page of another port", headers: { origin: "http://127.0.0.1:1" }, status: 403 },
  { name: "a name that was pointed here", headers: { host: "evil.example", origin: FOREIGN }, status: 403 },
] as const;

test("serveHttp() serves the pages that it was told of, and no others", async () => {
  await using server = await start();
  for (const { name, headers, status } of rows) {
    const sent = Object.fromEntries(
      Object.entries(headers).map(([key, text]) => [key, text.replace("OWN", server.own)]),
    );
    const answer = await server.ask("POST", CHECK, sent);
    expect(answer.status, name).toBe(status);
    const isFriend = "origin" in headers && headers.origin === FRIEND;
    expect(answer.headers["access-control-allow-origin"], name).toBe(isFriend ? FRIEND : undefined);
  }
});

test("serveHttp() answers a browser that asks first, for pages that may call", async () => {
  await using server = await start();
  const question = { "access-control-request-method": "POST" };
  const yes = await server.ask("OPTIONS", CHECK, { ...question, origin: FRIEND });
  expect(yes.status).toBe(204);
  expect(yes.headers).toMatchObject({
    "access-control-allow-origin": FRIEND,
    "access-control-allow-headers": "authorization, content-type, last-event-id, muster-project",
  });
  expect((await server.ask("OPTIONS", CHECK, { ...question, origin: FOREIGN })).status).toBe(403);
});

test("serveHttp() shows its page to whoever comes by a link, under its own name only", async () => {
  await using server = await start();
  const page = await server.ask("GET", "/", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" });
  expect(page).toMatchObject({ status: 200, text: "<!doctype html>" });
  expect(page.headers["content-security-policy"]).toBe(
    "default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'",
  );
  expect((await server.ask("GET", "/", { host: "evil.example" })).status).toBe(403);
  expect((await server.ask("GET", "/constructor")).status).toBe(404);
});

test("serveHttp() says that it lives, and whether it is ready", async () => {
  await using ready = await start();
  expect(await ready.ask("GET", "/healthz")).toMatchObject({ status: 200, text: '{"status":"SERVING"}\n' });
  expect((await ready.ask("GET", "/readyz")).status).toBe(200);
  await using stopped = await start(() => Promise.reject(new MusterError("SERVICE_NOT_READY", "Cannot answer")));
  const refusal = await stopped.ask("GET", "/readyz");
  expect(refusal).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
  expect(JSON.parse(refusal.text)).toMatchObject({ reason: "SERVICE_NOT_READY", retry: "backoff" });
  expect((await stopped.ask("GET", "/healthz")).status).toBe(200);
});
