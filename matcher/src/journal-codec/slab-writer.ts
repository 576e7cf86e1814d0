// Protobuf as bytes in one large piece of memory, message after message: what a generated encoder writes, without a buffer of its own for
// each message. A view of some hundred bytes costs a tenth of a buffer, and leaves nothing behind that has to be swept up.

/** Of a slab: room for some hundred messages. All of it is kept as long as one of them is. */
const SLAB_BYTES = 65_536;
/** Bytes of a varint, at most, of a whole number of 53 bits; of a tag and a length together. */
const VARINT_BYTES_MAX = 8;
/** Characters of a text whose length is one byte, if it is ASCII. */
const SHORT_CHARS_MAX = 127;

const utf8 = new TextEncoder();

export class SlabWriter {
  #bytes = new Uint8Array(SLAB_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #start = 0;
  #at = 0;

  /** Begins a message; what was written since the last `take()` is given up. */
  begin(): void {
    this.#at = this.#start;
  }

  /** The message: a view, which nobody writes to any more. */
  take(): Uint8Array {
    const message = this.#bytes.subarray(this.#start, this.#at);
    this.#start = this.#at;
    return message;
  }

  /** A tag below 128, or any whole number from 0 to 2^53 − 1. */
  varint(value: number): void {
    this.#reserve(VARINT_BYTES_MAX);
    let left = value;
    while (left > 0x7f_ff_ff_ff) {
      this.#bytes[this.#at++] = (left % 128) | 0x80;
      left = Math.floor(left / 128);
    }
    while (left > 0x7f) {
      this.#bytes[this.#at++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    this.#bytes[this.#at++] = left;
  }

  text(tag: number, text: string): void {
    const { length } = text;
    this.#reserve(2 + 3 * length + VARINT_BYTES_MAX);
    this.#bytes[this.#at++] = tag;
    if (length <= SHORT_CHARS_MAX && this.#ascii(text)) return;
    const from = this.open();
    this.#at += utf8.encodeInto(text, this.#bytes.subarray(this.#at)).written;
    this.close(from);
  }

  double(tag: number, value: number): void {
    this.#reserve(9);
    this.#bytes[this.#at++] = tag;
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** Begins what has its length before it, such as a message in a message; answers what `close()` is to be given. */
  open(): number {
    this.#reserve(1);
    this.#at += 1;
    return this.#at - this.#start;
  }

  close(opened: number): void {
    const from = this.#start + opened;
    const length = this.#at - from;
    if (length <= 0x7f) {
      this.#bytes[from - 1] = length;
      return;
    }
    // Longer than the one byte that was left free can say.
    const lengthBytes = Math.ceil((32 - Math.clz32(length)) / 7);
    this.#reserve(lengthBytes);
    const begin = this.#start + opened - 1;
    this.#bytes.copyWithin(begin + lengthBytes, begin + 1, begin + 1 + length);
    this.#at = begin;
    this.varint(length);
    this.#at += length;
  }

  /** Writes length and text; false, with nothing written, if some of it is not ASCII. */
  #ascii(text: string): boolean {
    const bytes = this.#bytes;
    const { length } = text;
    let at = this.#at;
    bytes[at++] = length;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    this.#at = at;
    return true;
  }

  /** Sees to room for `count` bytes. What there is of the present message moves to a new slab with it. */
  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const written = this.#bytes.subarray(this.#start, this.#at);
    this.#bytes = new Uint8Array(Math.max(SLAB_BYTES, 2 * (written.length + count)));
    this.#view = new DataView(this.#bytes.buffer);
    this.#bytes.set(written);
    this.#start = 0;
    this.#at = written.length;
  }
}
