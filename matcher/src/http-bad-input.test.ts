// What anybody may send to the HTTP port, byte by byte: refused by its reason, field and status, with nothing changed, and the matcher
// still serving. What JSON can say of a message is tried in bad-input.test.ts.
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { limits } from "@muster/proto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSocketWorld, type SocketWorld } from "./socket-world.fixture.ts";

let world: SocketWorld;
beforeAll(async () => {
  world = await openSocketWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const SERVICE = "/muster.matchmaking.v1.MatchmakingService";
const JSON_TYPE = "content-type: application/json";

/** A request whose body is `body`, as it is. */
function post(method: string, body: string | Buffer, ...headers: readonly string[]): Buffer {
  const bytes = Buffer.from(body);
  const lines = [`POST ${SERVICE}/${method} HTTP/1.1`, "host: localhost", "connection: close", ...headers];
  const length = headers.some((line) => /^(?:content-length|transfer-encoding)/.test(line));
  return Buffer.concat([
    Buffer.from([...lines, ...(length ? [] : [`content-length: ${bytes.length}`]), "", ""].join("\r\n")),
    bytes,
  ]);
}

/** Sends bytes on a connection of their own; resolves with all that came back once the server has closed it. */
function send(bytes: Buffer | string): Promise<string> {
  const [host = "", port = ""] = world.httpAddress.split(":");
  return new Promise((resolve) => {
    const socket = connect(Number(port), host, () => socket.write(bytes));
    let answer = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      answer += text;
    });
    socket.on("error", () => undefined); // A server that has refused need not read on.
    socket.once("close", () => resolve(answer));
  });
}

async function readState(): Promise<unknown> {
  let records = 0;
  for await (const _ of world.journal.read("matcher", 1)) records += 1;
  return [records, await world.configurations.listConfigurations({})];
}

const players = '"players":[{"playerId":"p","attributes":{"skill":1}}]';
const ticket = (field: string) => `{"configuration":"skilled",${players},${field}}`;
const attribute = (value: string) =>
  `{"configuration":"skilled","players":[{"playerId":"p","attributes":{"skill":1,${value}}}]}`;
const start = (body: string | Buffer, ...headers: readonly string[]) =>
  post("StartMatching", body, ...(headers.length > 0 ? headers : [JSON_TYPE]));
const chunked = (body: Buffer) =>
  Buffer.concat([
    post("StartMatching", "", JSON_TYPE, "transfer-encoding: chunked"),
    Buffer.from(`${body.length.toString(16)}\r\n`),
    body,
    Buffer.from("\r\n0\r\n\r\n"),
  ]);
const inOneAnother = (count: number, open: string, close: string) => open.repeat(count) + close.repeat(count);

const rows: readonly {
  readonly name: string;
  readonly bytes: Buffer | string;
  readonly status: number;
  readonly reason?: string;
  readonly field?: string;
}[] = [
  { name: "half a value", bytes: start("{"), status: 400, field: "the body" },
  { name: "a value and more", bytes: start("{} {}"), status: 400, field: "the body" },
  { name: "a comment", bytes: start("{/**/}"), status: 400, field: "the body" },
  { name: "NaN by its name", bytes: start(attribute('"x":NaN')), status: 400, field: "the body" },
  { name: "1e400", bytes: start(attribute('"x":1e400')), status: 400, field: "players[0].attributes.x" },
  { name: "-1e400", bytes: start(attribute('"x":-1e400')), status: 400, field: "players[0].attributes.x" },
  { name: "2^53 + 1", bytes: start(attribute('"x":9007199254740993')), status: 400, field: "players[0].attributes.x" },
  { name: "null", bytes: start(attribute('"x":null')), status: 400, field: "players[0].attributes.x" },
  { name: "half a character", bytes: start(attribute('"x":"\\ud83d"')), status: 400, field: "players[0].attributes.x" },
  {
    name: "__proto__ as a name",
    bytes: start(attribute('"__proto__":{"polluted":1}')),
    ...{ status: 400, field: "players[0].attributes.__proto__" },
  },
  { name: "__proto__ as a field", bytes: start(ticket('"__proto__":{"team":"red"}')), status: 400, field: "__proto__" },
  { name: "constructor as a field", bytes: start(ticket('"constructor":1')), status: 400, field: "constructor" },
  { name: "a number where text belongs", bytes: start(ticket('"ticketId":7')), status: 400, field: "ticketId" },
  { name: "text where a list belongs", bytes: start('{"players":"ann"}'), status: 400, field: "players" },
  { name: "a map where a list belongs", bytes: start('{"players":{"0":{}}}'), status: 400, field: "players" },
  {
    name: "a latency that is no whole number",
    bytes: start('{"players":[{"playerId":"p","latenciesMs":{"eu":1.5}}]}'),
    ...{ status: 400, field: "players[0].latenciesMs.eu" },
  },
  {
    name: "a latency above 2^31",
    bytes: start('{"players":[{"playerId":"p","latenciesMs":{"eu":4294967296}}]}'),
    ...{ status: 400, field: "players[0].latenciesMs.eu" },
  },
  {
    name: "an answer of no known word",
    bytes: post("AcceptMatch", '{"answer":"MAYBE"}', JSON_TYPE),
    status: 400,
    field: "answer",
  },
  {
    name: "an answer of no known number",
    bytes: post("AcceptMatch", '{"answer":99}', JSON_TYPE),
    status: 400,
    field: "answer",
  },
  { name: "a list", bytes: start("[]"), status: 400, field: "the request" },
  { name: "33 lists in one another", bytes: start(inOneAnother(33, "[", "]")), status: 400, field: "the body" },
  {
    name: "500,000 lists in one another",
    bytes: start(inOneAnother(500_000, "[", "]")),
    status: 400,
    field: "the body",
  },
  {
    name: "100,000 maps in one another",
    bytes: start(inOneAnother(100_000, '{"a":', "")),
    status: 400,
    field: "the body",
  },
  {
    name: "10,000 attributes",
    bytes: start(attribute(Array.from({ length: 10_000 }, (_, i) => `"a${i}":${i}`).join())),
    status: 400,
  },
  {
    name: "bytes that are no UTF-8",
    bytes: start(Buffer.from('{"ticketId":"\xff"}', "latin1")),
    status: 400,
    field: "the body",
  },
  {
    name: "a byte order mark of UTF-16",
    bytes: start(Buffer.from("\ufeff{}", "utf16le")),
    status: 400,
    field: "the body",
  },
  {
    name: "a form",
    bytes: start("a=b", "content-type: application/x-www-form-urlencoded"),
    status: 415,
    field: "content-type",
  },
  { name: "no content type", bytes: start("{}", "x: y"), status: 415, field: "content-type" },
  {
    name: "a zipped megabyte",
    bytes: start(gzipSync(Buffer.alloc(1_000_000)), JSON_TYPE, "content-encoding: gzip"),
    ...{ status: 415, field: "content-encoding" },
  },
  {
    name: "too many bytes, announced",
    bytes: start("", JSON_TYPE, `content-length: ${2 ** 40}`),
    status: 413,
    reason: "MESSAGE_TOO_LARGE",
  },
  {
    name: "too many bytes in a chunk",
    bytes: chunked(Buffer.alloc(limits.MESSAGE_BYTES_MAX + 1, " ")),
    ...{ status: 413, reason: "MESSAGE_TOO_LARGE" },
  },
  {
    name: "70,000 bytes of headers",
    bytes: start("{}", JSON_TYPE, `x: ${"y".repeat(70_000)}`),
    status: 431,
    reason: "MESSAGE_TOO_LARGE",
  },
  {
    name: "a path of 70,000",
    bytes: `GET /${"a".repeat(70_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
    status: 431,
    reason: "MESSAGE_TOO_LARGE",
  },
  { name: "two lengths", bytes: start("{}", JSON_TYPE, "content-length: 2", "content-length: 3"), status: 400 },
  {
    name: "a length and chunks",
    bytes: start("0\r\n\r\n", JSON_TYPE, "content-length: 5", "transfer-encoding: chunked"),
    status: 400,
  },
  { name: "a negative length", bytes: start("{}", JSON_TYPE, "content-length: -1"), status: 400 },
  {
    name: "a chunk of no size",
    bytes: `${post("StartMatching", "", JSON_TYPE, "transfer-encoding: chunked")}zz\r\n`,
    status: 400,
  },
  { name: "a header with a NUL", bytes: start("{}", JSON_TYPE, "x: a\0b"), status: 400 },
  { name: "a line feed alone between headers", bytes: "GET / HTTP/1.1\nhost: a\n\n", status: 400 },
  { name: "bytes of TLS", bytes: Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]), status: 400 },
  { name: "bytes of HTTP/2", bytes: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", status: 400 },
  {
    name: "a verb that is none",
    bytes: `BREW ${SERVICE}/StartMatching HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    status: 400,
  },
  {
    name: "a verb that the method has not",
    bytes: `DELETE ${SERVICE}/StartMatching HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
    ...{ status: 405, field: "the HTTP method" },
  },
  {
    name: "a method that takes a stream",
    bytes: post("StartMatchingStream", "{}", JSON_TYPE),
    ...{ status: 404, reason: "METHOD_UNKNOWN" },
  },
  {
    name: "a method that is none",
    bytes: post("../StartMatching", "{}", JSON_TYPE),
    status: 404,
    reason: "METHOD_UNKNOWN",
  },
  {
    name: "a method of every object",
    bytes: "POST /constructor/toString HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
    ...{ status: 404, reason: "METHOD_UNKNOWN" },
  },
];

for (const { name, bytes, status, reason = "FIELD_INVALID", field } of rows) {
  test(`the HTTP port refuses ${name} with ${status}`, async () => {
    const before = await readState();
    const [answer, others] = await Promise.all([send(bytes), world.http.configurations.listConfigurations({})]);
    const [head = "", body = ""] = answer.split("\r\n\r\n", 2);
    expect(head.split("\r\n")[0]).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const refusal: { readonly message: string } = JSON.parse(body);
    expect(refusal).toMatchObject({ reason, message: expect.stringMatching(/^Cannot /), ...(field ? { field } : {}) });
    expect(refusal.message.length).toBeLessThanOrEqual(400);
    expect(refusal.message).not.toMatch(/\n\s+at /);
    expect(others.configurations.length).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(await readState()).toEqual(before);
  });
}

test("the HTTP port takes a body whose map names a key twice by its last word, as JSON does", async () => {
  const answer = await send(start(attribute('"x":1,"x":2')));
  const { ticket } = JSON.parse(answer.split("\r\n\r\n", 2)[1] ?? "");
  expect(ticket.players[0].attributes).toEqual({ skill: 1, mode: "any", x: 2 });
});
