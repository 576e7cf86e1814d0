import fc from "fast-check";
import { expect, test } from "vitest";
import { ProtocolError, parseClientMessage, writeServerMessage } from "./protocol.ts";

const accepted = [
  {
    name: "a first join",
    text: '{"type":"join","playerSessionId":"ps_1"}',
    message: { type: "join", playerSessionId: "ps_1", reconnectSecret: undefined },
  },
  {
    name: "a join of somebody who returns",
    text: '{"type":"join","playerSessionId":"ps_1","reconnectSecret":"rs-2"}',
    message: { type: "join", playerSessionId: "ps_1", reconnectSecret: "rs-2" },
  },
  { name: "a move", text: '{"type":"move","x":-1,"y":0.5}', message: { type: "move", x: -1, y: 0.5 } },
  { name: "a farewell", text: '{"type":"leave"}', message: { type: "leave" } },
] as const;
for (const { name, text, message } of accepted) {
  test(`parseClientMessage() reads ${name}`, () => expect(parseClientMessage(text)).toEqual(message));
}

const refused = [
  { name: "no JSON", text: "{", field: "" },
  { name: "a list", text: "[]", field: "" },
  { name: "null", text: "null", field: "" },
  { name: "no type", text: "{}", field: "type" },
  { name: "an unknown type", text: '{"type":"cheat"}', field: "type" },
  { name: "a join without an id", text: '{"type":"join"}', field: "playerSessionId" },
  { name: "an id that is empty", text: '{"type":"join","playerSessionId":""}', field: "playerSessionId" },
  { name: "an id too long", text: `{"type":"join","playerSessionId":"${"x".repeat(129)}"}`, field: "playerSessionId" },
  { name: "an id with a space", text: '{"type":"join","playerSessionId":"a b"}', field: "playerSessionId" },
  {
    name: "a secret that is no text",
    text: '{"type":"join","playerSessionId":"a","reconnectSecret":null}',
    field: "reconnectSecret",
  },
  { name: "a move without y", text: '{"type":"move","x":1}', field: "y" },
  { name: "a move beyond all numbers", text: '{"type":"move","x":1e999,"y":0}', field: "x" },
  { name: "a move in text", text: '{"type":"move","x":"1","y":0}', field: "x" },
  { name: "a field too many", text: '{"type":"leave","now":true}', field: "now" },
  { name: "a prototype", text: '{"type":"leave","__proto__":{}}', field: "__proto__" },
] as const;
for (const { name, text, field } of refused) {
  test(`parseClientMessage() refuses ${name}`, () => {
    const error = catchError(() => parseClientMessage(text));
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ field, message: expect.stringMatching(/^Cannot read .+ as .+: .+/) });
  });
}

test("parseClientMessage() never repeats an id or a secret in its message", () => {
  const error = catchError(() => parseClientMessage('{"type":"join","playerSessionId":"secret!"}'));
  expect(String(error)).not.toContain("secret!");
});

test("parseClientMessage() answers any text with a message or a ProtocolError", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map((inner) => `{"type":"move","x":${inner},"y":0}`),
      ),
      (text) => {
        const error = catchError(() => parseClientMessage(text));
        expect(error === undefined || error instanceof ProtocolError).toBe(true);
      },
    ),
  );
});

test("writeServerMessage() writes one JSON text", () => {
  expect(writeServerMessage({ type: "over", reason: "TERMINATED" })).toBe('{"type":"over","reason":"TERMINATED"}');
});

function catchError(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
