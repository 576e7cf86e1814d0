// A process that starts a matcher on the journal of its argument, and goes on until the last tickets are matched. It says so at
// once, and in a second line what it holds.
import { fileURLToPath } from "node:url";
import { openSqliteJournal } from "@muster/journal";
import { collectGarbage } from "./stopwatch.ts";
import { startWaitingMatcher } from "./waiting-config.ts";
import { LAST_TICKET } from "./waiting-journal.ts";

export type RestartedMatcher = {
  /** User time up to the match, in ms. */
  readonly userMs: number;
  /** Since the start of the process, when the matcher served calls. */
  readonly servingMs: number;
  /** Resident memory after a collection, as it was at the match, and at most. */
  readonly rssBytes: number;
  readonly uncollectedRssBytes: number;
  readonly peakRssBytes: number;
};

/** muster.matchmaking.v1.TicketState. */
const COMPLETED = 3;
const KIB = 1_024;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , path = ""] = process.argv;
  const { client } = await startWaitingMatcher(openSqliteJournal(path));
  const servingMs = performance.now();
  const watched = { ticketIds: [LAST_TICKET], configuration: "", resumeToken: "" };
  for await (const { ticket } of client.watchTickets(watched, { signal: new AbortController().signal })) {
    if (ticket?.state === COMPLETED) break;
  }
  console.log("matched");
  const userMs = process.cpuUsage().user / 1_000;
  const uncollectedRssBytes = process.memoryUsage.rss();
  collectGarbage();
  collectGarbage(); // What the first one only made free to go.
  const found: RestartedMatcher = {
    ...{ userMs, servingMs, uncollectedRssBytes, rssBytes: process.memoryUsage.rss() },
    peakRssBytes: process.resourceUsage().maxRSS * KIB,
  };
  console.log(JSON.stringify(found));
  process.exit(0);
}
