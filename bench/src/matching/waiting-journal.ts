// A journal in which many wait, as a matcher leaves it: a snapshot, and the facts since. None of those who wait can be matched,
// but for the last ten, who are one match.
import { type Journal, openLedger, openSqliteJournal } from "@muster/journal";
import { systemClock } from "@muster/kit";
import {
  createMatcherState,
  evolve,
  factCodec,
  type MatcherFact,
  snapshotCodec,
  type Ticket,
} from "@muster/matcher/testing";
import type { PlayerId, TicketId } from "@muster/proto";
import { CONFIGURATION, TIMEOUT_MS } from "./pool-tickets.ts";
import { createStandingPool } from "./standing-pool.ts";
import { waitingConfig } from "./waiting-config.ts";

export type WaitingJournalTask = {
  /** Of the file, which is made. */
  readonly path: string;
  readonly waiting: number;
  /** JSON of a ticket's players, about. */
  readonly payloadBytes: number;
};

export type WaitingJournal = {
  readonly waiting: number;
  /** Facts that came after the snapshot. */
  readonly tailFacts: number;
  /** Of the snapshot and the facts since: the file may be larger. */
  readonly heldBytes: number;
};

/** The matcher's own. */
const PARTITION = "matcher";
/** Share of the tickets that came after the snapshot. */
const TAIL_SHARE = 0.05;
const MATCH_PLAYERS = 10;
/** The one whose match is waited for. */
export const LAST_TICKET = `last-${MATCH_PLAYERS}`;
const FACTS_PER_DECISION = 1_000;
const SNAPSHOT_POLL_MS = 20;

export async function makeWaitingJournal({ path, waiting, payloadBytes }: WaitingJournalTask): Promise<WaitingJournal> {
  const tickets = ticketFacts({ waiting, payloadBytes });
  const facts = [...settingFacts(), ...tickets];
  const snapshotAt = Math.floor(facts.length * (1 - TAIL_SHARE));
  await using journal = openSqliteJournal(path);
  await using ledger = await openLedger({
    ...{ journal, partition: PARTITION, owner: "bench", clock: systemClock, initial: createMatcherState },
    evolve(state, { atWallMs, fact }: { readonly atWallMs: number; readonly fact: MatcherFact }, { sequence, timeMs }) {
      evolve(state, { sequence, atMs: timeMs, atWallMs, fact });
    },
    codec: factCodec,
    snapshots: { codec: snapshotCodec, everyRecords: snapshotAt },
    onFatal(error) {
      throw error;
    },
  });
  const record = async (part: readonly MatcherFact[]) => {
    for (let first = 0; first < part.length; first += FACTS_PER_DECISION) {
      const some = part.slice(first, first + FACTS_PER_DECISION);
      await ledger.execute(() => ({ facts: some.map((fact) => ({ atWallMs: 0, fact })), reply: undefined }));
    }
  };
  await record(facts.slice(0, snapshotAt));
  const pause = new AbortController();
  while (!(await journal.readSnapshot(PARTITION))) await systemClock.sleep(SNAPSHOT_POLL_MS, pause.signal);
  await record(facts.slice(snapshotAt));
  const tail = facts.slice(snapshotAt);
  const tailBytes = tail.reduce((sum, fact) => sum + factCodec.encode({ atWallMs: 0, fact }).body.length, 0);
  const heldBytes = (await snapshotBytes(journal)) + tailBytes;
  return { waiting: tickets.length, tailFacts: tail.length, heldBytes };
}

async function snapshotBytes(journal: Journal): Promise<number> {
  const snapshot = await journal.readSnapshot(PARTITION);
  let bytes = 0;
  if (snapshot) for await (const chunk of snapshot.chunks) bytes += chunk.length;
  return bytes;
}

function settingFacts(): readonly MatcherFact[] {
  const { ruleSets, configurations } = waitingConfig;
  return [
    ...ruleSets.map(({ name, document }) => ({ type: "rule-set-put", name, document }) as const),
    ...configurations.map((configuration) => ({ type: "configuration-put", configuration }) as const),
  ];
}

function ticketFacts({ waiting, payloadBytes }: Omit<WaitingJournalTask, "path">): readonly MatcherFact[] {
  const { pool } = createStandingPool({ waiting: waiting - MATCH_PLAYERS, seed: 17 });
  const unmatched = [...pool.waiting.values()].map(({ ticket }) => withPayload(ticket, payloadBytes));
  return [...unmatched, ...lastMatch().map((ticket) => withPayload(ticket, payloadBytes))].map((ticket) => ({
    ...{ type: "ticket-created", configuration: CONFIGURATION, bodyDigest: DIGEST, timesOutAtMs: TIMEOUT_MS },
    ...ticket,
  }));
}

/** As long as the digests of real bodies. */
const DIGEST = "A".repeat(43);

/** Of one attribute: longer ones are refused. */
const NOTE_CHARS = 250;

type PlayersOfTicket = Pick<Ticket, "ticketId" | "players">;

/** Filled up by notes of the first player's, different from all others'. */
function withPayload({ ticketId, players }: PlayersOfTicket, bytes: number): PlayersOfTicket {
  const [first, ...others] = players;
  if (!first) return { ticketId, players };
  const present = players.reduce((sum, { attributes }) => sum + JSON.stringify([attributes, {}]).length, 0);
  const lacking = Math.max(0, bytes - present);
  const text = ticketId.repeat(Math.ceil(lacking / ticketId.length)).slice(0, lacking);
  const notes: Record<string, string> = {};
  for (let from = 0; from < text.length; from += NOTE_CHARS) notes[`note${from}`] = text.slice(from, from + NOTE_CHARS);
  return { ticketId, players: [{ ...first, attributes: { ...first.attributes, ...notes } }, ...others] };
}

/** Solos in a lane of their own, so that nobody else is matched with them. */
function lastMatch(): readonly PlayersOfTicket[] {
  return Array.from({ length: MATCH_PLAYERS }, (_, index) => {
    const attributes = { skill: 1_500 + index, region: "region-last", mode: "ranked", map: "map-last" };
    const ticketId = `last-${index + 1}` as TicketId;
    return {
      ticketId,
      players: [{ playerId: ticketId as string as PlayerId, attributes, latenciesMs: {}, team: undefined }],
    };
  });
}
