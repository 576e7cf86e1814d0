// How much of a request is read before it is given up.
import { expect, test } from "vitest";
import { StartMatchingRequest } from "../messages/matchmaking.ts";
import { decodeRequest } from "./decode-request.ts";

const players = (count: number) =>
  StartMatchingRequest.encode(
    StartMatchingRequest.fromPartial({ players: Array.from({ length: count }, () => ({ playerId: "p" })) }),
  ).finish();
/** Of each player a field number and a length, and of its id the same. */
const PARTS_OF_PLAYER = 4;

const rows = [
  { name: "as many parts as it may have", parts: 40 * PARTS_OF_PLAYER, isRefused: false },
  { name: "a part more", parts: 40 * PARTS_OF_PLAYER - 1, isRefused: true },
];
for (const { name, parts, isRefused } of rows) {
  test(`decodeRequest() ${isRefused ? "refuses" : "takes"} a request with ${name}`, () => {
    const decode = () => decodeRequest(StartMatchingRequest, players(40), parts);
    if (isRefused) expect(decode).toThrow(expect.objectContaining({ reason: "MESSAGE_TOO_LARGE" }));
    else expect(decode().players).toHaveLength(40);
  });
}

test("decodeRequest() gives fields that nobody knows up as well", () => {
  const unknown = new Uint8Array(3_000).map((_none, index) => [0xfa, 0x01, 0x00][index % 3] ?? 0);
  const decode = () => decodeRequest(StartMatchingRequest, unknown, 1_000);
  expect(decode).toThrow(expect.objectContaining({ reason: "MESSAGE_TOO_LARGE", metadata: { limit: "1000" } }));
});

const texts = [
  ...["", "a", "x".repeat(32), "x".repeat(33), "x".repeat(256), "x".repeat(257), "é", `${"x".repeat(255)}é`, "\ufeffa"],
  ...["日本".repeat(200), "\u0000", "\u007f", "\u0080"],
];
for (const text of texts) {
  test(`decodeRequest() reads ${JSON.stringify(text.slice(-8))} of ${text.length} characters, and what follows it`, () => {
    const bytes = StartMatchingRequest.encode(
      StartMatchingRequest.fromPartial({ ticketId: text, configuration: "after" }),
    ).finish();
    const within = Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(3)]).subarray(3, 3 + bytes.length);
    for (const one of [bytes, new Uint8Array(within), within]) {
      expect(decodeRequest(StartMatchingRequest, one)).toMatchObject({ ticketId: text, configuration: "after" });
    }
  });
}

const ticketIdOf = (...bytes: readonly number[]) => new Uint8Array([0x12, bytes.length, ...bytes]);
const bad = [
  { name: "a byte that begins no character", bytes: ticketIdOf(0x61, 0xff) },
  { name: "a character that is cut short", bytes: ticketIdOf(0x61, 0xc3) },
  { name: "half of a pair", bytes: ticketIdOf(0xed, 0xa0, 0x80) },
  { name: "a longer text than it has", bytes: ticketIdOf(0x61).fill(2, 1, 2) },
  { name: "a text as long as no message", bytes: new Uint8Array([0x12, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x61]) },
];
for (const { name, bytes } of bad) {
  test(`decodeRequest() refuses a text of ${name}`, () => {
    expect(() => decodeRequest(StartMatchingRequest, bytes)).toThrow(
      expect.objectContaining({ reason: "FIELD_INVALID" }),
    );
  });
}
