// The generated code of every message: odd bytes are read or refused, and what was read is written and read as the same.
import fc from "fast-check";
import { checkPrototypes } from "../clean-refusal.ts";
import { getMessage, messages } from "../contract.ts";
import { Finding } from "../finding.ts";
import { withoutBlock } from "../loop-block.ts";
import { codecOf, type MessageCodec } from "../message-codecs.ts";
import { defineTarget } from "../target.ts";
import { bytesOf, wireInput } from "../wire-input.ts";

export const codecs = defineTarget({
  name: "codecs",
  about: "protobuf bytes into every message of the contract, and back",
  input: fc
    .constantFrom(...messages)
    .chain((desc) => fc.record({ message: fc.constant(desc.typeName), wire: wireInput(desc) })),
  open: async () => ({
    async attempt({ message, wire }) {
      const codec = codecOf(getMessage(message));
      const bytes = bytesOf(wire);
      const read = await withoutBlock(() => tryDecode(codec, bytes));
      checkPrototypes();
      // Of a time beyond what a Date holds the library makes one that is none: whoever reads it must look.
      if (!read || holdsNoTime(read.message)) return;
      const written = await withoutBlock(() => codec.encode(read.message).finish());
      const again = codec.encode(codec.decode(written)).finish();
      if (Buffer.compare(written, again) !== 0) throw new Finding(`What ${message} writes it reads as something else`);
    },
    async [Symbol.asyncDispose]() {
      // Nothing is held.
    },
  }),
});

function tryDecode(codec: MessageCodec, bytes: Uint8Array): { readonly message: unknown } | undefined {
  try {
    return { message: codec.decode(bytes) };
  } catch (error) {
    // Of numbers that no field holds, of what ends too early: the library says it in its own words.
    if (error instanceof Error && error.message !== "Maximum call stack size exceeded") return undefined;
    throw error;
  }
}

function holdsNoTime(value: unknown): boolean {
  if (value instanceof Date) return Number.isNaN(value.getTime());
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return false;
  return Object.values(value).some(holdsNoTime);
}
