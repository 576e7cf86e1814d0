// A message as bytes, with one writer for all: a new one for each message starts small, and is copied each time it grows.
import { BinaryWriter } from "@bufbuild/protobuf/wire";

/** What a generated message brings to be encoded. */
export type EncodableType<Message> = { encode(message: Message, writer?: BinaryWriter): { finish(): Uint8Array } };

/** A writer that has grown for a message larger than this is not kept. */
const KEPT_BYTES_MAX = 262_144;

/** Undefined while a message is written: one that is written meanwhile has a writer of its own. */
let spare: BinaryWriter | undefined;

/** The bytes of `message`, which are nobody else's. @throws what the encoding throws. */
export function encodeMessage<Message>(type: EncodableType<Message>, message: Message): Uint8Array {
  const writer = spare ?? new BinaryWriter();
  spare = undefined;
  // One that an encoding has thrown in is left behind, half written.
  const bytes = type.encode(message, writer).finish();
  if (bytes.length <= KEPT_BYTES_MAX) spare = writer;
  return bytes;
}
