// The lanes of one pool: made when the first ticket or battle comes, gone with the last; found by one value after the other, by
// key, or by id.
import { invariant } from "@muster/kit";
import { ANYWHERE, type Branch, branchOf, type Lane, prune, sharedKeyOf } from "./lane.ts";

export class Lanes {
  readonly #byKey = new Map<string, Lane>();
  readonly #byId: (Lane | undefined)[] = [];
  readonly #freeIds: number[] = [];
  /** Where the way of each ticket begins that says something of all that makes lanes. */
  readonly root: Branch = { key: "", value: "", parent: undefined, next: new Map(), lane: undefined };
  readonly #anywhere: Branch = { key: ANYWHERE, value: "", parent: undefined, next: new Map(), lane: undefined };

  get size(): number {
    return this.#byKey.size;
  }
  values(): IterableIterator<Lane> {
    return this.#byKey.values();
  }
  get(key: string): Lane | undefined {
    return this.#byKey.get(key);
  }
  withId(id: number): Lane {
    const lane = this.#byId[id];
    invariant(lane, "a node is in a lane");
    return lane;
  }

  /** The lane at the end of a way, made where there is none. */
  at(branch: Branch): Lane {
    if (branch.lane) return branch.lane;
    const id = this.#freeIds.pop() ?? this.#byId.length;
    const lane = { id, key: branch.key, branch, firstBucket: -1, buckets: 0, size: 0, keepers: 0 };
    branch.lane = lane;
    this.#byId[id] = lane;
    this.#byKey.set(lane.key, lane);
    return lane;
  }
  /** The lane of tickets that may go with anybody. */
  anywhere(): Lane {
    return this.at(this.#anywhere);
  }

  /** The lane of tickets with these values of what makes lanes, and the string or region: it stays until it is let go. */
  keep(values: readonly (number | string)[], text: string | undefined): Lane {
    let branch = this.root;
    for (const value of values) branch = branchOf(branch, typeof value === "string" ? value : value + 0);
    if (text !== undefined) branch = branchOf(branch, text, sharedKeyOf);
    const lane = this.at(branch);
    lane.keepers += 1;
    return lane;
  }
  letGo(lane: Lane): void {
    lane.keepers -= 1;
    this.dropUnused(lane);
  }
  /** Forgets the lane, unless a ticket is in it or a battle waits for it. */
  dropUnused(lane: Lane): void {
    if (lane.size > 0 || lane.keepers > 0) return;
    this.#byKey.delete(lane.key);
    this.#byId[lane.id] = undefined;
    this.#freeIds.push(lane.id);
    prune(lane.branch);
  }
}
