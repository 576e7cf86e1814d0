// E-PUSH: what event targets are sent of tickets and sessions. E-ORDER: numbered without a gap, the next only when the one before it was
// taken. E-IDEMPOTENT: every repeat is the same to the byte, whoever is told. E-TRUE: of nothing that is not durable. E-AT-LEAST-ONCE:
// once all is quiet, every target has everything.
import type { Observation, PushedEvent } from "../observation.ts";
import type { Books } from "./books/books.ts";
import { isCallOf } from "./books/call-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "E-PUSH";

export function ePush(books: Books): Checker {
  /** By target and subject: the last number that was taken. */
  const taken = new Map<string, Map<string, number>>();
  /** Last version of each ticket that each target has taken, by "target ticket". */
  const versions = new Map<string, number>();
  const ends = new Set<string>();
  /** Requests that a target was told of, by "target ticket heldBy"; and those of which every target has to be told. */
  const duplicates = new Set<string>();
  const refused = new Set<string>();
  const texts = new Map<string, string>();
  const created = new Set<string>();

  const check = (target: string, { id, number, text, data }: PushedEvent) => {
    const before = texts.get(id);
    if (before !== undefined && before !== text)
      throw new BrokenPromise(NAME, `${target} is sent ${id} in other words`);
    texts.set(id, text);
    const last = taken.get(target)?.get(subjectOf(id)) ?? 0;
    if (number > last + 1) {
      throw new BrokenPromise(NAME, `${target} is sent ${id}, and has taken up to ${last} of what comes before it`);
    }
    const { ticket, session, party, duplicate } = data;
    if (
      party &&
      (party.version !== number || (books.matcher.parties.parties.get(party.partyId)?.version ?? 0) < number)
    ) {
      throw new BrokenPromise(NAME, `${target} is sent ${id}, of a change of a party that no fact tells of`);
    }
    if (duplicate && !created.has(duplicate.heldBy)) {
      throw new BrokenPromise(NAME, `${target} is sent ${id}, which met a ticket that no fact tells of`);
    }
    if (ticket) {
      const known = books.matcher.tickets.get(ticket.ticketId);
      if (!known && created.has(ticket.ticketId)) return; // It is forgotten since.
      const isTrue = known?.states[ticket.version - 1] === ticket.state;
      if (!isTrue) throw new BrokenPromise(NAME, `${target} is sent ${id}, ${ticket.state}, of which no fact tells`);
    }
    if (session && !books.matcher.sessions.has(session.battleSessionId)) {
      throw new BrokenPromise(NAME, `${target} is sent ${id}, of a session that no fact tells of`);
    }
  };
  const take = (target: string, { id, type, number, data }: PushedEvent) => {
    const bySubject = taken.get(target) ?? new Map<string, number>();
    taken.set(target, bySubject);
    bySubject.set(subjectOf(id), Math.max(number, bySubject.get(subjectOf(id)) ?? 0));
    if (data.ticket) {
      const key = `${target} ${data.ticket.ticketId}`;
      versions.set(key, Math.max(data.ticket.version, versions.get(key) ?? 0));
    }
    if (data.duplicate) duplicates.add(`${target} ${data.duplicate.ticketId} ${data.duplicate.heldBy}`);
    if (type === "TICKET_SESSION_ENDED") ends.add(`${target} ${data.ticket?.ticketId}`);
    if (type === "SESSION_ENDED") ends.add(`${target} ${data.session?.battleSessionId}`);
  };
  const noteRefusal = ({ callId, outcome }: Extract<Observation, { type: "answer" }>) => {
    const call = books.calls.get(callId);
    if (!call || !isCallOf(call, "startMatching") || !("refused" in outcome)) return;
    const { refused: reason, metadata } = outcome;
    if (reason !== "PLAYER_ALREADY_QUEUED" && reason !== "PLAYER_ALREADY_SEATED") return;
    if (call.request.ticketId !== "") refused.add(`${call.request.ticketId} ${metadata.ticketId}`);
  };
  const demand = (target: string) => {
    for (const { ticketId, version } of books.matcher.tickets.values()) {
      const has = versions.get(`${target} ${ticketId}`) ?? 0;
      if (has !== version)
        throw new BrokenPromise(NAME, `${target} has version ${has} of ${ticketId}, which has ${version}`);
    }
    for (const { partyId, version } of books.matcher.parties.parties.values()) {
      const has = taken.get(target)?.get(`party.${partyId}`) ?? 0;
      if (has !== version)
        throw new BrokenPromise(NAME, `${target} has ${has} changes of ${partyId}, which has ${version}`);
    }
    for (const what of refused) {
      if (!duplicates.has(`${target} ${what}`))
        throw new BrokenPromise(NAME, `${target} was not told of a refusal: ${what}`);
    }
    for (const { battleSessionId, hasEnded, tickets } of books.matcher.sessions.values()) {
      const missing = [battleSessionId, ...tickets].find((id) => !ends.has(`${target} ${id}`));
      if (!hasEnded || missing === undefined) continue;
      throw new BrokenPromise(NAME, `${target} was not told that ${battleSessionId} has ended for ${missing}`);
    }
  };

  return {
    name: NAME,
    see(observation: Observation) {
      if (observation.type === "matcher-fact" && observation.fact.type === "ticket-created") {
        created.add(observation.fact.ticketId);
      }
      if (observation.type === "answer") noteRefusal(observation);
      if (observation.type !== "events-pushed") return;
      const { target, events, isTaken } = observation;
      for (const event of events) {
        check(target, event);
        // Those of one request are taken one after the other, or none of them.
        if (isTaken) take(target, event);
        else if (events.length > 1) break;
      }
    },
    end() {
      if (books.healedMs === undefined) return;
      for (const target of taken.keys()) demand(target);
    },
  };
}

function subjectOf(id: string): string {
  return id.slice(0, id.lastIndexOf("."));
}
