// A ticket's id says whose it is, so that the backend needs no memory: one hash of the client's key, one of the key that
// the client chose for the request. Whoever repeats a request asks for the same ticket again, also after a restart of the
// backend; whoever knows an id, but not the client key, sees nothing.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** What owns tickets: 256 random bits, drawn by the backend at the first request, or by the client itself. */
export function drawClientKey(): string {
  return randomBytes(32).toString("base64url");
}

/** Whether `text` has the form of a client key: 43 of A-Z a-z 0-9 _ -. */
export function isClientKey(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

/** A request key for a client that chose none: every such request starts a ticket of its own. */
export function drawRequestKey(): string {
  return randomBytes(16).toString("base64url");
}

/** Always the same id for the same two keys. */
export function writeTicketId(clientKey: string, requestKey: string): string {
  // The request comes first: logs show how ids begin, and one client has many.
  return `arena.${hash("request", `${clientKey} ${requestKey}`)}.${hash("client", clientKey)}`;
}

/** Whether the ticket was started with this client key. */
export function ownsTicket(clientKey: string, ticketId: string): boolean {
  const owner = /^arena\.[0-9a-f]{32}\.([0-9a-f]{32})$/.exec(ticketId)?.[1];
  if (owner === undefined) return false;
  return timingSafeEqual(Buffer.from(owner), Buffer.from(hash("client", clientKey)));
}

function hash(purpose: string, text: string): string {
  return createHash("sha256").update(`${purpose} ${text}`).digest("hex").slice(0, 32);
}
