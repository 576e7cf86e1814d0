// Columns that grow: a pool of a million tickets as plain memory, not as a million objects.

type Numbers = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** `column`, or a longer one with the same numbers if `rows` do not fit. */
export function grown<Column extends Numbers>(column: Column, rows: number): Column {
  if (rows <= column.length) return column;
  const longer = new (column.constructor as new (length: number) => Column)(Math.max(64, rows, column.length * 2));
  longer.set(column);
  return longer;
}

/** A list of row numbers that can be used over and over without making garbage. */
export class Rows {
  #rows = new Int32Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }
  push(row: number): void {
    if (this.#length === this.#rows.length) this.#rows = grown(this.#rows, this.#length + 1);
    this.#rows[this.#length] = row;
    this.#length += 1;
  }
  /** Takes the last one away, and answers it. */
  pop(): number {
    this.#length -= 1;
    return this.#rows[this.#length] ?? -1;
  }
  at(index: number): number {
    return this.#rows[index] ?? -1;
  }
  clear(): void {
    this.#length = 0;
  }
  /** Of all rows, in place. */
  sort(compare: (one: number, other: number) => number): void {
    this.#rows.subarray(0, this.#length).sort(compare);
  }
  view(): Int32Array {
    return this.#rows.subarray(0, this.#length);
  }
}
