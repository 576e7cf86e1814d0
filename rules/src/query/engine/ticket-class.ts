// Tickets that no query tells apart: one query, the same values in every field that some query of the pool asks for, the same
// sizes. Who meets whom is decided between classes, once, however many tickets they have.

import type { QueryTicket } from "../pool/query-ticket.ts";
import type { FieldValue } from "../query-document.ts";
import { type CompiledQuery, compileQuery } from "./compile-query.ts";
import { TicketQueue, type Waiting } from "./ticket-queue.ts";
import { unlimitedWork, type Work } from "./work.ts";

/** A class that can meet another, and what it scores by the other's query. */
export type Neighbour = { readonly ticketClass: TicketClass; readonly score: number };

export type TicketClass = {
  readonly id: number;
  readonly query: CompiledQuery;
  /** By slot; longer where a query has asked for more fields since. */
  readonly values: (FieldValue | undefined)[];
  readonly minCount: number;
  readonly maxCount: number;
  readonly countMultiple: number;
  /** Of each of its tickets. */
  readonly players: number;
  /** One of its tickets, which stands for all. */
  readonly example: QueryTicket;
  readonly queue: TicketQueue;
  /** Tickets that wait in the queue. */
  count: number;
  /** Where classes are that it may meet; looked through as far as `seen`. */
  source: readonly TicketClass[] | undefined;
  seen: number;
  /** How often it was asked about one class alone. */
  asked: number;
  readonly neighbours: Neighbour[];
  readonly neighbourIds: Set<number>;
};

/** Fields that classes are told apart by; where queries ask for more, by all that a ticket says. */
const FIELDS_MAX = 32;
/** Classes without tickets that are kept, as one may come again, beside as many as there are others. */
const EMPTY_CLASSES_MAX = 1_000;
/** A class looks at all that it may meet once it was asked about one of so many of them. */
const ASKED_SHARE = 4;
/** Pairs of classes that are remembered. Beyond them all is forgotten and found out again. */
const PAIRS_MAX = 20_000_000;

/** Classes by their texts in some slots. */
type Lanes = { readonly slots: readonly number[]; readonly classes: Map<string, TicketClass[]> };

/** Sets of slots by which classes are found. A query that requires yet others looks at all classes. */
const LANES_MAX = 16;

/** All classes of a pool, and which of them meet. */
export class ClassTable {
  /** What may still be done in this go: whoever limits it looks whether it is spent. */
  readonly work: Work = unlimitedWork();
  readonly #slots = new Map<string, number>();
  #queries = new Map<string, { readonly id: number; readonly compiled: CompiledQuery }>();
  #classes: TicketClass[] = [];
  #byKey = new Map<string, TicketClass>();
  /** By the slots whose texts some query requires: classes by their texts there. */
  #lanes = new Map<string, Lanes>();
  #pairs = 0;
  #empty = 0;
  #nextId = 0;
  #isByAll = false;
  readonly #onRebuilt: (classes: readonly TicketClass[]) => void;

  /** `isMutual`: classes meet where both accept each other; else where the first finds the other within its range of sizes. */
  readonly #isMutual: boolean;

  /** `onRebuilt` hears that all classes are others now. */
  constructor(
    isMutual: boolean,
    onRebuilt: (classes: readonly TicketClass[]) => void = () => {
      // Who holds no classes need not know.
    },
  ) {
    this.#isMutual = isMutual;
    this.#onRebuilt = onRebuilt;
  }

  add(ticket: QueryTicket): Waiting {
    const fields = this.#slots.size;
    this.#compiled(ticket);
    if (this.#slots.size > fields && this.#classes.length > 0 && !this.#isByAll) this.#rebuild();
    const ticketClass = this.#classOf(ticket, this.#compiled(ticket));
    const waiting = { ticket, ticketClass, isGone: false };
    this.#enter(waiting);
    return waiting;
  }

  leave(waiting: Waiting): void {
    const { ticketClass } = waiting;
    waiting.isGone = true;
    ticketClass.count -= 1;
    ticketClass.queue.tidy(ticketClass.count);
    if (ticketClass.count > 0) return;
    this.#empty += 1;
    if (this.#empty > EMPTY_CLASSES_MAX && this.#empty * 2 > this.#classes.length) this.#rebuild();
  }

  /** The classes that can meet `one`, itself among them if its tickets can meet; the highest score by its query first. */
  neighboursOf(one: TicketClass): readonly Neighbour[] {
    this.#lookThrough(one, Number.NEGATIVE_INFINITY);
    return one.neighbours;
  }

  /** Looks for the neighbours of `one` until the work is spent. Whether all are found: where not, a later look goes on. */
  look(one: TicketClass): boolean {
    return this.#lookThrough(one, 0);
  }

  /** Whether all were looked at before the work fell to `leastWork`. */
  #lookThrough(one: TicketClass, leastWork: number): boolean {
    one.source ??= this.#sourceOf(one);
    const { source, neighbours } = one;
    if (one.seen === source.length) return true;
    let isSorted = true;
    for (; one.seen < source.length && this.work.left > leastWork; one.seen += 1) {
      const other = source[one.seen];
      const score = other && this.#scoreOf(one, other);
      if (!other || score === undefined) continue;
      const last = neighbours.at(-1);
      isSorted &&= !last || last.score >= score;
      neighbours.push({ ticketClass: other, score });
      one.neighbourIds.add(other.id);
      this.#pairs += 1;
    }
    if (!isSorted) neighbours.sort((a, b) => (a.score === b.score ? 0 : a.score > b.score ? -1 : 1));
    if (this.#pairs > PAIRS_MAX) this.#forgetPairs(one);
    return one.seen === source.length;
  }

  /** Whether tickets of both may be in one match. */
  canMeet(one: TicketClass, other: TicketClass): boolean {
    one.source ??= this.#sourceOf(one);
    one.asked += 1;
    // Who is asked a few times need not look at everybody.
    const isSeldom = one.asked * ASKED_SHARE < one.source.length || this.work.left <= 0;
    if (one.seen < one.source.length && isSeldom) {
      return this.#scoreOf(one, other) !== undefined;
    }
    this.neighboursOf(one);
    return one.neighbourIds.has(other.id);
  }

  get classes(): readonly TicketClass[] {
    return this.#classes;
  }

  /** Whether the query of `one` finds the tickets of `other`. */
  accepts(one: TicketClass, other: TicketClass): boolean {
    this.work.left -= one.query.cost;
    return one.query.score(this.#valuesOf(other)) !== undefined;
  }

  #scoreOf(one: TicketClass, other: TicketClass): number | undefined {
    this.work.left -= one.query.cost;
    if (!this.#isMutual) {
      if (other.minCount < one.minCount || other.maxCount > one.maxCount) return undefined;
      return one.query.score(this.#valuesOf(other));
    }
    if (one.minCount > other.maxCount || other.minCount > one.maxCount) return undefined;
    const score = one.query.score(this.#valuesOf(other));
    if (score !== undefined) this.work.left -= other.query.cost;
    return score !== undefined && other.query.score(this.#valuesOf(one)) !== undefined ? score : undefined;
  }

  #valuesOf({ values, example }: TicketClass): TicketClass["values"] {
    if (values.length === this.#slots.size) return values;
    const fields = [...this.#slots.keys()];
    for (const field of fields.slice(values.length)) values.push(example.document.get(field));
    return values;
  }

  /** Few classes among which all are that the query of `one` finds. */
  #sourceOf({ query: { requiredTexts } }: TicketClass): readonly TicketClass[] {
    if (this.#isByAll || requiredTexts.length === 0) return this.#classes;
    const sorted = requiredTexts.toSorted((a, b) => a.slot - b.slot);
    const slots = sorted.map(({ slot }) => slot);
    if (new Set(slots).size < slots.length) return this.#classes; // Two texts of one field: it finds nobody.
    const lanes = this.#lanesOf(slots);
    return lanes
      ? laneOf(
          lanes,
          sorted.map(({ text }) => text),
        )
      : this.#classes;
  }

  #lanesOf(slots: readonly number[]): Lanes | undefined {
    const key = slots.join();
    const known = this.#lanes.get(key);
    if (known || this.#lanes.size >= LANES_MAX) return known;
    const lanes: Lanes = { slots, classes: new Map() };
    this.#lanes.set(key, lanes);
    for (const one of this.#classes) enter(lanes, one);
    return lanes;
  }

  #compiled({ query }: QueryTicket): { readonly id: number; readonly compiled: CompiledQuery } {
    const known = this.#queries.get(query.text);
    if (known) return known;
    const compiled = compileQuery(
      query,
      (field) => {
        const slot = this.#slots.get(field) ?? this.#slots.size;
        this.#slots.set(field, slot);
        return slot;
      },
      this.work,
    );
    const added = { id: this.#queries.size, compiled };
    this.#queries.set(query.text, added);
    return added;
  }

  #classOf(
    ticket: QueryTicket,
    { id, compiled }: { readonly id: number; readonly compiled: CompiledQuery },
  ): TicketClass {
    const { minCount, maxCount, countMultiple, sessions, document } = ticket;
    const values: (FieldValue | undefined)[] = [];
    for (const field of this.#slots.keys()) values.push(document.get(field));
    const told = this.#isByAll ? document.fields().flatMap((field) => [field, document.get(field)]) : values;
    let key = `${id},${minCount},${maxCount},${countMultiple},${sessions.length}`;
    for (const value of told) key += keyOf(value);
    const known = this.#byKey.get(key);
    if (known) return known;
    const added: TicketClass = {
      id: this.#nextId,
      query: compiled,
      values,
      ...{
        minCount,
        maxCount,
        countMultiple,
        players: sessions.length,
        example: ticket,
        queue: new TicketQueue(),
        count: 0,
      },
      ...{ source: undefined, seen: 0, asked: 0, neighbours: [], neighbourIds: new Set<number>() },
    };
    this.#nextId += 1;
    this.#empty += 1;
    this.#byKey.set(key, added);
    this.#classes.push(added);
    for (const lanes of this.#lanes.values()) enter(lanes, added);
    return added;
  }

  #enter(waiting: Waiting): void {
    const { ticketClass } = waiting;
    if (ticketClass.count === 0) this.#empty -= 1;
    ticketClass.count += 1;
    ticketClass.queue.add(waiting);
  }

  #forgetPairs(except: TicketClass): void {
    for (const one of this.#classes) {
      if (one === except) continue;
      one.neighbours.length = 0;
      one.neighbourIds.clear();
      one.seen = 0;
    }
    this.#pairs = except.neighbours.length;
  }

  /** All anew from those that wait: by another set of fields, or without classes that have nobody. */
  #rebuild(): void {
    const waiting = this.#classes.flatMap(({ queue }) => queue.all());
    this.#isByAll = this.#slots.size > FIELDS_MAX;
    this.#queries = new Map();
    this.#classes = [];
    this.#byKey = new Map();
    this.#lanes = new Map();
    this.#pairs = 0;
    this.#empty = 0;
    for (const one of waiting) {
      one.ticketClass = this.#classOf(one.ticket, this.#compiled(one.ticket));
      this.#enter(one);
    }
    this.#onRebuilt(this.#classes);
  }
}

function laneOf({ classes }: Lanes, texts: readonly string[]): TicketClass[] {
  const key = texts.map((text) => `${text.length}:${text}`).join();
  const lane = classes.get(key) ?? [];
  classes.set(key, lane);
  return lane;
}

/** Puts the class into its lane, unless it lacks a text that all of them have. */
function enter(lanes: Lanes, one: TicketClass): void {
  const texts: string[] = [];
  for (const slot of lanes.slots) {
    const value = one.values[slot];
    const text = typeof value === "object" ? value.text : value;
    if (typeof text !== "string") return;
    texts.push(text);
  }
  laneOf(lanes, texts).push(one);
}

function keyOf(value: FieldValue | undefined): string {
  switch (typeof value) {
    case "string":
      return `,"${value.length}:${value}`;
    case "number":
      return `,${value}`;
    case "object":
      return `,d${value.text.length}:${value.text}`;
    default:
      return ",-";
  }
}
