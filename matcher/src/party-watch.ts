// Watching parties: each watcher is told how a party stands, not how it came there. Parties lie in the order of their last change, so
// that a watcher holds nothing but a number, and one that was away is told each party once.
import type { Clock } from "@muster/kit";
import { MusterError, type PartyId, type PlayerId } from "@muster/proto";
import type { MatcherState } from "./core/matcher-state.ts";
import { getParty } from "./core/party/get-party.ts";
import { concernsPlayer, type Party } from "./core/party/party.ts";
import { placeAfter } from "./core/party/party-book.ts";
import { createWatchers, type Watcher } from "./watchers.ts";

export type PartySelection =
  | { readonly type: "party"; readonly partyId: PartyId }
  | { readonly type: "player"; readonly playerId: PlayerId }
  | { readonly type: "all" };

/** `number`: where to go on after the item. */
export type PartyWatchItem =
  | { readonly type: "CHANGED"; readonly number: number; readonly party: Party; readonly ticketIds: readonly string[] }
  /** `partyIds`: of a player's watch, all that concern the player. */
  | { readonly type: "SYNCED"; readonly number: number; readonly partyIds: readonly PartyId[] }
  | { readonly type: "HEARTBEAT"; readonly number: number };

export interface PartyWatch {
  /** Tells the watch that facts up to `sequence` are durable. */
  advance(sequence: number): void;
  /**
   * Parties of the selection that changed after number `after`; undefined: as they stand, but of all parties from now.
   *
   * @throws {MusterError} PARTY_NOT_FOUND, CURSOR_EXPIRED.
   */
  watch(select: PartySelection, after: number | undefined, signal: AbortSignal): AsyncIterable<PartyWatchItem>;
  /** Ends every watch, now and from now on, with `reason`. */
  end(reason: unknown): void;
}

const HEARTBEAT_MS = 5_000;

/** A watch over the parties of `state`, all of whose changes are durable when it is made. */
export function createPartyWatch({ parties }: MatcherState, clock: Clock): PartyWatch {
  let durable = parties.changes;
  const watchers = createWatchers(clock);
  const everybody = new Set<Watcher>();
  /** Who waits for one party, and who for those of one player. A party's are also those who were told that it concerns their player. */
  const byParty = createWaiting<PartyId>();
  const byPlayer = createWaiting<PlayerId>();

  /** Parties whose newest change has a number above `after` and is durable, oldest change first. */
  const changedAfter = (after: number, upTo: number): readonly Party[] => {
    const { log } = parties;
    const changed: Party[] = [];
    for (let place = placeAfter(parties, after); place < log.length; place += 1) {
      const change = log[place];
      if (!change || change.number > upTo) break;
      const party = parties.byId.get(change.partyId);
      if (party?.lastChange.number === change.number) changed.push(party);
    }
    return changed;
  };
  const presentOf = (playerId: PlayerId): readonly PartyId[] => {
    const inParty = parties.memberOf.get(playerId);
    return [...(inParty === undefined ? [] : [inParty]), ...(parties.offersOf.get(playerId) ?? [])].toSorted();
  };

  return {
    advance(sequence) {
      const before = durable;
      const { log } = parties;
      for (let place = placeAfter(parties, durable); place < log.length; place += 1) {
        const change = log[place];
        if (!change || change.sequence > sequence) break;
        durable = change.number;
        watchers.wake(byParty.of(change.partyId));
        const party = parties.byId.get(change.partyId);
        if (!party) continue;
        const { playerId } = party.lastChange;
        if (playerId !== undefined) watchers.wake(byPlayer.of(playerId));
        for (const { playerId: member } of party.members) watchers.wake(byPlayer.of(member));
        for (const { player } of party.offers) watchers.wake(byPlayer.of(player.playerId));
      }
      if (durable !== before) watchers.wake(everybody);
    },
    async *watch(select, after, signal) {
      if (select.type === "party") getParty(parties, select.partyId);
      if (after !== undefined && (after > durable || after < parties.forgotten)) throw expired();
      const watcher = watchers.add();
      /** Of a player's watch: parties that it was told the player has to do with. */
      const told = new Set<PartyId>();
      const follow = (partyId: PartyId, isFollowed: boolean) => {
        if (isFollowed) told.add(partyId);
        else told.delete(partyId);
        byParty.set(partyId, watcher, isFollowed);
      };
      const selects = (party: Party): boolean => {
        if (select.type === "all") return true;
        if (select.type === "party") return party.partyId === select.partyId;
        const { playerId } = select;
        return concernsPlayer(party, playerId) || told.has(party.partyId) || party.lastChange.playerId === playerId;
      };
      /** What has changed since `position`; at first as much as is there. */
      const newsAfter = (position: number | undefined, upTo: number): readonly Party[] => {
        if (position !== undefined) return changedAfter(position, upTo).filter(selects);
        if (select.type === "all") return [];
        const ids = select.type === "party" ? [select.partyId] : presentOf(select.playerId);
        const known = ids.map((id) => parties.byId.get(id)).filter((party) => party !== undefined);
        // What is not durable yet is told of when it is.
        return known.filter(({ lastChange }) => lastChange.number <= upTo);
      };
      if (select.type === "all") everybody.add(watcher);
      if (select.type === "party") byParty.set(select.partyId, watcher, true);
      if (select.type === "player") {
        byPlayer.set(select.playerId, watcher, true);
        for (const id of presentOf(select.playerId)) follow(id, true);
      }
      let heardAtMs = clock.nowMs();
      let position = after;
      let isSynced = false;
      try {
        for (;;) {
          const upTo = durable;
          for (const party of newsAfter(position, upTo)) {
            if (select.type === "player") follow(party.partyId, concernsPlayer(party, select.playerId));
            const ticketIds = [...(parties.tickets.get(party.partyId) ?? [])];
            yield { type: "CHANGED", number: isSynced ? party.lastChange.number : (after ?? 0), party, ticketIds };
            heardAtMs = clock.nowMs();
          }
          position = Math.max(position ?? 0, upTo);
          if (!isSynced) {
            const partyIds = select.type === "player" ? presentOf(select.playerId) : [];
            yield { type: "SYNCED", number: position, partyIds };
          }
          isSynced = true;
          if (durable > position) continue;
          if (await watcher.wait(heardAtMs + HEARTBEAT_MS, signal)) continue;
          yield { type: "HEARTBEAT", number: position };
          heardAtMs = clock.nowMs();
        }
      } finally {
        everybody.delete(watcher);
        if (select.type === "party") byParty.set(select.partyId, watcher, false);
        if (select.type === "player") byPlayer.set(select.playerId, watcher, false);
        for (const id of told) byParty.set(id, watcher, false);
      }
    },
    end: watchers.end,
  };
}

/** Who waits, by what they wait for. */
function createWaiting<Id extends string>() {
  const waiting = new Map<Id, Set<Watcher>>();
  return {
    of: (id: Id): Iterable<Watcher> => waiting.get(id) ?? [],
    set(id: Id, watcher: Watcher, waits: boolean): void {
      const present = waiting.get(id) ?? new Set();
      if (waits) waiting.set(id, present.add(watcher));
      else if (present.delete(watcher) && present.size === 0) waiting.delete(id);
    },
  };
}

function expired(): MusterError {
  return new MusterError("CURSOR_EXPIRED", "Cannot go on from the token as what came after it is not kept: start anew");
}
