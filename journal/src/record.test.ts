import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeRecord, eraseBody, FIRST_HASH, readRecord, verifyRecord } from "./record.ts";

const origin = { partition: "matcher", epoch: 3, sequence: 1, previousHash: FIRST_HASH };
const place = { partition: "matcher", sequence: 1, previousHash: FIRST_HASH };
const hello = { timeMs: 12.5, kind: 7, body: new TextEncoder().encode("hello") };

test("readRecord() gives back what encodeRecord() was given", () => {
  const record = fc.record({
    timeMs: fc.double({ noNaN: true }),
    kind: fc.integer({ min: 0, max: 65_535 }),
    body: fc.uint8Array(),
  });
  const count = fc.maxSafeNat();
  fc.assert(
    fc.property(record, count, count, fc.string(), (given, epoch, sequence, partition) => {
      const { bytes } = encodeRecord(given, { partition, epoch, sequence, previousHash: FIRST_HASH });
      verifyRecord(bytes, { partition, sequence, previousHash: FIRST_HASH });
      expect(readRecord(bytes, 0, partition)).toEqual({
        record: { ...given, epoch, sequence, erased: false },
        endOffset: bytes.length,
      });
    }),
  );
});

test("eraseBody() leaves a record that still proves its place", () => {
  const { bytes, hash } = encodeRecord(hello, origin);
  const erased = eraseBody(bytes);
  expect(verifyRecord(erased, place)).toEqual(hash);
  expect(readRecord(erased, 0, "matcher").record).toMatchObject({
    sequence: 1,
    kind: 7,
    erased: true,
    body: new Uint8Array(),
  });
  expect(eraseBody(erased)).toEqual(erased);
});

test("verifyRecord() finds every changed byte", () => {
  const { bytes } = encodeRecord(hello, origin);
  for (let i = 0; i < bytes.length; i += 1) {
    const changed = Uint8Array.from(bytes);
    changed[i] = (changed[i] ?? 0) ^ 1;
    // What the checksum does not cover, the two hashes do: the next record's link, and the body's.
    const seen = () => {
      const hash = verifyRecord(changed, place);
      readRecord(changed, 0, "matcher");
      expect(hash).toEqual(verifyRecord(bytes, place));
    };
    expect(seen, `byte ${i}`).toThrow();
  }
});

const refusals = [
  { name: "a record of a newer format", change: (bytes: Uint8Array) => bytes.fill(2, 2, 3), says: /it is format 2/ },
  { name: "bytes that are no record", change: (bytes: Uint8Array) => bytes.fill(0), says: /foreign/ },
  { name: "a record that was cut short", change: (bytes: Uint8Array) => bytes.subarray(0, -1), says: /damaged/ },
  { name: "a header that was cut short", change: (bytes: Uint8Array) => bytes.subarray(0, 50), says: /foreign/ },
];
for (const { name, change, says } of refusals) {
  test(`verifyRecord() refuses ${name}`, () => {
    const bytes = change(Uint8Array.from(encodeRecord(hello, origin).bytes));
    expect(() => verifyRecord(bytes, place)).toThrow(says);
  });
}

const misplaced = [
  { name: "another partition", at: { ...place, partition: "fleet" } },
  { name: "another sequence", at: { ...place, sequence: 2 } },
  { name: "another chain", at: { ...place, previousHash: new Uint8Array(32).fill(1) } },
];
for (const { name, at } of misplaced) {
  test(`verifyRecord() refuses a record of ${name}`, () => {
    const { bytes } = encodeRecord(hello, origin);
    expect(() => verifyRecord(bytes, at)).toThrow(/the next of its chain/);
  });
}
