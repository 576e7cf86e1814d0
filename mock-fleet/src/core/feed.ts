// The feed of placements and sessions: which facts tell their watchers something, and the last of them, kept so that a
// watcher who was away goes on where it stood.
import type { BattleSession, PlayerId, SessionChange } from "@muster/proto";
import { isSeated, playersOfChange } from "./erase-player.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import type { Placement } from "./placement.ts";

/**
 * Events that are kept for watchers that resume, in memory alone: a restart has those of the facts after its snapshot. Older
 * positions start anew with a snapshot of what lives.
 */
export const FEED_EVENTS_MAX = 50_000;

export type FeedEvent = {
  /** Of the fact that it tells of. */
  readonly position: number;
  readonly owner: string;
  /** Whose it is. Undefined: the default project's. */
  readonly project: string | undefined;
  readonly event: /** `attempt` is the placement that a new session is made for, as it was then. */
    | { readonly type: "session"; readonly battle: BattleSession; readonly attempt: Placement | undefined }
    | { readonly type: "session-change"; readonly change: SessionChange }
    /** `battle` is the session of a FULFILLED placement as it was then. */
    | { readonly type: "placement"; readonly placement: Placement; readonly battle: BattleSession | undefined };
};

/** What the fact that was folded last tells; undefined for facts that concern nobody outside. */
export function feedEventOf(state: FleetState, fact: FleetFact): FeedEvent | undefined {
  switch (fact.type) {
    case "session-started": {
      const attempt = state.placements.get(fact.placementId);
      return ownedBy(state, attempt, { type: "session", battle: fact.session, attempt });
    }
    case "session-changed": {
      const session = state.sessions.get(fact.change.battleSessionId);
      const placement = session && state.placements.get(session.placementId);
      return ownedBy(state, placement, { type: "session-change", change: fact.change });
    }
    case "session-adopted": {
      const session = state.sessions.get(fact.sessionId);
      const event = session && ({ type: "session", battle: session.battle, attempt: undefined } as const);
      return event && ownedBy(state, state.placements.get(session.placementId), event);
    }
    case "placement-started":
      return placementEvent(state, state.placements.get(fact.request.placementId));
    case "placement-ended":
      return placementEvent(state, state.placements.get(fact.placementId));
    default:
      return undefined;
  }
}

function placementEvent(state: FleetState, placement: Placement | undefined): FeedEvent | undefined {
  return placement && ownedBy(state, placement, { type: "placement", placement, battle: sessionOf(state, placement) });
}

function ownedBy(
  state: FleetState,
  placement: Placement | undefined,
  event: FeedEvent["event"],
): FeedEvent | undefined {
  if (!placement) return undefined;
  const { owner, project } = placement.request;
  return { position: state.position, owner, project, event };
}

/** What the event tells of a placement: that it was made, that a session is being made for it, or that it has ended. */
export function placementOf({
  event,
}: FeedEvent): { readonly placement: Placement; readonly battle: BattleSession | undefined } | undefined {
  if (event.type === "placement") return event;
  return event.type === "session" && event.attempt ? { placement: event.attempt, battle: undefined } : undefined;
}

/** The session of a FULFILLED placement as it is now. */
export function sessionOf(state: FleetState, placement: Placement): BattleSession | undefined {
  if (placement.end?.state !== "FULFILLED" || placement.sessionId === undefined) return undefined;
  return state.sessions.get(placement.sessionId)?.battle;
}

export interface Feed {
  /** Nothing up to this position is kept: the state comes from a snapshot. Once, before the first event. */
  startAfter(position: number): void;
  /** Forgets every event up to the last that names the player. */
  forgetPlayer(playerId: PlayerId): void;
  /** Adds the event of the fact that was folded last. */
  add(event: FeedEvent): void;
  /** The first events after `position`, up to `until`, at most `count`; undefined if some of them are no longer kept. */
  between(span: {
    readonly after: number;
    readonly until: number;
    readonly count: number;
  }): readonly FeedEvent[] | undefined;
}

export function createFeed(eventsMax = FEED_EVENTS_MAX): Feed {
  const events: FeedEvent[] = [];
  /** Everything after this position is kept. */
  let keptAfter = 0;
  return {
    startAfter(position) {
      keptAfter = position;
    },
    forgetPlayer(playerId) {
      const last = events.findLastIndex((event) => namesPlayer(event, playerId));
      const dropped = events.splice(0, last + 1);
      keptAfter = dropped.at(-1)?.position ?? keptAfter;
    },
    add(event) {
      events.push(event);
      if (events.length <= 2 * eventsMax) return;
      const dropped = events.splice(0, events.length - eventsMax);
      keptAfter = dropped.at(-1)?.position ?? keptAfter;
    },
    between({ after, until, count }) {
      if (after < keptAfter) return undefined;
      const from = indexAfter(events, after);
      return events.slice(from, Math.min(from + count, indexAfter(events, until)));
    },
  };
}

function namesPlayer({ event }: FeedEvent, playerId: PlayerId): boolean {
  switch (event.type) {
    case "session":
      return concerns(event.battle, playerId);
    case "session-change":
      return playersOfChange(event.change).includes(playerId);
    case "placement":
      return event.battle !== undefined && concerns(event.battle, playerId);
  }
}

function concerns(battle: BattleSession, playerId: PlayerId): boolean {
  return battle.creatorId === playerId || isSeated(battle, playerId);
}

/** Of the first event whose position is above `position`. */
function indexAfter(events: readonly FeedEvent[], position: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle] as FeedEvent).position <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
