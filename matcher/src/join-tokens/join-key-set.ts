// The public keys of join tokens as a JSON Web Key Set: what servers that verify offline fetch.
import { signingKeyOf } from "@muster/kit/signed-token";
import { type JoinBook, stateOfKey } from "../core/join-tokens/join-book.ts";

export type JoinWebKey = {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly kid: string;
  readonly alg: "EdDSA";
  readonly use: "sig";
};

/** Those that sign, will sign, or have signed what has not expired. */
export function publishedKeys(book: JoinBook, nowMs: number): readonly JoinWebKey[] {
  return [...book.keys.values()]
    .filter((key) => stateOfKey(book, key, nowMs) !== "OVER")
    .map(({ keyId, secret }) => ({
      ...({ kty: "OKP", crv: "Ed25519" } as const),
      ...{ x: signingKeyOf(secret).publicKey, kid: keyId },
      ...({ alg: "EdDSA", use: "sig" } as const),
    }));
}
