// A message as what it is on the wire, before it is bytes: fields with numbers and wire types, right or wrong. A tree rather
// than bytes, so that a finding can be made smaller and read, and so that words such as "{session}" can stand in it.

/** One field with its tag. */
export type WireField = { readonly number: number; readonly value: WireValue };

export type WireValue =
  /** Decimal digits of an integer, negative ones as ten bytes. */
  | { readonly type: "varint"; readonly value: string }
  | { readonly type: "fixed64"; readonly bytes: Uint8Array }
  | { readonly type: "fixed32"; readonly bytes: Uint8Array }
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  /** UTF-8, after words in braces have been put in. */
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "message"; readonly fields: readonly WireField[] }
  | { readonly type: "group"; readonly fields: readonly WireField[] }
  /** The same message or nothing so many times in itself. */
  | { readonly type: "nested"; readonly number: number; readonly depth: number }
  /** So many times in a row. */
  | { readonly type: "many"; readonly count: number; readonly value: WireValue };

/** What the words in braces mean now. */
export type Words = Readonly<Record<string, string>>;

/** The bytes of a message with these fields. */
export function encodeFields(fields: readonly WireField[], words: Words): Uint8Array {
  return Buffer.concat(fields.map(({ number, value }) => encodeField(number, value, words)));
}

function encodeField(number: number, value: WireValue, words: Words): Uint8Array {
  switch (value.type) {
    case "varint":
      return Buffer.concat([tag(number, 0), varint(BigInt(value.value))]);
    case "fixed64":
      return Buffer.concat([tag(number, 1), value.bytes]);
    case "bytes":
      return delimited(number, value.bytes);
    case "text":
      return delimited(number, Buffer.from(putIn(value.text, words)));
    case "message":
      return delimited(number, encodeFields(value.fields, words));
    case "nested":
      return nested(number, value);
    case "group":
      return Buffer.concat([tag(number, 3), encodeFields(value.fields, words), tag(number, 4)]);
    case "fixed32":
      return Buffer.concat([tag(number, 5), value.bytes]);
    case "many": {
      const one = encodeField(number, value.value, words);
      return Buffer.concat(Array<Uint8Array>(value.count).fill(one));
    }
  }
}

/** The text with its words put in. One that is not known yet stays as it is. */
export function putIn(text: string, words: Words): string {
  return text.replace(/\{(\w+)\}/g, (whole, word: string) => words[word] ?? whole);
}

/** Heads only, each as long as what stands in it; put together once, as copies of copies would take for ever. */
function nested(
  number: number,
  { number: inner, depth }: { readonly number: number; readonly depth: number },
): Uint8Array {
  const heads: Uint8Array[] = [];
  let length = 0;
  for (let level = depth; level >= 0; level -= 1) {
    const head = Buffer.concat([tag(level === 0 ? number : inner, 2), varint(BigInt(length))]);
    heads.push(head);
    length += head.length;
  }
  return Buffer.concat(heads.toReversed());
}

function delimited(number: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([tag(number, 2), varint(BigInt(bytes.length)), bytes]);
}

function tag(number: number, wireType: number): Uint8Array {
  return varint((BigInt(number) << 3n) | BigInt(wireType));
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}
