// What must be true of every ticket, judged by what clients were told and nothing else.
import { type Entry, TERMINAL } from "./entry.ts";
import type { Finding } from "./finding.ts";
import { readTicketTrails, type Sighting, type TicketTrail } from "./ticket-trail.ts";

const EDGES: Readonly<Record<string, readonly string[]>> = {
  // More have come: the state is as before.
  PREPARING: ["PREPARING", "SEARCHING", "CANCELLED", "TIMED_OUT"],
  SEARCHING: ["REQUIRES_ACCEPTANCE", "PLACING", "COMPLETED", "CANCELLED", "TIMED_OUT"],
  // More have accepted: the state is as before.
  REQUIRES_ACCEPTANCE: ["REQUIRES_ACCEPTANCE", "PLACING", "COMPLETED", "SEARCHING", "CANCELLED", "TIMED_OUT"],
  PLACING: ["COMPLETED", "SEARCHING", "FAILED"],
};

/** Causes of an end that no cancel brought about: who answered what is looked at elsewhere. */
const UNACCEPTED: ReadonlySet<string> = new Set([
  ...["ACCEPTANCE_REFUSED", "ACCEPTANCE_TIMED_OUT", "MATCH_REFUSED", "MATCH_UNANSWERED", "PARTY_CHANGED"],
]);

/** Findings about single tickets: loss, versions, edges, repeats, cancels. */
export function checkTickets(entries: readonly Entry[]): readonly Finding[] {
  const drainedMs = entries.find(({ type }) => type === "drained")?.atMs;
  const disorder = disorderOfWatches(entries);
  return [...readTicketTrails(entries).values()].flatMap((trail) => {
    const find = (promise: string, whys: Iterable<string>): readonly Finding[] =>
      [...whys].map((why) => ({ promise, why: `${trail.ticketId} ${why}`, about: [trail.ticketId] }));
    return [
      ...find("T-NO-LOSS", lost(trail, drainedMs)),
      ...find("Q-MONOTONIC", wentBack(trail)),
      ...find("T-ONE-TERMINAL", leftTerminal(trail)),
      ...find("T-ONE-TERMINAL", unended(trail, drainedMs)),
      ...find("T-LEGAL-EDGE", illegalEdges(trail)),
      ...find("T-IDEMPOTENT", repeats(trail)),
      ...find("T-CANCEL-TRUTH", cancels(trail)),
      ...find("T-PARTY", parted(trail)),
      ...find("M-WHOLE", split(trail)),
      ...find("E-ORDER", disorder.get(trail.ticketId) ?? []),
    ];
  });
}

/** Whoever saw the ticket saw something durable: nobody who asks later may be told that there is none. */
function* lost({ sightings, reads }: TicketTrail, drainedMs: number | undefined): Generator<string> {
  const [first] = sightings.filter(({ sinceMs }) => sinceMs !== undefined);
  if (!first) return;
  for (const { outcome, sinceMs } of reads) {
    if (sinceMs < first.untilMs || !("refused" in outcome)) continue;
    if (outcome.refused === "TICKET_NOT_FOUND") return yield "was acknowledged, and later nobody knew it";
  }
  if (drainedMs === undefined) return;
  const last = sightings.some(({ sinceMs }) => sinceMs !== undefined && sinceMs >= drainedMs);
  if (!last) yield "was acknowledged, and could not be read at the end";
}

/** A read that began after a version was seen shows that version or a later one; one version is one content. */
function* wentBack({ sightings }: TicketTrail): Generator<string> {
  const contents = new Map<number, string>();
  const byBeginning = sightings
    .filter((one): one is Sighting & { readonly sinceMs: number } => one.sinceMs !== undefined)
    .toSorted((one, other) => one.sinceMs - other.sinceMs);
  let known = 0;
  let next = 0;
  for (const { view, sinceMs } of byBeginning) {
    for (let seen = sightings[next]; seen && seen.untilMs < sinceMs; seen = sightings[next]) {
      known = Math.max(known, seen.view.version);
      next += 1;
    }
    if (view.version < known) yield `was read as version ${view.version} after version ${known} had been seen`;
  }
  for (const { view } of sightings) {
    const content = `${view.state} ${view.matchId} ${view.battleSessionId}`;
    const before = contents.get(view.version);
    if (before !== undefined && before !== content) {
      return yield `has two contents in version ${view.version}: "${before}" and "${content}"`;
    }
    contents.set(view.version, content);
  }
}

function* leftTerminal({ sightings }: TicketTrail): Generator<string> {
  const states = new Map<string, number>();
  for (const { view } of sightings) {
    if (TERMINAL.has(view.state)) states.set(view.state, Math.min(view.version, states.get(view.state) ?? Infinity));
  }
  if (states.size > 1) return yield `was in more than one last state: ${[...states.keys()].join(", ")}`;
  const [ended] = states;
  const after = ended && sightings.find(({ view }) => view.version > ended[1] && view.state !== ended[0]);
  if (after) yield `left its last state ${ended[0]} for ${after.view.state}`;
}

function* illegalEdges({ sightings }: TicketTrail): Generator<string> {
  const states = new Map(sightings.map(({ view }) => [view.version, view.state]));
  for (const [version, state] of states) {
    if (version === 1 && state !== "SEARCHING" && state !== "PREPARING") yield `began as ${state}`;
    const after = states.get(version + 1);
    if (after === undefined || TERMINAL.has(state)) continue;
    if (!EDGES[state]?.includes(after)) yield `went from ${state} to ${after}`;
  }
}

/** One id is one body: of all that was asked under it, one was taken, and nothing else ever shows. */
function* repeats({ starts, sightings }: TicketTrail): Generator<string> {
  const bodies = new Set(sightings.map(({ view }) => view.body));
  if (bodies.size > 1) return yield `showed ${bodies.size} bodies`;
  const [body] = bodies;
  for (const { ask, outcome, sinceMs } of starts) {
    if ("ok" in outcome && ask.body !== body) return yield "was acknowledged for a body that it does not have";
    if (!("refused" in outcome) || outcome.refused !== "ID_REUSED") continue;
    if (ask.body === body) return yield "was refused as reused, with the very body that it has";
    const other = starts.some((start) => start.ask.body !== ask.body && start.sinceMs <= sinceMs);
    if (!other) return yield "was refused as reused before anybody used it";
  }
}

/** OK means never matched; too late names the match; nobody is cancelled who did not ask. */
function* cancels({ cancels: asked, sightings }: TicketTrail): Generator<string> {
  const granted = asked.find(({ outcome }) => "ok" in outcome);
  if (granted && "ok" in granted.outcome && granted.outcome.ok !== "joined") {
    const { state, version } = granted.outcome.ok;
    // A repeat after another end is answered with that end.
    if (["PREPARING", ...WAITING, "PLACING"].includes(state)) yield `was cancelled, and is ${state}`;
    const after = sightings.find(({ view }) => view.version > version);
    if (after) yield `went on to ${after.view.state} after it was cancelled`;
    if (state === "CANCELLED" && sightings.some(({ view }) => view.state === "COMPLETED")) {
      yield "was cancelled, and is COMPLETED";
    }
  }
  for (const { outcome } of asked) {
    if (!("refused" in outcome) || outcome.refused !== "TICKET_ALREADY_MATCHED") continue;
    if (!outcome.matchId) yield "was too late to cancel, and no match was named";
  }
  const isCancelled = sightings.some(({ view }) => view.state === "CANCELLED" && !UNACCEPTED.has(view.cause ?? ""));
  const mayBe = asked.some(({ outcome }) => "ok" in outcome || "unknown" in outcome);
  if (isCancelled && !mayBe) yield "is CANCELLED, and nobody asked for it";
}

/** In no other state than these is a ticket for others to match, or to ask. */
const WAITING: readonly string[] = ["SEARCHING", "REQUIRES_ACCEPTANCE"];

/** Once a member is known to have left, the ticket waits for nobody any more; and for nothing else is it called off so. */
function* parted({ partings, sightings }: TicketTrail): Generator<string> {
  for (const { outcome, untilMs } of partings) {
    if (!("ok" in outcome)) continue;
    const seen = sightings.filter(
      ({ view, sinceMs }) => view === outcome.ok || (sinceMs !== undefined && sinceMs > untilMs),
    );
    const waiting = seen.find(({ view }) => view.state === "PREPARING" || WAITING.includes(view.state));
    if (waiting) return yield `is ${waiting.view.state} after a member had left its party`;
  }
  const isCalledOff = sightings.some(({ view }) => view.cause === "PARTY_CHANGED");
  const mayBe = partings.some(({ outcome }) => !("refused" in outcome));
  if (isCalledOff && !mayBe) yield "is called off by its party, of which nobody left";
}

function* split({ sightings, starts }: TicketTrail): Generator<string> {
  const players = starts.find(({ outcome }) => "ok" in outcome)?.ask.playerIds.length;
  const completed = sightings.find(({ view }) => view.state === "COMPLETED")?.view;
  if (!completed || players === undefined) return;
  if (completed.seatedPlayers !== players) yield `has ${players} players, and ${completed.seatedPlayers} were seated`;
}

function* unended({ sightings }: TicketTrail, drainedMs: number | undefined): Generator<string> {
  if (drainedMs === undefined) return;
  const last = sightings.findLast(({ sinceMs }) => sinceMs !== undefined && sinceMs >= drainedMs);
  if (last && !TERMINAL.has(last.view.state)) yield `is still ${last.view.state} long after everything was healed`;
}

/** Events of a stream come in order and without a gap for as long as it goes on from its token. */
function disorderOfWatches(entries: readonly Entry[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const seen = new Map<string, Map<string, number>>();
  for (const entry of entries) {
    if (entry.type === "watch-opened" && entry.anew) seen.set(entry.watcher, new Map());
    if (entry.type !== "watched" || entry.event !== "STATE_CHANGED") continue;
    const versions = seen.get(entry.watcher) ?? new Map<string, number>();
    seen.set(entry.watcher, versions);
    const { ticketId, version } = entry.ticket;
    const before = versions.get(ticketId);
    versions.set(ticketId, version);
    if (before === undefined || version === before + 1) continue;
    const why = `came to ${entry.watcher} as version ${version} after version ${before}`;
    found.set(ticketId, [...(found.get(ticketId) ?? []), why]);
  }
  return found;
}
