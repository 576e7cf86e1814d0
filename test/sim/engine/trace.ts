// What tells two runs apart: one number over everything that was seen, in order. The same seed gives the same one.

export interface Trace {
  add(value: unknown): void;
  /** 16 hexadecimal digits. */
  readonly digest: string;
}

/** A trace of nothing. Two multiplicative hashes side by side: fast, and no enemy chooses what is hashed. */
export function createTrace(): Trace {
  let one = 0x811c9dc5;
  let other = 0x9747b28c;
  const mix = (word: number) => {
    one = Math.imul(one ^ word, 0x01000193);
    other = Math.imul((other ^ word) + 0x7f4a7c15, 0x85ebca6b);
    other ^= other >>> 13;
  };
  const mixText = (text: string) => {
    mix(text.length);
    for (let index = 0; index < text.length; index += 1) mix(text.charCodeAt(index));
  };
  const mixNumber = (value: number) => {
    mix(value | 0);
    if (!Number.isInteger(value)) mixText(String(value));
    else if (value > 0x7fffffff || value < -0x80000000) mix((value / 2 ** 32) | 0);
  };
  const add = (value: unknown): void => {
    if (typeof value === "string") mixText(value);
    else if (typeof value === "number") mixNumber(value);
    else if (typeof value === "boolean") mix(value ? 1 : 2);
    else if (value === null || value === undefined) mix(3);
    else if (typeof value === "bigint") mixText(value.toString());
    else if (typeof value === "object") addObject(value);
    else mix(4);
  };
  const addObject = (value: object) => {
    if (value instanceof Uint8Array) addBytes(value);
    else if (value instanceof Date) mixNumber(value.getTime());
    else if (Array.isArray(value) || value instanceof Set) addItems(value);
    else if (value instanceof Map) addItems(value.entries());
    else if (hasFields(value)) addFields(value);
  };
  const addBytes = (bytes: Uint8Array) => {
    mix(bytes.length);
    for (const byte of bytes) mix(byte);
  };
  const addItems = (items: Iterable<unknown>) => {
    for (const item of items) add(item);
    mix(5);
  };
  const addFields = (fields: Readonly<Record<string, unknown>>) => {
    for (const name in fields) {
      if (fields[name] === undefined) continue;
      mix(name.length);
      add(fields[name]);
    }
    mix(6);
  };
  const hex = (word: number) => (word >>> 0).toString(16).padStart(8, "0");
  return {
    add,
    get digest() {
      return hex(one) + hex(other);
    },
  };
}

/** Any object is one of fields by name. */
function hasFields(value: object): value is Readonly<Record<string, unknown>> {
  return value !== null;
}
