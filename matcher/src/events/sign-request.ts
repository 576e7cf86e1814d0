// Requests as Standard Webhooks has them: an id, a time, and a signature of both with the body for every live secret.
import { createHmac } from "node:crypto";
import type { Random } from "@muster/kit";
import { fieldInvalid } from "@muster/proto";

const PREFIX = "whsec_";
const SECRET_BYTES_MIN = 24;
const SECRET_BYTES_MAX = 64;
const SECRET_BYTES_DRAWN = 32;

/** The headers of a request whose body is `body`. `secrets`: "whsec_…", newest first. */
export function signatureHeaders(
  request: { readonly webhookId: string; readonly wallMs: number; readonly body: string },
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const { webhookId, wallMs, body } = request;
  const timestamp = String(Math.floor(wallMs / 1_000));
  const signed = `${webhookId}.${timestamp}.${body}`;
  const signatures = secrets.map((secret) => {
    return `v1,${createHmac("sha256", keyOf(secret)).update(signed).digest("base64")}`;
  });
  return { "webhook-id": webhookId, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}

/** @throws {MusterError} FIELD_INVALID unless `secret` is "whsec_" and 24 to 64 bytes in base64. */
export function parseSecret(field: string, secret: string): string {
  const bytes = keyOf(secret);
  const isWhole = secret === PREFIX + bytes.toString("base64");
  if (isWhole && bytes.length >= SECRET_BYTES_MIN && bytes.length <= SECRET_BYTES_MAX) return secret;
  throw fieldInvalid(
    field,
    `"${PREFIX}" and ${SECRET_BYTES_MIN} to ${SECRET_BYTES_MAX} bytes in base64`,
    `${secret.length} characters`,
  );
}

export function drawSecret(random: Random): string {
  return PREFIX + Buffer.from(random.bytes(SECRET_BYTES_DRAWN)).toString("base64");
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : "", "base64");
}
