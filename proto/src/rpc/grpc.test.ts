import { once } from "node:events";
import { createServer } from "node:http2";
import { expect, test, vi } from "vitest";
import { HealthCheckRequest, HealthDefinition } from "../../gen/grpc/health/v1/health.ts";
import { ANSWER_BYTES_MAX, CALL_DEADLINE_MS_MAX, MESSAGE_BYTES_MAX } from "../limits.ts";
import { BackfillServiceDefinition } from "../messages/matchmaking.ts";
import { fieldInvalid, MusterError } from "../muster-error.ts";
import { grpcNetwork } from "./grpc-client.ts";
import { parseAddress, serveGrpc } from "./grpc-server.ts";
import { describeNetwork } from "./network.suite.ts";
import { type CallContext, implement } from "./service.ts";

describeNetwork("grpcNetwork", async (services) => {
  const server = await serveGrpc({ bind: "127.0.0.1:0", services });
  return { network: grpcNetwork, address: server.address, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
});

test("serveGrpc() refuses an address that is taken", async () => {
  await using first = await serveGrpc({ bind: "127.0.0.1:0", services: [] });
  await expect(serveGrpc({ bind: first.address, services: [] })).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
});

for (const address of ["127.0.0.1:7410", "localhost:0", "[::1]:65535", "unix:/run/muster.sock"]) {
  test(`parseAddress() takes ${address}`, () => expect(parseAddress("bind", address)).toBe(address));
}
for (const address of ["", "7410", "127.0.0.1", "host:65536", "host:x", "unix:relative", "http://host:1"]) {
  test(`parseAddress() refuses ${JSON.stringify(address)}`, () => {
    expect(() => parseAddress("bind", address)).toThrow(expect.objectContaining({ reason: "FIELD_INVALID" }));
  });
}

test("serveGrpc() tells its health, and that it is stopping", async () => {
  const server = await serveGrpc({ bind: "127.0.0.1:0", services: [] });
  await using peer = grpcNetwork.connect(server.address);
  const health = peer.client(HealthDefinition);
  expect(await health.check({ service: "" })).toEqual({ status: 1 });
  await expect(health.check({ service: "no.such.Service" })).rejects.toMatchObject({ reason: "SERVICE_UNKNOWN" });
  const statuses: number[] = [];
  let stopped: Promise<void> | undefined;
  for await (const { status } of health.watch({ service: "" })) {
    statuses.push(status);
    stopped ??= Promise.resolve(server[Symbol.asyncDispose]());
  }
  await stopped;
  expect(statuses).toEqual([1, 2]);
});

test("grpcNetwork tells a server that goes down in the middle of a call from a call that was called off", async () => {
  let called: () => void = () => undefined;
  const began = new Promise<void>((resolve) => {
    called = resolve;
  });
  const never = () => {
    called();
    return new Promise<never>(() => undefined);
  };
  const service = implement(BackfillServiceDefinition, {
    startBackfill: never,
    cancelBackfill: never,
    describeBackfill: never,
  });
  const server = await serveGrpc({ bind: "127.0.0.1:0", services: [service], drainMs: 10 });
  await using peer = grpcNetwork.connect(server.address);
  const request = { battleSessionId: "bs_1", capability: "" };
  const call = peer.client(BackfillServiceDefinition).describeBackfill(request);
  call.catch(() => undefined);
  await began;
  await server[Symbol.asyncDispose]();
  await expect(call).rejects.toMatchObject({ reason: "PEER_UNREACHABLE", retry: "backoff" });
});

/** The health service, asked in bytes. */
const rawHealth = {
  ...HealthDefinition,
  methods: {
    check: {
      ...HealthDefinition.methods.check,
      requestType: { encode: (bytes: Uint8Array) => ({ finish: () => bytes }), decode: () => new Uint8Array() },
    },
  },
};
const textField = (...bytes: readonly number[]) => Uint8Array.of(10, bytes.length, ...bytes);
const unreadable = [
  { name: "bytes that end early", bytes: Uint8Array.of(10, 200, 1, 65) },
  { name: "a number without an end", bytes: new Uint8Array(20).fill(255) },
  { name: "a text longer than the message", bytes: Uint8Array.of(10, 255, 255, 255, 255, 15) },
  { name: "groups in groups", bytes: new Uint8Array(2_000).fill((5 << 3) | 3) },
  { name: "text that is not UTF-8", bytes: textField(0x61, 0xff) },
  { name: "half a character", bytes: textField(0x61, 0xed, 0xa0, 0x80) },
  { name: "the name of the prototype", bytes: textField(...Buffer.from("__proto__")) },
];
for (const { name, bytes } of unreadable) {
  test(`serveGrpc() refuses ${name} as a mistake of the caller`, async () => {
    await using server = await serveGrpc({ bind: "127.0.0.1:0", services: [] });
    await using peer = grpcNetwork.connect(server.address);
    await expect(peer.client(rawHealth).check(bytes)).rejects.toMatchObject({ reason: "FIELD_INVALID" });
    await expect(peer.client(HealthDefinition).check({ service: "" })).resolves.toEqual({ status: 1 });
  });
}

test("serveGrpc() reads over fields that it does not know", async () => {
  await using server = await serveGrpc({ bind: "127.0.0.1:0", services: [] });
  await using peer = grpcNetwork.connect(server.address);
  const bytes = Buffer.concat([HealthCheckRequest.encode({ service: "" }).finish(), Uint8Array.of(0x9a, 0x06, 1, 7)]);
  expect(await peer.client(rawHealth).check(bytes)).toEqual({ status: 1 });
});

const { check } = HealthDefinition.methods;
const SayingDefinition = {
  name: "Saying",
  fullName: "muster.test.Saying",
  methods: { say: { ...check, name: "Say" } },
} as const;
const sayings = [
  { name: "half a character", text: `x\ud83d`, field: "x\ud83d", shown: /x\ufffd$/ },
  { name: "more than trailers hold", text: "ü".repeat(100_000), field: "€".repeat(9_000), shown: /^ü{100,}…$/ },
];
for (const { name, text, field, shown } of sayings) {
  test(`serveGrpc() survives an error that says ${name}`, async () => {
    const refuse = async () => {
      throw new MusterError("FIELD_INVALID", text, { metadata: { field } });
    };
    const service = implement(SayingDefinition, { say: refuse });
    await using server = await serveGrpc({ bind: "127.0.0.1:0", services: [service] });
    await using peer = grpcNetwork.connect(server.address);
    await expect(peer.client(SayingDefinition).say({ service: "" })).rejects.toMatchObject({
      reason: "FIELD_INVALID",
      message: expect.stringMatching(shown),
    });
    await expect(peer.client(HealthDefinition).check({ service: "" })).resolves.toEqual({ status: 1 });
  });
}

const values = [
  { name: "text cut inside a character", value: `${"x".repeat(63)}😀😀`, shown: `"${"x".repeat(63)}\\ud83d"…` },
  { name: "a map whose methods are not methods", value: { toString: 1, valueOf: 1 }, shown: "a map" },
  { name: "lists in lists", value: [[[1]], 2], shown: "a list of 2" },
  { name: "nothing", value: null, shown: "null" },
  { name: "no number", value: Number.NaN, shown: "NaN" },
];
for (const { name, value, shown } of values) {
  test(`fieldInvalid() shows ${name}`, () => {
    expect(fieldInvalid("field", "it should be", value).message).toBe(
      `Cannot read field as it should be: it is ${shown}`,
    );
  });
}

test("serveGrpc() ends a call whose caller would wait for ever", async () => {
  const { promise: called, resolve: onCalled } = Promise.withResolvers<void>();
  const hang = async (_request: unknown, { signal }: CallContext): Promise<never> => {
    onCalled();
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  const service = implement(SayingDefinition, { say: hang });
  await using server = await serveGrpc({ bind: "127.0.0.1:0", services: [service], drainMs: 0 });
  await using peer = grpcNetwork.connect(server.address);
  await peer.client(HealthDefinition).check({ service: "" });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const call = peer.client(SayingDefinition).say({ service: "" }, { deadlineMs: 3_600_000 });
    await called;
    vi.advanceTimersByTime(CALL_DEADLINE_MS_MAX);
    await expect(call).rejects.toMatchObject({ reason: "DEADLINE_PASSED" });
  } finally {
    vi.useRealTimers();
  }
});

const bytesAs = (bytes: Uint8Array) => ({ encode: () => ({ finish: () => bytes }), decode: () => ({ status: 1 }) });
const tooLarge = [
  { name: "request", method: { ...check, requestType: bytesAs(Buffer.alloc(MESSAGE_BYTES_MAX + 1)) } },
  { name: "answer", method: { ...check, responseType: bytesAs(Buffer.alloc(ANSWER_BYTES_MAX + 1)) } },
];
for (const { name, method } of tooLarge) {
  test(`grpcNetwork tells that a ${name} is too large, and that it will be again`, async () => {
    const definition = { name: "Saying", fullName: "muster.test.Saying", methods: { say: { ...method, name: "Say" } } };
    const service = implement(definition, { say: async () => ({ status: 1 }) });
    await using server = await serveGrpc({ bind: "127.0.0.1:0", services: [service] });
    await using peer = grpcNetwork.connect(server.address);
    const call = peer.client(definition).say({ service: "" });
    await expect(call).rejects.toMatchObject({ reason: "MESSAGE_TOO_LARGE", retry: "never" });
  });
}

for (const { name, details } of [
  { name: "no message", details: Buffer.from([0xff, 0xfe, 1, 2]) },
  { name: "cut", details: Buffer.from([0x1a, 0x7f, 0x0a]) },
]) {
  test(`grpcNetwork ends a call whose status details are ${name}, by its status alone`, async () => {
    const server = createServer();
    server.on("stream", (stream) => {
      const status = { "grpc-status": "9", "grpc-status-details-bin": details.toString("base64") };
      stream.respond({ ":status": 200, "content-type": "application/grpc", ...status }, { endStream: true });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const bound = server.address();
    const port = typeof bound === "object" && bound ? bound.port : 0;
    const peer = grpcNetwork.connect(`127.0.0.1:${port}`);
    const checked = peer.client(HealthDefinition).check({ service: "" });
    await expect(checked).rejects.toMatchObject({
      reason: "INTERNAL_FAULT",
      message: expect.stringContaining("FAILED_PRECONDITION"),
    });
    await peer[Symbol.asyncDispose]();
    server.close();
  });
}
