// Whether a request with events is the matcher's, and of now: its signature by one of the secrets, in constant time, and its time.
import { createHmac, timingSafeEqual } from "node:crypto";
import { type Clock, systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { BackendEvent } from "./event.ts";
import { readEvents } from "./read-event.ts";

export type EventRequest = {
  /** As they came: Node's `request.headers`, or a `Headers`. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it came, before anybody parsed it: to parse and write it again changes what was signed. */
  readonly body: string | Uint8Array;
};

export type VerifyOptions = {
  /** The target's secrets, "whsec_…": one, and during a rotation both. */
  readonly secrets: readonly string[];
  /** How far from now a request may have been sent, in ms. Default 300,000. */
  readonly toleranceMs?: number;
  /** Default: the machine's. */
  readonly clock?: Pick<Clock, "wallMs">;
};

const TOLERANCE_MS_DEFAULT = 300_000;

/**
 * The events of a request, one or several, once it has proven to be the matcher's.
 *
 * @throws {MusterError} CREDENTIALS_INVALID if no secret has signed it, or not within the tolerance; FIELD_INVALID if it is signed and
 *   no event; CONFIG_INVALID for a secret that is none.
 * @example
 * for (const event of verifyEvents({ headers: request.headers, body }, { secrets })) {
 *   if (event.type === "TICKET_COMPLETED") tell(event.ticket.ticketId, event.ticket.assignment);
 * }
 */
export function verifyEvents(request: EventRequest, options: VerifyOptions): readonly BackendEvent[] {
  const { secrets, toleranceMs = TOLERANCE_MS_DEFAULT, clock = systemClock } = options;
  checkSecrets(secrets);
  const header = (name: string) => readHeader(request.headers, name);
  const [id, timestamp, signatures] = [header("webhook-id"), header("webhook-timestamp"), header("webhook-signature")];
  if (id === undefined || timestamp === undefined || signatures === undefined) throw refused("it is not signed");
  if (!/^\d{1,12}$/.test(timestamp)) throw refused("its time is none");
  const body = typeof request.body === "string" ? request.body : Buffer.from(request.body).toString("utf8");
  const signed = `${id}.${timestamp}.${body}`;
  const given = signatures.split(" ").filter((one) => one.startsWith("v1,"));
  const isOurs = secrets.some((secret) => {
    const expected = createHmac("sha256", keyOf(secret)).update(signed).digest();
    return given.some((one) => isEqual(Buffer.from(one.slice("v1,".length), "base64"), expected));
  });
  if (!isOurs) throw refused("no secret of ours has signed it");
  if (Math.abs(clock.wallMs() - Number(timestamp) * 1_000) > toleranceMs) throw refused("it was sent at another time");
  return readEvents(body);
}

/** Bytes of a secret at least: those of the matcher have 32. A variable that is not set makes a key of none, by which anybody can sign. */
const SECRET_BYTES_MIN = 16;

/** Of no secrets no request is taken. @throws {MusterError} CONFIG_INVALID for a secret that is none. */
export function checkSecrets(secrets: readonly string[]): void {
  if (secrets.every((secret) => keyOf(secret).length >= SECRET_BYTES_MIN)) return;
  const rule = `a secret has the form whsec_… and ${SECRET_BYTES_MIN} bytes at least`;
  throw new MusterError(
    "CONFIG_INVALID",
    `Cannot verify events as ${rule}: one is shorter, or its variable is not set`,
  );
}

function readHeader(headers: EventRequest["headers"], name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ""), "base64");
}

function isEqual(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function refused(why: string): MusterError {
  return new MusterError("CREDENTIALS_INVALID", `Cannot take the request for one of the matcher: ${why}`);
}
