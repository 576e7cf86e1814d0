// What may be printed for everybody: player session ids and join tokens are secrets, so their fingerprints stand in for them.
import { fingerprint } from "@muster/proto";

/** `value` as one line of JSON; every `playerSessionId` and `joinToken` in it, however deep, is shown as its fingerprint. */
export function jsonWithoutSecrets(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) =>
    (key === "playerSessionId" || key === "joinToken") && typeof inner === "string" ? fingerprint(inner) : inner,
  );
}
