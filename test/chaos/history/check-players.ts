// What must be true of players across tickets: nobody waits twice, nobody is in two battles.
import { type Entry, TERMINAL } from "./entry.ts";
import type { Finding } from "./finding.ts";
import { readTicketTrails, type TicketTrail } from "./ticket-trail.ts";

/** Findings about players of more than one ticket, and about tickets of more than one battle. */
export function checkPlayers(entries: readonly Entry[]): readonly Finding[] {
  const trails = readTicketTrails(entries);
  return [...queuedTwice(trails), ...inTwoBattles(entries, trails), ...cancelledAndSeated(entries, trails)];
}

/** A ticket that began, from its first call to its answer, while another of the same player was alive all the time. */
function* queuedTwice(trails: ReadonlyMap<string, TicketTrail>): Generator<Finding> {
  const byPlayer = new Map<string, TicketTrail[]>();
  for (const trail of trails.values()) {
    const acknowledged = trail.starts.find(({ outcome }) => "ok" in outcome);
    for (const playerId of acknowledged?.ask.playerIds ?? []) {
      byPlayer.set(playerId, [...(byPlayer.get(playerId) ?? []), trail]);
    }
  }
  for (const [playerId, ofPlayer] of byPlayer) {
    for (const older of ofPlayer) {
      for (const newer of ofPlayer) {
        if (older === newer || configurationOf(older) !== configurationOf(newer)) continue;
        const alive = livingSpan(older);
        const born = birthSpan(newer);
        if (!alive || !born || born.sinceMs < alive.sinceMs || born.untilMs > alive.untilMs) continue;
        yield {
          promise: "T-PLAYER-ONCE",
          why: `${playerId} was let into ${newer.ticketId} while ${older.ticketId} was alive`,
          about: [older.ticketId, newer.ticketId],
        };
      }
    }
  }
}

type Span = { readonly sinceMs: number; readonly untilMs: number };

/** From when the ticket was known until the last read that began while it was alive. */
function livingSpan({ sightings }: TicketTrail): Span | undefined {
  const alive = sightings.filter(({ view, sinceMs }) => sinceMs !== undefined && !TERMINAL.has(view.state));
  const [first] = alive;
  const untilMs = Math.max(...alive.map(({ sinceMs }) => sinceMs ?? 0));
  return first && untilMs > first.untilMs ? { sinceMs: first.untilMs, untilMs } : undefined;
}

function birthSpan({ starts }: TicketTrail): Span | undefined {
  const acknowledged = starts.find(({ outcome }) => "ok" in outcome);
  const sinceMs = Math.min(...starts.map((start) => start.sinceMs));
  return acknowledged && { sinceMs, untilMs: acknowledged.untilMs };
}

function configurationOf({ starts }: TicketTrail): string | undefined {
  return starts[0]?.ask.body.split(" ")[0];
}

/**
 * A ticket is in one battle. The feed's order is the fleet's: seats in two sessions at once, or a seat elsewhere after the
 * one that the ticket was completed with. (Before that, a placement whose seats ran out may be followed by another.)
 */
function* inTwoBattles(entries: readonly Entry[], trails: ReadonlyMap<string, TicketTrail>): Generator<Finding> {
  const seatedIn = new Map<string, Set<string>>();
  const found = new Set<string>();
  for (const entry of entries) {
    if (entry.type === "feed-opened") seatedIn.clear();
    if (entry.type !== "session" || entry.source !== "feed") continue;
    const { battleSessionId, seats } = entry.session;
    const present = new Set(seats.flatMap(({ ticketId }) => (ticketId === undefined ? [] : [ticketId])));
    for (const [ticketId, sessions] of seatedIn) if (!present.has(ticketId)) sessions.delete(battleSessionId);
    for (const ticketId of present) {
      const sessions = seatedIn.get(ticketId) ?? new Set<string>();
      const isNew = !sessions.has(battleSessionId);
      seatedIn.set(ticketId, sessions.add(battleSessionId));
      const others = [...sessions].filter((id) => id !== battleSessionId);
      if (!isNew || others.length === 0 || found.has(ticketId)) continue;
      found.add(ticketId);
      yield inBoth(ticketId, [...others, battleSessionId]);
    }
  }
  yield* strayed(entries, trails);
}

function* strayed(entries: readonly Entry[], trails: ReadonlyMap<string, TicketTrail>): Generator<Finding> {
  const homes = new Map<string, string>();
  for (const { ticketId, sightings } of trails.values()) {
    const homeIds = new Set(
      sightings.flatMap(({ view }) =>
        view.state === "COMPLETED" && view.battleSessionId ? [view.battleSessionId] : [],
      ),
    );
    const [home] = homeIds;
    if (home !== undefined) homes.set(ticketId, home);
    if (homeIds.size > 1) yield inBoth(ticketId, [...homeIds]);
  }
  const seenIn = new Map<string, Set<string>>();
  for (const entry of entries) {
    if (entry.type !== "session" || entry.source !== "feed") continue;
    const { battleSessionId, seats } = entry.session;
    for (const { ticketId } of seats) {
      const home = ticketId === undefined ? undefined : homes.get(ticketId);
      if (ticketId === undefined || home === undefined) continue;
      const before = seenIn.get(ticketId) ?? new Set<string>();
      const isAfterHome = before.has(home) && !before.has(battleSessionId);
      seenIn.set(ticketId, before.add(battleSessionId));
      if (isAfterHome) yield inBoth(ticketId, [home, battleSessionId]);
    }
  }
}

function inBoth(ticketId: string, sessions: readonly string[]): Finding {
  return { promise: "M-DISJOINT", why: `${ticketId} is in ${sessions.join(" and ")}`, about: [ticketId, ...sessions] };
}

/** After CANCELLED no seat of the ticket is in use: asked later, the fleet shows none. */
function* cancelledAndSeated(entries: readonly Entry[], trails: ReadonlyMap<string, TicketTrail>): Generator<Finding> {
  const cancelledMs = new Map<string, number>();
  for (const { ticketId, sightings } of trails.values()) {
    const seen = sightings.find(({ view }) => view.state === "CANCELLED");
    if (seen) cancelledMs.set(ticketId, seen.untilMs);
  }
  const found = new Set<string>();
  for (const entry of entries) {
    if (entry.type !== "session" || entry.source !== "asked") continue;
    for (const { ticketId } of entry.session.seats) {
      if (ticketId === undefined || found.has(ticketId)) continue;
      if (entry.askedMs <= (cancelledMs.get(ticketId) ?? Number.POSITIVE_INFINITY)) continue;
      found.add(ticketId);
      const { battleSessionId } = entry.session;
      yield {
        promise: "T-CANCEL-TRUTH",
        why: `${ticketId} was cancelled, and has a seat in ${battleSessionId}`,
        about: [ticketId, battleSessionId],
      };
    }
  }
}
