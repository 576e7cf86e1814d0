// HMAC-SHA-256 (RFC 2104) of a short text, without the objects that `createHmac` makes for each: one for every session that
// starts.
import { hash } from "node:crypto";

const BLOCK_BYTES = 64;

/** In base64url. */
export function hmacSha256(key: Uint8Array, text: string): string {
  const short = key.length > BLOCK_BYTES ? hash("sha256", key, "buffer") : key;
  const message = Buffer.from(text);
  const inner = Buffer.alloc(BLOCK_BYTES + message.length, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + 32, 0x5c);
  for (let index = 0; index < short.length; index += 1) {
    inner[index] = (short[index] as number) ^ 0x36;
    outer[index] = (short[index] as number) ^ 0x5c;
  }
  message.copy(inner, BLOCK_BYTES);
  hash("sha256", inner, "buffer").copy(outer, BLOCK_BYTES);
  return hash("sha256", outer, "base64url");
}
