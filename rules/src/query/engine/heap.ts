// A binary heap: of many waiting things the first, without keeping the rest in order.

/** Holds values by `isBefore`, a strict order; among equals any may come first. */
export class Heap<Value> {
  readonly #values: Value[] = [];
  readonly #isBefore: (one: Value, other: Value) => boolean;

  constructor(isBefore: (one: Value, other: Value) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#values.length;
  }

  peek(): Value | undefined {
    return this.#values[0];
  }

  push(value: Value): void {
    const values = this.#values;
    let at = values.length;
    values.push(value);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = values[above];
      if (parent === undefined || !this.#isBefore(value, parent)) break;
      values[at] = parent;
      at = above;
    }
    values[at] = value;
  }

  pop(): Value | undefined {
    const values = this.#values;
    const first = values[0];
    const last = values.pop();
    if (last === undefined || values.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let below = values[left];
      if (below === undefined) break;
      let next = left;
      const other = values[right];
      if (other !== undefined && this.#isBefore(other, below)) {
        below = other;
        next = right;
      }
      if (!this.#isBefore(below, last)) break;
      values[at] = below;
      at = next;
    }
    values[at] = last;
    return first;
  }

  clear(): void {
    this.#values.length = 0;
  }
}
