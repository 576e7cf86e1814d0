// Which live tickets hold a player: one as a rule, so that one is kept as it is; several where tickets have queries.
import type { PlayerId, TicketId } from "@muster/proto";

/** The players of one pool. */
export class HeldPlayers {
  readonly #tickets = new Map<PlayerId, TicketId | readonly TicketId[]>();

  add(playerId: PlayerId, ticketId: TicketId): void {
    const before = this.#tickets.get(playerId);
    if (before === undefined) this.#tickets.set(playerId, ticketId);
    else this.#tickets.set(playerId, typeof before === "string" ? [before, ticketId] : [...before, ticketId]);
  }

  remove(playerId: PlayerId, ticketId: TicketId): void {
    if (this.#tickets.get(playerId) === ticketId) return void this.#tickets.delete(playerId);
    const left = this.of(playerId).filter((one) => one !== ticketId);
    const [only] = left;
    if (only === undefined) this.#tickets.delete(playerId);
    else this.#tickets.set(playerId, left.length === 1 ? only : left);
  }

  /** In the order of their arrival; empty: nobody holds the player. */
  of(playerId: PlayerId): readonly TicketId[] {
    const held = this.#tickets.get(playerId);
    if (held === undefined) return NONE;
    return typeof held === "string" ? [held] : held;
  }

  /** The first of them. */
  find(playerId: PlayerId): TicketId | undefined {
    const held = this.#tickets.get(playerId);
    return typeof held === "object" ? held[0] : held;
  }

  /** Every ticket that holds somebody, as often as it does. */
  *tickets(): Iterable<TicketId> {
    for (const held of this.#tickets.values()) {
      if (typeof held === "string") yield held;
      else yield* held;
    }
  }
}

const NONE: readonly TicketId[] = [];
