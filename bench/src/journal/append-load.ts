// Appends as a service makes them: callers of a ledger, each with one small fact at a time, on a SQLite file of their own.
import { join } from "node:path";
import { type Journal, openLedger, openSqliteJournal } from "@muster/journal";
import { systemClock } from "@muster/kit";
import { runLoad } from "../rpc/load.ts";
import { percentile } from "../rpc/statistics.ts";

export type AppendRun = {
  readonly perSecond: number;
  readonly p99Ms: number;
  /** Bytes of the records of each write, in order: what the floor writes as well. */
  readonly groupsBytes: readonly number[];
  readonly appends: number;
};

/** Bytes of a fact: less than that of a new ticket, more than most. */
const FACT_BYTES = 128;
/** Of a record, before its body. */
const RECORD_HEADER_BYTES = 112;
/** Appends before the measured ones, as a share of them: the code is compiled by then. */
const WARM_UP_SHARE = 0.2;

/** `appends` facts by `callers` at once, each durable before its caller goes on. Makes a journal in `folder`. */
export async function measureAppends(
  folder: string,
  { callers, appends }: { readonly callers: number; readonly appends: number },
): Promise<AppendRun> {
  await using journal = openSqliteJournal(join(folder, "journal.sqlite"));
  let groupsBytes: number[] = [];
  const watched: Journal = {
    ...journal,
    append: (request) => {
      groupsBytes.push(request.records.length * (RECORD_HEADER_BYTES + FACT_BYTES));
      return journal.append(request);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const body = new Uint8Array(FACT_BYTES).fill(7);
  await using ledger = await openLedger<{ facts: number }, "fact">({
    journal: watched,
    partition: "bench",
    owner: "bench",
    clock: systemClock,
    initial: () => ({ facts: 0 }),
    evolve: (state) => {
      state.facts += 1;
    },
    codec: { encode: () => ({ kind: 1, body }), decode: () => "fact" },
    onFatal: (error) => {
      throw error;
    },
  });
  const append = () => ledger.execute(() => ({ facts: ["fact"], reply: undefined }));
  await runLoad({ calls: Math.ceil(appends * WARM_UP_SHARE), inFlight: callers }, append);
  groupsBytes = [];
  const { perSecond, latenciesMs } = await runLoad({ calls: appends, inFlight: callers }, append);
  return { perSecond, p99Ms: percentile(latenciesMs, 0.99), groupsBytes, appends };
}
