// Puts the parts of a matcher together: the ledger decides, the feed and the callers give it something to decide on, and what
// has become durable moves placements, sessions, rounds and watchers.
import { type CommittedFact, openLedger } from "@muster/journal";
import { MusterError, type ServerSessionId } from "@muster/proto";
import { type Implementation, PROJECT_DEFAULT } from "@muster/proto/rpc";
import { logDisk, RETENTION_DEFAULT } from "@muster/service";
import type { MatcherConfig } from "./config.ts";
import { SEARCHING_CANCELLED_MAX } from "./core/delete-configuration.ts";
import { evolve } from "./core/evolve.ts";
import { decidePlacementReport } from "./core/fleet-reports.ts";
import { createMatcherState } from "./core/matcher-state.ts";
import { createSessionView, type PlacementReport } from "./core/session-view.ts";
import { createEmptyConfigurations } from "./empty-configurations.ts";
import { createErasures } from "./erasures.ts";
import { startEventPush } from "./events/event-push.ts";
import { measureEvents } from "./events/measure-events.ts";
import { factsBetweenSnapshots } from "./facts-between-snapshots.ts";
import { connectFleet } from "./fleet/rpc-fleet.ts";
import { followFleet } from "./follow-fleet.ts";
import { createServices } from "./grpc/services.ts";
import { createAskHook } from "./hooks/ask-hook.ts";
import { createBeforeTicket } from "./hooks/before-ticket.ts";
import { noHooks } from "./hooks/hook-caller.ts";
import { createMatchWeighing } from "./hooks/weigh-matches.ts";
import type { JoinWebKey } from "./join-tokens/join-key-set.ts";
import { openJoinTokens } from "./join-tokens/open-join-tokens.ts";
import { factCodec, type JournaledFact } from "./journal-codec/fact-codec.ts";
import { snapshotCodec } from "./journal-codec/snapshot-codec.ts";
import type { MatcherOptions } from "./matcher-options.ts";
import { measureMatcher } from "./measure-matcher.ts";
import { createNotifier } from "./notifier.ts";
import { createPartyWatch } from "./party-watch.ts";
import { createPlacements } from "./placements.ts";
import { createPoolMarks } from "./pool-marks.ts";
import { createPresence } from "./presence.ts";
import { nameOfProject } from "./project-matchers.ts";
import { type PutResult, putConfig, putConfigInParts } from "./put-config.ts";
import { createRounds } from "./rounds.ts";
import { createFactRouter } from "./route-facts.ts";
import { createSeatedPlayers } from "./seated-players.ts";
import { createSessionChecks } from "./session-checks.ts";
import { createSessionOutbox } from "./session-outbox.ts";
import { createSessionReviews } from "./session-reviews.ts";
import { createTicketWatch } from "./ticket-watch.ts";
import { traceMatcher } from "./trace-matcher.ts";
import { createWithheldTickets } from "./withheld-tickets.ts";
import { record, type Workshop } from "./workshop.ts";

/** Of this build. */
export const MATCHER_VERSION = "0.1.0";

export interface Matcher extends AsyncDisposable {
  /** To be served under `endpoint`. */
  readonly services: readonly Implementation[];
  /** Puts what differs from what is there, each rule set and configuration by itself. */
  readonly putConfig: (config: MatcherConfig) => Promise<PutResult>;
  /** Resolves when an answer could be given: the journal is this matcher's, and takes what is written. */
  readonly readiness: () => Promise<void>;
  /** Whether a battle session of that id is, or lately was, of this matcher. */
  readonly knowsSession: (battleSessionId: string) => boolean;
  /** By which join tokens are verified: for everybody to see. */
  readonly joinKeys: () => Promise<readonly JoinWebKey[]>;
}

const PARTITION = "matcher";

/**
 * A matcher that has taken its journal over and serves.
 *
 * @throws {MusterError} PARTITION_OWNED, JOURNAL_UNREADABLE; RULE_SET_INVALID or RULE_SET_NOT_FOUND for a bad `config`.
 */
export async function createMatcher(options: MatcherOptions): Promise<Matcher> {
  const { journal, clock, random, network, log, onFatal, owner, takeOver = false, leaseHolder = owner } = options;
  const { retention = RETENTION_DEFAULT, project = PROJECT_DEFAULT } = options;
  const ledger = await openLedger({
    journal,
    partition: nameOfProject(PARTITION, project),
    owner: leaseHolder,
    takeOver,
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    clock,
    initial: createMatcherState,
    evolve: (state, { atWallMs, fact }: JournaledFact, { sequence, timeMs }) => {
      evolve(state, { sequence, atMs: timeMs, atWallMs, fact });
    },
    codec: factCodec,
    snapshots: {
      codec: snapshotCodec,
      everyRecords: options.snapshotEveryFacts ?? factsBetweenSnapshots,
      keepMs: retention.journalMs,
    },
    onFatal,
    onDisk: logDisk(log),
  });
  const fleet = connectFleet(network, {
    ...{ address: options.fleetAddress, key: options.fleetKey, owner, project, clock },
  });
  const view = createSessionView();
  const committed = createNotifier();
  const workshop: Workshop = {
    ledger,
    fleet,
    view,
    viewChanged: createNotifier(),
    committed,
    clock,
    random,
    log,
    onFatal,
  };
  const { state } = ledger;
  const joinTokens = await openJoinTokens(workshop, { ...options.joinTokens, project });
  const pushed = { ...options, project, leaseHolder, takeOver, ledger, writeJoinToken: joinTokens.write };
  const eventOutbox = options.events && (await startEventPush(options.events, pushed));
  if (options.tracer) traceMatcher(options.tracer, { ledger, project });
  const stop = new AbortController();
  if (options.metrics) {
    measureMatcher(options.metrics, { ledger, project, clock, random, signal: stop.signal });
    if (eventOutbox) measureEvents(options.metrics, { outbox: eventOutbox, project });
  }
  const askHook = createAskHook({ ...options, caller: options.hooks ?? noHooks, project });
  const beforeTicket = createBeforeTicket(workshop, { askHook, signal: stop.signal });
  const weighing = createMatchWeighing(workshop, askHook);
  const withheld = createWithheldTickets();
  const seated = createSeatedPlayers(state, view);
  const watch = createTicketWatch(state, clock);
  const partyWatch = createPartyWatch(state, clock);
  const presence = createPresence(workshop);
  const guard = (work: Promise<unknown>) => {
    work.catch((error: unknown) => {
      if (!stop.signal.aborted) onFatal(error);
    });
  };

  const report = async (placement: PlacementReport) => {
    if (placement.state === "PENDING") return;
    await record(workshop, (now) => decidePlacementReport(now, placement));
    if (placement.state !== "FULFILLED") return;
    const { battleSessionId } = placement.session;
    // The answer to a repeated request may be older than the session's end: what the feed shows counts.
    if (!view.find(battleSessionId) && state.sessions.get(battleSessionId)?.ended === undefined) {
      checks.poke(battleSessionId);
    }
  };
  const placements = createPlacements(workshop, report);
  const outbox = createSessionOutbox(workshop);
  const erasures = createErasures(workshop, eventOutbox);
  const { cancelledAtOnceMax = SEARCHING_CANCELLED_MAX } = options;
  const emptied = createEmptyConfigurations(workshop, cancelledAtOnceMax);
  const rounds = createRounds(workshop, {
    endedMs: retention.endedMs,
    endpoint: options.endpoint,
    limits: options.roundLimits,
    withheld,
    findFillable(id) {
      const session = view.find(id);
      const isOpen = session?.state === "ACTIVE" && !session.unreachable && session.creationPolicy === "ACCEPT_ALL";
      return isOpen && !outbox.isBlocked(id) ? session : undefined;
    },
  });
  const reviews = createSessionReviews(workshop, outbox, guard);
  const checks = createSessionChecks(workshop, reviews.review);
  const marks = createPoolMarks(workshop, rounds, guard);
  const routes = { placements, weighing, outbox, erasures, emptied, checks, rounds, marks, reviews };
  const routeFact = createFactRouter(workshop, routes);

  const stopListening = ledger.onCommitted((facts: readonly CommittedFact<JournaledFact>[]) => {
    for (const { fact } of facts) {
      seated.follow(fact.fact);
      routeFact(fact.fact);
    }
    watch.advance(facts.at(-1)?.sequence ?? 0);
    partyWatch.advance(facts.at(-1)?.sequence ?? 0);
    presence.follow(facts);
    committed.ring();
    eventOutbox?.poke();
    rounds.wake();
  });
  await putConfig(workshop, options.config);

  // What a former run had not finished.
  for (const matchId of state.matches.keys()) placements.poke(matchId);
  for (const matchId of state.weighed.keys()) weighing.poke(matchId);
  for (const [id, session] of state.sessions) if (session.fill) outbox.poke(id);
  for (const erasureId of state.erasures.keys()) erasures.poke(erasureId);
  for (const name of state.pools.keys()) emptied.poke(name); // Of one that is there nobody is left.
  marks.markAll();

  const onPlacement = (placement: PlacementReport) => guard(report(placement));
  const { feed, sessionsShown } = followFleet(workshop, { ...routes, onPlacement }, stop.signal);
  const matching = sessionsShown().then(() => rounds.run(stop.signal));
  guard(feed);
  guard(matching);
  guard(presence.run(stop.signal));

  return {
    services: createServices({
      ...workshop,
      watch,
      partyWatch,
      presence,
      withheld,
      seated,
      joinTokens,
      cancelledAtOnceMax,
      beforeTicket,
      endpoint: options.endpoint,
      outbox: eventOutbox,
    }),
    putConfig: (config) => putConfigInParts(workshop, config),
    readiness: () => ledger.read(() => undefined),
    joinKeys: joinTokens.publicKeys,
    knowsSession: (battleSessionId) => state.sessions.has(battleSessionId as ServerSessionId),
    async [Symbol.asyncDispose]() {
      if (stop.signal.aborted) return;
      stop.abort(
        new MusterError("SERVICE_NOT_READY", "Cannot go on as the matcher is stopping: resume when it is back"),
      );
      watch.end(stop.signal.reason);
      partyWatch.end(stop.signal.reason);
      stopListening();
      // Not last: who waits for room on a full disk is told only by a ledger that closes that there will be none.
      const closed = ledger[Symbol.asyncDispose]();
      await eventOutbox?.[Symbol.asyncDispose]();
      await Promise.all(
        [placements, outbox, erasures, emptied, checks, joinTokens, weighing].map((work) =>
          work[Symbol.asyncDispose](),
        ),
      );
      await Promise.allSettled([feed, matching]);
      await fleet[Symbol.asyncDispose]();
      await closed;
    },
  };
}
