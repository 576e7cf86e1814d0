// What may be printed for everybody: a player session id is a secret, so its fingerprint stands in for it.
import { fingerprint } from "@muster/proto";

/** `value` as one line of JSON; every `playerSessionId` in it, however deep, is shown as its fingerprint. */
export function jsonWithoutSecrets(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) =>
    key === "playerSessionId" && typeof inner === "string" ? fingerprint(inner) : inner,
  );
}
