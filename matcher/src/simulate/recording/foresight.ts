// What a recording knows before its time: how each fill ended, who was there after it, and which cancel a ticket waited for.
import type { BackfillId, FillId, PlayerId, ServerSessionId, TicketId } from "@muster/proto";
import type { MatcherFact } from "../../core/fact.ts";
import { ticketsOf } from "../../core/match.ts";

export type RecordedFact = { readonly atMs: number; readonly fact: MatcherFact };

type Fact<Type extends MatcherFact["type"]> = Extract<MatcherFact, { type: Type }>;

export interface Foresight {
  /** What the fill was to be. */
  decided(fillId: FillId): Fact<"fill-decided"> | undefined;
  /** The fill's outcome if it was applied. */
  applied(fillId: FillId): Fact<"fill-applied"> | undefined;
  /** When the backfill began; undefined: nobody asked for it. */
  startedAtMs(backfillId: BackfillId): number | undefined;
  /** Everybody in the session after its next fill that is applied at `index` or later. */
  nextRoster(battleSessionId: ServerSessionId, index: number): ReadonlySet<PlayerId> | undefined;
  /** Whether the ticket is cancelled before anything else becomes of it after `index`. */
  isCancelledNext(ticketId: TicketId, index: number): boolean;
}

/** Foresight of `facts`, whose indexes are the times. */
export function foresee(facts: readonly RecordedFact[]): Foresight {
  const decided = new Map<FillId, Fact<"fill-decided">>();
  const applied = new Map<FillId, Fact<"fill-applied">>();
  const started = new Map<BackfillId, number>();
  const rosters = new Map<ServerSessionId, { readonly index: number; readonly players: ReadonlySet<PlayerId> }[]>();
  const changes = new Map<TicketId, { readonly index: number; readonly isCancel: boolean }[]>();
  const note = (ticketIds: readonly TicketId[], index: number, isCancel: boolean) => {
    for (const ticketId of ticketIds) listIn(changes, ticketId).push({ index, isCancel });
  };
  for (const [index, { fact, atMs }] of facts.entries()) {
    if (fact.type === "backfill-started") started.set(fact.backfill.backfillId, atMs);
    if (fact.type === "ticket-cancelled") note([fact.ticketId], index, true);
    if (fact.type === "match-formed") note(ticketsOf(fact.match.players), index, false);
    if (fact.type === "fill-decided") {
      decided.set(fact.fillId, fact);
      note(ticketsOf(fact.newcomers), index, false);
    }
    if (fact.type === "fill-applied") {
      applied.set(fact.fillId, fact);
      const players = new Set(fact.players.map(({ playerId }) => playerId));
      listIn(rosters, fact.battleSessionId).push({ index, players });
    }
  }
  return {
    decided: (fillId) => decided.get(fillId),
    applied: (fillId) => applied.get(fillId),
    startedAtMs: (backfillId) => started.get(backfillId),
    nextRoster: (id, index) => rosters.get(id)?.find((roster) => roster.index >= index)?.players,
    isCancelledNext: (id, index) => changes.get(id)?.find((change) => change.index > index)?.isCancel === true,
  };
}

function listIn<Key, Item>(lists: Map<Key, Item[]>, key: Key): Item[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
