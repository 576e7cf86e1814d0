// The tickets of one pool in columns: by lane (what all members of a match must share), by bucket of the lane (what lies near),
// by kind of party, oldest first. Adding, removing and looking into a bucket cost the same however many tickets wait.
import { invariant } from "@muster/kit";
import type { JudgedTicket } from "@muster/rules";
import { attributesRead, readAttribute } from "@muster/rules/plan";
import { grown, Rows } from "./columns.ts";
import {
  ANYWHERE,
  type Branch,
  type Bucket,
  branchOf,
  bucketWidth,
  type Lane,
  prune,
  type Queue,
  sharedKeyOf,
} from "./lane.ts";
import { createPartyKinds, type PartyKinds } from "./party.ts";
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

export class Pool {
  readonly plan: Plan;
  readonly kinds: PartyKinds;
  readonly lanes = new Map<string, Lane>();
  /** Tickets without a value of what makes lanes or buckets. */
  wild = 0;
  /** Tickets in lanes. */
  size = 0;
  /** The same by party kind. */
  readonly sizeOfKind: number[] = [];

  tickets: (PooledTicket | undefined)[] = [];
  state = new Uint8Array(64);
  kind = new Uint16Array(64);
  /** The highest level that the ticket's age has reached. */
  level = new Uint8Array(64);
  low = new Float64Array(64);
  high = new Float64Array(64);
  arrival = new Float64Array(64);
  /** The ticket's first node, -1 if it has none. */
  firstNode = new Int32Array(64);

  nodeSlot = new Int32Array(64);
  nodeNext = new Int32Array(64);
  nodePrevious = new Int32Array(64);
  /** The same ticket's next node, or -1. */
  nodeSibling = new Int32Array(64);
  /** Levels at which the ticket belongs to the lane, a bit each; only where that may differ. */
  nodeLevels = new Uint32Array(0);
  readonly #nodeQueue: (Queue | undefined)[] = [];

  readonly #branches: Branch = { key: "", value: "", parent: undefined, next: new Map(), lane: undefined };
  readonly #wild: Branch = { key: ANYWHERE, value: "", parent: undefined, next: new Map(), lane: undefined };
  readonly #width: number;
  readonly #freeSlots = new Rows();
  readonly #freeNodes = new Rows();
  #slots = 0;
  #nodes = 0;
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
    if (mask !== undefined || plan.admissions.length > 0) this.nodeLevels = new Uint32Array(64);
    this.#width = bucketWidth(plan);
  }

  /** Takes a ticket in and answers its slot. Who is in no legal match, whoever comes, is BARRED. */
  add(ticket: PooledTicket): number {
    const slot = this.#freeSlots.length > 0 ? this.#freeSlots.pop() : this.#slots++;
    if (slot >= this.state.length) this.#growSlots(slot + 1);
    this.tickets[slot] = ticket;
    this.level[slot] = 0;
    this.arrival[slot] = ticket.arrival;
    this.firstNode[slot] = -1;
    const read = readOnce(ticket);
    const kind = this.kinds.kindOf(read.players);
    this.kind[slot] = kind.kind;
    this.state[slot] = HELD;
    if (!this.#readAll(slot, read)) this.state[slot] = BARRED;
    else this.#link(slot, read);
    return slot;
  }

  /** Forgets the slot, which may be anything but FREE. */
  remove(slot: number): void {
    this.unlink(slot);
    this.tickets[slot] = undefined;
    this.state[slot] = FREE;
    this.#freeSlots.push(slot);
  }

  /** Puts a HELD slot into its lanes, at the place of its age. */
  link(slot: number): void {
    if (this.state[slot] !== HELD) return;
    const ticket = this.tickets[slot];
    invariant(ticket, "a held slot has a ticket");
    this.#link(slot, readOnce(ticket));
  }

  #link(slot: number, ticket: JudgedTicket): void {
    if (!this.#linkLanes(slot, ticket)) {
      this.state[slot] = BARRED;
      return;
    }
    this.state[slot] = LINKED;
    this.size += 1;
    this.#countKind(slot, 1);
  }

  /** Takes the slot out of its lanes, so that nobody finds it; it is HELD then. */
  unlink(slot: number): void {
    if (this.state[slot] !== LINKED) return;
    this.state[slot] = HELD;
    this.size -= 1;
    this.#countKind(slot, -1);
    for (let node = this.firstNode[slot] ?? -1; node >= 0; ) {
      const sibling = this.nodeSibling[node] ?? -1;
      this.#unlinkNode(node);
      node = sibling;
    }
    this.firstNode[slot] = -1;
  }

  bucketOf(value: number): number {
    return this.#width === 0 ? 0 : Math.floor(value / this.#width);
  }
  get bucketWidth(): number {
    return this.#width;
  }
  lanesOf(slot: number): readonly Lane[] {
    return this.bucketsOf(slot).map(({ lane }) => lane);
  }
  /** The buckets that the slot is in, one of each of its lanes. */
  bucketsOf(slot: number): readonly Bucket[] {
    const buckets: Bucket[] = [];
    for (let node = this.firstNode[slot] ?? -1; node >= 0; node = this.nodeSibling[node] ?? -1) {
      const queue = this.#nodeQueue[node];
      if (queue) buckets.push(queue.bucket);
    }
    return buckets;
  }
  /** The slot's node in the lane; -1 if it has none. */
  nodeIn(slot: number, lane: Lane): number {
    let node = this.firstNode[slot] ?? -1;
    while (node >= 0 && this.#nodeQueue[node]?.bucket.lane !== lane) node = this.nodeSibling[node] ?? -1;
    return node;
  }
  isInLane(node: number, level: number): boolean {
    return this.nodeLevels.length === 0 || ((this.nodeLevels[node] ?? 0) & (1 << level)) !== 0;
  }
  sizeOf(slot: number): number {
    return this.kinds.get(this.kind[slot] ?? 0).size;
  }
  ticketAt(slot: number): PooledTicket {
    const ticket = this.tickets[slot];
    invariant(ticket, "a slot in a lane has a ticket");
    return ticket;
  }

  #readAll(slot: number, ticket: JudgedTicket): boolean {
    if (ticket.players.length === 0) return false;
    for (const spec of this.#needed) {
      for (const player of ticket.players) if (readAttribute(player, spec) === undefined) return false;
    }
    if (!this.#readRange) {
      this.low[slot] = 0;
      this.high[slot] = 0;
      return true;
    }
    const range = this.#range;
    if (!this.#readRange(ticket, range)) {
      this.low[slot] = Number.NaN;
      this.high[slot] = Number.NaN;
      return true;
    }
    // M-FINITE: NaN and infinities would all land in one bucket.
    invariant(Number.isFinite(range.low) && Number.isFinite(range.high), "what is indexed is a finite number");
    this.low[slot] = range.low + 0;
    this.high[slot] = range.high + 0;
    return this.plan.levels.some((level) => range.high - range.low <= level.spread);
  }

  /** Links the ticket into its lanes; answers false if no legal match holds it, whoever comes. */
  #linkLanes(slot: number, ticket: JudgedTicket): boolean {
    const admitted = this.#admittedAt(ticket);
    if (admitted === 0) return false;
    let branch = this.#branches;
    let isWild = Number.isNaN(this.low[slot] ?? 0);
    for (const read of this.#readValues) {
      const value = read(ticket);
      if (value === mixed) return false;
      if (value === undefined) isWild = true;
      else branch = branchOf(branch, typeof value === "string" ? value : value + 0);
    }
    if (isWild) {
      this.wild += 1;
      this.#linkNode(slot, this.#laneOf(this.#wild, ANYWHERE), 0, admitted);
      return true;
    }
    const bucket = this.bucketOf(this.low[slot] ?? 0);
    if (this.#readShared.length === 0) {
      this.#linkNode(slot, this.#laneOf(branch, branch.key), bucket, admitted);
      return true;
    }
    const levelsByText = new Map<string, number>();
    for (const [level, read] of this.#readShared.entries()) {
      if ((admitted & (1 << level)) === 0) continue;
      for (const text of read(ticket) ?? []) levelsByText.set(text, (levelsByText.get(text) ?? 0) | (1 << level));
    }
    for (const [text, levels] of levelsByText) {
      const leaf = branchOf(branch, text, sharedKeyOf);
      this.#linkNode(slot, this.#laneOf(leaf, leaf.key), bucket, levels);
    }
    return levelsByText.size > 0;
  }

  #laneOf(branch: Branch, key: string): Lane {
    if (branch.lane) return branch.lane;
    branch.lane = { key, branch, buckets: new Map(), size: 0, keepers: 0 };
    this.lanes.set(key, branch.lane);
    return branch.lane;
  }

  /** The lane of tickets with these values of what makes lanes, and the string or region: it stays until it is let go. */
  keepLane(values: readonly (number | string)[], text: string | undefined): Lane {
    let branch = this.#branches;
    for (const value of values) branch = branchOf(branch, typeof value === "string" ? value : value + 0);
    if (text !== undefined) branch = branchOf(branch, text, sharedKeyOf);
    const lane = this.#laneOf(branch, branch.key);
    lane.keepers += 1;
    return lane;
  }
  letLaneGo(lane: Lane): void {
    lane.keepers -= 1;
    this.#dropUnused(lane);
  }
  #dropUnused(lane: Lane): void {
    if (lane.size > 0 || lane.keepers > 0) return;
    this.lanes.delete(lane.key);
    prune(lane.branch);
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

  #linkNode(slot: number, lane: Lane, number: number, levels: number): void {
    let bucket = lane.buckets.get(number);
    if (!bucket) {
      bucket = { lane, number, queues: [], size: 0 };
      lane.buckets.set(number, bucket);
    }
    const kind = this.kind[slot] ?? 0;
    let queue = bucket.queues[kind];
    if (!queue) {
      queue = { head: -1, tail: -1, size: 0, bucket, kind };
      while (bucket.queues.length < kind) bucket.queues.push(undefined);
      bucket.queues[kind] = queue;
    }
    const node = this.#freeNodes.length > 0 ? this.#freeNodes.pop() : this.#nodes++;
    if (node >= this.nodeSlot.length) this.#growNodes(node + 1);
    this.nodeSlot[node] = slot;
    this.nodeSibling[node] = this.firstNode[slot] ?? -1;
    this.firstNode[slot] = node;
    this.#nodeQueue[node] = queue;
    if (this.nodeLevels.length > 0) this.nodeLevels[node] = levels;
    // Newcomers go to the end; who returns goes back to the place of its age, which is near the front.
    const arrival = this.arrival[slot] ?? 0;
    let after = queue.tail;
    if (after >= 0 && (this.arrival[this.nodeSlot[after] ?? 0] ?? 0) > arrival) {
      after = -1;
      for (let next = queue.head; next >= 0; next = this.nodeNext[next] ?? -1) {
        if ((this.arrival[this.nodeSlot[next] ?? 0] ?? 0) > arrival) break;
        after = next;
      }
    }
    const next = after < 0 ? queue.head : (this.nodeNext[after] ?? -1);
    this.nodePrevious[node] = after;
    this.nodeNext[node] = next;
    if (after < 0) queue.head = node;
    else this.nodeNext[after] = node;
    if (next < 0) queue.tail = node;
    else this.nodePrevious[next] = node;
    queue.size += 1;
    bucket.size += 1;
    lane.size += 1;
  }

  #unlinkNode(node: number): void {
    const queue = this.#nodeQueue[node];
    invariant(queue, "a linked node is in a queue");
    const { bucket } = queue;
    const { lane } = bucket;
    const previous = this.nodePrevious[node] ?? -1;
    const next = this.nodeNext[node] ?? -1;
    if (previous < 0) queue.head = next;
    else this.nodeNext[previous] = next;
    if (next < 0) queue.tail = previous;
    else this.nodePrevious[next] = previous;
    queue.size -= 1;
    bucket.size -= 1;
    lane.size -= 1;
    if (lane.key === ANYWHERE) this.wild -= 1;
    if (bucket.size === 0) lane.buckets.delete(bucket.number);
    if (lane.size === 0) this.#dropUnused(lane);
    this.#nodeQueue[node] = undefined;
    this.#freeNodes.push(node);
  }

  #countKind(slot: number, change: number): void {
    const kind = this.kind[slot] ?? 0;
    while (this.sizeOfKind.length <= kind) this.sizeOfKind.push(0);
    this.sizeOfKind[kind] = (this.sizeOfKind[kind] ?? 0) + change;
  }
  #growSlots(rows: number): void {
    this.state = grown(this.state, rows);
    this.kind = grown(this.kind, rows);
    this.level = grown(this.level, rows);
    this.low = grown(this.low, rows);
    this.high = grown(this.high, rows);
    this.arrival = grown(this.arrival, rows);
    this.firstNode = grown(this.firstNode, rows);
  }
  #growNodes(rows: number): void {
    this.nodeSlot = grown(this.nodeSlot, rows);
    this.nodeNext = grown(this.nodeNext, rows);
    this.nodePrevious = grown(this.nodePrevious, rows);
    this.nodeSibling = grown(this.nodeSibling, rows);
    if (this.nodeLevels.length > 0) this.nodeLevels = grown(this.nodeLevels, rows);
  }
}

/** The ticket with its players at hand: a ticket of a snapshot decodes them each time. */
function readOnce(ticket: PooledTicket): JudgedTicket {
  if (!ticket.readPlayers) return ticket;
  return { ticketId: ticket.ticketId, searchingSinceMs: ticket.searchingSinceMs, players: ticket.readPlayers() };
}
