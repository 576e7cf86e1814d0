// What a record of a journal says, as JSON that may be shown: whoever holds a secret of a player, a process or a session could
// act for it, so that only fingerprints stand in place of them.
import { factCodec as matcherCodec } from "@muster/matcher";
import { factCodec as fleetCodec } from "@muster/mock-fleet";
import { fingerprint } from "@muster/proto";

type Codec = { decode(kind: number, body: Uint8Array): unknown };

const CODECS: Readonly<Record<string, Codec>> = { matcher: matcherCodec, fleet: fleetCodec };

/** Fields that hold secrets, or lists of them. */
const SECRETS = /secret|capability|token|^playerSessionIds?$/i;

/** The fact that is the body of a record, without secrets; what cannot be read is said, and not shown. */
export function describeFact(partition: string, kind: number, body: Uint8Array): unknown {
  const codec = CODECS[partition];
  if (!codec) return { unknown: `no service of this build keeps ${partition}`, bytes: body.length };
  try {
    return withoutSecrets(codec.decode(kind, body), false);
  } catch (error) {
    return { unreadable: error instanceof Error ? error.message : String(error), bytes: body.length };
  }
}

function withoutSecrets(value: unknown, isSecret: boolean): unknown {
  if (typeof value === "string") return isSecret ? fingerprint(value) : value;
  if (value instanceof Uint8Array) {
    return isSecret ? fingerprint(Buffer.from(value).toString("hex")) : Buffer.from(value).toString("base64");
  }
  if (value instanceof Map) return withoutSecrets(Object.fromEntries(value), isSecret);
  if (value instanceof Set) return withoutSecrets([...value], isSecret);
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, isSecret));
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? String(value) : value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withoutSecrets(inner, isSecret || SECRETS.test(name))]),
  );
}
