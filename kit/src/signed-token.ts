// JSON Web Tokens of one kind: compact, signed with Ed25519 (alg EdDSA), of a key that is named by `kid`. Signing and verifying are
// synchronous and deterministic: the same claims under the same key make the same text. Nothing else that tokens may be is read.
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";

/** A key pair of 32 random bytes. */
export type SigningKey = {
  readonly privateKey: KeyObject;
  /** 32 bytes as base64url: `x` of the JSON Web Key. */
  readonly publicKey: string;
};

/** What stands before the 32 bytes of an Ed25519 private key in PKCS #8. */
const PKCS8_PREFIX = "302e020100300506032b657004220420";
const SEED_BYTES = 32;

/** @throws {RangeError} unless `seed` has 32 bytes. */
export function signingKeyOf(seed: Uint8Array): SigningKey {
  if (seed.length !== SEED_BYTES) throw new RangeError(`a seed has ${SEED_BYTES} bytes, not ${seed.length}`);
  const key = Buffer.concat([Buffer.from(PKCS8_PREFIX, "hex"), seed]);
  const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  return { privateKey, publicKey: x };
}

/** The token. `claims` keep their order. */
export function signToken(
  claims: Readonly<Record<string, unknown>>,
  { keyId, key }: { readonly keyId: string; readonly key: KeyObject },
): string {
  const signed = `${encode({ alg: "EdDSA", kid: keyId, typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString("base64url")}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** Three parts of base64url, the last of 64 bytes. */
const FORM = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/;
/** Longer texts are no tokens of ours. */
export const TOKEN_CHARS_MAX = 4_096;

/** `kid` of what looks like a token; undefined: it is none. Nothing is verified. */
export function keyIdOf(token: string): string | undefined {
  const [, header = ""] = (token.length <= TOKEN_CHARS_MAX && FORM.exec(token)) || [];
  const read = decode(header);
  return read?.alg === "EdDSA" && typeof read.kid === "string" && !("crit" in read) ? read.kid : undefined;
}

/** The claims of a token that the key signed; undefined: it is none. What they say, of time too, is the caller's to judge. */
export function openToken(token: string, publicKey: string): Readonly<Record<string, unknown>> | undefined {
  if (keyIdOf(token) === undefined) return undefined;
  const [, header = "", payload = "", signature = ""] = FORM.exec(token) ?? [];
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
  const isSigned = verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"));
  return isSigned ? decode(payload) : undefined;
}

/** An object of JSON; undefined: something else. */
function decode(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
