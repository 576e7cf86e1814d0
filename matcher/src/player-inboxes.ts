// Who watches the tickets of which player. Each watcher has a box of numbers of events that concern its player, filled as they become
// durable: ten thousand who each looked through all events for their own would read the log ten thousand times.
import type { PlayerId } from "@muster/proto";
import type { TicketEventRecord } from "./core/ticket-events.ts";
import type { Watcher } from "./watchers.ts";

export type PlayerInbox = {
  readonly playerId: PlayerId;
  readonly watcher: Watcher;
  /** Numbers of events that were not handed over yet, rising. Undefined: none. */
  numbers: number[] | undefined;
  /** Its reader was too slow, or has just begun: what came is to be looked for in the log. */
  isOverfull: boolean;
  /** The next box of the same player: hardly anybody has two. */
  next: PlayerInbox | undefined;
};

export interface PlayerInboxes {
  open(playerId: PlayerId, watcher: Watcher): PlayerInbox;
  close(inbox: PlayerInbox): void;
  /** Puts the event into the boxes of its players; answers whom to wake. */
  deliver(event: TicketEventRecord): readonly Watcher[];
}

/** Events that wait in one box; a reader that is further behind looks through the log. */
export const INBOX_EVENTS_MAX = 256;

export function createPlayerInboxes(): PlayerInboxes {
  /** The first box of each. */
  const byPlayer = new Map<PlayerId, PlayerInbox>();
  return {
    open(playerId, watcher) {
      const next = byPlayer.get(playerId);
      const inbox: PlayerInbox = { playerId, watcher, numbers: undefined, isOverfull: true, next };
      byPlayer.set(playerId, inbox);
      return inbox;
    },
    close(inbox) {
      const { playerId, next } = inbox;
      const first = byPlayer.get(playerId);
      if (first === inbox && next) byPlayer.set(playerId, next);
      else if (first === inbox) byPlayer.delete(playerId);
      else for (let box = first; box; box = box.next) if (box.next === inbox) box.next = next;
    },
    deliver({ number, ticket }) {
      if (byPlayer.size === 0) return [];
      const woken: Watcher[] = [];
      for (const { playerId } of ticket.players) {
        for (let inbox = byPlayer.get(playerId); inbox; inbox = inbox.next) {
          put(inbox, number);
          woken.push(inbox.watcher);
        }
      }
      return woken;
    },
  };
}

function put(inbox: PlayerInbox, number: number): void {
  if (inbox.isOverfull) return;
  inbox.numbers ??= [];
  inbox.numbers.push(number);
  if (inbox.numbers.length <= INBOX_EVENTS_MAX) return;
  inbox.numbers = undefined;
  inbox.isOverfull = true;
}
