// The tickets of one pool in plain memory: by lane (what all members of a match must share), by bucket of the lane (what lies
// near), by kind of party, oldest first. Adding, removing and looking into a bucket cost the same however many tickets wait. All
// that forming matches reads of a ticket lies in one record, and a record in one line of memory: reaching it is most of the cost.
import { invariant } from "@muster/kit";
import type { JudgedTicket } from "@muster/rules";
import { attributesRead, readAttribute } from "@muster/rules/plan";
import { grown, Rows } from "./columns.ts";
import { ANYWHERE, branchOf, bucketWidth, type Lane, sharedKeyOf } from "./lane.ts";
import { Lanes } from "./lanes.ts";
import { createPartyKinds, type PartyKinds } from "./party.ts";
import { clampNumber, Places } from "./places.ts";
import type { Plan } from "./plan.ts";
import { isAdmitted, mixed, type Range, rangeReader, sharedReader, valueReader } from "./traits.ts";

/** A ticket with its place: `arrival` rises with each ticket and is the order among those of one age. */
export type PooledTicket = JudgedTicket & {
  readonly arrival: number;
  /** When its search ends, in ms. Default: never. */
  readonly timesOutAtMs?: number;
  /** The players, read anew, so that nothing is kept of them. Default: `players`. */
  readonly readPlayers?: () => JudgedTicket["players"];
};

/** What a slot is: nothing, in the lanes, held back, or in no legal match whoever comes. */
export const FREE = 0;
export const LINKED = 1;
export const HELD = 2;
export const BARRED = 3;

/** Doubles of a record, and words, as powers of two. */
const DOUBLES = 3;
const WORDS = 4;
/** The first three are doubles; … */
const LOW = 0;
const HIGH = 1;
const ARRIVAL = 2;
/** … then come words: of a ticket … */
const STATE = 6;
const KIND = 7;
const LEVEL = 8;
/** … and of a node, its place in a queue: whose it is, the queue, its neighbours there, the same ticket's next node, … */
const SLOT = 9;
const QUEUE = 10;
const NEXT = 11;
const PREVIOUS = 12;
const SIBLING = 13;
/** … and the levels at which the ticket belongs to the lane, a bit each. */
const LEVELS = 14;

/**
 * A slot is the record of a ticket and, while it is LINKED, of its first node; each further node has a record of its own, in
 * which what is read along a queue stands once more.
 */
export class Pool {
  readonly plan: Plan;
  readonly kinds: PartyKinds;
  readonly lanes = new Lanes();
  readonly places = new Places();
  /** Tickets without a value of what makes lanes or buckets. */
  wild = 0;
  /** Tickets in lanes. */
  size = 0;
  /** The same by party kind. */
  readonly sizeOfKind: number[] = [];

  readonly #tickets: (PooledTicket | undefined)[] = [];
  #numbers = new Float64Array(64 << DOUBLES);
  #words = new Int32Array(this.#numbers.buffer);
  /** Whether levels of nodes may differ. */
  readonly #hasLevels: boolean;
  readonly #width: number;
  readonly #free = new Rows();
  #records = 0;
  readonly #readRange: ReturnType<typeof rangeReader> | undefined;
  readonly #readValues: readonly ReturnType<typeof valueReader>[];
  readonly #readShared: readonly ReturnType<typeof sharedReader>[];
  readonly #needed;
  readonly #range: Range = { low: 0, high: 0 };

  constructor(plan: Plan) {
    this.plan = plan;
    this.kinds = createPartyKinds(plan.named);
    const [first] = plan.levels;
    invariant(first, "a rule set holds from some age on");
    const kinshipOf = (index: number, level = first) => {
      const kinship = level.kinships[index];
      invariant(kinship, "lanes and buckets are made by rules that relate any two tickets");
      return kinship;
    };
    this.#readRange = plan.axis === undefined ? undefined : rangeReader(kinshipOf(plan.axis));
    this.#readValues = plan.partitions.map((index) => valueReader(kinshipOf(index)));
    const { mask } = plan;
    this.#readShared = mask === undefined ? [] : plan.levels.map((level) => sharedReader(kinshipOf(mask, level)));
    this.#needed = attributesRead(first.tier.rules).filter((spec) => spec.default === undefined);
    this.#hasLevels = mask !== undefined || plan.admissions.length > 0;
    this.#width = bucketWidth(plan);
  }

  /** Takes a ticket in and answers its slot. Who is in no legal match, whoever comes, is BARRED. */
  add(ticket: PooledTicket): number {
    const slot = this.#takeRecord();
    this.#tickets[slot] = ticket;
    const words = slot << WORDS;
    this.#words[words + LEVEL] = 0;
    this.#numbers[(slot << DOUBLES) + ARRIVAL] = ticket.arrival;
    const read = readOnce(ticket);
    this.#words[words + KIND] = this.kinds.kindOf(read.players).kind;
    this.#words[words + STATE] = HELD;
    if (!this.#readAll(slot, read)) this.#setState(slot, BARRED);
    else this.#link(slot, read);
    return slot;
  }

  /** Forgets the slot, which may be anything but FREE. */
  remove(slot: number): void {
    this.unlink(slot);
    this.#tickets[slot] = undefined;
    this.#setState(slot, FREE);
    this.#free.push(slot);
  }

  /** Puts a HELD slot into its lanes, at the place of its age. */
  link(slot: number): void {
    if (this.stateOf(slot) !== HELD) return;
    this.#link(slot, readOnce(this.ticketAt(slot)));
  }

  #link(slot: number, ticket: JudgedTicket): void {
    if (!this.#linkLanes(slot, ticket)) {
      this.#setState(slot, BARRED);
      return;
    }
    this.#setState(slot, LINKED);
    this.size += 1;
    this.#countKind(slot, 1);
  }

  /** Takes the slot out of its lanes, so that nobody finds it; it is HELD then. */
  unlink(slot: number): void {
    if (this.stateOf(slot) !== LINKED) return;
    this.#setState(slot, HELD);
    this.size -= 1;
    this.#countKind(slot, -1);
    for (let node = slot; node >= 0; ) {
      const sibling = this.siblingOf(node);
      this.#unlinkNode(node);
      node = sibling;
    }
  }

  bucketOf(value: number): number {
    return this.#width === 0 ? 0 : clampNumber(Math.floor(value / this.#width));
  }
  get bucketWidth(): number {
    return this.#width;
  }
  /** The slot's first node; -1 if it is in no lane. */
  firstNode(slot: number): number {
    return this.stateOf(slot) === LINKED ? slot : -1;
  }
  /** The same ticket's next node, or -1. */
  siblingOf(node: number): number {
    return this.#words[(node << WORDS) + SIBLING] ?? -1;
  }
  /** The node behind it in its queue, or -1. */
  nextOf(node: number): number {
    return this.#words[(node << WORDS) + NEXT] ?? -1;
  }
  slotOf(node: number): number {
    return this.#words[(node << WORDS) + SLOT] ?? -1;
  }
  /** Of a slot or a node. */
  lowOf(slot: number): number {
    return this.#numbers[(slot << DOUBLES) + LOW] ?? 0;
  }
  highOf(slot: number): number {
    return this.#numbers[(slot << DOUBLES) + HIGH] ?? 0;
  }
  arrivalOf(slot: number): number {
    return this.#numbers[(slot << DOUBLES) + ARRIVAL] ?? 0;
  }
  kindOf(slot: number): number {
    return this.#words[(slot << WORDS) + KIND] ?? 0;
  }
  stateOf(slot: number): number {
    return this.#words[(slot << WORDS) + STATE] ?? FREE;
  }
  #setState(slot: number, state: number): void {
    this.#words[(slot << WORDS) + STATE] = state;
  }
  /** The highest level that the ticket's age has reached. */
  levelOf(slot: number): number {
    return this.#words[(slot << WORDS) + LEVEL] ?? 0;
  }
  setLevel(slot: number, level: number): void {
    this.#words[(slot << WORDS) + LEVEL] = level;
  }
  /** The lane and the bucket's number of a node. */
  laneOf(node: number): Lane {
    const bucket = this.places.bucketOf(this.#words[(node << WORDS) + QUEUE] ?? -1);
    return this.lanes.withId(this.places.laneIdOf(bucket));
  }
  bucketNumberOf(node: number): number {
    return this.places.numberOf(this.places.bucketOf(this.#words[(node << WORDS) + QUEUE] ?? -1));
  }
  lanesOf(slot: number): readonly Lane[] {
    const lanes: Lane[] = [];
    for (let node = this.firstNode(slot); node >= 0; node = this.siblingOf(node)) lanes.push(this.laneOf(node));
    return lanes;
  }
  /** The slot's node in the lane; -1 if it has none. */
  nodeIn(slot: number, lane: Lane): number {
    let node = this.firstNode(slot);
    while (node >= 0 && this.laneOf(node) !== lane) node = this.siblingOf(node);
    return node;
  }
  /** Levels at which the ticket belongs to the node's lane, a bit each. */
  levelsOf(node: number): number {
    return this.#hasLevels ? (this.#words[(node << WORDS) + LEVELS] ?? 0) : ~0;
  }
  isInLane(node: number, level: number): boolean {
    return (this.levelsOf(node) & (1 << level)) !== 0;
  }
  sizeOf(slot: number): number {
    return this.kinds.get(this.kindOf(slot)).size;
  }
  ticketAt(slot: number): PooledTicket {
    const ticket = this.#tickets[slot];
    invariant(ticket, "a slot in a lane has a ticket");
    return ticket;
  }
  /** Whether the ticket is there still, in the same slot. */
  holds(slot: number, ticket: JudgedTicket): boolean {
    return this.#tickets[slot] === ticket;
  }

  #readAll(slot: number, ticket: JudgedTicket): boolean {
    if (ticket.players.length === 0) return false;
    for (const spec of this.#needed) {
      for (const player of ticket.players) if (readAttribute(player, spec) === undefined) return false;
    }
    if (!this.#readRange) {
      this.#setRange(slot, 0, 0);
      return true;
    }
    const range = this.#range;
    if (!this.#readRange(ticket, range)) {
      this.#setRange(slot, Number.NaN, Number.NaN);
      return true;
    }
    // M-FINITE: NaN and infinities would all land in one bucket.
    invariant(Number.isFinite(range.low) && Number.isFinite(range.high), "what is indexed is a finite number");
    this.#setRange(slot, range.low + 0, range.high + 0);
    return this.plan.levels.some((level) => range.high - range.low <= level.spread);
  }

  #setRange(slot: number, low: number, high: number): void {
    this.#numbers[(slot << DOUBLES) + LOW] = low;
    this.#numbers[(slot << DOUBLES) + HIGH] = high;
  }

  /** Links the ticket into its lanes; answers false if no legal match holds it, whoever comes. */
  #linkLanes(slot: number, ticket: JudgedTicket): boolean {
    const admitted = this.#admittedAt(ticket);
    if (admitted === 0) return false;
    let branch = this.lanes.root;
    let isWild = Number.isNaN(this.lowOf(slot));
    for (const read of this.#readValues) {
      const value = read(ticket);
      if (value === mixed) return false;
      if (value === undefined) isWild = true;
      else branch = branchOf(branch, typeof value === "string" ? value : value + 0);
    }
    if (isWild) {
      this.wild += 1;
      this.#linkNode(slot, { slot, lane: this.lanes.anywhere(), number: 0, levels: admitted });
      return true;
    }
    const bucket = this.bucketOf(this.lowOf(slot));
    if (this.#readShared.length === 0) {
      this.#linkNode(slot, { slot, lane: this.lanes.at(branch), number: bucket, levels: admitted });
      return true;
    }
    const levelsByText = new Map<string, number>();
    for (const [level, read] of this.#readShared.entries()) {
      if ((admitted & (1 << level)) === 0) continue;
      for (const text of read(ticket) ?? []) levelsByText.set(text, (levelsByText.get(text) ?? 0) | (1 << level));
    }
    let before = -1;
    let left = levelsByText.size;
    for (const [text, levels] of levelsByText) {
      left -= 1;
      const leaf = branchOf(branch, text, sharedKeyOf);
      // The last one is the slot's own, from which the others are found.
      const node = left === 0 ? slot : this.#copyRecord(slot);
      this.#linkNode(node, { slot, lane: this.lanes.at(leaf), number: bucket, levels });
      this.#words[(node << WORDS) + SIBLING] = before;
      before = node;
    }
    return levelsByText.size > 0;
  }

  /** Levels at which the ticket breaks no rule that it keeps or breaks alone, a bit each. */
  #admittedAt(ticket: JudgedTicket): number {
    const { admissions, levels } = this.plan;
    if (admissions.length === 0) return ~0;
    let admitted = 0;
    for (const level of levels) {
      const isKept = admissions.every((index) => {
        const rule = level.tier.rules[index];
        return rule === undefined || isAdmitted(rule, ticket);
      });
      if (isKept) admitted |= 1 << level.index;
    }
    return admitted;
  }

  #linkNode(
    node: number,
    {
      slot,
      lane,
      number,
      levels,
    }: { readonly slot: number; readonly lane: Lane; readonly number: number; readonly levels: number },
  ): void {
    const queue = this.places.enter(lane, number, this.kinds.get(this.kindOf(slot)));
    lane.size += 1;
    const words = this.#words;
    const row = node << WORDS;
    words[row + SLOT] = slot;
    words[row + QUEUE] = queue;
    words[row + SIBLING] = -1;
    words[row + LEVELS] = levels;
    // Newcomers go to the end; who returns goes back to the place of its age, which is near the front.
    const arrival = this.arrivalOf(slot);
    let after = this.places.tailOf(queue);
    if (after >= 0 && this.arrivalOf(after) > arrival) {
      after = -1;
      for (let next = this.places.headOf(queue); next >= 0; next = this.nextOf(next)) {
        if (this.arrivalOf(next) > arrival) break;
        after = next;
      }
    }
    const next = after < 0 ? this.places.headOf(queue) : this.nextOf(after);
    words[row + PREVIOUS] = after;
    words[row + NEXT] = next;
    if (after < 0) this.places.setHead(queue, node);
    else words[(after << WORDS) + NEXT] = node;
    if (next < 0) this.places.setTail(queue, node);
    else words[(next << WORDS) + PREVIOUS] = node;
  }

  #unlinkNode(node: number): void {
    const words = this.#words;
    const row = node << WORDS;
    const slot = this.slotOf(node);
    const lane = this.laneOf(node);
    const queue = words[row + QUEUE] ?? -1;
    const previous = words[row + PREVIOUS] ?? -1;
    const next = words[row + NEXT] ?? -1;
    if (previous < 0) this.places.setHead(queue, next);
    else words[(previous << WORDS) + NEXT] = next;
    if (next < 0) this.places.setTail(queue, previous);
    else words[(next << WORDS) + PREVIOUS] = previous;
    this.places.leave(lane, queue, this.sizeOf(slot));
    lane.size -= 1;
    if (lane.key === ANYWHERE) this.wild -= 1;
    if (lane.size === 0) this.lanes.dropUnused(lane);
    if (node !== slot) this.#free.push(node);
  }

  #countKind(slot: number, change: number): void {
    const kind = this.kindOf(slot);
    while (this.sizeOfKind.length <= kind) this.sizeOfKind.push(0);
    this.sizeOfKind[kind] = (this.sizeOfKind[kind] ?? 0) + change;
  }

  #takeRecord(): number {
    const record = this.#free.length > 0 ? this.#free.pop() : this.#records++;
    if ((record + 1) << DOUBLES > this.#numbers.length) {
      this.#numbers = grown(this.#numbers, (record + 1) << DOUBLES);
      this.#words = new Int32Array(this.#numbers.buffer);
    }
    return record;
  }
  /** A record for a further node of the slot: no ticket's, but with what is read along a queue. */
  #copyRecord(slot: number): number {
    const node = this.#takeRecord();
    this.#numbers.copyWithin(node << DOUBLES, slot << DOUBLES, (slot + 1) << DOUBLES);
    this.#setState(node, FREE);
    return node;
  }
}

/** The ticket with its players at hand: a ticket of a snapshot decodes them each time. */
function readOnce(ticket: PooledTicket): JudgedTicket {
  if (!ticket.readPlayers) return ticket;
  return { ticketId: ticket.ticketId, searchingSinceMs: ticket.searchingSinceMs, players: ticket.readPlayers() };
}
