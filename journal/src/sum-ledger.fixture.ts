// A ledger on the smallest core there is: facts are amounts, the state is their total and when each came.
import { createVirtualClock } from "@muster/kit/testing";
import type { Journal } from "./journal.ts";
import { type Decision, type Ledger, type LedgerOptions, openLedger } from "./ledger.ts";
import type { SnapshotCodec } from "./snapshot-codec.ts";

export type Sum = { total: number; readonly times: number[] };

export function openSum(
  journal: Journal,
  options: Partial<LedgerOptions<Sum, number>> = {},
): Promise<Ledger<Sum, number>> {
  return openLedger<Sum, number>({
    journal,
    partition: "sum",
    owner: "test",
    clock: createVirtualClock(),
    initial: () => ({ total: 0, times: [] }),
    evolve: (state, fact, { timeMs }) => {
      state.total += fact;
      state.times.push(timeMs);
    },
    codec: {
      encode: (fact) => ({ kind: 1, body: Uint8Array.of(fact) }),
      decode: (_kind, body) => body[0] ?? 0,
    },
    onFatal: (error) => {
      throw error;
    },
    ...options,
  });
}

/** A decision that adds `amount` and answers with the total. */
export const add =
  (amount: number) =>
  (state: Sum): Decision<number, number> => ({ facts: [amount], reply: state.total + amount });

/** One chunk for the total, one for every four times. */
export const sumCodec: SnapshotCodec<Sum> = {
  format: 3,
  capture: ({ total, times }) => writeSum(total, [...times]),
  async restore(chunks) {
    const numbers: number[] = [];
    for await (const chunk of chunks) numbers.push(...new Float64Array(chunk.slice().buffer));
    const [total = 0, ...times] = numbers;
    return { total, times };
  },
};

function* writeSum(total: number, times: readonly number[]): Generator<Uint8Array> {
  yield new Uint8Array(Float64Array.of(total).buffer);
  for (let from = 0; from < times.length; from += 4) {
    yield new Uint8Array(Float64Array.from(times.slice(from, from + 4)).buffer);
  }
}
