// The bookkeeping that checkers share. It moves on after all of them have seen an observation, so that each sees what was
// before beside what comes.
import type { Observation } from "../../observation.ts";
import type { OpenCall } from "./call-book.ts";
import { createFleetBook, type FleetBook } from "./fleet-book.ts";
import { createMatcherBook, type MatcherBook } from "./matcher-book.ts";
import type { TicketStep } from "./matcher-entries.ts";
import { createQuestionBook, type QuestionBook } from "./question-book.ts";
import { createWatchBook, type WatchBook } from "./watch-book.ts";

export interface Books {
  readonly matcher: MatcherBook;
  readonly fleet: FleetBook;
  readonly watches: WatchBook;
  /** What games were asked about newcomers, by fill. */
  readonly questions: QuestionBook["questions"];
  /** Calls without an answer, by their number. */
  readonly calls: ReadonlyMap<number, OpenCall>;
  /** What the fact at hand does to tickets. */
  readonly steps: readonly TicketStep[];
  /** Number of the observation at hand: 1, 2, … */
  readonly tick: number;
  readonly nowMs: number;
  /** Journal time of the last fact of each. */
  readonly matcherMs: number;
  readonly fleetMs: number;
  /**
   * Journal time up to which the fleet has let all deadlines come true. Those of one moment come one after the other: they
   * are all through when a fact has a later time.
   */
  readonly fleetSettledMs: number;
  /** Since when nothing fails any more; undefined while something may. */
  readonly healedMs: number | undefined;
  /** Before the checkers look. */
  open(observation: Observation): void;
  /** After they have. */
  fold(observation: Observation): void;
}

/** Books of a world in which nothing has happened yet. */
export function createBooks(): Books {
  const matcher = createMatcherBook();
  const fleet = createFleetBook();
  const watches = createWatchBook();
  const asked = createQuestionBook();
  const calls = new Map<number, OpenCall>();
  let steps: readonly TicketStep[] = [];
  let tick = 0;
  let nowMs = 0;
  let matcherMs = 0;
  let fleetMs = 0;
  let fleetSettledMs = 0;
  let healedMs: number | undefined;
  return {
    matcher,
    fleet,
    watches,
    questions: asked.questions,
    calls,
    get steps() {
      return steps;
    },
    get tick() {
      return tick;
    },
    get nowMs() {
      return nowMs;
    },
    get matcherMs() {
      return matcherMs;
    },
    get fleetMs() {
      return fleetMs;
    },
    get fleetSettledMs() {
      return fleetSettledMs;
    },
    get healedMs() {
      return healedMs;
    },
    open(observation) {
      tick += 1;
      nowMs = observation.atMs;
      if (observation.type === "fleet-fact" && observation.journalMs > fleetMs) fleetSettledMs = fleetMs;
      steps = observation.type === "matcher-fact" ? matcher.stepsOf(observation.fact) : [];
    },
    fold(observation) {
      asked.fold(observation);
      switch (observation.type) {
        case "matcher-fact":
          matcher.fold({
            fact: observation.fact,
            journalMs: observation.journalMs,
            wallMs: observation.wallMs,
            seenMs: observation.atMs,
            tick,
            steps,
          });
          matcherMs = observation.journalMs;
          return;
        case "fleet-fact":
          fleet.fold(observation.fact);
          fleetMs = observation.journalMs;
          return;
        case "call": {
          const { callId, caller, method, request, atMs } = observation;
          calls.set(callId, { callId, caller, method, request, startedMs: atMs, startedTick: tick });
          return;
        }
        case "answer":
          calls.delete(observation.callId);
          return;
        case "ticket-watch":
          watches.ticketWatch(observation);
          return;
        case "ticket-event":
          watches.ticketEvent(observation.watcher, observation.event, tick);
          return;
        case "session-watch":
          watches.sessionWatch(observation.watcher, observation.resumeToken, tick);
          return;
        case "session-event":
          watches.sessionEvent(observation.watcher, observation.event);
          return;
        case "watch-ended":
          watches.ended(observation.watcher);
          return;
        case "life":
          if (!["start", "pause", "resume"].includes(observation.how)) watches.died(observation.node);
          return;
        case "healed":
          healedMs = observation.atMs;
          return;
        default:
          return;
      }
    },
  };
}
