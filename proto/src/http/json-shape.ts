// Looks over the bytes of a body before anybody parses them: JSON.parse takes a million lists in one another for a quarter of
// a second, and whatever walks through them afterwards runs out of stack.
import { fieldInvalid } from "../muster-error.ts";

/** Lists and maps in one another: a ticket's answer has ten. */
export const JSON_DEPTH_MAX = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** @throws {MusterError} FIELD_INVALID, if `bytes` nest deeper than JSON_DEPTH_MAX. One pass, nothing allocated. */
export function checkJsonDepth(bytes: Uint8Array): void {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (inText) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inText = false;
      continue;
    }
    if (byte === QUOTE) inText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > JSON_DEPTH_MAX) {
        throw fieldInvalid("the body", `JSON of at most ${JSON_DEPTH_MAX} lists and maps in one another`, "deeper");
      }
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
}
