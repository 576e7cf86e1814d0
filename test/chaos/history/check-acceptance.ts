// What must be true where players are asked whether they want a match, judged by what clients asked and were told.
import type { Entry } from "./entry.ts";
import type { Finding } from "./finding.ts";
import { readTicketTrails, type TicketTrail } from "./ticket-trail.ts";

/** Findings about tickets that were asked. */
export function checkAcceptance(entries: readonly Entry[]): readonly Finding[] {
  return [...readTicketTrails(entries).values()].flatMap((trail) => {
    const whys = [...placedUnasked(trail), ...refusals(trail), ...silences(trail)];
    return whys.map((why) => ({ promise: "M-ACCEPT-ALL", why: `${trail.ticketId} ${why}`, about: [trail.ticketId] }));
  });
}

/** Answers that were given to the match: known to have counted, or perhaps. */
function answersTo({ answers }: TicketTrail, matchId: string | undefined, answer: "ACCEPT" | "REFUSE", known: boolean) {
  const given = answers.filter(({ ask, outcome }) => {
    const counted = "ok" in outcome || (!known && "unknown" in outcome);
    return ask.matchId === matchId && ask.answer === answer && counted;
  });
  return new Set(given.flatMap(({ ask }) => ask.playerIds));
}

/** Of the request that the ticket shows: nobody may have heard that it was taken. */
function playersOf({ starts, sightings }: TicketTrail): readonly string[] {
  const body = sightings[0]?.view.body;
  return starts.find(({ ask }) => ask.body === body)?.ask.playerIds ?? [];
}

function* placedUnasked(trail: TicketTrail): Generator<string> {
  const proposed = new Set(
    trail.sightings.filter(({ view }) => view.state === "REQUIRES_ACCEPTANCE").map(({ view }) => view.matchId),
  );
  const placed = trail.sightings.find(({ view }) => {
    return ["PLACING", "COMPLETED"].includes(view.state) && proposed.has(view.matchId);
  })?.view;
  if (!placed) return;
  const accepted = answersTo(trail, placed.matchId, "ACCEPT", false);
  const missing = playersOf(trail).filter((playerId) => !accepted.has(playerId));
  if (missing.length > 0) yield `is ${placed.state} in ${placed.matchId}, which ${missing.join()} never accepted`;
}

function* refusals(trail: TicketTrail): Generator<string> {
  for (const { view } of trail.sightings) {
    if (["PLACING", "COMPLETED"].includes(view.state) && answersTo(trail, view.matchId, "REFUSE", true).size > 0) {
      return yield `refused ${view.matchId}, and is ${view.state} in it`;
    }
    if (view.cause !== "ACCEPTANCE_REFUSED") continue;
    if (answersTo(trail, view.matchId, "REFUSE", false).size === 0) return yield "is said to have refused, and did not";
  }
}

/** Whoever was told in time that the acceptance counts was not silent. */
function* silences(trail: TicketTrail): Generator<string> {
  const silent = trail.sightings.find(({ view }) => view.cause === "ACCEPTANCE_TIMED_OUT")?.view;
  if (!silent) return;
  const accepted = answersTo(trail, silent.matchId, "ACCEPT", true);
  const players = playersOf(trail);
  if (players.length === 0) return; // Nobody of the history asked for it.
  if (players.every((playerId) => accepted.has(playerId))) {
    yield `accepted ${silent.matchId}, and was called silent`;
  }
}
