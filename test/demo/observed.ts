// What has been seen so far, and a wait for what is to be seen: a condition with a deadline, never a pause.

const SEEN_WITHIN_MS = 15_000;

export class Observed<Item> {
  readonly items: Item[] = [];
  readonly #looks = new Set<() => void>();

  add(item: Item): void {
    this.items.push(item);
    for (const look of this.#looks) look();
  }

  /**
   * The first item, seen already or within `withinMs` (default 15 s), that `wanted` accepts; `from` leaves out the first so
   * many that were seen.
   *
   * @throws {Error} naming `what` once the time is over, with the last items that were seen.
   */
  see(what: string, wanted: (item: Item) => boolean, { from = 0, withinMs = SEEN_WITHIN_MS } = {}): Promise<Item> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.items.slice(from).find(wanted);
        if (found === undefined) return;
        clearTimeout(timer);
        this.#looks.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#looks.delete(look);
        const last = this.items.slice(-5).map((item) => JSON.stringify(item));
        reject(new Error(`Cannot see ${what} within ${withinMs} ms: the last seen are ${last.join(" ") || "nothing"}`));
      }, withinMs);
      this.#looks.add(look);
      look();
    });
  }
}
