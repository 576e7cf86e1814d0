// Puts the parts of a matcher together: the ledger decides, the feed and the callers give it something to decide on, and what
// has become durable moves placements, sessions, rounds and watchers.

import { type CommittedFact, type Journal, openLedger } from "@muster/journal";
import type { Clock, Metrics, Random, Secret } from "@muster/kit";
import type { Tracer } from "@muster/kit/trace";
import { type BattleSession, MusterError, type ServerSessionId, type TicketId } from "@muster/proto";
import { type Implementation, type Network, PROJECT_DEFAULT } from "@muster/proto/rpc";
import { type Log, logDisk, RETENTION_DEFAULT, type Retention } from "@muster/service";
import type { MatcherConfig } from "./config.ts";
import { isLiveBackfill } from "./core/backfill.ts";
import { SEARCHING_CANCELLED_MAX } from "./core/delete-configuration.ts";
import { evolve } from "./core/evolve.ts";
import { decidePlacementReport } from "./core/fleet-reports.ts";
import { presentPlacementId } from "./core/match.ts";
import { createMatcherState, touchSession } from "./core/matcher-state.ts";
import type { RoundLimits } from "./core/round.ts";
import { decideSessionChange } from "./core/session-change.ts";
import { createSessionView, type PlacementReport } from "./core/session-view.ts";
import { createEmptyConfigurations } from "./empty-configurations.ts";
import { createErasures } from "./erasures.ts";
import { type EventPush, startEventPush } from "./events/event-push.ts";
import { measureEvents } from "./events/measure-events.ts";
import { factsBetweenSnapshots } from "./facts-between-snapshots.ts";
import { connectFleet } from "./fleet/rpc-fleet.ts";
import { createServices } from "./grpc/services.ts";
import { createAskHook } from "./hooks/ask-hook.ts";
import { createBeforeTicket } from "./hooks/before-ticket.ts";
import { type HookCaller, noHooks } from "./hooks/hook-caller.ts";
import { createMatchWeighing } from "./hooks/weigh-matches.ts";
import type { JoinWebKey } from "./join-tokens/join-key-set.ts";
import { type JoinTokenOptions, openJoinTokens } from "./join-tokens/open-join-tokens.ts";
import { factCodec, type JournaledFact } from "./journal-codec/fact-codec.ts";
import { snapshotCodec } from "./journal-codec/snapshot-codec.ts";
import { measureMatcher } from "./measure-matcher.ts";
import { createNotifier } from "./notifier.ts";
import { createPartyWatch } from "./party-watch.ts";
import { createPlacements } from "./placements.ts";
import { createPresence } from "./presence.ts";
import { nameOfProject } from "./project-matchers.ts";
import { type PutResult, putConfig, putConfigInParts } from "./put-config.ts";
import { createRounds } from "./rounds.ts";
import { createSeatedPlayers } from "./seated-players.ts";
import { createSessionChecks } from "./session-checks.ts";
import { readSessionFeed } from "./session-feed.ts";
import { createSessionOutbox } from "./session-outbox.ts";
import { createTicketWatch } from "./ticket-watch.ts";
import { traceMatcher } from "./trace-matcher.ts";
import { createWithheldTickets } from "./withheld-tickets.ts";
import { record, type Workshop } from "./workshop.ts";

export type MatcherOptions = {
  /** Holds everything the matcher has decided. Not closed by the matcher. */
  readonly journal: Journal;
  readonly clock: Clock;
  /** Where ids and secrets are drawn: `systemRandom` in a real run. */
  readonly random: Random;
  readonly network: Network;
  /** Whose tickets and battles these are: leads the names of its partitions in the journal. Default: `default`. */
  readonly project?: string;
  /** "host:port" of the fleet. */
  readonly fleetAddress: string;
  /** What its calls to the fleet carry. Default: nothing. */
  readonly fleetKey?: Secret | undefined;
  /** Address of this matcher's gRPC server as sidecars reach it. */
  readonly endpoint: string;
  /** Whom the fleet knows the placements of this matcher by; the same after each restart. */
  readonly owner: string;
  /** Rule sets and configurations to put at the start, if they differ from what is there. */
  readonly config: MatcherConfig;
  /** How long what is over is remembered. Default: that of muster.json. */
  readonly retention?: Retention;
  readonly log: Log;
  /** Where it counts what happens. Default: nowhere. */
  readonly metrics?: Metrics | undefined;
  /** Where it tells what became of tickets. Default: nowhere. */
  readonly tracer?: Tracer | undefined;
  /** The journal is lost or the program contradicts itself: the process should stop. */
  readonly onFatal: (error: unknown) => void;
  /** Take the journal over from an owner whose lease is fresh. Default false. */
  readonly takeOver?: boolean;
  /** How long the lease on the journal stays fresh, in ms. Default 10,000. */
  readonly leaseMs?: number;
  /** Facts after which the state is written down anew. Default: 50,000, or half as many as there are tickets. */
  readonly snapshotEveryFacts?: number;
  /** What one round of matching may do before calls get their turn. Default: some 5 ms of work. */
  readonly roundLimits?: RoundLimits;
  /** How join tokens that are redeemed are verified, and how long a key signs. Default: by Node's own, for 30 days. */
  readonly joinTokens?: JoinTokenOptions;
  /** Tickets of a deleted configuration that are cancelled in one turn. Default: some 5 ms of work. */
  readonly cancelledAtOnceMax?: number;
  /** How hooks of the user's are asked. Default: there are none. */
  readonly hooks?: HookCaller;
  /** Where events are pushed to, and how. Default: no events are pushed. */
  readonly events?: EventPush;
  /** Who holds the lease on the journal: unique to this run. Default: `owner`. */
  readonly leaseHolder?: string;
};

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
/** How long a restarted matcher that has battles to fill waits for the fleet to show them, in ms. */
const SHOWN_WITHIN_MS = 2_000;

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
  const checks = createSessionChecks(workshop, (id) => review(id));

  /** Whether what becomes of the session changes anything here: that of a battle without a backfill only ends. */
  const concernsUs = ({ battleSessionId, state: phase }: BattleSession) => {
    const matched = state.sessions.get(battleSessionId);
    return matched !== undefined && (phase === "TERMINATED" || (matched.backfill ?? matched.fill) !== undefined);
  };
  /** Looks at a session's backfill anew. */
  const review = (id: ServerSessionId) => {
    const session = view.find(id);
    if (!session || !concernsUs(session)) return;
    guard(record(workshop, (now) => decideSessionChange(now, session)));
    outbox.poke(id);
  };
  const markAll = () => {
    for (const name of state.configurations.keys()) rounds.mark(name, "now");
  };
  const reviewAll = () => {
    for (const { battleSessionId, backfill, ended } of state.sessions.values()) {
      if (!ended && backfill && isLiveBackfill(backfill.document)) review(battleSessionId);
    }
  };

  const onFact = ({ fact }: JournaledFact) => {
    switch (fact.type) {
      case "configuration-deleted":
        if (fact.keepsSearching) emptied.poke(fact.name);
        markAll();
        reviewAll();
        break;
      case "rule-set-put":
      case "configuration-put":
        markAll();
        reviewAll();
        break;
      case "players-joined":
        markTicket(fact.ticketId);
        break;
      case "ticket-created":
        rounds.mark(fact.configuration, "settled");
        break;
      case "match-formed":
        if (fact.match.hook) weighing.poke(fact.match.matchId);
        else if (fact.match.queue !== undefined && !fact.match.acceptance) placements.poke(fact.match.matchId);
        break;
      case "match-weighed":
        placements.poke(fact.matchId); // Nothing to ask for unless it is placed now.
        markAll();
        break;
      case "match-accepted":
        placements.poke(fact.matchId); // It has nothing to ask for unless the last player has accepted.
        break;
      case "proposal-ended":
        for (const { ticketId } of fact.outcomes) markTicket(ticketId);
        break;
      case "placement-ended":
        placements.poke(fact.matchId);
        markAll();
        break;
      case "match-placed":
        review(fact.battleSessionId);
        markSession(fact.battleSessionId, "settled"); // Tickets whose seats had run out search again.
        break;
      case "backfill-started":
      case "backfill-changed":
      case "fill-decided":
        outbox.poke(fact.battleSessionId);
        markSession(fact.battleSessionId);
        break;
      case "fill-applied":
      case "fill-dropped":
        review(fact.battleSessionId);
        markSession(fact.battleSessionId);
        break;
      case "session-ended":
        outbox.forget(fact.battleSessionId);
        view.drop(fact.battleSessionId);
        workshop.viewChanged.ring();
        break;
      case "player-erased":
        erasures.poke(fact.erasureId);
        break;
      case "session-adopted":
        // As for a placement: the answer may be older than the session's end.
        if (view.find(fact.battleSessionId)) review(fact.battleSessionId);
        else checks.poke(fact.battleSessionId);
        break;
      case "party-changed":
      case "duplicate-noted":
      case "ticket-rejoined":
      case "preparation-declined":
      case "ticket-cancelled":
      case "ticket-timed-out":
      case "rule-set-deleted": // Nothing plays by it.
      case "ended-forgotten":
      case "erasure-completed":
      case "ticket-refused":
      case "join-key-added":
      case "join-key-revoked":
      case "join-token-redeemed":
        break;
    }
  };
  /** A ticket that is back in the search. */
  const markTicket = (id: TicketId) => {
    const ticket = state.tickets.get(id)?.ticket;
    if (ticket?.state.phase === "SEARCHING") rounds.mark(ticket.configuration, "settled");
  };
  /** At once: that a backfill searches again and whom it then finds are one write, and the fill is all that is told of both. */
  const markSession = (id: ServerSessionId, when: "settled" | "now" | "at-once" = "now") => {
    const session = state.sessions.get(id);
    if (!session) return;
    touchSession(state, id);
    if (when === "at-once") guard(rounds.runAtOnce(session.configuration));
    else rounds.mark(session.configuration, when);
  };

  const stopListening = ledger.onCommitted((facts: readonly CommittedFact<JournaledFact>[]) => {
    for (const { fact } of facts) {
      seated.follow(fact.fact);
      onFact(fact);
    }
    watch.advance(facts.at(-1)?.sequence ?? 0);
    partyWatch.advance(facts.at(-1)?.sequence ?? 0);
    presence.follow(facts);
    committed.ring();
    eventOutbox?.poke();
    rounds.wake();
  });
  await putConfig(workshop, options.config);

  const shown = Promise.withResolvers<void>();
  /** Running battles have the first claim on who waits, which a round can honour only once the fleet has shown them. */
  const sessionsShown = async () => {
    const sessions = [...state.sessions.values()];
    if (!sessions.some(({ ended, backfill }) => !ended && backfill && isLiveBackfill(backfill.document))) return;
    await Promise.race([shown.promise, clock.sleep(SHOWN_WITHIN_MS, stop.signal)]);
  };

  // What a former run had not finished.
  for (const matchId of state.matches.keys()) placements.poke(matchId);
  for (const matchId of state.weighed.keys()) weighing.poke(matchId);
  for (const [id, session] of state.sessions) if (session.fill) outbox.poke(id);
  for (const erasureId of state.erasures.keys()) erasures.poke(erasureId);
  for (const name of state.pools.keys()) emptied.poke(name); // Of one that is there nobody is left.
  markAll();

  const feed = readSessionFeed(
    workshop,
    {
      onSession(session, before) {
        const id = session.battleSessionId;
        const matched = state.sessions.get(id);
        if (!matched && session.state === "TERMINATED") return view.drop(id);
        if (!concernsUs(session)) return;
        review(id);
        if (before?.rosterVersion === session.rosterVersion && !outbox.isBlocked(id)) return;
        const hasFreedSeat = before !== undefined && session.playerSessions.length < before.playerSessions.length;
        markSession(id, hasFreedSeat ? "at-once" : "now");
      },
      onPlacement: (placement) => guard(report(placement)),
      onSnapshot(named) {
        shown.resolve();
        for (const match of state.matches.values()) {
          if (!named.has(presentPlacementId(match))) placements.poke(match.matchId);
        }
        for (const [id, session] of state.sessions) {
          if (!session.ended && !view.find(id)) checks.poke(id);
          touchSession(state, id);
        }
        markAll();
      },
    },
    stop.signal,
  );
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
