// Messages of the contract as somebody hostile writes them: most fields as they should be, so that a message gets past the
// first check, and now and then one that should not be.
import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import fc from "fast-check";
import { textFor } from "./field-words.ts";
import type { WireField, WireValue } from "./wire-value.ts";

/** Messages in one another that are made up; the contract's own go no deeper. */
const DEPTH_MAX = 6;
/** Items of one list by depth: what branches at each level would grow beyond every message. */
const itemsMax = (depth: number): number => Math.max(1, 4 - depth);

/** How its author means it: well, so that it is taken, or not, here and there. */
type Intent = "good" | "odd";

const NUMBER_VALUE: WireField = {
  number: 2,
  value: { type: "fixed64", bytes: new Uint8Array(Float64Array.of(10).buffer) },
};

const known = new Map<string, fc.Arbitrary<readonly WireField[]>>();

/** The fields of a message of this kind, half of the time with wrong ones among them. */
export function wireMessage(desc: DescMessage): fc.Arbitrary<readonly WireField[]> {
  return fc.oneof(messageOf(desc, 0, "good"), messageOf(desc, 0, "odd"));
}

function messageOf(desc: DescMessage, depth: number, intent: Intent): fc.Arbitrary<readonly WireField[]> {
  const key = `${desc.typeName} ${depth} ${intent}`;
  const made = known.get(key) ?? makeMessage(desc, depth, intent);
  known.set(key, made);
  return made;
}

function makeMessage(desc: DescMessage, depth: number, intent: Intent): fc.Arbitrary<readonly WireField[]> {
  if (depth >= DEPTH_MAX) return fc.constant([]);
  // Of all that JSON has, an attribute takes a number most gladly.
  if (desc.typeName === "google.protobuf.Value" && intent === "good") return fc.constant([NUMBER_VALUE]);
  const oneofs = new Map<string, fc.Arbitrary<readonly WireField[]>[]>();
  const parts: fc.Arbitrary<readonly WireField[]>[] = [];
  for (const field of desc.fields) {
    const present = fieldOf(field, depth, intent);
    const group = field.oneof?.name;
    if (group !== undefined) {
      oneofs.set(group, [...(oneofs.get(group) ?? []), present]);
      continue;
    }
    const absent = { weight: 1 + (intent === "odd" ? depth : 0), arbitrary: fc.constant([]) };
    parts.push(fc.oneof({ weight: intent === "odd" ? 4 : 16, arbitrary: present }, absent));
  }
  for (const arms of oneofs.values()) parts.push(fc.oneof(...arms));
  if (intent === "good") return fc.tuple(...parts).map((fields) => fields.flat());
  const extra = fc.oneof(
    { weight: 9, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(strayField, { minLength: 1, maxLength: 3 }) },
  );
  return fc.tuple(...parts, extra).map((fields) => fields.flat());
}

function fieldOf(field: DescField, depth: number, intent: Intent): fc.Arbitrary<readonly WireField[]> {
  const { number } = field;
  const stray = { weight: intent === "odd" ? 1 : 0, arbitrary: strayValue };
  const one = fc.oneof({ weight: 30, arbitrary: rightValue(field, depth, intent) }, stray);
  const isMany = field.fieldKind === "list" || field.fieldKind === "map";
  const count = isMany ? fc.array(one, { maxLength: itemsMax(depth) }) : one.map((value) => [value]);
  const fields = count.map((values) => values.map((value) => ({ number, value })));
  if (!isMany || intent === "good") return fields;
  // A flood of the same is a message of its own kind.
  const flood = fc.record({
    count: fc.constantFrom(65, 101, 129, 1_001, 10_001, 60_000),
    value: rightValue(field, DEPTH_MAX - 1, intent),
  });
  const flooded = flood.map(({ count: times, value }) => [
    { number, value: { type: "many" as const, count: times, value } },
  ]);
  return fc.oneof({ weight: 30, arbitrary: fields }, { weight: 1, arbitrary: flooded });
}

function rightValue(field: DescField, depth: number, intent: Intent): fc.Arbitrary<WireValue> {
  switch (field.fieldKind) {
    case "map": {
      const keys = textFor(field.name, intent);
      const values =
        field.mapKind === "message"
          ? messageOf(field.message, depth + 1, intent).map((fields): WireValue => ({ type: "message", fields }))
          : field.mapKind === "enum"
            ? enumValue(
                field.enum.values.map(({ number }) => number),
                intent,
              )
            : scalarValue(field.name, field.scalar, intent);
      return fc.record({ key: keys, value: values }).map(({ key, value }) => ({
        type: "message",
        fields: [
          { number: 1, value: { type: "text", text: key } },
          { number: 2, value },
        ],
      }));
    }
    case "message":
      return messageOf(field.message, depth + 1, intent).map((fields): WireValue => ({ type: "message", fields }));
    case "enum":
      return enumValue(
        field.enum.values.map(({ number }) => number),
        intent,
      );
    case "scalar":
      return scalarValue(field.name, field.scalar, intent);
    case "list":
      if (field.listKind === "message")
        return messageOf(field.message, depth + 1, intent).map((fields): WireValue => ({ type: "message", fields }));
      if (field.listKind === "enum")
        return enumValue(
          field.enum.values.map(({ number }) => number),
          intent,
        );
      return scalarValue(field.name, field.scalar, intent);
  }
}

function enumValue(numbers: readonly number[], intent: Intent): fc.Arbitrary<WireValue> {
  return fc
    .oneof(
      { weight: 10, arbitrary: fc.constantFrom(...numbers) },
      { weight: intent === "odd" ? 1 : 0, arbitrary: fc.constantFrom(99, -1, 2 ** 31 - 1) },
    )
    .map(varintOf);
}

const varintOf = (value: number | bigint): WireValue => ({ type: "varint", value: String(value) });

/** The first few are what most fields take; the last are what no field should. */
const integers = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 2, 3, 5, 10) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 100_000 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<number | bigint>(
      -1,
      2 ** 31 - 1,
      -(2 ** 31),
      2n ** 32n,
      2n ** 53n - 1n,
      2n ** 53n,
      2n ** 63n - 1n,
      -(2n ** 63n),
      2n ** 64n - 1n,
    ),
  },
);
const doubles = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 5, 10, 1_500) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -0,
      5e-324,
      1e308,
      1e15,
      1.1e15,
    ),
  },
  { weight: 1, arbitrary: fc.double() },
);

function scalarValue(name: string, scalar: ScalarType, intent: Intent): fc.Arbitrary<WireValue> {
  switch (scalar) {
    case ScalarType.STRING:
      return textFor(name, intent).map((text): WireValue => ({ type: "text", text }));
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 64 }).map((bytes): WireValue => ({ type: "bytes", bytes }));
    case ScalarType.BOOL:
      return fc.constantFrom(0, 1).map(varintOf);
    case ScalarType.DOUBLE:
      return (intent === "good" ? fc.constantFrom(0, 1, 5, 10, 1_500) : doubles).map(
        (value): WireValue => ({ type: "fixed64", bytes: new Uint8Array(Float64Array.of(value).buffer) }),
      );
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes): WireValue => ({ type: "fixed32", bytes }));
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes): WireValue => ({ type: "fixed64", bytes }));
    default:
      return (intent === "good" ? fc.constantFrom(0, 1, 2, 3, 5, 10) : integers).map(varintOf);
  }
}

const bytes = fc.uint8Array({ maxLength: 16 });

/** What stands where something else should: another wire type, bytes that are no UTF-8, a message that goes deep. */
const strayValue: fc.Arbitrary<WireValue> = fc.oneof(
  integers.map(varintOf),
  bytes.map((value): WireValue => ({ type: "bytes", bytes: value })),
  fc.constantFrom([0xff, 0xfe], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]).map((value): WireValue => {
    return { type: "bytes", bytes: Uint8Array.from(value) };
  }),
  fc
    .record({ number: fc.constantFrom(1, 2, 3, 5), depth: fc.constantFrom(10, 100, 101, 1_000, 20_000) })
    .map((nested): WireValue => {
      return { type: "nested", ...nested };
    }),
  fc.constant<WireValue>({ type: "group", fields: [] }),
  fc.constant<WireValue>({ type: "fixed32", bytes: Uint8Array.of(1, 2, 3, 4) }),
  fc.constant<WireValue>({ type: "fixed64", bytes: new Uint8Array(Float64Array.of(Number.NaN).buffer) }),
  fc.constant<WireValue>({ type: "many", count: 50_000, value: { type: "varint", value: "1" } }),
);

/** A field that the message does not have, or has by chance. */
const strayField: fc.Arbitrary<WireField> = fc.record({
  number: fc.constantFrom(0, 1, 2, 3, 15, 16, 99, 19_000, 2 ** 29 - 1, 2 ** 29),
  value: strayValue,
});
