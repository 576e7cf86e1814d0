// The tickets of several classes in one order, as far as somebody asks for them.
import { byAge } from "../pool/query-ticket.ts";
import { Heap } from "./heap.ts";
import type { Neighbour, TicketClass } from "./ticket-class.ts";
import type { Waiting } from "./ticket-queue.ts";

type Cursor = { readonly ticketClass: TicketClass; index: number; waiting: Waiting };

const isOlder = (one: Cursor, other: Cursor) => byAge(one.waiting.ticket, other.waiting.ticket) < 0;

/** All tickets of the classes: those of a higher score first, of one score the older. Holds until a ticket leaves or comes. */
export class ByAge {
  readonly #candidates: readonly Neighbour[];
  readonly #found: Waiting[] = [];
  readonly #open = new Heap<Cursor>(isOlder);
  /** How many of the candidates have been opened. */
  #opened = 0;

  /** `candidates` with the highest score first. */
  constructor(candidates: readonly Neighbour[]) {
    this.#candidates = candidates;
  }

  /** The ticket at the place, from 0; undefined: there are no more. */
  at(place: number): Waiting | undefined {
    while (this.#found.length <= place) {
      if (this.#open.size === 0) this.#openScore();
      const cursor = this.#open.pop();
      if (!cursor) return undefined;
      this.#found.push(cursor.waiting);
      this.#advance(cursor, cursor.index + 1);
    }
    return this.#found[place];
  }

  /** Opens the classes of the next score. */
  #openScore(): void {
    const first = this.#candidates[this.#opened];
    if (!first) return;
    for (
      let next = this.#candidates[this.#opened];
      next?.score === first.score;
      next = this.#candidates[this.#opened]
    ) {
      this.#opened += 1;
      const waiting = next.ticketClass.queue.first();
      if (!waiting) continue;
      this.#advance({ ticketClass: next.ticketClass, index: 0, waiting }, 0);
    }
    if (this.#open.size === 0) this.#openScore();
  }

  #advance(cursor: Cursor, from: number): void {
    const { queue } = cursor.ticketClass;
    const index = queue.indexFrom(from);
    const waiting = queue.at(index);
    if (!waiting) return;
    cursor.index = index;
    cursor.waiting = waiting;
    this.#open.push(cursor);
  }
}
