// When time alone loosens what a waiting ticket asks: at each age of the rule set, after each ticket's arrival, at the next whole
// ms: the sum of fractions may round to less than the age.

export interface ExpansionTimes {
  /** A ticket has arrived, not before the one added last. */
  add(ticketId: string, atMs: number): void;
  /** The earliest time after the one that was passed last at which a ticket of those added reaches an age; undefined: none does. */
  nextAtMs(): number | undefined;
  /** The tickets that reach an age at `nowMs` or earlier; they are not told of that age again. */
  pass(nowMs: number): readonly string[];
}

/** The times of tickets under a rule set that expands at `agesMs`; an age of 0 is none. */
export function createExpansionTimes(agesMs: readonly number[]): ExpansionTimes {
  const arrivals: { readonly ticketId: string; readonly atMs: number }[] = [];
  /** Arrivals come in order, so that each age only needs to know how far it has gone. */
  const ages = agesMs.filter((ageMs) => ageMs > 0).map((ageMs) => ({ ageMs, passed: 0 }));
  return {
    add(ticketId, atMs) {
      if (ages.length > 0) arrivals.push({ ticketId, atMs });
    },
    nextAtMs() {
      let next: number | undefined;
      for (const { ageMs, passed } of ages) {
        const arrival = arrivals[passed];
        if (arrival && (next === undefined || reachedAtMs(arrival, ageMs) < next)) next = reachedAtMs(arrival, ageMs);
      }
      return next;
    },
    pass(nowMs) {
      const reached: string[] = [];
      for (const age of ages) {
        for (let one = arrivals[age.passed]; one && reachedAtMs(one, age.ageMs) <= nowMs; one = arrivals[age.passed]) {
          reached.push(one.ticketId);
          age.passed += 1;
        }
      }
      return reached;
    },
  };
}

function reachedAtMs({ atMs }: { readonly atMs: number }, ageMs: number): number {
  return Math.ceil(atMs + ageMs);
}
