// Matcher and sidecar against fleets that lie, break, or are of another time: neither gives up, and both still answer.
import { createMemoryJournal } from "@muster/journal";
import { createSeededRandom, systemClock } from "@muster/kit";
import { createMatcher } from "@muster/matcher";
import { MusterError } from "@muster/proto";
import { grpcNetwork } from "@muster/proto/grpc";
import { MatchmakingServiceDefinition, noProperties } from "@muster/proto/matchmaking";
import { createMemoryNetwork, type Implementation } from "@muster/proto/rpc";
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import { silentLog } from "@muster/service";
import { createSidecar } from "@muster/sidecar";
import fc from "fast-check";
import { attackClient } from "../client-attack.ts";
import { methods, pathOf } from "../contract.ts";
import { Finding } from "../finding.ts";
import { type AnswerInput, answersTo, writeAnswer } from "../hostile-answers.ts";
import { stackConfig } from "../stack/stack-config.ts";
import { defineTarget } from "../target.ts";

type Answers = Readonly<Record<string, AnswerInput>>;

const answersOf = (service: string): fc.Arbitrary<Answers> => {
  const served = methods.filter((method) => method.parent.typeName === service);
  return fc.record(Object.fromEntries(served.map((method) => [pathOf(method), answersTo(method)])));
};
const wireOf = (answers: Answers) =>
  new Map(Object.entries(answers).map(([path, answer]) => [path, writeAnswer(answer)]));

/** How long each of them is left alone with its fleet, in ms. */
const ALONE_MS = 60;

export const hostileFleetMatcher = defineTarget({
  name: "matcher-fleet",
  about: "the matcher against a hostile fleet",
  shortRuns: 12,
  input: answersOf("muster.fleet.v1.FleetService"),
  open: () => attackClient((answers: Answers) => ({ wire: wireOf(answers), play: playMatcher })),
});

export const hostileFleetSidecar = defineTarget({
  name: "sidecar-fleet",
  about: "the sidecar against a hostile fleet",
  shortRuns: 12,
  input: answersOf("muster.fleet.v1.HostService"),
  open: () => attackClient((answers: Answers) => ({ wire: wireOf(answers), play: playSidecar })),
});

async function playMatcher(fleetAddress: string): Promise<void> {
  const fatal: unknown[] = [];
  await using matcher = await createMatcher({
    ...{ journal: createMemoryJournal(), clock: systemClock, random: createSeededRandom(1), network: grpcNetwork },
    ...{ fleetAddress, endpoint: "127.0.0.1:1", owner: "matcher", config: stackConfig.matcher, log: silentLog },
    onFatal: (error) => fatal.push(error),
  });
  const tickets = clientOf(matcher.services).client(MatchmakingServiceDefinition);
  for (const playerId of ["p1", "p2"]) {
    const players = [{ playerId, attributes: {}, latenciesMs: {}, team: "" }];
    await tickets.startMatching({ ...noProperties, configuration: "duel", ticketId: `t-${playerId}`, players });
  }
  await systemClock.sleep(ALONE_MS);
  if (fatal.length > 0) throw new Finding(`The matcher gives up: ${tell(fatal[0])}`);
  await tickets.describeMatchingProgress({ ticketIds: ["t-p1", "t-p2"] });
}

async function playSidecar(fleetAddress: string): Promise<void> {
  let generation = 0;
  await using sidecar = createSidecar({
    ...{ clock: systemClock, random: createSeededRandom(2), network: grpcNetwork, log: () => undefined },
    ...{ fleetAddress, fleet: "eu", processId: "proc_1", incarnation: 1, secret: "s", token: "", matchers: [] },
    ready: undefined,
    nextAttachGeneration: () => {
      generation += 1;
      return generation;
    },
    onReady: () => undefined,
  });
  const stop = new AbortController();
  const running = sidecar.run(stop.signal).catch((error: unknown) => {
    // The fleet's last word, such as PROCESS_FENCED, is its right; nothing else ends a sidecar.
    if (!(error instanceof MusterError)) throw new Finding(`The sidecar gives up: ${tell(error)}`);
  });
  const game = clientOf(sidecar.services).client(GameServerServiceDefinition);
  const refusable = async (call: Promise<unknown>) => {
    await call.catch((error: unknown) => {
      if (!(error instanceof MusterError)) throw error;
      if (error.reason === "INTERNAL_FAULT")
        throw new Finding(`The sidecar makes a mistake: ${tell(error.cause ?? error)}`);
    });
  };
  const watch = { sdkName: "", sdkVersion: "", sdkLanguage: "", resumeAfter: {} };
  const events = game.watch(watch, { signal: AbortSignal.timeout(ALONE_MS) })[Symbol.asyncIterator]();
  const deadlineMs = ALONE_MS;
  await Promise.all([
    refusable(drain(events)),
    refusable(game.processReady({ ports: {}, concurrentSessions: 1 }, { deadlineMs })),
    refusable(
      game.acceptPlayerSession({ playerSessionId: "ps_1", requestId: "q1", reconnectSecret: "" }, { deadlineMs }),
    ),
    refusable(game.activateBattleSession({ battleSessionId: "bs_1" }, { deadlineMs })),
  ]);
  stop.abort();
  await running;
}

async function drain(events: AsyncIterator<unknown>): Promise<void> {
  for (let next = await events.next(); next.done !== true; next = await events.next());
}

/** Calls without a socket: what is between us and the one under attack is not what is attacked. */
function clientOf(services: readonly Implementation[]) {
  const network = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(3) });
  network.serve("attacked", services);
  return network.from("caller").connect("attacked");
}

function tell(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
