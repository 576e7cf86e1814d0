// Damage to bytes, as data: a list of it makes an input from a good one, and a shorter list makes a smaller finding.
import fc from "fast-check";

/** `at` and `length` are shares of the whole, so that a change fits inputs of any length. */
export type ByteMutation =
  | { readonly type: "flip"; readonly at: number; readonly bit: number }
  | { readonly type: "cut"; readonly at: number; readonly length: number }
  | { readonly type: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly type: "overwrite"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly type: "splice"; readonly at: number; readonly from: number; readonly length: number }
  | { readonly type: "duplicate"; readonly at: number; readonly length: number; readonly times: number }
  | { readonly type: "truncate"; readonly at: number };

/** Numbers at the edges of their types, as a fixed-width field, a varint or a length prefix would hold them. */
const interesting: readonly Uint8Array[] = [
  ...[0x00, 0x01, 0x7f, 0x80, 0xff].map((byte) => Uint8Array.of(byte)),
  ...[0x7fff, 0x8000, 0xffff].map((value) => Uint8Array.of(value >> 8, value & 0xff)),
  ...[0x7fffffff, 0x80000000, 0xffffffff, 1024 * 1024, 1024 * 1024 + 1].map((value) => {
    return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
  }),
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f), // uint32's largest, as a varint.
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), // -1 or uint64's largest, as a varint.
  Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80), // A varint that never ends.
  Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf8, 0x7f), // NaN, as a double.
  Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0x7f), // Infinity.
  Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80), // -0.
];

const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const few = fc.oneof(fc.constantFrom(...interesting), fc.uint8Array({ minLength: 1, maxLength: 8 }));

const mutation: fc.Arbitrary<ByteMutation> = fc.oneof(
  fc.record({ type: fc.constant("flip" as const), at: share, bit: fc.nat(7) }),
  fc.record({ type: fc.constant("overwrite" as const), at: share, bytes: few }),
  fc.record({ type: fc.constant("insert" as const), at: share, bytes: few }),
  fc.record({ type: fc.constant("cut" as const), at: share, length: share }),
  fc.record({ type: fc.constant("splice" as const), at: share, from: share, length: share }),
  fc.record({
    type: fc.constant("duplicate" as const),
    at: share,
    length: share,
    times: fc.integer({ min: 1, max: 64 }),
  }),
  fc.record({ type: fc.constant("truncate" as const), at: share }),
);

/** A few changes; often none, so that what lies deeper is reached too. */
export const byteMutations: fc.Arbitrary<readonly ByteMutation[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 4 }) },
);

/** Bytes beyond this are cut: what is larger is another test's business. */
const GROWN_BYTES_MAX = 2 * 1024 * 1024;

/** `bytes` after the changes, one after the other. The given array stays as it is. */
export function mutateBytes(bytes: Uint8Array, mutations: readonly ByteMutation[]): Uint8Array {
  return mutations.reduce(mutate, bytes).subarray(0, GROWN_BYTES_MAX);
}

function mutate(bytes: Uint8Array, change: ByteMutation): Uint8Array {
  const at = Math.floor(change.at * (bytes.length + (change.type === "insert" ? 1 : 0)));
  switch (change.type) {
    case "flip": {
      const flipped = bytes.slice();
      const byte = flipped[at];
      if (byte !== undefined) flipped[at] = byte ^ (1 << change.bit);
      return flipped;
    }
    case "overwrite":
      return join(bytes.subarray(0, at), change.bytes, bytes.subarray(at + change.bytes.length));
    case "insert":
      return join(bytes.subarray(0, at), change.bytes, bytes.subarray(at));
    case "cut":
      return join(bytes.subarray(0, at), bytes.subarray(at + lengthOf(bytes, change.length)));
    case "splice": {
      const from = Math.floor(change.from * bytes.length);
      const piece = bytes.subarray(from, from + lengthOf(bytes, change.length));
      return join(bytes.subarray(0, at), piece, bytes.subarray(at + piece.length));
    }
    case "duplicate": {
      const piece = bytes.subarray(at, at + lengthOf(bytes, change.length));
      const times = Math.min(change.times, Math.ceil(GROWN_BYTES_MAX / Math.max(1, piece.length)));
      return join(bytes.subarray(0, at), ...Array<Uint8Array>(times).fill(piece), bytes.subarray(at));
    }
    case "truncate":
      return bytes.subarray(0, at);
  }
}

/** A share of the whole, where small pieces are as likely as large ones. */
function lengthOf(bytes: Uint8Array, shareOfAll: number): number {
  return Math.max(1, Math.floor(bytes.length ** shareOfAll));
}

function join(...pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}
