// The matcher's public keys of join tokens, as a JSON Web Key Set.
import { fieldInvalid } from "@muster/proto";

/** As `/.well-known/jwks.json` has it; keys of other kinds are passed over. */
export type JoinKeySet = { readonly keys: readonly Readonly<Record<string, unknown>>[] };

/** 32 bytes as base64url. */
const PUBLIC_KEY = /^[A-Za-z0-9_-]{43}$/;

/** Public keys by their id. @throws {MusterError} FIELD_INVALID for what is no key set. */
export function readKeySet(value: unknown): ReadonlyMap<string, string> {
  const keys = typeof value === "object" && value !== null && "keys" in value ? value.keys : undefined;
  if (!Array.isArray(keys)) throw fieldInvalid("keys", "a JSON Web Key Set", typeof keys);
  const held = new Map<string, string>();
  for (const key of keys as readonly unknown[]) {
    const { kty, crv, kid, x } = (typeof key === "object" && key !== null ? key : {}) as Record<string, unknown>;
    const isOurs = kty === "OKP" && crv === "Ed25519" && typeof kid === "string";
    if (isOurs && typeof x === "string" && PUBLIC_KEY.test(x)) held.set(kid, x);
  }
  return held;
}

const FETCH_WITHIN_MS = 5_000;

/** What is at the URL. @throws {Error} if it is not there in time. */
export async function fetchKeySet(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_WITHIN_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return await response.json();
}
