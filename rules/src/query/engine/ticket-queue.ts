// Waiting tickets in a line, the oldest first.
import { byAge, type QueryTicket } from "../pool/query-ticket.ts";
import type { TicketClass } from "./ticket-class.ts";

export type Waiting = {
  readonly ticket: QueryTicket;
  /** Another one once the classes were made anew. */
  ticketClass: TicketClass;
  /** Whether it has left. It stays in its lines until they are tidied. */
  isGone: boolean;
};

/** Those that have left are tidied away when they are so many, and more than half. */
const GONE_MIN = 32;

/** Its places hold until somebody is added, or it is tidied. */
export class TicketQueue {
  #items: Waiting[] = [];
  /** Nobody before it waits. */
  #head = 0;

  add(waiting: Waiting): void {
    const items = this.#items;
    const last = items.at(-1);
    if (!last || byAge(last.ticket, waiting.ticket) <= 0) items.push(waiting);
    else items.splice(this.#placeAfter(waiting.ticket), 0, waiting);
  }

  /** Forgets those that have left, if they are many; `count` wait. */
  tidy(count: number): void {
    const gone = this.#items.length - count;
    if (gone < GONE_MIN || gone * 2 < this.#items.length) return;
    this.#items = this.#items.filter(({ isGone }) => !isGone);
    this.#head = 0;
  }

  first(): Waiting | undefined {
    this.#head = this.indexFrom(this.#head);
    return this.#items[this.#head];
  }

  /** Takes the first out of this line. */
  shift(): void {
    this.#head = this.indexFrom(this.#head) + 1;
    if (this.#head < GONE_MIN || this.#head * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }

  /** Where the first stands from `index` on that waits; beyond the end if none does. */
  indexFrom(index: number): number {
    let at = Math.max(index, this.#head);
    while (this.#items[at]?.isGone) at += 1;
    return at;
  }

  at(index: number): Waiting | undefined {
    return this.#items[index];
  }

  /** The next that is younger than `waiting`, which may have left. */
  after({ ticket }: Waiting): Waiting | undefined {
    const first = this.first();
    if (!first || byAge(first.ticket, ticket) > 0) return first;
    return this.#items[this.indexFrom(this.#placeAfter(ticket))];
  }

  /** All that wait, the oldest first. */
  all(): readonly Waiting[] {
    return this.#items.slice(this.#head).filter(({ isGone }) => !isGone);
  }

  #placeAfter(ticket: QueryTicket): number {
    let [low, high] = [this.#head, this.#items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#items[middle];
      if (other && byAge(other.ticket, ticket) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
