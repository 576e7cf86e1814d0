// A matcher with a scripted fleet on one network, with time in the test's hand, and what tests ask of it over and over.

import { createMemoryJournal, type MemoryJournal } from "@muster/journal";
import { createSeededRandom, type Metrics } from "@muster/kit";
import { createVirtualClock, type VirtualClock } from "@muster/kit/testing";
import {
  BackfillServiceDefinition,
  ConfigurationServiceDefinition,
  EventServiceDefinition,
  JoinTokenServiceDefinition,
  MatchmakingServiceDefinition,
  noProperties,
  PartyServiceDefinition,
  PlayerDataServiceDefinition,
  type Ticket,
  TicketState,
  type WatchTicketsRequest,
  type WatchTicketsResponse,
} from "@muster/proto/matchmaking";
import {
  type CallContext,
  type Client,
  createMemoryNetwork,
  type Implementation,
  type MemoryNetwork,
  type Network,
} from "@muster/proto/rpc";
import { type Log, silentLog } from "@muster/service";
import type { MatcherConfig } from "./config.ts";
import type { Configuration } from "./core/configuration.ts";
import type { EventPush } from "./events/event-push.ts";
import type { HookCaller } from "./hooks/hook-caller.ts";
import type { JoinWebKey } from "./join-tokens/join-key-set.ts";
import { createMatcher, type Matcher } from "./matcher.ts";
import type { MatcherOptions } from "./matcher-options.ts";
import type { PutResult } from "./put-config.ts";
import { createScriptedFleet, type ScriptedFleet } from "./scripted-fleet.fixture.ts";

/** Two teams of 1 to 3, equal in size. */
export const EQUAL_TEAMS = {
  version: "v1.0",
  teams: [
    { name: "red", minPlayers: 1, maxPlayers: 3 },
    { name: "blue", minPlayers: 1, maxPlayers: 3 },
  ],
  rules: [{ name: "equal", type: "comparisonRule", measurements: ["count(teams[*].players)"], operation: "=" }],
};

/** Two players, one against the other. */
export const DUEL = {
  version: "v1.0",
  teams: [
    { name: "red", minPlayers: 1, maxPlayers: 1 },
    { name: "blue", minPlayers: 1, maxPlayers: 1 },
  ],
};

export function configurationOf(changes: Partial<Configuration> = {}): Configuration {
  return {
    name: "duel",
    ruleSet: "duel",
    queue: "queue",
    requestTimeoutMs: 60_000,
    autoBackfill: false,
    settleMs: 10,
    properties: {},
    data: "",
    placementRetries: 2,
    ...changes,
  };
}

export const worldConfig: MatcherConfig = {
  ruleSets: [
    { name: "duel", document: JSON.stringify(DUEL) },
    { name: "equal", document: JSON.stringify(EQUAL_TEAMS) },
  ],
  configurations: [
    configurationOf(),
    configurationOf({ name: "group", queue: undefined }),
    configurationOf({ name: "equal", ruleSet: "equal" }),
    configurationOf({ name: "auto", ruleSet: "equal", autoBackfill: true }),
  ],
};

export type World = AsyncDisposable & {
  readonly clock: VirtualClock;
  readonly fleet: ScriptedFleet;
  readonly net: MemoryNetwork;
  readonly journal: MemoryJournal;
  readonly faults: unknown[];
  readonly matching: Client<typeof MatchmakingServiceDefinition>;
  readonly backfill: Client<typeof BackfillServiceDefinition>;
  readonly configurations: Client<typeof ConfigurationServiceDefinition>;
  readonly playerData: Client<typeof PlayerDataServiceDefinition>;
  readonly parties: Client<typeof PartyServiceDefinition>;
  readonly events: Client<typeof EventServiceDefinition>;
  readonly joins: Client<typeof JoinTokenServiceDefinition>;
  /** Public keys of join tokens. */
  joinKeys(): Promise<readonly JoinWebKey[]>;
  /** Lets messages and waits of this instant pass until the call has its answer. The clients of the world do it by themselves. */
  run<Value>(call: Promise<Value>): Promise<Value>;
  /** As the file of a running matcher is put. */
  putConfig(config: MatcherConfig): Promise<PutResult>;
  /** Queues one player, or a party, each with its own name as id. */
  queue(configuration: string, ...players: readonly string[]): Promise<Ticket>;
  ticket(id: string): Promise<Ticket>;
  state(id: string): Promise<string>;
  /** Events of a watch as they come, until the world ends. */
  collect(request: Partial<WatchTicketsRequest>): WatchTicketsResponse[];
  /** Kills the matcher as power does, and starts it anew on what was durable. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
};

export async function createWorld(
  options: {
    readonly config?: MatcherConfig;
    readonly seed?: number;
    readonly delayMsMax?: number;
    /** Whether the journal's disk has no room now. */
    readonly isFull?: () => boolean;
    readonly log?: Log;
    readonly snapshotEveryFacts?: number;
    readonly events?: EventPush;
    /** Who may come how often, as whoever guards the services would say it. */
    readonly admitPlayers?: CallContext["admitPlayers"];
    readonly joinTokens?: MatcherOptions["joinTokens"];
    readonly cancelledAtOnceMax?: number;
    readonly hooks?: HookCaller;
    readonly metrics?: Metrics;
  } = {},
): Promise<World> {
  const clock = createVirtualClock(1_000_000);
  const random = createSeededRandom(options.seed ?? 1);
  const net = createMemoryNetwork({ clock, random, delayMsMax: options.delayMsMax ?? 0 });
  const fleet = createScriptedFleet(clock);
  const journal = createMemoryJournal({ clock, isFull: options.isFull ?? (() => false) });
  const faults: unknown[] = [];
  net.serve("fleet", [fleet.service]);
  const caller: Network = net.from("backend");
  const peer = caller.connect("matcher");
  let matcher: Matcher | undefined;
  const ends = new AbortController();

  const start = async () => {
    matcher = await createMatcher({
      journal,
      clock,
      random,
      network: net.from("matcher"),
      fleetAddress: "fleet",
      endpoint: "matcher",
      owner: "matcher",
      config: options.config ?? worldConfig,
      log: options.log ?? silentLog,
      onFatal: (error) => faults.push(error),
      ...(options.events && { events: options.events }),
      ...(options.joinTokens && { joinTokens: options.joinTokens }),
      ...(options.cancelledAtOnceMax === undefined ? {} : { cancelledAtOnceMax: options.cancelledAtOnceMax }),
      ...(options.hooks && { hooks: options.hooks }),
      ...(options.metrics && { metrics: options.metrics }),
      ...(options.snapshotEveryFacts === undefined ? {} : { snapshotEveryFacts: options.snapshotEveryFacts }),
    });
    net.serve("matcher", admitting(matcher.services, options.admitPlayers));
    await clock.advance(1);
  };
  const stop = async () => {
    const stopping = matcher?.[Symbol.asyncDispose]();
    net.breakNode("matcher");
    await Promise.race([stopping, clock.advance(0)]);
    await stopping;
    await clock.advance(0);
  };
  const run = async <Value>(call: Promise<Value>): Promise<Value> => {
    let done = false;
    const settled = call.finally(() => {
      done = true;
    });
    settled.catch(() => undefined);
    for (let i = 0; i < 200 && !done; i += 1) await clock.advance(0);
    return settled;
  };
  const matching = driven(peer.client(MatchmakingServiceDefinition), run);
  const ticketOf = async (id: string): Promise<Ticket> => {
    const { tickets } = await matching.describeMatchingProgress({ ticketIds: [id] });
    if (!tickets[0]) throw new Error("no ticket");
    return tickets[0];
  };
  await start();
  return {
    clock,
    fleet,
    net,
    journal,
    faults,
    matching,
    run,
    backfill: driven(peer.client(BackfillServiceDefinition), run),
    configurations: driven(peer.client(ConfigurationServiceDefinition), run),
    playerData: driven(peer.client(PlayerDataServiceDefinition), run),
    parties: driven(peer.client(PartyServiceDefinition), run),
    events: driven(peer.client(EventServiceDefinition), run),
    joins: driven(peer.client(JoinTokenServiceDefinition), run),
    joinKeys: async () => (await matcher?.joinKeys()) ?? [],
    putConfig: async (config) => await (matcher?.putConfig(config) ?? Promise.reject(new Error("no matcher"))),
    async queue(configuration, ...players) {
      const request = {
        ...noProperties,
        configuration,
        ticketId: `t-${players.join("-")}`,
        players: players.map((playerId) => ({ playerId, attributes: {}, latenciesMs: {}, team: "" })),
      };
      const { ticket } = await matching.startMatching(request);
      if (!ticket) throw new Error("no ticket");
      return ticket;
    },
    ticket: ticketOf,
    async state(id) {
      const { state } = await ticketOf(id);
      return Object.keys(TicketState).find((word) => TicketState[word as keyof typeof TicketState] === state) ?? "";
    },
    collect(request) {
      const events: WatchTicketsResponse[] = [];
      const full = { ticketIds: [], configuration: "", resumeToken: "", ...request };
      const read = async () => {
        for await (const event of matching.watchTickets(full, { signal: ends.signal })) events.push(event);
      };
      read().catch(() => undefined); // The world, or the matcher, ends before the stream does.
      return events;
    },
    async restart() {
      journal.crash();
      await stop();
      faults.length = 0;
      await start();
    },
    stop,
    start,
    async [Symbol.asyncDispose]() {
      ends.abort();
      await stop();
    },
  };
}

/** The services, each of whose calls brings what says who comes too often. */
function admitting(services: readonly Implementation[], admitPlayers: CallContext["admitPlayers"]) {
  if (!admitPlayers) return services;
  return services.map((service) => {
    const handlers = Object.entries(service.handlers).map(([name, handler]) => {
      const guarded: typeof handler = (request, context) => handler(request, { ...context, admitPlayers });
      return [name, guarded] as const;
    });
    return { ...service, handlers: Object.fromEntries(handlers) };
  });
}

type Run = <Value>(call: Promise<Value>) => Promise<Value>;

/** The client, each of whose unary calls turns the clock until it is answered. Streams are read as they are. */
function driven<AnyClient extends object>(client: AnyClient, run: Run): AnyClient {
  return new Proxy(client, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== "function") return call;
      return (...args: readonly unknown[]) => {
        const answer: unknown = call(...args);
        return answer instanceof Promise ? run(answer) : answer;
      };
    },
  });
}
