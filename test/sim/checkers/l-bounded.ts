// L-BOUNDED: what calls, sessions and restarts took up is given back once all is quiet; and no call waits for ever.
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "L-BOUNDED";

export function lBounded(books: Books): Checker {
  const gauges = new Map<string, { readonly value: number; readonly quietMax: number }>();
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "gauge") return;
      const { name, value, quietMax } = observation;
      gauges.set(name, { value, quietMax });
    },
    end() {
      if (books.healedMs === undefined) return;
      for (const [name, { value, quietMax }] of gauges) {
        if (value > quietMax) throw new BrokenPromise(NAME, `${value} ${name} are left where ${quietMax} are at rest`);
      }
    },
  };
}
