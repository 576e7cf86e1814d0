import { expect, test } from "vitest";
import { keyIdOf, openToken, signingKeyOf, signToken } from "./signed-token.ts";

const key = signingKeyOf(new Uint8Array(32).fill(7));
const other = signingKeyOf(new Uint8Array(32).fill(8));
const claims = { sub: "ann", exp: 1_800_000_000, matchId: "m-1", name: "Zoë" };
const token = signToken(claims, { keyId: "jk_1", key: key.privateKey });
const [header = "", payload = "", signature = ""] = token.split(".");

test("the same claims under the same key make the same token", () => {
  expect(signToken(claims, { keyId: "jk_1", key: key.privateKey })).toBe(token);
  expect(keyIdOf(token)).toBe("jk_1");
  expect(openToken(token, key.publicKey)).toEqual(claims);
});

function headed(value: unknown): string {
  return `${Buffer.from(JSON.stringify(value)).toString("base64url")}.${payload}.${signature}`;
}

const refused: readonly { readonly name: string; readonly token: string; readonly publicKey?: string }[] = [
  { name: "of another key", token, publicKey: other.publicKey },
  { name: "whose claims were changed", token: `${header}.${payload}A.${signature}` },
  { name: "whose signature was changed", token: `${header}.${payload}.${signature.slice(1)}A` },
  { name: "without a signature", token: `${header}.${payload}.` },
  { name: "of no algorithm", token: headed({ alg: "none", kid: "jk_1" }) },
  { name: "of a shared secret", token: headed({ alg: "HS256", kid: "jk_1" }) },
  { name: "with a header that was changed", token: headed({ alg: "EdDSA", kid: "jk_1", typ: "JWT", x: 1 }) },
  { name: "with critical extensions", token: headed({ alg: "EdDSA", kid: "jk_1", crit: ["b64"], b64: false }) },
  { name: "without the name of a key", token: headed({ alg: "EdDSA" }) },
  { name: "with a header that is no object", token: headed([]) },
  { name: "of four parts", token: `${token}.AAAA` },
  { name: "that is longer than any", token: `${header}.${"A".repeat(5_000)}.${signature}` },
  { name: "that is empty", token: "" },
  { name: "in padded base64", token: `${header}==.${payload}.${signature}` },
];
for (const row of refused) {
  test(`openToken() opens no token ${row.name}`, () => {
    expect(openToken(row.token, row.publicKey ?? key.publicKey)).toBeUndefined();
  });
}
