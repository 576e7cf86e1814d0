// T-CANCEL-TRUTH, from a history that has every event of every ticket and every change of every session: whoever was told "cancelled"
// was never in a battle, whoever was told "too late" was matched, and whoever asks again hears the same.
import type { Entry } from "../chaos/history/entry.ts";
import type { Finding } from "../chaos/history/finding.ts";
import { readTicketTrails, type Sighting, type TicketTrail } from "../chaos/history/ticket-trail.ts";

const MATCHED: ReadonlySet<string> = new Set(["PLACING", "COMPLETED"]);
const OUT: ReadonlySet<string> = new Set(["CANCELLED", "TIMED_OUT", "FAILED"]);

export function checkCancels(entries: readonly Entry[]): readonly Finding[] {
  const seats = readSeats(entries);
  return [...readTicketTrails(entries).values()].flatMap((trail) => {
    const whys = [...unanswered(trail), ...ungranted(trail), ...falselyLate(trail), ...unlike(trail), ...untold(trail)];
    whys.push(...seated(trail, seats.get(trail.ticketId) ?? []));
    return whys.map((why) => ({ promise: "T-CANCEL-TRUTH", why: `${trail.ticketId} ${why}`, about: [trail.ticketId] }));
  });
}

/** Nothing fails here: a cancel has an answer, granted or too late, unless the ticket was not there yet. */
function* unanswered({ cancels, starts }: TicketTrail): Generator<string> {
  const startedMs = Math.min(...starts.filter(({ outcome }) => "ok" in outcome).map(({ untilMs }) => untilMs));
  for (const { outcome, sinceMs } of cancels) {
    if ("unknown" in outcome) yield `was to be cancelled, and nobody heard: ${outcome.unknown}`;
    if (!("refused" in outcome) || outcome.refused === "TICKET_ALREADY_MATCHED") continue;
    if (outcome.refused !== "TICKET_NOT_FOUND" || sinceMs > startedMs) yield `was not cancelled: ${outcome.refused}`;
  }
}

/** OK shows how the ticket has ended without a match, and it has ended so. */
function* ungranted({ cancels, sightings }: TicketTrail): Generator<string> {
  for (const { outcome } of cancels) {
    if (!("ok" in outcome) || outcome.ok === "joined") continue;
    const { state, version } = outcome.ok;
    if (!OUT.has(state)) yield `was cancelled, and is ${state}`;
    const other = sightings.find(({ view }) => view.version >= version && view.state !== state);
    if (other) yield `was cancelled as ${state} in version ${version}, and is ${other.view.state}`;
  }
}

/** "Too late" names a match that the ticket was in, or came to be in, when it was asked for. */
function* falselyLate({ cancels, sightings }: TicketTrail): Generator<string> {
  for (const { outcome, sinceMs } of cancels) {
    if (!("refused" in outcome) || outcome.refused !== "TICKET_ALREADY_MATCHED") continue;
    const known = versionKnown(sightings, sinceMs);
    const isMatched = ({ view }: Sighting) =>
      view.version >= known && MATCHED.has(view.state) && view.matchId === outcome.matchId;
    if (!sightings.some(isMatched)) yield `was too late to cancel for ${outcome.matchId}, in which it was not`;
  }
}

/** The newest version that anybody had been shown. */
function versionKnown(sightings: readonly Sighting[], atMs: number): number {
  let known = 0;
  for (const { view, untilMs } of sightings) if (untilMs < atMs) known = Math.max(known, view.version);
  return known;
}

/** Once it is cancelled every later cancel says so, and once it is in a battle none does. */
function* unlike({ cancels, sightings }: TicketTrail): Generator<string> {
  const ended = sightings.find(({ view }) => OUT.has(view.state) || view.state === "COMPLETED");
  if (!ended) return;
  for (const { outcome, sinceMs } of cancels) {
    if (sinceMs <= ended.untilMs) continue;
    const { state, version } = ended.view;
    if (state === "COMPLETED") {
      if ("ok" in outcome) yield `was COMPLETED, and could be cancelled`;
    } else if (!("ok" in outcome) || outcome.ok === "joined" || outcome.ok.version !== version) {
      yield `was ${state}, and a later cancel was answered otherwise`;
    }
  }
}

/** The stream has told every version, the last one too. */
function* untold({ sightings }: TicketTrail): Generator<string> {
  const told = new Set(sightings.flatMap(({ view, sinceMs }) => (sinceMs === undefined ? [view.version] : [])));
  const last = Math.max(0, ...sightings.map(({ view }) => view.version));
  for (let version = 1; version <= last; version += 1)
    if (!told.has(version)) yield `has a version ${version} that no event told`;
}

/** Whoever is out has no seat, and had none but in a placement that came to nothing. */
function* seated({ sightings }: TicketTrail, seats: readonly Seat[]): Generator<string> {
  const end = sightings.find(({ view }) => view.state === "CANCELLED");
  if (!end) return;
  for (const { matchId, battleSessionId } of seats) {
    if (sightings.some(({ view }) => view.state === "PLACING" && view.matchId === matchId)) continue;
    yield `was cancelled, and had a seat in ${battleSessionId}`;
  }
}

type Seat = { readonly battleSessionId: string; readonly matchId: string | undefined };

/** By ticket: each session that ever had a seat for it. */
function readSeats(entries: readonly Entry[]): ReadonlyMap<string, readonly Seat[]> {
  const seats = new Map<string, Map<string, Seat>>();
  for (const entry of entries) {
    if (entry.type !== "session") continue;
    const { battleSessionId, matchId } = entry.session;
    for (const { ticketId } of entry.session.seats) {
      if (ticketId === undefined) continue;
      const ofTicket = seats.get(ticketId) ?? new Map<string, Seat>();
      seats.set(ticketId, ofTicket.set(battleSessionId, { battleSessionId, matchId }));
    }
  }
  return new Map([...seats].map(([ticketId, ofTicket]) => [ticketId, [...ofTicket.values()]]));
}
