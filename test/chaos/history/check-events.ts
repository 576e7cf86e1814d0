// What must be true of events that are pushed, judged by a receiver that refuses some and loses answers.
import { type Entry, TERMINAL } from "./entry.ts";
import type { Finding } from "./finding.ts";
import { readTicketTrails } from "./ticket-trail.ts";

type Pushed = Extract<Entry, { readonly type: "pushed" }>;

/** Findings about pushed events: order, repeats, what never came. What they say of tickets is looked at with the tickets. */
export function checkEvents(entries: readonly Entry[]): readonly Finding[] {
  const pushed = entries.filter((entry) => entry.type === "pushed");
  if (pushed.length === 0) return [];
  const isDrained = entries.some(({ type }) => type === "drained");
  return [...checkOrder(pushed), ...checkRepeats(pushed), ...(isDrained ? findMissing(entries) : [])];
}

/** The next event of a subject comes with the one before it, or when that was taken. A repeat may come at any time. */
function* checkOrder(pushed: readonly Pushed[]): Generator<Finding> {
  const taken = new Map<string, number>();
  const came = new Map<string, number>();
  for (const { target, request, subject, number, isTaken } of pushed) {
    const key = `${target} ${subject}`;
    const withIt = came.get(`${request} ${subject}`) ?? 0;
    came.set(`${request} ${subject}`, number);
    const last = Math.max(taken.get(key) ?? 0, withIt);
    if (number > last + 1) {
      const why = `${subject}.${number} was pushed to ${target} when ${last === 0 ? "none" : `only ${last}`} had been taken`;
      yield { promise: "E-ORDER", why, about: [idOf(subject)] };
    }
    if (isTaken) taken.set(key, Math.max(taken.get(key) ?? 0, number));
  }
}

function* checkRepeats(pushed: readonly Pushed[]): Generator<Finding> {
  const digests = new Map<string, string>();
  for (const { subject, number, digest } of pushed) {
    const id = `${subject}.${number}`;
    const before = digests.get(id) ?? digest;
    digests.set(id, before);
    if (before !== digest)
      yield { promise: "E-IDEMPOTENT", why: `${id} was pushed with two contents`, about: [idOf(subject)] };
  }
}

/** Versions of tickets that somebody was told of, and that a target has not taken. */
export function findMissing(entries: readonly Entry[]): readonly Finding[] {
  const taken = new Map<string, Set<number>>();
  const targets = new Set<string>();
  for (const entry of entries) {
    if (entry.type !== "pushed") continue;
    targets.add(entry.target);
    if (!entry.isTaken || !entry.ticket) continue;
    const key = `${entry.target} ${entry.ticket.ticketId}`;
    taken.set(key, (taken.get(key) ?? new Set()).add(entry.ticket.version));
  }
  return [...readTicketTrails(entries).values()].flatMap(({ ticketId, sightings }) => {
    const last = Math.max(0, ...sightings.map(({ view }) => view.version));
    const isOver = sightings.some(({ view }) => view.version === last && TERMINAL.has(view.state));
    if (!isOver) return []; // That it is not is told elsewhere.
    return [...targets].flatMap((target) => {
      const versions = taken.get(`${target} ${ticketId}`) ?? new Set();
      const missing = Array.from({ length: last }, (_, index) => index + 1).filter((version) => !versions.has(version));
      const why = `${ticketId} came to version ${last}, and ${target} never took ${missing.join(", ")}`;
      return missing.length === 0 ? [] : [{ promise: "E-AT-LEAST-ONCE", why, about: [ticketId] }];
    });
  });
}

/** Of the ticket, session or party that a subject names. */
function idOf(subject: string): string {
  return subject.slice(subject.indexOf(".") + 1);
}
