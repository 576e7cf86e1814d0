import { expect, test } from "vitest";
import { parseArenaMessage } from "./arena-message.ts";

const rows = [
  {
    name: "a welcome",
    text: '{"type":"welcome","player":"a","team":"red","reconnectSecret":"s"}',
    message: { type: "welcome", team: "red", reconnectSecret: "s" },
  },
  {
    name: "a state",
    text: '{"type":"state","tick":3,"players":[{},{}]}',
    message: { type: "state", tick: 3, playerCount: 2 },
  },
  {
    name: "a refusal",
    text: '{"type":"refused","reason":"R","message":"m"}',
    message: { type: "refused", reason: "R" },
  },
  { name: "the end", text: '{"type":"over","reason":"R"}', message: { type: "over", reason: "R" } },
  { name: "a newer message as unknown", text: '{"type":"fireworks"}', message: { type: "unknown" } },
  { name: "a welcome without a team as unknown", text: '{"type":"welcome"}', message: { type: "unknown" } },
  { name: "no JSON as unknown", text: "hello", message: { type: "unknown" } },
  { name: "null as unknown", text: "null", message: { type: "unknown" } },
] as const;
for (const { name, text, message } of rows) {
  test(`parseArenaMessage() reads ${name}`, () => expect(parseArenaMessage(text)).toEqual(message));
}
