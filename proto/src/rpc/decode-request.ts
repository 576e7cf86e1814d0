// Bytes of a caller → a message, or an error that says what is wrong with them: they come from anybody.
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { MusterError } from "../muster-error.ts";
import type { MessageType } from "./service.ts";

/** As a key of a map it would vanish without a word: it names the prototype of the object that the map is read into. */
const RESERVED = "__proto__";

/**
 * The message that `bytes` hold. Stricter than the generated code: text must be UTF-8, as two different bytes that are not
 * would else be read as one and the same character, and two players as one.
 *
 * @throws {MusterError} FIELD_INVALID.
 */
export function decodeRequest<Message>(type: MessageType<Message>, bytes: Uint8Array): Message {
  try {
    return type.decode(new StrictReader(bytes));
  } catch (error) {
    if (error instanceof MusterError) throw error;
    const why = "Cannot read the request as a message of its method: its bytes are no such message";
    throw new MusterError("FIELD_INVALID", why, { cause: error });
  }
}

/** Inherits, as generated code asks for no other reader: it is the one place that every text of a request passes. */
class StrictReader extends BinaryReader {
  override string(): string {
    const text = super.string(true);
    if (text !== RESERVED) return text;
    throw new MusterError("FIELD_INVALID", `Cannot read the request as no text in it may be ${RESERVED}: it has one`);
  }
}
