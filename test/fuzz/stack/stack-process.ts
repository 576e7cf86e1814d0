// The process that is attacked: matcher, fleet, sidecars and their games over real sockets, in one process of its own, which
// says on being asked how long its event loop was held, which mistakes it made, and how much its journals have grown.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createMemoryJournal, type Journal } from "@muster/journal";
import { createSeededRandom, systemClock } from "@muster/kit";
import { createMatcher } from "@muster/matcher";
import { createMockFleet, parseFleetConfig } from "@muster/mock-fleet";
import { FleetServiceDefinition } from "@muster/proto/fleet";
import { grpcNetwork, serveGrpc } from "@muster/proto/grpc";
import { MatchmakingServiceDefinition, noProperties, TicketState } from "@muster/proto/matchmaking";
import { type Log, silentLog } from "@muster/service";
import { startGame } from "./game.ts";
import type { Ask, Probe } from "./probe.ts";
import { stackConfig } from "./stack-config.ts";

// Whoever started us is gone, however: nobody needs us any more.
process.on("disconnect", () => process.exit(0));

const faults: string[] = [];
const fault = (what: string) => (error: unknown) => {
  faults.push(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`.slice(0, 4_000));
};
process.on("uncaughtException", fault("an exception that nobody caught"));
process.on("unhandledRejection", fault("a rejection that nobody handled"));

const records = { matcher: 0, fleet: 0 };
const counted = (name: keyof typeof records): Journal => {
  const journal = createMemoryJournal();
  const append: Journal["append"] = (request) => {
    records[name] += request.records.length;
    return journal.append(request);
  };
  return { ...journal, append };
};
const log: Log = silentLog;
const random = createSeededRandom(1);
const words: Record<string, string> = {};

const games = new Map<string, Awaited<ReturnType<typeof startGame>>>();
const onFault = (error: unknown, path: string) => fault(`a handler of ${path}`)(error);
const served = Promise.withResolvers<string>();

const fleet = await createMockFleet({
  ...{
    journal: counted("fleet"),
    clock: systemClock,
    random,
    log,
    hostAddress: "",
    onFatal: fault("the fleet gave up"),
  },
  config: parseFleetConfig({ path: "/muster.json", directory: "/", sections: stackConfig.fleet }),
  processes: {
    start(launch) {
      const exit = Promise.withResolvers<{ how: string }>();
      const started = served.promise.then(async (hostAddress) => {
        const game = await startGame({ launch: { ...launch, hostAddress }, onFault, exit: exit.resolve });
        games.set(launch.processId, game);
        void exit.promise.then(() => games.delete(launch.processId));
        return game;
      });
      started.catch(fault("a game could not be started"));
      const end = () =>
        void started.then(
          (game) => game.end(),
          () => exit.resolve({ how: "not started" }),
        );
      return { exited: exit.promise, terminate: end, kill: end };
    },
    sweep: () => undefined,
    afflict: () => undefined,
    forget: () => undefined,
    async *readLog(processId, { follow, hasEnded }, signal) {
      yield new TextEncoder().encode(`log of ${processId}\n`);
      while (follow && !hasEnded() && !signal.aborted) await systemClock.sleep(50, signal);
    },
  },
});
const fleetServer = await serveGrpc({ bind: "127.0.0.1:0", services: fleet.services, onFault, drainMs: 0 });
served.resolve(fleetServer.address);
const matcher = await createMatcher({
  ...{ journal: counted("matcher"), clock: systemClock, random, log, network: grpcNetwork, owner: "matcher" },
  ...{ fleetAddress: fleetServer.address, endpoint: "127.0.0.1:7410", config: stackConfig.matcher },
  onFatal: fault("the matcher gave up"),
});
const matcherServer = await serveGrpc({ bind: "127.0.0.1:0", services: matcher.services, onFault, drainMs: 0 });
const tickets = grpcNetwork.connect(matcherServer.address).client(MatchmakingServiceDefinition);
const sessions = grpcNetwork.connect(fleetServer.address).client(FleetServiceDefinition);

const solo = (playerId: string) => ({ playerId, attributes: { skill: 10 }, latenciesMs: {}, team: "" });
await tickets.startMatching({ ...noProperties, configuration: "group", ticketId: "waiting", players: [solo("waits")] });

/** Makes a match, unless there is one that lives, so that there is a session with seats to be attacked. */
let matches = 0;
async function refresh(): Promise<void> {
  const { sessions: found } = await sessions.describeServerSessions({ battleSessionIds: [], includeEnded: false });
  const seated = found.some(
    (one) =>
      one.battleSessionId === words.session &&
      one.playerSessions.some((seat) => seat.playerSessionId === words.seat && seat.expiresAt),
  );
  if (seated) return;
  // A fleet that was drained or made smaller rightly serves nobody: who may say so may take it back.
  for (const { name } of stackConfig.fleet.fleets) {
    await sessions.drainFleet({ fleet: name, undo: true, force: false });
    await sessions.scaleFleet({ fleet: name, scaling: undefined });
  }
  matches += 1;
  const ids = [`own${matches}a`, `own${matches}b`];
  for (const id of ids)
    await tickets.startMatching({ ...noProperties, configuration: "duel", ticketId: id, players: [solo(id)] });
  for await (const { ticket, resumeToken } of tickets.watchTickets({
    ticketIds: ids.slice(0, 1),
    configuration: "",
    resumeToken: "",
  })) {
    words.ticketToken = resumeToken;
    if (ticket && ticket.state > TicketState.COMPLETED) throw new Error(`the stack's own match ends: ${ticket.cause}`);
    if (ticket?.state !== TicketState.COMPLETED) continue;
    words.otherSession = words.session ?? "";
    words.otherSeat = words.seat ?? "";
    words.ticket = ticket.ticketId;
    words.session = ticket.assignment?.battleSessionId ?? "";
    words.seat = ticket.assignment?.players.find((one) => one.playerSessionId !== "")?.playerSessionId ?? "";
    words.placement = `${ticket.matchId}.1`;
    break;
  }
  for await (const { resumeToken, event } of sessions.watchSessions({ owner: "", resumeToken: "" })) {
    words.feedToken = resumeToken;
    if (event?.$case === "snapshotEnd") break;
  }
  const { sessions: after } = await sessions.describeServerSessions({
    battleSessionIds: [words.session ?? ""],
    includeEnded: false,
  });
  const game = games.get(after[0]?.processId ?? "");
  if (game) Object.assign(words, { process: game.launch.processId, secret: game.launch.secret, sidecar: game.address });
}

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");
const loop = monitorEventLoopDelay({ resolution: 5 });
loop.enable();
let cpu = process.cpuUsage();

async function probe(ask: Ask): Promise<Probe> {
  // What was sent may have ended what a match needs; that the next ones fail as well is a fault.
  if (ask.refresh) await refresh().catch(refresh).catch(refresh).catch(fault("no match comes about any more"));
  if (ask.collect && typeof collect === "function") collect();
  const { user, system } = process.cpuUsage(cpu);
  const answer: Probe = {
    blockMs: loop.max / 1_000_000,
    cpuMs: (user + system) / 1_000,
    faults: faults.splice(0),
    records: { ...records },
    words: { ...words },
    addresses: { matcher: matcherServer.address, fleet: fleetServer.address, sidecar: words.sidecar ?? "" },
    heapBytes: process.memoryUsage().heapUsed,
    handles: process.getActiveResourcesInfo().length,
  };
  loop.reset();
  cpu = process.cpuUsage();
  return answer;
}

process.on("message", (ask: Ask) => {
  void probe(ask).then((answer) => process.send?.({ id: ask.id, answer }));
});
process.send?.({ id: 0 });
