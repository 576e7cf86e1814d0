// The JSON of a pushed event, or of several, as typed values. It comes from the matcher, which its signature has proven.
import { fieldInvalid } from "@muster/proto";
import type { Preparation, Proposal } from "../ticket.ts";
import type { BackendEvent, EventParty, EventTicket } from "./event.ts";

/** @throws {MusterError} FIELD_INVALID unless `body` is an event, or {"events": […]}. */
export function readEvents(body: string): readonly BackendEvent[] {
  const document = parseJson(body);
  if (!isObject(document)) throw fieldInvalid("body", "an object", typeof document);
  if (!("events" in document)) return [readEvent(document)];
  if (!Array.isArray(document.events)) throw fieldInvalid("events", "a list", typeof document.events);
  return document.events.map(readEvent);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw fieldInvalid("body", "JSON", `${text.length} characters of something else`);
  }
}

function readEvent(document: unknown): BackendEvent {
  if (!isObject(document)) throw fieldInvalid("event", "an object", typeof document);
  const { id, type, number, timestamp, data } = document;
  if (typeof id !== "string" || id === "") throw fieldInvalid("id", "text", id);
  if (typeof type !== "string") throw fieldInvalid("type", "text", type);
  if (typeof number !== "number") throw fieldInvalid("number", "a number", number);
  if (typeof timestamp !== "string") throw fieldInvalid("timestamp", "a time", timestamp);
  if (!isObject(data)) throw fieldInvalid("data", "an object", typeof data);
  const { configuration, matchTokens = [] } = document;
  const head = { id, number, timestamp: new Date(timestamp), configuration, matchTokens };
  return { ...head, ...readData(type, data) } as BackendEvent;
}

/** The type, and what belongs to it. */
function readData(type: string, data: Readonly<Record<string, unknown>>): object {
  switch (type) {
    case "TICKET_PREPARING":
    case "TICKET_JOINED":
    case "TICKET_SEARCHING":
    case "MATCH_PROPOSED":
    case "MATCH_ACCEPTED":
    case "TICKET_PLACING":
    case "TICKET_COMPLETED":
    case "TICKET_CANCELLED":
    case "TICKET_TIMED_OUT":
    case "TICKET_FAILED":
      return { type, ticket: readTicket(data.ticket) };
    case "TICKET_SESSION_ENDED":
      return { type, ticket: readTicket(data.ticket), sessionEndCause: data.sessionEndCause };
    case "BACKFILL_CHANGED":
    case "SESSION_ENDED": {
      if (!isObject(data.session)) throw fieldInvalid("data.session", "an object", typeof data.session);
      const { battleSessionId, matchId, backfill, endCause } = data.session;
      const session = { battleSessionId, matchId };
      return type === "SESSION_ENDED" ? { type, session, endCause } : { type, session, backfill };
    }
    case "PARTY_CHANGED":
      return { type, party: readParty(data.party) };
    case "TICKET_DUPLICATE":
      return { type, duplicate: data.duplicate };
    case "TARGET_DISABLED":
      return { type, target: data.target };
    default:
      return { type: "UNKNOWN", name: type, data };
  }
}

type Timed<Value> = Omit<Value, "expiresAt"> & { readonly expiresAt: string };
type TicketDocument = Omit<EventTicket, "createdAt" | "proposal" | "preparation"> & {
  readonly createdAt: string;
  readonly proposal?: Timed<Proposal>;
  readonly preparation?: Timed<Preparation>;
};

function readTicket(value: unknown): EventTicket {
  if (!isObject(value)) throw fieldInvalid("data.ticket", "an object", typeof value);
  const { proposal, preparation, createdAt, ...ticket } = value as unknown as TicketDocument;
  return {
    ...ticket,
    createdAt: new Date(createdAt),
    proposal: proposal && { ...proposal, expiresAt: new Date(proposal.expiresAt) },
    preparation: preparation && { ...preparation, expiresAt: new Date(preparation.expiresAt) },
  };
}

type PartyDocument = Omit<EventParty, "offers"> & {
  readonly offers: readonly Timed<EventParty["offers"][number]>[];
};

function readParty(value: unknown): EventParty {
  if (!isObject(value)) throw fieldInvalid("data.party", "an object", typeof value);
  const { offers, ...party } = value as unknown as PartyDocument;
  return { ...party, offers: offers.map((offer) => ({ ...offer, expiresAt: new Date(offer.expiresAt) })) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
