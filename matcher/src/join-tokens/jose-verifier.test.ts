// What Node's crypto signs and opens here is what jose does.
import { openToken, signingKeyOf, signToken } from "@muster/kit/signed-token";
import { compactVerify, importJWK, SignJWT } from "jose";
import { expect, test } from "vitest";
import { verifyByJose } from "./jose-verifier.ts";

const { privateKey, publicKey } = signingKeyOf(new Uint8Array(32).fill(7));
const other = signingKeyOf(new Uint8Array(32).fill(8)).publicKey;
const claims = { sub: "ann", exp: 1_800_000_000, matchId: "m-1", name: "Zoë" };
const token = signToken(claims, { keyId: "jk_1", key: privateKey });

test("a token is what jose takes for one", async () => {
  const key = await importJWK({ kty: "OKP", crv: "Ed25519", x: publicKey }, "EdDSA");
  const { protectedHeader } = await compactVerify(token, key, { algorithms: ["EdDSA"] });
  expect(protectedHeader).toEqual({ alg: "EdDSA", kid: "jk_1", typ: "JWT" });
});

test("openToken() opens what jose signed", async () => {
  const signed = await new SignJWT(claims).setProtectedHeader({ alg: "EdDSA", kid: "jk_1" }).sign(privateKey);
  expect(openToken(signed, publicKey)).toEqual(claims);
});

const rows = [
  { name: "a token", text: token, key: publicKey, opened: claims },
  { name: "a token of another key", text: token, key: other, opened: undefined },
  { name: "a token that was cut", text: token.slice(0, -1), key: publicKey, opened: undefined },
  { name: "no token", text: "ps_1", key: publicKey, opened: undefined },
  {
    ...{ name: "a token of no claims", key: publicKey, opened: undefined },
    text: signToken([] as never, { keyId: "jk_1", key: privateKey }),
  },
];
for (const { name, text, key, opened } of rows) {
  test(`verifyByJose() and openToken() make the same of ${name}`, async () => {
    expect(await verifyByJose(text, key)).toEqual(opened);
    expect(openToken(text, key)).toEqual(opened);
  });
}
