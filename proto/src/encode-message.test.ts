import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { expect, test } from "vitest";
import { type EncodableType, encodeMessage } from "./encode-message.ts";

/** Writes a text and, before that, whatever the message does meanwhile. */
const texts: EncodableType<{ readonly text: string; readonly meanwhile?: () => void }> = {
  encode({ text, meanwhile }, writer = new BinaryWriter()) {
    writer.uint32(10);
    meanwhile?.();
    return writer.string(text);
  },
};

const textOf = (bytes: Uint8Array) => Buffer.from(bytes.subarray(2)).toString();

test("encodeMessage() answers bytes that the next message leaves alone", () => {
  const first = encodeMessage(texts, { text: "first" });
  encodeMessage(texts, { text: "other" });
  expect(textOf(first)).toBe("first");
});

test("encodeMessage() writes a message while it writes another", () => {
  let inner: Uint8Array = new Uint8Array();
  const outer = encodeMessage(texts, {
    text: "outer",
    meanwhile: () => {
      inner = encodeMessage(texts, { text: "inner" });
    },
  });
  expect([textOf(outer), textOf(inner)]).toEqual(["outer", "inner"]);
});

test("encodeMessage() leaves nothing behind of a message that has no encoding", () => {
  const fails = () => {
    throw new Error("no encoding");
  };
  expect(() => encodeMessage(texts, { text: "half", meanwhile: fails })).toThrow("no encoding");
  expect(textOf(encodeMessage(texts, { text: "whole" }))).toBe("whole");
});
