// Bytes of a caller → a message, or an error that says what is wrong with them: they come from anybody.
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { MusterError } from "../muster-error.ts";
import type { MessageType } from "./service.ts";

/** As a key of a map it would vanish without a word: it names the prototype of the object that the map is read into. */
const RESERVED = "__proto__";

/**
 * The message that `bytes` hold. Stricter than the generated code: text must be UTF-8, as two different bytes that are not
 * would else be read as one and the same character, and two players as one. `partsMax`: field numbers, lengths and whole numbers that it
 * may have; what has more is given up before it is read to its end.
 *
 * @throws {MusterError} FIELD_INVALID; MESSAGE_TOO_LARGE for too many parts.
 */
export function decodeRequest<Message>(
  type: MessageType<Message>,
  bytes: Uint8Array,
  partsMax = Number.POSITIVE_INFINITY,
): Message {
  try {
    const reader = new StrictReader(bytes);
    // A part has a byte at least: most requests are too short to have too many.
    if (bytes.length > partsMax) countParts(reader, partsMax);
    return type.decode(reader);
  } catch (error) {
    if (error instanceof MusterError) throw error;
    const why = "Cannot read the request as a message of its method: its bytes are no such message";
    throw new MusterError("FIELD_INVALID", why, { cause: error });
  }
}

/** From now on the reader throws at one part more than it may read. Generated code reads every part by this one method. */
function countParts(reader: BinaryReader, partsMax: number): void {
  const read = reader.uint32;
  let parts = 0;
  reader.uint32 = () => {
    parts += 1;
    if (parts <= partsMax) return read.call(reader);
    const why = `Cannot read the request as it has at most ${partsMax} field numbers, lengths and whole numbers: it has more`;
    throw new MusterError("MESSAGE_TOO_LARGE", why, { metadata: { limit: String(partsMax) } });
  };
}

/** Of a text that is looked through for what is not ASCII. */
const PLAIN_BYTES_MAX = 256;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function isAscii(bytes: Uint8Array, from: number, until: number): boolean {
  for (let at = from; at < until; at += 1) if ((bytes[at] ?? 0) > 0x7f) return false;
  return true;
}

/** Inherits, as generated code asks for no other reader: it is the one place that every text of a request passes. */
class StrictReader extends BinaryReader {
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    super(bytes);
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  override string(): string {
    const length = this.uint32();
    const from = this.pos;
    const until = from + length;
    if (until > this.len) throw new RangeError("premature EOF");
    this.pos = until;
    // Ids, and nearly all other texts: a decoder takes three times as long.
    const isPlain = length <= PLAIN_BYTES_MAX && isAscii(this.#bytes, from, until);
    const text = isPlain ? this.#bytes.toString("latin1", from, until) : utf8.decode(this.#bytes.subarray(from, until));
    if (text !== RESERVED) return text;
    throw new MusterError("FIELD_INVALID", `Cannot read the request as no text in it may be ${RESERVED}: it has one`);
  }
}
