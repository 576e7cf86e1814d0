// What the journal keeps of facts: their messages of muster.journal.v1. A record's kind is the number of its arm in the oneof.
import { invariant } from "@muster/kit";
import { encodeMessage } from "@muster/proto";
import * as wire from "@muster/proto/journal-matcher";
import type { MatcherFact } from "../core/fact.ts";
import { readFact } from "./read-fact.ts";
import { encodeTicketCreated } from "./ticket-created-bytes.ts";
import { type FactArm, writeFact } from "./write-fact.ts";

/** A fact as it is journaled: the record has its journal time, the body the wall clock's. */
export type JournaledFact = { readonly atWallMs: number; readonly fact: MatcherFact };

const KINDS: Readonly<Record<FactArm["$case"], number>> = {
  ruleSetPut: 10,
  configurationPut: 11,
  ticketCreated: 12,
  ticketCancelled: 13,
  ticketTimedOut: 14,
  matchFormed: 15,
  matchPlaced: 16,
  placementEnded: 17,
  backfillStarted: 18,
  backfillChanged: 19,
  fillDecided: 20,
  fillApplied: 21,
  fillDropped: 22,
  sessionEnded: 23,
  endedForgotten: 24,
  playerErased: 25,
  erasureCompleted: 26,
  sessionAdopted: 27,
  matchAccepted: 28,
  proposalEnded: 29,
  ruleSetDeleted: 30,
  configurationDeleted: 31,
  playersJoined: 40,
  preparationDeclined: 41,
  partyChanged: 42,
  joinKeyAdded: 50,
  joinKeyRevoked: 51,
  joinTokenRedeemed: 52,
  ticketRefused: 53,
  matchWeighed: 54,
  duplicateNoted: 60,
  ticketRejoined: 61,
};

/** What the ledger is given. Decoding throws on a record that this build does not know: it is of a newer one. */
export const factCodec = {
  encode({ atWallMs, fact }: JournaledFact): { readonly kind: number; readonly body: Uint8Array } {
    const created = fact.type === "ticket-created" ? encodeTicketCreated(fact, Math.round(atWallMs)) : undefined;
    return created ? { kind: KINDS.ticketCreated, body: created } : encodeByMessage({ atWallMs, fact });
  },
  decode(kind: number, body: Uint8Array): JournaledFact {
    const { atWallMs, fact } = wire.MatcherFact.decode(body);
    invariant(fact && KINDS[fact.$case] === kind, `the journal holds facts that this build knows: kind ${kind}`);
    return { atWallMs, fact: readFact(fact) };
  },
};

/** As the generated code encodes it, whatever it is. */
export function encodeByMessage({ atWallMs, fact }: JournaledFact): {
  readonly kind: number;
  readonly body: Uint8Array;
} {
  const arm = writeFact(fact);
  const body = encodeMessage(wire.MatcherFact, { atWallMs: Math.round(atWallMs), fact: arm });
  return { kind: KINDS[arm.$case], body };
}
