// What must be true of battle sessions and their seats: by the fleet's feed, and by what the servers themselves wrote down.
import type { Entry, SessionView } from "./entry.ts";
import type { Finding } from "./finding.ts";

const LIVE_BACKFILL: ReadonlySet<string> = new Set(["SEARCHING", "PAUSED"]);

/** Findings about sessions: seats over capacity, order of changes, backfills, matches with two battles, leaked seats. */
export function checkSessions(entries: readonly Entry[]): readonly Finding[] {
  return [...overCapacity(entries), ...unordered(entries), ...twoSessionsOfMatch(entries), ...leakedSeats(entries)];
}

/** Findings about players at the servers: accepted twice, on a session that they have no seat in, too many at once. */
export function checkServers(entries: readonly Entry[]): readonly Finding[] {
  return [...acceptedTwice(entries), ...strangers(entries), ...crowded(entries)];
}

function* overCapacity(entries: readonly Entry[]): Generator<Finding> {
  const found = new Set<string>();
  for (const entry of entries) {
    if (entry.type !== "session" || found.has(entry.session.battleSessionId)) continue;
    const { battleSessionId, seats, teams, capacity, state } = entry.session;
    const find = (why: string, promise = "S-CAPACITY"): Finding => {
      found.add(battleSessionId);
      return { promise, why: `${battleSessionId} ${why}`, about: [battleSessionId] };
    };
    if (seats.length > capacity) yield find(`has ${seats.length} of ${capacity} seats taken`);
    for (const { name, capacity: most } of teams) {
      const used = seats.filter(({ team }) => team === name).length;
      if (used > most) yield find(`has ${used} of ${most} seats taken in ${name}`);
    }
    if (new Set(seats.map(({ playerId }) => playerId)).size < seats.length) {
      yield find("seats a player twice", "M-DISJOINT");
    }
    if (state === "TERMINATED" && seats.length > 0) yield find(`is over, and holds ${seats.length} seats`);
  }
}

/** By one feed, changes of a session follow one another; a live backfill is not followed by another. */
function* unordered(entries: readonly Entry[]): Generator<Finding> {
  let last = new Map<string, SessionView>();
  for (const entry of entries) {
    if (entry.type === "feed-opened") last = new Map();
    if (entry.type === "feed-gap") {
      const { battleSessionId, from, to } = entry;
      const why = `${battleSessionId} came as revision ${to} after revision ${from}`;
      yield { promise: "E-ORDER", why, about: [battleSessionId] };
    }
    if (entry.type !== "session" || entry.source !== "feed") continue;
    const { session } = entry;
    const { battleSessionId, backfill } = session;
    const before = last.get(battleSessionId);
    last.set(battleSessionId, session);
    if (before && before.revision > session.revision) {
      const why = `${battleSessionId} went back to revision ${session.revision} from ${before.revision}`;
      yield { promise: "Q-MONOTONIC", why, about: [battleSessionId] };
    }
    const old = before?.backfill;
    if (!old || !backfill || old.backfillId === backfill.backfillId || !LIVE_BACKFILL.has(old.state)) continue;
    const why = `${battleSessionId} got backfill ${backfill.backfillId} beside the live ${old.backfillId}`;
    yield { promise: "B-ONE-LIVE", why, about: [battleSessionId] };
  }
}

/** Attempts of a placement may make several sessions; only one of them ever has seats. */
function* twoSessionsOfMatch(entries: readonly Entry[]): Generator<Finding> {
  const seated = new Map<string, Set<string>>();
  for (const entry of entries) {
    if (entry.type !== "session") continue;
    const { matchId, battleSessionId, seats } = entry.session;
    if (matchId === undefined || seats.length === 0) continue;
    seated.set(matchId, (seated.get(matchId) ?? new Set<string>()).add(battleSessionId));
  }
  for (const [matchId, sessions] of seated) {
    if (sessions.size === 1) continue;
    const why = `${matchId} has ${sessions.size} battles: ${[...sessions].join(", ")}`;
    yield { promise: "S-ONE-PER-MATCH", why, about: [matchId, ...sessions] };
  }
}

/** Long after everything was healed, and with nobody playing, no seat is in use. */
function* leakedSeats(entries: readonly Entry[]): Generator<Finding> {
  const drainedMs = entries.find(({ type }) => type === "drained")?.atMs;
  if (drainedMs === undefined) return;
  for (const entry of entries) {
    if (entry.type !== "session" || entry.source !== "asked" || entry.askedMs < drainedMs) continue;
    const { battleSessionId, seats } = entry.session;
    if (seats.length === 0) continue;
    const states = seats.map(({ state }) => state).join(", ");
    const why = `${battleSessionId} holds ${seats.length} seats that never end: ${states}`;
    yield { promise: "P-RESERVE-EXPIRES", why, about: [battleSessionId] };
  }
}

function* acceptedTwice(entries: readonly Entry[]): Generator<Finding> {
  const accepted = new Set<string>();
  for (const entry of entries) {
    if (entry.type !== "server" || entry.did !== "joined" || entry.returned) continue;
    const { seat, battleSessionId } = entry;
    if (accepted.has(seat)) {
      yield { promise: "P-ACCEPT-ONCE", why: `${seat} was accepted twice`, about: [seat, battleSessionId] };
    }
    accepted.add(seat);
  }
}

/** A player is let in only where the fleet has a seat for them, on the process that runs the session. */
function* strangers(entries: readonly Entry[]): Generator<Finding> {
  const seats = new Map<
    string,
    { readonly battleSessionId: string; readonly processId: string; readonly playerId: string }
  >();
  for (const entry of entries) {
    if (entry.type !== "session") continue;
    const { battleSessionId, processId } = entry.session;
    for (const { seat, playerId } of entry.session.seats) seats.set(seat, { battleSessionId, processId, playerId });
  }
  for (const entry of entries) {
    if (entry.type !== "server" || entry.did !== "joined") continue;
    const seat = seats.get(entry.seat);
    const { battleSessionId, processId, playerId } = entry;
    const fits =
      seat?.battleSessionId === battleSessionId && seat.processId === processId && seat.playerId === playerId;
    if (fits) continue;
    const why = `${playerId} was let into ${battleSessionId} with a seat that the fleet does not show there`;
    yield { promise: "P-ACCEPT-ONCE", why, about: [entry.seat, battleSessionId] };
  }
}

/** How many were in at once, by the server's own book, never exceeds what the session takes. */
function* crowded(entries: readonly Entry[]): Generator<Finding> {
  const capacities = new Map<string, number>();
  const present = new Map<string, Set<string>>();
  const found = new Set<string>();
  for (const entry of entries)
    if (entry.type === "session") capacities.set(entry.session.battleSessionId, entry.session.capacity);
  const ofServers = entries.filter((entry) => entry.type === "server").toSorted((one, other) => one.atMs - other.atMs);
  for (const { battleSessionId, seat, did } of ofServers) {
    const seats = present.get(battleSessionId) ?? new Set<string>();
    present.set(battleSessionId, seats);
    if (did === "joined") seats.add(seat);
    else seats.delete(seat);
    const capacity = capacities.get(battleSessionId);
    if (capacity === undefined || seats.size <= capacity || found.has(battleSessionId)) continue;
    found.add(battleSessionId);
    const why = `${battleSessionId} had ${seats.size} players at once, and takes ${capacity}`;
    yield { promise: "S-CAPACITY", why, about: [battleSessionId] };
  }
}
