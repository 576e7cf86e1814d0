import { expect, test } from "vitest";
import { ApplyFillRequest, StartPlacementRequest } from "../messages/fleet.ts";
import {
  ProcessReadyRequest,
  ReportHealthRequest,
  StartBackfillRequest,
  UpdatePlayerSessionCreationPolicyRequest,
  WatchRequest,
} from "../messages/sdk.ts";
import type { MusterError } from "../muster-error.ts";
import type { MessageType } from "../rpc/service.ts";
import { readJsonMessage, readLargeJsonMessage, writeJsonMessage } from "./json-message.ts";

// biome-ignore lint/suspicious/noExplicitAny: messages of every type.
type AnyMessage = MessageType<any>;
type Row = {
  readonly type: AnyMessage;
  readonly text: string;
  readonly message?: object;
  readonly field?: string;
};

const accepted: readonly (Row & { readonly message: object })[] = [
  { type: ReportHealthRequest, text: "{}", message: { checkId: "", healthy: false } },
  { type: ReportHealthRequest, text: '{"checkId":"c","healthy":true}', message: { checkId: "c", healthy: true } },
  { type: ReportHealthRequest, text: '{"check_id":"c","healthy":false}', message: { checkId: "c", healthy: false } },
  { type: ReportHealthRequest, text: '{"checkId":null}', message: { checkId: "" } },
  { type: ProcessReadyRequest, text: '{"ports":{"my_port":1}}', message: { ports: { my_port: 1 } } },
  { type: ProcessReadyRequest, text: '{"concurrentSessions":"3"}', message: { concurrentSessions: 3 } },
  {
    type: UpdatePlayerSessionCreationPolicyRequest,
    text: '{"creationPolicy":"DENY_ALL"}',
    message: { creationPolicy: 2 },
  },
  { type: UpdatePlayerSessionCreationPolicyRequest, text: '{"creationPolicy":2}', message: { creationPolicy: 2 } },
  {
    type: UpdatePlayerSessionCreationPolicyRequest,
    text: '{"creation_policy":"CREATION_POLICY_DENY_ALL"}',
    message: { creationPolicy: 2 },
  },
  {
    type: WatchRequest,
    text: '{"resumeAfter":{"bs_1":9007199254740991}}',
    message: { resumeAfter: { bs_1: 2 ** 53 - 1 } },
  },
  {
    type: StartPlacementRequest,
    text: '{"capabilityKey":"-_8","players":[{"playerId":"ann","attributes":{"skill":5,"modes":["ctf"]}}]}',
    message: { players: [{ playerId: "ann", attributes: { skill: 5, modes: ["ctf"] } }] },
  },
];
for (const { type, text, message } of accepted) {
  test(`readJsonMessage() takes ${text}`, () => {
    expect(readJsonMessage(type, JSON.parse(text))).toMatchObject(message);
  });
}

const refused: readonly Row[] = [
  { type: ReportHealthRequest, text: '{"healthy":"false"}', field: "healthy" },
  { type: ReportHealthRequest, text: '{"healthy":1}', field: "healthy" },
  { type: ReportHealthRequest, text: '{"checkId":7}', field: "checkId" },
  { type: ReportHealthRequest, text: '{"":"c"}', field: '""' },
  { type: ReportHealthRequest, text: `{"${"k".repeat(900)}":1}`, field: "k".repeat(64) },
  { type: ReportHealthRequest, text: '{"checkId":{"a":1}}', field: "checkId" },
  { type: ReportHealthRequest, text: '{"checkid":"c"}', field: "checkid" },
  { type: ReportHealthRequest, text: '{"checkId":"\\ud800"}', field: "checkId" },
  { type: ReportHealthRequest, text: "[]", field: "the request" },
  { type: ReportHealthRequest, text: '"x"', field: "the request" },
  { type: ReportHealthRequest, text: "null", field: "the request" },
  { type: ProcessReadyRequest, text: '{"ports":{"game":"x"}}', field: "ports.game" },
  {
    type: StartPlacementRequest,
    text: '{"players":[{"attributes":{"a":{"__proto__":1}}}]}',
    field: "players[0].attributes.a.__proto__",
  },
  {
    type: StartPlacementRequest,
    text: '{"players":[{"attributes":{"\\ud800":1}}]}',
    field: "players[0].attributes.\ufffd",
  },
  { type: ProcessReadyRequest, text: '{"ports":[1]}', field: "ports" },
  { type: ProcessReadyRequest, text: '{"ports":{"game":1.5}}', field: "ports.game" },
  { type: ProcessReadyRequest, text: '{"ports":{"__proto__":7}}', field: "ports.__proto__" },
  { type: ProcessReadyRequest, text: '{"concurrentSessions":4294967296}', field: "concurrentSessions" },
  { type: ProcessReadyRequest, text: '{"concurrentSessions":1e300}', field: "concurrentSessions" },
  { type: UpdatePlayerSessionCreationPolicyRequest, text: '{"creationPolicy":"deny_all"}', field: "creationPolicy" },
  { type: UpdatePlayerSessionCreationPolicyRequest, text: '{"creationPolicy":7}', field: "creationPolicy" },
  { type: WatchRequest, text: '{"resumeAfter":{"bs_1":-1}}', field: "resumeAfter.bs_1" },
  { type: StartBackfillRequest, text: '{"addPlayers":{"red":true}}', field: "addPlayers.red" },
  { type: ApplyFillRequest, text: '{"newcomers":[{"playerId":"a"},{"playerId":1}]}', field: "newcomers[1].playerId" },
  { type: ApplyFillRequest, text: '{"newcomers":{"0":{}}}', field: "newcomers" },
];
for (const { type, text, field } of refused) {
  test(`readJsonMessage() refuses ${text}`, () => {
    let refusal: MusterError | undefined;
    try {
      readJsonMessage(type, JSON.parse(text));
    } catch (error) {
      refusal = error as MusterError;
    }
    expect(refusal?.reason).toBe("FIELD_INVALID");
    expect(refusal?.metadata.field).toBe(field);
  });
}

test("readJsonMessage() shows no value: it may be a secret in a field of the wrong name", () => {
  const read = () => readJsonMessage(ReportHealthRequest, { playerSessionID: "ps_canary" });
  expect(read).toThrow(expect.objectContaining({ message: expect.not.stringContaining("canary") }));
});

test("readJsonMessage() refuses what nests without end", () => {
  const deep = `{"players":[{"attributes":{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}}]}`;
  expect(() => readJsonMessage(StartPlacementRequest, JSON.parse(deep))).toThrow(
    expect.objectContaining({ reason: "FIELD_INVALID" }),
  );
});

test("writeJsonMessage() writes states as words and leaves out zeros", () => {
  const request = { battleSessionId: "bs_1", creationPolicy: 2 as const };
  const text = writeJsonMessage(UpdatePlayerSessionCreationPolicyRequest, request);
  expect(JSON.parse(text)).toEqual({ battleSessionId: "bs_1", creationPolicy: "DENY_ALL" });
  expect(writeJsonMessage(ReportHealthRequest, { checkId: "", healthy: false })).toBe("{}");
});

test("readLargeJsonMessage() lets others have their turn while it reads, and reads the same", async () => {
  const json = { resumeAfter: { bs_1: 7 } };
  let turns = 0;
  let isReading = true;
  const others = () => {
    turns += 1;
    if (isReading) setImmediate(others);
  };
  setImmediate(others);
  const message = await readLargeJsonMessage(WatchRequest, json);
  isReading = false;
  expect(message).toEqual(readJsonMessage(WatchRequest, json));
  expect(turns).toBeGreaterThanOrEqual(4);
});

test("readLargeJsonMessage() refuses what readJsonMessage() refuses", async () => {
  const read = readLargeJsonMessage(ReportHealthRequest, { healthy: 1 });
  await expect(read).rejects.toMatchObject({ reason: "FIELD_INVALID", metadata: { field: "healthy" } });
});
