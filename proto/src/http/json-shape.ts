// Looks over the bytes of a body before anybody parses them: JSON.parse takes a million lists in one another for a quarter of
// a second, whatever walks through them afterwards runs out of stack, and a map of 75,000 keys holds everybody up for half a second.
import { fieldInvalid } from "../muster-error.ts";

/** Lists and maps in one another: a ticket's answer has ten. */
export const JSON_DEPTH_MAX = 32;
/** Keys of one map: the largest that a call takes in earnest names the sessions of a process. */
export const JSON_KEYS_MAX = 512;
/** Keys of a map from which on each counts for more: no map that a player brings has so many. */
const KEYS_CHEAP_MAX = 64;
/** For how many values such a key counts: engines keep large maps in another way, which takes their reader as much longer. */
const KEY_VALUES = 4;
/** Values of a body in all: a thousand players, in a batch of tickets, and 15 ms of work. What has more takes several batches, or gRPC. */
export const JSON_VALUES_MAX = 15_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const LIST = 0x5b;
const LIST_END = 0x5d;
const MAP = 0x7b;
const MAP_END = 0x7d;
/** So many commas below its limit a list begins that it never reaches it. */
const NEVER = -(2 ** 31);

/**
 * One pass over the bytes, with next to nothing allocated. Bytes that are no JSON may pass: the parser tells.
 *
 * @throws {MusterError} FIELD_INVALID for what nests deeper, names more keys or has more values than it may.
 */
export function checkJsonShape(bytes: Uint8Array): void {
  /** By depth: the keys of the map that is open there. */
  const keysAt = new Int32Array(JSON_DEPTH_MAX + 1);
  let depth = 0;
  let values = 1;
  let inText = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (inText) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === LIST || byte === MAP) {
      depth += 1;
      values += 1;
      if (depth > JSON_DEPTH_MAX) throw refusal(`at most ${JSON_DEPTH_MAX} lists and maps in one another`, "deeper");
      keysAt[depth] = byte === MAP ? 1 : NEVER;
    } else if (byte === COMMA) {
      const keys = (keysAt[depth] ?? 0) + 1;
      keysAt[depth] = keys;
      values += keys > KEYS_CHEAP_MAX ? KEY_VALUES : 1;
      if (keys > JSON_KEYS_MAX) throw refusal(`maps of at most ${JSON_KEYS_MAX} keys`, "a larger one");
      if (values > JSON_VALUES_MAX) throw refusal(`at most ${JSON_VALUES_MAX} values`, "more");
    } else if ((byte === LIST_END || byte === MAP_END) && depth > 0) depth -= 1;
  }
}

function refusal(rule: string, found: string): Error {
  return fieldInvalid("the body", `JSON of ${rule}`, found);
}
