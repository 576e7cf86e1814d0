// Reads the journal for what was tried for one ticket, while the matcher goes on.
import type { Ledger } from "@muster/journal";
import { MusterError, type TicketId } from "@muster/proto";
import type { MatcherState } from "./core/matcher-state.ts";
import { createAttemptFinder, type TicketAttempt } from "./core/ticket-attempts.ts";
import type { JournaledFact } from "./journal-codec/fact-codec.ts";

export type ReadAttempt = TicketAttempt & {
  readonly sequence: number;
  /** Journal time, and the wall clock beside it. */
  readonly atMs: number;
  readonly atWallMs: number;
};

export type ReadAttempts = {
  /** Oldest first. */
  readonly attempts: readonly ReadAttempt[];
  /** Nothing was left out: neither forgotten, nor erased, nor more than is read. */
  readonly isWhole: boolean;
};

/** Records that one question reads: about a second of them. */
const RECORDS_MAX = 100_000;
/** How often the beginning may be forgotten under a reader's eyes. */
const TRIES_MAX = 3;

type Ledgered = Pick<Ledger<MatcherState, JournaledFact>, "readFacts">;
type Span = { readonly ticketId: TicketId; readonly from: number; readonly until: number };

/** From the record that made the ticket to the one that ended it, or to the last there is. */
export async function readAttempts(ledger: Ledgered, span: Span): Promise<ReadAttempts> {
  let { from } = span;
  for (let tries = 1; ; tries += 1) {
    try {
      const read = await readFrom(ledger, span, from);
      return from === span.from ? read : { ...read, isWhole: false };
    } catch (error) {
      // The journal has forgotten the first of them, perhaps while they were read.
      const first = error instanceof MusterError && error.reason === "CURSOR_EXPIRED" && error.metadata.firstSequence;
      if (!first || tries === TRIES_MAX) throw error;
      from = Math.max(from, Number(first));
    }
  }
}

async function readFrom(ledger: Ledgered, { ticketId, until }: Span, from: number): Promise<ReadAttempts> {
  const find = createAttemptFinder(ticketId);
  const attempts: ReadAttempt[] = [];
  let next = from;
  let isWhole = true;
  for await (const { sequence, timeMs: atMs, fact } of ledger.readFacts(from)) {
    if (sequence > until) break;
    if (sequence >= from + RECORDS_MAX) return { attempts, isWhole: false };
    if (sequence > next) isWhole = false; // Records of a player who was erased.
    next = sequence + 1;
    const attempt = find(fact.fact);
    if (attempt) attempts.push({ ...attempt, sequence, atMs, atWallMs: fact.atWallMs });
  }
  return { attempts, isWhole };
}
