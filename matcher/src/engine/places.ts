// Buckets of lanes, and the queues in them, as columns: a pool has about as many of them as tickets where lanes are thin. A bucket
// is found by its lane and number in a table of plain memory.
import { grown } from "./columns.ts";
import type { Lane } from "./lane.ts";

/** Words of a bucket: … */
const LANE = 0;
const NUMBER = 1;
/** … its first queue, … */
const FIRST = 2;
/** … how many tickets and players are in it, … */
const TICKETS = 3;
const PLAYERS = 4;
/** … and its neighbours among the buckets of the lane, in no order. */
const NEXT = 5;
const PREVIOUS = 6;

/** Words of a queue: tickets of one kind in one bucket, oldest first. */
const HEAD = 0;
const TAIL = 1;
const SIZE = 2;
const KIND = 3;
const BUCKET = 4;
const NEXT_QUEUE = 5;

/** Of a bucket as of a queue, as a power of two: each lies in half a line of memory. */
const WORDS = 3;
/** The table is never fuller than half. */
const TABLE_MIN = 1_024;
/** Numbers of buckets keep within these: what lies beyond shares one. */
const NUMBER_MAX = 2 ** 30;

/** The nearest number that a bucket may have. */
export function clampNumber(number: number): number {
  return Math.max(-NUMBER_MAX, Math.min(NUMBER_MAX, number));
}

export class Places {
  #buckets = new Int32Array(64 << WORDS);
  #queues = new Int32Array(64 << WORDS);
  /** Of each entry: a bucket and one more, 0 for none, and what its lane and number hash to. */
  #table = new Int32Array(2 * TABLE_MIN);
  #freeBucket = -1;
  #freeQueue = -1;
  #bucketRows = 0;
  #queueRows = 0;
  /** Buckets that there are. */
  #count = 0;

  /** The bucket of the lane with the number; -1 if nobody is in it. */
  find(lane: Lane, number: number): number {
    const hash = hashOf(lane.id, number);
    const mask = (this.#table.length >> 1) - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const bucket = (this.#table[2 * at] ?? 0) - 1;
      if (bucket < 0) return -1;
      if (this.#table[2 * at + 1] === hash && this.#isOf(bucket, lane.id, number)) return bucket;
    }
  }
  numberOf(bucket: number): number {
    return this.#buckets[(bucket << WORDS) + NUMBER] ?? 0;
  }
  laneIdOf(bucket: number): number {
    return this.#buckets[(bucket << WORDS) + LANE] ?? 0;
  }
  playersOf(bucket: number): number {
    return this.#buckets[(bucket << WORDS) + PLAYERS] ?? 0;
  }
  /** The next bucket of the same lane, after `lane.firstBucket`; -1: that was the last. */
  nextBucket(bucket: number): number {
    return this.#buckets[(bucket << WORDS) + NEXT] ?? -1;
  }
  firstQueue(bucket: number): number {
    return this.#buckets[(bucket << WORDS) + FIRST] ?? -1;
  }
  /** The next queue of the same bucket; -1: that was the last. */
  nextQueue(queue: number): number {
    return this.#queues[(queue << WORDS) + NEXT_QUEUE] ?? -1;
  }
  /** The node at the front of the queue; -1: it is empty. */
  headOf(queue: number): number {
    return this.#queues[(queue << WORDS) + HEAD] ?? -1;
  }
  tailOf(queue: number): number {
    return this.#queues[(queue << WORDS) + TAIL] ?? -1;
  }
  kindOf(queue: number): number {
    return this.#queues[(queue << WORDS) + KIND] ?? 0;
  }
  bucketOf(queue: number): number {
    return this.#queues[(queue << WORDS) + BUCKET] ?? -1;
  }
  setHead(queue: number, node: number): void {
    this.#queues[(queue << WORDS) + HEAD] = node;
  }
  setTail(queue: number, node: number): void {
    this.#queues[(queue << WORDS) + TAIL] = node;
  }

  /** The buckets of the lane from `from` to `until`, in no order, until `visit` answers false; then it answers false too. */
  visit(lane: Lane, from: number, until: number, visit: (bucket: number) => boolean): boolean {
    if (until - from > lane.buckets) {
      for (let bucket = lane.firstBucket; bucket >= 0; bucket = this.nextBucket(bucket)) {
        const number = this.numberOf(bucket);
        if (number >= from && number <= until && !visit(bucket)) return false;
      }
      return true;
    }
    for (let number = from; number <= until; number += 1) {
      const bucket = this.find(lane, number);
      if (bucket >= 0 && !visit(bucket)) return false;
    }
    return true;
  }

  /** The queue of the kind in the bucket, made where there is none, with one ticket more in it. */
  enter(lane: Lane, number: number, { kind, size }: { readonly kind: number; readonly size: number }): number {
    let bucket = this.find(lane, number);
    if (bucket < 0) bucket = this.#addBucket(lane, number);
    let queue = this.firstQueue(bucket);
    while (queue >= 0 && this.kindOf(queue) !== kind) queue = this.nextQueue(queue);
    if (queue < 0) queue = this.#addQueue(bucket, kind);
    this.#change(queue, 1, size);
    return queue;
  }
  /** One ticket less is in the queue. Answers whether the bucket is gone with it. */
  leave(lane: Lane, queue: number, size: number): boolean {
    const bucket = this.bucketOf(queue);
    this.#change(queue, -1, -size);
    if (this.#buckets[(bucket << WORDS) + TICKETS] !== 0) return false;
    this.#removeBucket(lane, bucket);
    return true;
  }

  #change(queue: number, tickets: number, players: number): void {
    const bucket = this.bucketOf(queue) << WORDS;
    this.#queues[(queue << WORDS) + SIZE] = (this.#queues[(queue << WORDS) + SIZE] ?? 0) + tickets;
    this.#buckets[bucket + TICKETS] = (this.#buckets[bucket + TICKETS] ?? 0) + tickets;
    this.#buckets[bucket + PLAYERS] = (this.#buckets[bucket + PLAYERS] ?? 0) + players;
  }
  #addQueue(bucket: number, kind: number): number {
    const queue = this.#freeQueue >= 0 ? this.#freeQueue : this.#queueRows++;
    if (queue === this.#freeQueue) this.#freeQueue = this.nextQueue(queue);
    this.#queues = grown(this.#queues, (queue + 1) << WORDS);
    const row = queue << WORDS;
    this.#queues[row + HEAD] = -1;
    this.#queues[row + TAIL] = -1;
    this.#queues[row + SIZE] = 0;
    this.#queues[row + KIND] = kind;
    this.#queues[row + BUCKET] = bucket;
    this.#queues[row + NEXT_QUEUE] = this.firstQueue(bucket);
    this.#buckets[(bucket << WORDS) + FIRST] = queue;
    return queue;
  }
  #addBucket(lane: Lane, number: number): number {
    const bucket = this.#freeBucket >= 0 ? this.#freeBucket : this.#bucketRows++;
    if (bucket === this.#freeBucket) this.#freeBucket = this.nextBucket(bucket);
    this.#buckets = grown(this.#buckets, (bucket + 1) << WORDS);
    const row = bucket << WORDS;
    this.#buckets[row + LANE] = lane.id;
    this.#buckets[row + NUMBER] = number;
    this.#buckets[row + FIRST] = -1;
    this.#buckets[row + TICKETS] = 0;
    this.#buckets[row + PLAYERS] = 0;
    this.#buckets[row + NEXT] = lane.firstBucket;
    this.#buckets[row + PREVIOUS] = -1;
    if (lane.firstBucket >= 0) this.#buckets[(lane.firstBucket << WORDS) + PREVIOUS] = bucket;
    lane.firstBucket = bucket;
    lane.buckets += 1;
    this.#count += 1;
    if (4 * this.#count > this.#table.length) this.#growTable();
    this.#enlist(bucket, hashOf(lane.id, number));
    return bucket;
  }
  #removeBucket(lane: Lane, bucket: number): void {
    this.#strike(bucket);
    for (let queue = this.firstQueue(bucket); queue >= 0; ) {
      const next = this.nextQueue(queue);
      this.#queues[(queue << WORDS) + NEXT_QUEUE] = this.#freeQueue;
      this.#freeQueue = queue;
      queue = next;
    }
    const row = bucket << WORDS;
    const next = this.nextBucket(bucket);
    const previous = this.#buckets[row + PREVIOUS] ?? -1;
    if (next >= 0) this.#buckets[(next << WORDS) + PREVIOUS] = previous;
    if (previous >= 0) this.#buckets[(previous << WORDS) + NEXT] = next;
    else lane.firstBucket = next;
    lane.buckets -= 1;
    this.#count -= 1;
    this.#buckets[row + NEXT] = this.#freeBucket;
    this.#freeBucket = bucket;
  }
  #isOf(bucket: number, laneId: number, number: number): boolean {
    return this.laneIdOf(bucket) === laneId && this.numberOf(bucket) === number;
  }
  #enlist(bucket: number, hash: number): void {
    const mask = (this.#table.length >> 1) - 1;
    let at = hash & mask;
    while (this.#table[2 * at] !== 0) at = (at + 1) & mask;
    this.#table[2 * at] = bucket + 1;
    this.#table[2 * at + 1] = hash;
  }
  /** Takes the bucket out of the table, and moves back whoever stands behind it for its sake. */
  #strike(bucket: number): void {
    const table = this.#table;
    const mask = (table.length >> 1) - 1;
    let gap = hashOf(this.laneIdOf(bucket), this.numberOf(bucket)) & mask;
    while (table[2 * gap] !== bucket + 1) gap = (gap + 1) & mask;
    for (let at = (gap + 1) & mask; table[2 * at] !== 0; at = (at + 1) & mask) {
      const home = (table[2 * at + 1] ?? 0) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue; // It would stand before its home.
      table[2 * gap] = table[2 * at] ?? 0;
      table[2 * gap + 1] = table[2 * at + 1] ?? 0;
      gap = at;
    }
    table[2 * gap] = 0;
  }
  #growTable(): void {
    const before = this.#table;
    this.#table = new Int32Array(2 * before.length);
    for (let entry = 0; entry < before.length; entry += 2) {
      const bucket = (before[entry] ?? 0) - 1;
      if (bucket >= 0) this.#enlist(bucket, before[entry + 1] ?? 0);
    }
  }
}

function hashOf(laneId: number, number: number): number {
  let hash = Math.imul(laneId + 1, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
