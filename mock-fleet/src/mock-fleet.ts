// Puts the parts of the fleet together: the core on its ledger, the feed, the streams of sidecars, their supervision.

import { type Journal, openLedger } from "@muster/journal";
import { type Clock, drawId, isAbortError, type Metrics, type Random } from "@muster/kit";
import type { Tracer } from "@muster/kit/trace";
import type { ProcessId } from "@muster/proto";
import { FleetServiceDefinition, HostServiceDefinition } from "@muster/proto/fleet";
import { MockFleetServiceDefinition } from "@muster/proto/mockfleet";
import { type CallContext, type Implementation, implement } from "@muster/proto/rpc";
import { type Log, logDisk } from "@muster/service";
import { createApprovals } from "./approvals.ts";
import { createAttachments } from "./attachments.ts";
import { evolve } from "./core/evolve.ts";
import { createFaultPlan } from "./core/faults/fault-plan.ts";
import { createFeed, feedEventOf } from "./core/feed.ts";
import { type FleetConfig, findFleet } from "./core/fleet-config.ts";
import type { FleetFact } from "./core/fleet-fact.ts";
import { createFleetState, type FleetFold } from "./core/fleet-state.ts";
import { getProcess } from "./core/process.ts";
import { judgeSilence } from "./core/silence.ts";
import { livingProcessIds, terminateAll } from "./core/upkeep.ts";
import { createErasures } from "./erasures.ts";
import { factCodec } from "./fact-wire.ts";
import { createFaultDriver } from "./faults/fault-driver.ts";
import { createFaultyLines } from "./faults/host-lines.ts";
import { createJumpingClock } from "./faults/jumping-clock.ts";
import { canLaunch, weatherOf } from "./faults/standing-faults.ts";
import { createFeedReaders } from "./feed-readers.ts";
import type { FleetApp } from "./fleet-app.ts";
import { createFleetRunner, type FleetRunner } from "./fleet-runner.ts";
import { createFleetTime, type FleetTime } from "./fleet-time.ts";
import { addFault } from "./grpc/add-fault.ts";
import { adoptSession } from "./grpc/adopt-session.ts";
import { advanceClock } from "./grpc/advance-clock.ts";
import { deleteAlias, describeAliases, putAlias } from "./grpc/aliases.ts";
import { applyFill } from "./grpc/apply-fill.ts";
import { attach, hear, sayFor } from "./grpc/attach.ts";
import { createPlayerSessions } from "./grpc/create-player-sessions.ts";
import { createServerSession } from "./grpc/create-server-session.ts";
import { describePlacement } from "./grpc/describe-placement.ts";
import { describePlayerSessions } from "./grpc/describe-player-sessions.ts";
import { describeProcesses } from "./grpc/describe-processes.ts";
import { describeRegions } from "./grpc/describe-regions.ts";
import { describeServerSessions } from "./grpc/describe-server-sessions.ts";
import { erasePlayer } from "./grpc/erase-player.ts";
import { describeFleets, drainFleet, drainProcess, rollOutBuild, scaleFleet } from "./grpc/fleets.ts";
import { listFaults } from "./grpc/list-faults.ts";
import { listPlacements } from "./grpc/list-placements.ts";
import { readProcessLog } from "./grpc/read-process-log.ts";
import { removeFault } from "./grpc/remove-fault.ts";
import { restartServers } from "./grpc/restart-servers.ts";
import { searchServerSessions } from "./grpc/search-server-sessions.ts";
import { startPlacement } from "./grpc/start-placement.ts";
import { startPlacements } from "./grpc/start-placements.ts";
import { stopPlacement } from "./grpc/stop-placement.ts";
import { terminateServerSession } from "./grpc/terminate-server-session.ts";
import { updateServerSession } from "./grpc/update-server-session.ts";
import { WATCH_HEARTBEAT_MS } from "./grpc/watch-feed.ts";
import { watchPlacements } from "./grpc/watch-placements.ts";
import { watchSessions } from "./grpc/watch-sessions.ts";
import { inProject } from "./in-project.ts";
import { measureFleet } from "./measure-fleet.ts";
import type { RegionPing } from "./ping/open-beacons.ts";
import type { ServerProcesses, SimulationParts } from "./ports.ts";
import { routeProcesses } from "./route-processes.ts";
import { createSimulatedProcesses } from "./simulated/simulated-processes.ts";
import { createTimers } from "./simulated/timers.ts";
import { factsBetweenSnapshots, fleetSnapshotCodec } from "./snapshot/fleet-snapshot.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";
import { createTraceparents, traceFleet } from "./trace-fleet.ts";

export type MockFleetOptions = {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly processes: ServerProcesses;
  readonly config: FleetConfig;
  /** Where sidecars reach this fleet. */
  readonly hostAddress: string;
  readonly log: Log;
  /** Where clients measure how far its regions are. Default: nowhere. */
  readonly pings?: readonly RegionPing[];
  /** Where it counts what happens. Default: nowhere. */
  readonly metrics?: Metrics | undefined;
  /** Where it tells what became of placements and seats. Default: nowhere. */
  readonly tracer?: Tracer | undefined;
  /** The journal is lost, or the fleet contradicts itself: the process should stop. */
  readonly onFatal: (error: unknown) => void;
  /** Who owns the journal, for messages. Default "mock-fleet". */
  readonly owner?: string;
  /** Take the journal over from an owner whose lease is fresh. Default false. */
  readonly takeOver?: boolean;
  /** How long the lease on the journal stays fresh, in ms. Default 10,000. */
  readonly leaseMs?: number;
  /** What simulated servers need beside the fleet. Default: no scripts, and no matcher that they may call. */
  readonly simulation?: SimulationParts;
  /** Facts after which the state is written down, and the journal forgets them. Default: by the size of the fleet. */
  readonly snapshotEveryFacts?: number;
};

export interface MockFleet extends AsyncDisposable {
  /** FleetService, HostService and MockFleetService, to be served. */
  readonly services: readonly Implementation[];
  /** Resolves when an answer could be given: the journal is this fleet's, and takes what is written. */
  readonly readiness: () => Promise<void>;
}

/**
 * Processes that ended so short a time before the fleet began are swept up behind once more, in ms of journal time: more than
 * a restart adds to it, as the last run may have died in between.
 */
const SWEPT_AGAIN_MS = 15 * 60_000;
/** Name of the fleet's partition in the journal. */
const PARTITION = "fleet";

/**
 * A fleet that is what its journal says, and works: it launches what is missing and waits for what was running to come back.
 * Disposing ends every process that it started, in order, then closes the journal's partition, not the journal. A fleet that
 * has lost its journal leaves them all alone: they belong to whoever owns it next.
 *
 * @throws {MusterError} PARTITION_OWNED, JOURNAL_UNREADABLE.
 */
export async function createMockFleet(options: MockFleetOptions): Promise<MockFleet> {
  const { journal, random, config, hostAddress, log, onFatal } = options;
  const machineClock = options.clock;
  const isVirtual = config.settings.clock === "virtual";
  const time = isVirtual ? createFleetTime(machineClock, () => untilQuiet(runner, machineClock)) : undefined;
  const clock = createJumpingClock(time?.clock ?? machineClock);
  const feed = createFeed();
  const lost = new AbortController();
  const timers = createTimers(clock);
  const plan = createFaultPlan();
  const lines = createFaultyLines({
    ...{ timers, nowMs: () => runner.nowMs() },
    weather: weatherOf(plan, () => runner),
  });
  const attachments = createAttachments(lines);
  const ledger = await openLedger<FleetFold, FleetFact>({
    journal,
    partition: PARTITION,
    owner: options.owner ?? "mock-fleet",
    takeOver: options.takeOver ?? false,
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    ...{ clock, machineClock },
    initial: createFleetState,
    evolve: (state, fact, meta) => {
      evolve(state, fact, meta);
      if (fact.type === "player-erased") feed.forgetPlayer(fact.playerId);
      const event = feedEventOf(state, fact);
      if (event) feed.add(event);
      attachments.noteFolded(state, fact, meta.sequence);
    },
    codec: factCodec,
    onFatal: (error) => {
      lost.abort(error);
      onFatal(error);
    },
    onDisk: logDisk(log),
    snapshots: {
      codec: {
        ...fleetSnapshotCodec,
        async restore(chunks) {
          const state = await fleetSnapshotCodec.restore(chunks);
          feed.startAfter(state.position);
          return state;
        },
      },
      everyRecords: options.snapshotEveryFacts ?? factsBetweenSnapshots,
      keepMs: config.settings.journalKeptMs,
    },
  });
  const supervised = new Set<ProcessId>();
  const attached = attachments.processIds;
  const runner = createFleetRunner({ ledger, clock, random, config, attached, supervised, onFatal });
  if (options.tracer) traceFleet(options.tracer, runner);
  if (options.metrics) measureFleet(options.metrics, { runner, attached });
  const { health, hostSilentAfterMs } = config.settings;
  const simulated = createSimulatedProcesses({
    ...{ clock, timers, simulation: options.simulation, beatIntervalMs: hostSilentAfterMs / 4 },
    healthMs: health.intervalMs + health.missesMax * health.timeoutMs,
    attach: (requests, context) => attach(app, requests, context, { beats: false }),
    beat(processId) {
      const attachment = attachments.find(processId);
      if (attachment) hear(app, attachment);
    },
  });
  const processes = routeProcesses({ runner, simulated, real: options.processes, canLaunch: canLaunch(plan, runner) });
  const world = { processes, clock, random, hostAddress, log };
  const supervisor = createSupervisor({ ...world, runner, attachments, supervised, abandoned: lost.signal });
  runner.onCommitted((facts) => {
    attachments.deliver(runner.state, facts);
    for (const { fact } of facts) driveEffect({ supervisor, processes, log }, fact);
  });
  const stop = new AbortController();
  const openedMs = runner.nowMs();
  const heardMs = (processId: ProcessId, startedAtMs: number) =>
    Math.max(attachments.lastHeardMs(processId) ?? 0, startedAtMs, openedMs);
  for (const { processId, status } of runner.state.processes.values()) {
    if (status.phase === "ENDED" && status.endedAtMs > openedMs - SWEPT_AGAIN_MS) supervisor.end(processId);
  }
  const silence = { heardMs, onUnreachable: supervisor.adopt };
  const listening = listenForSilence(runner, clock, silence, stop.signal).catch((error: unknown) => {
    if (!isAbortError(error)) onFatal(error);
  });
  const earlier = [...runner.state.livingProcesses.values()]
    .filter(({ fleet }) => findFleet(config, fleet)?.simulated)
    .map(({ processId }) => processId);
  const journalId = drawId("journal", random);
  runner.act((state) => (state.journalId === undefined ? [{ type: "opened", journalId }] : []));
  const erasures = createErasures({ ledger, runner, clock: machineClock, random, log, onFatal });
  const approvals = createApprovals({ clock, attachments });
  const faults = createFaultDriver({
    ...{ runner, attachments, processes, lines, plan, timers, log, jumpClock: clock.jump },
    sayFor: (processId, command) => sayFor(app, processId, command),
  });
  const feedReaders = createFeedReaders({
    ...{ clock: machineClock, beatMs: WATCH_HEARTBEAT_MS, onCommitted: runner.onCommitted },
  });
  const app: FleetApp = {
    ...{ runner, attachments, approvals, feed, feedReaders, erasures, processes, lines, faults, clock, log },
    ...{ machineClock, time },
    traceparents: options.tracer && createTraceparents(options.tracer, runner),
  };
  for (const fault of config.faults ?? []) faults.add(fault);
  // Simulated servers were in the process that is gone: they are made again, and hear from the fleet what they play.
  for (const processId of earlier) supervisor.adopt(processId);

  return {
    services: servicesOf(app, options.pings ?? []),
    readiness: () => runner.read(() => undefined),
    async [Symbol.asyncDispose]() {
      if (stop.signal.aborted) return;
      stop.abort();
      await listening;
      faults.end();
      const ended = new AbortController();
      const passing = time && letTimePass(time, machineClock, ended.signal);
      await endProcesses(runner, lost.signal);
      await supervisor[Symbol.asyncDispose]();
      ended.abort();
      await passing;
      timers[Symbol.dispose]();
      await simulated[Symbol.asyncDispose]();
      await erasures[Symbol.asyncDispose]();
      await runner[Symbol.asyncDispose]();
    },
  };
}

function servicesOf(app: FleetApp, pings: readonly RegionPing[]): readonly Implementation[] {
  const as = (context: CallContext) => inProject(app, context);
  return [
    implement(FleetServiceDefinition, {
      startPlacement: (request, context) => startPlacement(as(context), request),
      startPlacements: (requests, context) => startPlacements(as(context), requests),
      stopPlacement: (request, context) => stopPlacement(as(context), request),
      describePlacement: (request, context) => describePlacement(as(context), request),
      listPlacements: (request, context) => listPlacements(as(context), request),
      watchPlacements: (request, context) => watchPlacements(as(context), request, context),
      applyFill: (request, context) => applyFill(as(context), request),
      updateServerSession: (request, context) => updateServerSession(as(context), request),
      createPlayerSessions: (request, context) => createPlayerSessions(as(context), request),
      createServerSession: (request, context) => createServerSession(as(context), request),
      adoptSession: (request, context) => adoptSession(as(context), request),
      terminateServerSession: (request, context) => terminateServerSession(as(context), request),
      describeServerSessions: (request, context) => describeServerSessions(as(context), request),
      describePlayerSessions: (request, context) => describePlayerSessions(as(context), request),
      searchServerSessions: (request, context) => searchServerSessions(as(context), request),
      describeProcesses: (request, context) => describeProcesses(as(context), request),
      watchSessions: (request, context) => watchSessions(as(context), request, context),
      describeFleets: (_, context) => describeFleets(as(context)),
      scaleFleet: (request, context) => scaleFleet(as(context), request),
      drainFleet: (request, context) => drainFleet(as(context), request),
      drainProcess: (request, context) => drainProcess(as(context), request),
      rollOutBuild: (request, context) => rollOutBuild(as(context), request),
      putAlias: (request, context) => putAlias(as(context), request),
      deleteAlias: (request, context) => deleteAlias(as(context), request),
      describeAliases: (_, context) => describeAliases(as(context)),
      describeRegions: () => Promise.resolve(describeRegions(app.runner.config, pings)),
      erasePlayer: (request, context) => erasePlayer(as(context), request, context),
    }),
    implement(HostServiceDefinition, { attach: (requests, context) => attach(app, requests, context) }),
    implement(MockFleetServiceDefinition, {
      readProcessLog: (request, context) => readProcessLog(as(context), request, context),
      addFault: (request, context) => addFault(as(context), request),
      listFaults: (_, context) => listFaults(as(context)),
      advanceClock: (request, context) => advanceClock(as(context), request),
      removeFault: (request, context) => removeFault(as(context), request),
      restartServers: (request, context) => restartServers(as(context), request),
    }),
  ];
}

type World = { readonly supervisor: Supervisor; readonly processes: ServerProcesses; readonly log: Log };

/**
 * What a committed fact does to the world. After a restart a launch is not driven again: its sidecar may be on its way, and is
 * replaced if it does not come. An end that was asked for is, by its deadline and when the sidecar attaches; so is what sweeps
 * up behind a process that has ended.
 */
function driveEffect({ supervisor, processes, log }: World, fact: FleetFact): void {
  if (fact.type === "process-launched") supervisor.launch(fact.processId);
  if (fact.type === "process-terminating") supervisor.terminate(fact.processId);
  if (fact.type === "forgotten") for (const processId of fact.processIds) processes.forget(processId);
  if (fact.type !== "process-ended") return;
  log.info({ processId: fact.processId, reason: fact.reason, crashed: fact.crashed }, "A server process has ended");
  supervisor.end(fact.processId);
}

type Silence = {
  readonly heardMs: (processId: ProcessId, startedAtMs: number) => number;
  /** Told at every look: a run of the fleet may begin with hosts that were unreachable to the last one. */
  readonly onUnreachable: (processId: ProcessId) => void;
};

/** Looks, several times within the first threshold, who has been silent. */
async function listenForSilence(
  runner: FleetRunner,
  clock: Clock,
  { heardMs, onUnreachable }: Silence,
  signal: AbortSignal,
): Promise<void> {
  const intervalMs = Math.min(1_000, runner.config.settings.hostSilentAfterMs / 5);
  for (;;) {
    await clock.sleep(intervalMs, signal);
    for (const { processId, startedAtMs } of [...runner.state.livingProcesses.values()]) {
      const lastMs = heardMs(processId, startedAtMs);
      if (runner.nowMs() - lastMs < runner.config.settings.hostSilentAfterMs) continue;
      runner.act((state, moment) => judgeSilence(state, getProcess(state, processId), lastMs, moment));
      if (runner.state.processes.get(processId)?.unreachableSinceMs !== undefined) onUnreachable(processId);
    }
  }
}

/** Resolves when everything that was decided is durable and carried out, and nothing more came of it. */
async function untilQuiet(runner: FleetRunner, machineClock: Clock): Promise<void> {
  for (let seen = -1; runner.state.position !== seen || runner.durablePosition !== seen; ) {
    seen = runner.state.position;
    await runner.read(() => undefined);
    await machineClock.sleep(0); // What was told of it is heard.
  }
}

/** Time that nobody drives any more passes by itself, so that what ends in its time does. */
async function letTimePass(time: FleetTime, machineClock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await time.advance(1_000);
    await machineClock.sleep(0);
  }
}

/** Asks all to end and waits until they have; the deadline of each sees to it that they do. Stops once the journal is lost. */
async function endProcesses(runner: FleetRunner, lost: AbortSignal): Promise<void> {
  if (lost.aborted) return;
  runner.stopLaunching();
  const allEnded = new Promise<void>((resolve) => {
    lost.addEventListener("abort", () => resolve(), { once: true });
    const look = () => livingProcessIds(runner.state).length === 0 && resolve();
    runner.onCommitted(look);
    runner.act(terminateAll);
    look();
  });
  await allEnded;
}
