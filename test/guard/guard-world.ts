// Two projects behind one guard, on virtual time and an in-memory network: real matchers, the real guard, and callers with keys of
// every role, of none, of both projects, and of somebody who should have none any more. They use the same ids on purpose.
import { createMemoryJournal, type Journal } from "@muster/journal";
import { createVirtualClock, type VirtualClock } from "@muster/kit/testing";
import { createMatcher, type MatcherConfig } from "@muster/matcher";
import { factCodec, nameOfProject, routeProjects } from "@muster/matcher/testing";
import { MusterError } from "@muster/proto";
import {
  BackfillServiceDefinition,
  ConfigurationServiceDefinition,
  MatchmakingConfiguration,
  MatchmakingServiceDefinition,
  StartMatchingRequest,
} from "@muster/proto/matchmaking";
import { createMemoryNetwork, type Role } from "@muster/proto/rpc";
import { hashKey, silentLog } from "@muster/service";
import { type Access, createKeyring, guardServices } from "@muster/service/testing";
import { type Chance, createChance } from "../sim/engine/chance.ts";
import { createShedChecker, type ShedLimits } from "./check-shed.ts";
import { createTenantChecker } from "./check-tenant.ts";
import { hearAtDoor, type See } from "./door.ts";
import type { GivenKey, Seen } from "./seen.ts";

/** So little that everything is too much now and then. */
const LIMITS: ShedLimits = { callsMax: 2, streamsMax: 3, perSecond: 40, burst: 4 };
const PROJECTS = ["default", "other"];
/** How long callers call, in ms. */
const BUSY_MS = 3_000;
const CALLERS = 16;
/** Mean pause of a caller between two calls, in ms. */
const PAUSE_MS = 30;
/** Mean time between two changes of who has a key, in ms. */
const KEYS_MS = 300;
const DELAY_MS_MAX = 8;
const WRITE_MS_MAX = 12;

const config: MatcherConfig = {
  ruleSets: [
    {
      name: "duel",
      document: JSON.stringify({ version: "v1.0", teams: [{ name: "all", minPlayers: 3, maxPlayers: 3 }] }),
    },
  ],
  configurations: [
    {
      ...{ name: "duel", ruleSet: "duel", queue: undefined, requestTimeoutMs: 2_000, autoBackfill: false, settleMs: 5 },
      ...{ properties: {}, data: "", placementRetries: 0 },
    },
  ],
};

type Holder = { readonly name: string; readonly role: Role; readonly project: string };

/** Two of each name, so that whoever takes one for the other is found out. */
const HOLDERS: readonly Holder[] = [
  ...PROJECTS.flatMap((project) => [
    { name: "backend", role: "BACKEND", project } as const,
    { name: "operator", role: "OPERATOR", project } as const,
    { name: "observer", role: "OBSERVER", project } as const,
    { name: "server", role: "GAME_SERVER", project } as const,
  ]),
  { name: "chief", role: "OPERATOR", project: "*" },
];

export type GuardRun = { readonly seen: number; readonly counts: Readonly<Record<string, number>> };

/** Plays one seed. @throws {BrokenPromise}, or what a matcher stopped for. */
export async function runGuardWorld(seed: number): Promise<GuardRun> {
  const clock = createVirtualClock(1_000_000);
  const checkers = [createTenantChecker(), createShedChecker(LIMITS)];
  const counts: Record<string, number> = {};
  let failure: { readonly error: unknown } | undefined;
  let observations = 0;
  const fail = (error: unknown) => {
    failure ??= { error };
  };
  const see: See = (one) => {
    const seen = { atMs: clock.nowMs(), ...one } as Seen;
    observations += 1;
    if (seen.type === "left") {
      const name = `${seen.visit.method}: ${seen.reason ?? "OK"}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    try {
      for (const check of checkers) check(seen);
    } catch (error) {
      fail(error);
    }
  };
  const chance = createChance(seed, "guard");
  const net = createMemoryNetwork({
    clock,
    random: chance,
    weather: ({ part }) => ({
      delayMs: chance.fraction() * DELAY_MS_MAX,
      ...(part === "request" && chance.happens(0.05) && { againAfterMs: chance.fraction() * DELAY_MS_MAX }),
    }),
  });
  const matchers = new Map(
    await passing(
      clock,
      Promise.all(
        PROJECTS.map(async (project) => {
          const matcher = await createMatcher({
            ...{ project, config, clock, random: createChance(seed, project), log: silentLog, onFatal: fail },
            journal: heardJournal(clock, createChance(seed, `disk of ${project}`), { project, see }),
            ...{ network: net.from(project), fleetAddress: "nobody", endpoint: "matcher" },
            owner: nameOfProject("matcher", project),
          });
          return [project, matcher] as const;
        }),
      ),
    ),
  );
  const keys = createKeys(createChance(seed, "keys"));
  const keyring = createKeyring(accessOf(keys.present));
  const put = () => {
    keyring.replace(accessOf(keys.present));
    see({ type: "keys", keys: keys.present });
  };
  put();
  const { callsMax, streamsMax } = LIMITS;
  const guard = (services: Parameters<typeof guardServices>[0]) =>
    guardServices(services, { keyring, clock, log: silentLog, callsMax, streamsMax });
  net.serve("matcher", hearAtDoor(routeProjects(matchers), guard, see));

  const ends = new AbortController();
  const untilMs = clock.nowMs() + BUSY_MS;
  const isOver = () => clock.nowMs() >= untilMs || failure !== undefined;
  const callers = Array.from({ length: CALLERS }, (_none, index) =>
    call({ net, clock, chance: createChance(seed, `caller ${index}`), keys, isOver, signal: ends.signal }),
  );
  const changes = async () => {
    while (!isOver()) {
      await clock.sleep(chance.wait(KEYS_MS));
      keys.change();
      put();
    }
  };
  const all = Promise.all([...callers, changes()]).catch(fail);
  await passing(clock, all);
  ends.abort();
  await clock.advance(500);
  see({ type: "quiet" });
  await passing(clock, Promise.all(Array.from(matchers.values(), (one) => one[Symbol.asyncDispose]())));
  if (failure) throw failure.error;
  return { seen: observations, counts };
}

async function passing<Value>(clock: VirtualClock, work: Promise<Value>): Promise<Value> {
  let isDone = false;
  const settled = work.finally(() => {
    isDone = true;
  });
  settled.catch(() => undefined); // Whoever awaits it below hears of it.
  while (!isDone && (await clock.advanceToNext()));
  return await settled;
}

function heardJournal(
  clock: VirtualClock,
  chance: Chance,
  { project, see }: { readonly project: string; readonly see: See },
): Journal {
  const journal = createMemoryJournal({ clock, writeMs: () => chance.fraction() * WRITE_MS_MAX });
  return {
    ...journal,
    async append(request) {
      for (const { kind, body } of request.records) {
        see({ type: "fact", project, fact: factCodec.decode(kind, body).fact });
      }
      return await journal.append(request);
    },
  };
}

function accessOf(keys: readonly GivenKey[]): Access {
  const { perSecond, burst } = LIMITS;
  return {
    secretVariables: [],
    identities: keys.map(({ key, name, role, project }) => ({
      ...{ name, role, project, proof: { sha256: hashKey(key) }, rate: undefined },
    })),
    perKey: { perSecond, burst },
    perPlayer: undefined,
  };
}

interface Keys {
  readonly present: readonly GivenKey[];
  /** A key that counts, mostly; or one that did, or that nobody ever had, or none. */
  draw(chance: Chance): { readonly key: string; readonly project: string };
  /** One is exchanged, given a second one beside it, or taken out; or who has none gets one. */
  change(): void;
}

function createKeys(chance: Chance): Keys {
  let count = 0;
  const give = (holder: Holder): GivenKey => {
    count += 1;
    return { ...holder, key: `key-of-${holder.name}-${holder.project}-${count}`.padEnd(40, "x") };
  };
  let present: readonly GivenKey[] = HOLDERS.map(give);
  let former: readonly GivenKey[] = [];
  return {
    get present() {
      return present;
    },
    draw(by) {
      if (by.happens(0.75)) return by.pick(present);
      if (former.length > 0 && by.happens(0.5)) return by.pick(former);
      return { key: by.happens(0.5) ? "" : "nobody".padEnd(40, "?"), project: "default" };
    },
    change() {
      const holder = chance.pick(HOLDERS);
      const isTheirs = ({ name, project }: Holder) => name === holder.name && project === holder.project;
      const theirs = present.filter(isTheirs);
      const more = theirs.length === 0 || chance.happens(0.5) ? [give(holder)] : [];
      const gone = chance.happens(0.6) ? theirs : [];
      former = [...former, ...gone].slice(-12);
      present = [...present.filter((key) => !gone.includes(key)), ...more];
    },
  };
}

type CallerParts = {
  readonly net: ReturnType<typeof createMemoryNetwork>;
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly keys: Keys;
  readonly isOver: () => boolean;
  readonly signal: AbortSignal;
};

async function call({ net, clock, chance, keys, isOver, signal }: CallerParts): Promise<void> {
  const streams: Promise<void>[] = [];
  while (!isOver()) {
    await clock.sleep(chance.wait(PAUSE_MS));
    const { key, project } = keys.draw(chance);
    const says = chance.happens(0.3) ? chance.pick(PROJECTS) : undefined;
    const home = project === "*" ? (says ?? "default") : project;
    const options = { token: key, ...(says !== undefined && { project: says }) };
    const peer = net.from("caller").connect("matcher", options);
    const matching = peer.client(MatchmakingServiceDefinition);
    const configurations = peer.client(ConfigurationServiceDefinition);
    const ticketId = `t${chance.below(20)}`;
    const player = { playerId: `p${ticketId}`, attributes: { home }, latenciesMs: {}, team: "" };
    const start = StartMatchingRequest.fromPartial({ configuration: "duel", ticketId, players: [player] });
    const watch = async () => {
      const stop = new AbortController();
      clock.sleep(chance.wait(200), signal).then(
        () => stop.abort(),
        () => stop.abort(),
      );
      const request = { ticketIds: [], configuration: "duel", resumeToken: "" };
      for await (const _event of matching.watchTickets(request, { signal: stop.signal }));
    };
    const configuration = MatchmakingConfiguration.fromPartial({
      name: "own",
      ruleSet: "duel",
      data: String(chance.below(5)),
    });
    const calls: readonly (() => Promise<unknown>)[] = [
      () => matching.startMatching(start),
      () => matching.startMatching(start),
      () => matching.cancelMatching({ ticketId }),
      () => matching.describeMatchingProgress({ ticketIds: [ticketId] }),
      () => configurations.listConfigurations({}),
      () => configurations.putConfiguration({ configuration }),
      () =>
        peer
          .client(BackfillServiceDefinition)
          .describeBackfill({ battleSessionId: "bs_1", capability: chance.pick(["", "guessed"]) }),
      async () => void streams.push(watch().catch(ignoreRefusal)),
    ];
    const made = chance.pick(calls)().catch(ignoreRefusal);
    if (chance.happens(0.5)) await made;
  }
  await Promise.all(streams);
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof MusterError)) throw error;
}
