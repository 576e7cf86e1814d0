import { createHash } from "node:crypto";
import { readEnvironment } from "@muster/kit";
import { expect, test } from "vitest";
import { silentLog } from "../log.ts";
import { httpEnvironment, parseHttpBind, serveHttpApi } from "./serve-http-api.ts";
import { TRY_PAGE, TRY_PAGE_POLICY } from "./try-page.ts";

const usual = { grpc: "127.0.0.1:7410", http: "127.0.0.1:0" };
const rows = [
  { name: "its usual port beside gRPC's", bind: undefined, grpcBind: "127.0.0.1:7410", isServed: true },
  { name: "nothing beside a port of gRPC's own", bind: undefined, grpcBind: "127.0.0.1:9000", isServed: false },
  { name: "the port that is named", bind: "127.0.0.1:0", grpcBind: "127.0.0.1:9000", isServed: true },
  { name: "nothing when it is off", bind: "off", grpcBind: "127.0.0.1:7410", isServed: false },
];
for (const { name, isServed, ...where } of rows) {
  test(`serveHttpApi() serves ${name}`, async () => {
    const said: unknown[] = [];
    const log = { ...silentLog, info: (fields: object) => void said.push(fields) };
    const document = async () => ({ openapi: "3.1.1", paths: {} });
    const front = { checkBind: (_variable: string, address: string) => address, tls: undefined, pages: {} };
    const more = {
      variable: "MUSTER_MATCHER_HTTP",
      front,
      document,
      readiness: async () => undefined,
      onFault: () => undefined,
    };
    await using _ = await serveHttpApi({
      ...where,
      ...more,
      usual,
      log,
      services: [],
      origins: [],
      connectionsMax: 10,
    });
    expect(said).toEqual(isServed ? [{ address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) }] : []);
  });
}

test("the page at / may run its own script and style, by their hashes, and nothing else", () => {
  const policy = new Map(TRY_PAGE_POLICY.split("; ").map((rule) => [rule.split(" ")[0], rule.split(" ").slice(1)]));
  expect(policy.get("default-src")).toEqual(["'none'"]);
  for (const [tag, rule] of [
    ["script", "script-src"],
    ["style", "style-src"],
  ]) {
    const [inner, ...more] = [...TRY_PAGE.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, "gs"))].map(([, text]) => text);
    expect(more).toEqual([]);
    const hash = createHash("sha256")
      .update(inner ?? "")
      .digest("base64");
    expect(policy.get(rule)).toEqual([`'sha256-${hash}'`]);
  }
  expect(TRY_PAGE).not.toMatch(/ style=|\son[a-z]+=|javascript:/);
});

test("parseHttpBind() takes an address or off, and nothing else", () => {
  for (const text of ["off", "127.0.0.1:7411", "unix:/run/http.sock"]) expect(parseHttpBind(text)).toBe(text);
  for (const text of ["on", "7411", "host:99999"]) expect(() => parseHttpBind(text)).toThrow("it must be");
});

test("MUSTER_HTTP_ORIGINS lists origins, and refuses what is none", () => {
  const read = (text: string) => readEnvironment(httpEnvironment, { MUSTER_HTTP_ORIGINS: text }).MUSTER_HTTP_ORIGINS;
  expect(read("https://a.example, http://localhost:8080")).toEqual(["https://a.example", "http://localhost:8080"]);
  expect(read("")).toEqual([]);
  for (const text of ["*", "https://a.example/", "a.example"]) expect(() => read(text)).toThrow("origin");
});
