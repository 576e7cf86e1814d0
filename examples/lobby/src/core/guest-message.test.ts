import { expect, test } from "vitest";
import { parseGuestMessage } from "./guest-message.ts";

const rows = [
  { text: '{"type":"join","playerSessionId":"ps_1"}', message: { type: "join", playerSessionId: "ps_1" } },
  {
    text: '{"type":"join","playerSessionId":"ps_1","reconnectSecret":"rs_1"}',
    message: { type: "join", playerSessionId: "ps_1", reconnectSecret: "rs_1" },
  },
  { text: '{"type":"move","x":0.5,"y":-1}', message: { type: "move", x: 0.5, y: -1 } },
  { text: '{"type":"leave"}', message: { type: "leave" } },
  { text: '{"type":"join"}', message: undefined },
  { text: '{"type":"join","playerSessionId":"no spaces"}', message: undefined },
  { text: '{"type":"join","playerSessionId":"ps_1","reconnectSecret":7}', message: undefined },
  { text: '{"type":"move","x":"1","y":0}', message: undefined },
  { text: '{"type":"dance"}', message: undefined },
  { text: "null", message: undefined },
  { text: "{", message: undefined },
];
for (const { text, message } of rows) {
  test(`parseGuestMessage() reads ${text}`, () => expect(parseGuestMessage(text)).toEqual(message));
}
