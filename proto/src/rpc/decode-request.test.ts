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
