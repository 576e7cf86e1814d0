// Event push as a part of a matcher: the outbox over its durable events, with the targets that the file names.
import type { Ledger } from "@muster/journal";
import type { MatcherState } from "../core/matcher-state.ts";
import type { JournaledFact } from "../journal-codec/fact-codec.ts";
import type { CourierLimits } from "./courier.ts";
import type { ConfiguredTarget } from "./event-config.ts";
import { type Outbox, type OutboxOptions, openOutbox } from "./outbox.ts";
import type { Poster } from "./poster.ts";

export type EventPush = {
  readonly poster: Poster;
  /** Put at the start, if they differ from what is there. */
  readonly targets?: readonly ConfiguredTarget[];
  /** How long events are kept after every target has them, in ms. Default 0. */
  readonly keepMs?: number;
  /** When a target is too far behind. Default: a day, or 4 GB. */
  readonly limits?: CourierLimits;
};

/** @throws {MusterError} as openOutbox(), and putTarget() for a target of the file. */
export async function startEventPush(
  { poster, targets = [], keepMs = 0, limits }: EventPush,
  {
    ledger,
    ...options
  }: Omit<OutboxOptions, "poster" | "keepMs" | "limits" | "matcher"> & {
    readonly ledger: Ledger<MatcherState, JournaledFact>;
  },
): Promise<Outbox> {
  const { journal, project, clock, random, log, onFatal, leaseHolder, takeOver, leaseMs, writeJoinToken } = options;
  const outbox = await openOutbox({
    ...{ journal, project, clock, random, log, onFatal, leaseHolder, takeOver, leaseMs, poster, keepMs, limits },
    matcher: ledger,
    ...(writeJoinToken && { writeJoinToken }),
  });
  await outbox.untilStored(); // What a former run had not stored yet, before more happens.
  for (const { settings, secret } of targets) await outbox.putTarget(settings, secret);
  return outbox;
}
