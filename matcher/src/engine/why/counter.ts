// A count that stops: at so many tickets, or after so many looks. What it says is true in either case.

/** `tickets`, or at least so many. */
export type BoundedCount = { readonly tickets: number; readonly orMore: boolean };

/** When counting stops: at so many tickets found, or after looking at so many. */
export type Bounds = {
  readonly tickets: number;
  /** At columns: some 50 ns each. */
  readonly looks: number;
  /** At what a ticket's players bring: some 1 µs each. */
  readonly reads: number;
};

export class Counter {
  #tickets = 0;
  #looks: number;
  #isCut = false;
  readonly #most: number;

  constructor(most: number, looks: number) {
    this.#most = most;
    this.#looks = looks;
  }
  /** Looks at one more ticket; false: it is enough. */
  see(fits: boolean): boolean {
    if (fits) this.#tickets += 1;
    this.#looks -= 1;
    if (this.#tickets < this.#most && this.#looks > 0) return true;
    this.cut();
    return false;
  }
  /** There may be more than were looked at. */
  cut(): void {
    this.#isCut = true;
  }
  get isCut(): boolean {
    return this.#isCut;
  }
  get result(): BoundedCount {
    return { tickets: this.#tickets, orMore: this.#isCut };
  }
}
