import { type SessionChange, writeSessionChange } from "@muster/proto";
import { WatchSessionsResponse } from "@muster/proto/fleet";
import { expect, test } from "vitest";
import { readFeedMessages } from "./wire.ts";

const change = { battleSessionId: "session_1", revision: 2, rosterVersion: 1, reason: "SESSION_ACTIVATED" };
const changed: WatchSessionsResponse["event"] = {
  $case: "sessionChange",
  value: writeSessionChange({ ...change, added: [], updated: [], removed: [] } as unknown as SessionChange),
};
const bytesOf = (event: WatchSessionsResponse["event"]) =>
  WatchSessionsResponse.encode({ resumeToken: "", event }).finish();
const several = (...messages: Uint8Array[]): WatchSessionsResponse => {
  return { resumeToken: "after", event: { $case: "several", value: { messages } } };
};
const heartbeat: WatchSessionsResponse["event"] = { $case: "heartbeat", value: {} };

const rows: { name: string; message: WatchSessionsResponse; told: readonly string[] }[] = [
  { name: "one as it is", message: { resumeToken: "after", event: changed }, told: ["session-change after"] },
  { name: "nothing of what it does not know", message: { resumeToken: "after", event: undefined }, told: [] },
  {
    name: "several in order, to be resumed only after the last",
    message: several(bytesOf(changed), bytesOf(heartbeat), bytesOf(changed)),
    told: ["session-change before", "heartbeat before", "session-change after"],
  },
  { name: "nothing of several within several", message: several(bytesOf(several(bytesOf(changed)).event)), told: [] },
];
for (const { name, message, told } of rows) {
  test(`readFeedMessages() reads ${name}`, () => {
    expect(readFeedMessages(message, "before").map(({ type, resumeToken }) => `${type} ${resumeToken}`)).toEqual(told);
  });
}

test("readFeedMessages() takes damaged ones for a peer that cannot be understood", () => {
  const damaged = several(new Uint8Array([255, 255]));
  expect(() => readFeedMessages(damaged, "before")).toThrow(expect.objectContaining({ reason: "PEER_UNREACHABLE" }));
});
