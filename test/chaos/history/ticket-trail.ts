// Everything that a history says of one ticket, with calls joined to their outcomes: what the checks of tickets look at.
import type { Ask, Entry, Outcome, TicketView } from "./entry.ts";

/** A call with its outcome. A call that was never answered is unknown from its beginning to for ever. */
type CallOf<Op extends Ask["op"]> = {
  readonly ask: Extract<Ask, { readonly op: Op }>;
  readonly via: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly outcome: Outcome;
};

export type Call = { readonly [Op in Ask["op"]]: CallOf<Op> }[Ask["op"]];

/** The ticket as somebody saw it: between `sinceMs` and `untilMs` it was so. A stream tells no beginning. */
export type Sighting = {
  readonly view: TicketView;
  readonly sinceMs: number | undefined;
  readonly untilMs: number;
};

export type TicketTrail = {
  readonly ticketId: string;
  readonly starts: CallOf<"start">[];
  readonly cancels: CallOf<"cancel">[];
  readonly reads: CallOf<"read">[];
  readonly answers: CallOf<"answer">[];
  readonly partings: CallOf<"part">[];
  /** In the order in which they became known. */
  readonly sightings: Sighting[];
};

/** The trails of all tickets that the history names. */
export function readTicketTrails(entries: readonly Entry[]): ReadonlyMap<string, TicketTrail> {
  const trails = new Map<string, TicketTrail>();
  const trailOf = (ticketId: string): TicketTrail => {
    const known = trails.get(ticketId);
    if (known) return known;
    const trail: TicketTrail = {
      ticketId,
      starts: [],
      cancels: [],
      reads: [],
      answers: [],
      partings: [],
      sightings: [],
    };
    trails.set(ticketId, trail);
    return trail;
  };
  for (const call of readCalls(entries)) {
    const trail = trailOf(call.ask.ticketId);
    if (isOf(call, "start")) trail.starts.push(call);
    if (isOf(call, "cancel")) trail.cancels.push(call);
    if (isOf(call, "read")) trail.reads.push(call);
    if (isOf(call, "answer")) trail.answers.push(call);
    if (isOf(call, "part")) trail.partings.push(call);
    const { sinceMs, untilMs, outcome } = call;
    if ("ok" in outcome && outcome.ok !== "joined") trail.sightings.push({ view: outcome.ok, sinceMs, untilMs });
  }
  for (const entry of entries) {
    const isChange = entry.type === "pushed" || (entry.type === "watched" && entry.event === "STATE_CHANGED");
    if (!isChange || !entry.ticket) continue;
    const { ticket: view, atMs: untilMs } = entry;
    trailOf(view.ticketId).sightings.push({ view, sinceMs: undefined, untilMs });
  }
  for (const trail of trails.values()) trail.sightings.sort((one, other) => one.untilMs - other.untilMs);
  return trails;
}

/** Every call of the history, in the order of their beginning. */
export function readCalls(entries: readonly Entry[]): readonly Call[] {
  const answers = new Map<number, { readonly atMs: number; readonly outcome: Outcome }>();
  for (const entry of entries) if (entry.type === "answered") answers.set(entry.call, entry);
  return entries.flatMap((entry): readonly Call[] => {
    if (entry.type !== "asked") return [];
    const { ask, via, atMs: sinceMs } = entry;
    const answer = answers.get(entry.call);
    const outcome = answer?.outcome ?? { unknown: "never answered" };
    return [{ ask, via, sinceMs, untilMs: answer?.atMs ?? Number.POSITIVE_INFINITY, outcome } as Call];
  });
}

export function isOf<Op extends Ask["op"]>(
  call: Call,
  op: Op,
): call is Extract<Call, { readonly ask: { readonly op: Op } }> {
  return call.ask.op === op;
}
