import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hmacSha256 } from "./hmac.ts";

test("hmacSha256() is what node:crypto makes of every key and text", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ maxLength: 200 }), (key, text) => {
      expect(hmacSha256(key, text)).toBe(createHmac("sha256", key).update(text).digest("base64url"));
    }),
  );
});
