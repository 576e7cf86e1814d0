// The SDK against sidecars and matchers that lie, break, or are of another time: the game or the backend lives, its calls end,
// and what went wrong is told by a MusterError.
import { createSeededRandom, systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { grpcNetwork } from "@muster/proto/grpc";
import { connectWith } from "@muster/sdk";
import { connectMatcherWith } from "@muster/sdk/backend";
import fc from "fast-check";
import { attackClient } from "../client-attack.ts";
import { getMethod, methods, pathOf } from "../contract.ts";
import { Finding } from "../finding.ts";
import { type AnswerInput, answersTo, writeAnswer } from "../hostile-answers.ts";
import type { HostileAnswer } from "../stack/hostile-server.ts";
import { defineTarget } from "../target.ts";
import { encodeFields } from "../wire-value.ts";

type Answers = Readonly<Record<string, AnswerInput>>;

/** How long a call of the SDK may take with its retries, in ms, and when one that has not ended counts as hanging. */
const CALL_MS = 150;
const HANG_MS = 5_000;

const WATCH = "/muster.sdk.v1.GameServerService/Watch";
const answersOf = (service: string): fc.Arbitrary<Answers> => {
  const served = methods.filter((method) => method.parent.typeName === service);
  return fc.record(Object.fromEntries(served.map((method) => [pathOf(method), answersTo(getMethod(pathOf(method)))])));
};
/** A stream of the sidecar begins so; without it the SDK does not connect, and nothing that follows is heard. */
const opened = Buffer.concat([
  Buffer.of(0, 0, 0, 0, 10),
  encodeFields(
    [{ number: 1, value: { type: "message", fields: [{ number: 3, value: { type: "text", text: "proc_1" } }] } }],
    {},
  ),
]);

const wireAnswers = (answers: Answers): ReadonlyMap<string, HostileAnswer> =>
  new Map(Object.entries(answers).map(([path, answer]) => [path, writeAnswer(answer)]));

export const gameSdk = defineTarget({
  name: "game-sdk",
  shortRuns: 15,
  about: "@muster/sdk against a hostile sidecar",
  input: fc.record({
    answers: answersOf("muster.sdk.v1.GameServerService"),
    isOpened: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  }),
  open: () =>
    attackClient(({ answers, isOpened }: { readonly answers: Answers; readonly isOpened: boolean }) => {
      const wire = new Map(wireAnswers(answers));
      const watch = wire.get(WATCH);
      if (watch && isOpened) wire.set(WATCH, { ...watch, chunks: [opened, ...watch.chunks] });
      return { wire, play: playGame };
    }),
});

export const backendSdk = defineTarget({
  name: "backend-sdk",
  shortRuns: 15,
  about: "@muster/sdk/backend against a hostile matcher",
  input: answersOf("muster.matchmaking.v1.MatchmakingService"),
  open: () => attackClient((answers: Answers) => ({ wire: wireAnswers(answers), play: playBackend })),
});

async function playGame(address: string): Promise<void> {
  const connecting = connectWith({
    ...{ network: grpcNetwork, address, clock: systemClock, random: createSeededRandom(1), exit: () => undefined },
    ...{ connectTimeoutMs: CALL_MS, callTimeoutMs: CALL_MS, callbackTimeoutMs: CALL_MS },
  });
  const sidecar = await ended("connect", connecting);
  if (!sidecar) return;
  sidecar.onError(() => undefined); // It says what it could not do: that is what it should.
  sidecar.onStartBattleSession((session) => session.activate());
  sidecar.onBattleSessionUpdated(({ session }) => void session.players.length);
  sidecar.onHealthCheck(() => true);
  sidecar.onProcessTerminate(() => undefined);
  sidecar.finished.catch(() => undefined); // It may well end.
  const [session] = sidecar.sessions;
  await Promise.all([
    ended("processReady", sidecar.processReady()),
    ended("acceptPlayerSession", sidecar.acceptPlayerSession("ps_1")),
    ...(session
      ? [
          ended("activate", session.activate()),
          ended("startBackfill", session.startBackfill()),
          ended("describeBackfill", session.describeBackfill()),
          ended("terminate", session.terminate()),
        ]
      : []),
  ]);
  await ended("processEnding", sidecar.processEnding());
  await ended("close", sidecar.close());
}

async function playBackend(address: string): Promise<void> {
  const matcher = connectMatcherWith({
    ...{ network: grpcNetwork, address, clock: systemClock, random: createSeededRandom(1), callTimeoutMs: CALL_MS },
  });
  const ticket = { configuration: "duel", ticketId: "t1", players: [{ playerId: "p1" }] };
  const stop = AbortSignal.timeout(CALL_MS);
  // Called off, it waits until it knows how the ticket ended, which this matcher may never say: closing ends it.
  const matched = matcher.match(ticket, { signal: stop });
  matched.catch(() => undefined); // Looked at below.
  await Promise.all([
    ended("startMatching", matcher.startMatching(ticket)),
    ended("cancelMatching", matcher.cancelMatching("t1")),
    ended("describeMatchingProgress", matcher.describeMatchingProgress(["t1"])),
    ended("watchTickets", readAll(matcher.watchTickets({ ticketIds: ["t1"] }, { signal: stop }))),
  ]);
  await ended("close", matcher.close());
  await ended("match", matched);
}

async function readAll(events: AsyncIterable<unknown>): Promise<void> {
  let count = 0;
  for await (const _ of events) {
    count += 1;
    if (count > 1_000) return;
  }
}

/** What a call of the SDK ends with; nothing if it rejects, as it may with a MusterError alone. */
async function ended<Value>(name: string, call: Promise<Value>): Promise<Value | undefined> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Finding(`${name} has no end after ${HANG_MS} ms`)), HANG_MS);
  try {
    return await Promise.race([call, late.promise]);
  } catch (error) {
    if (error instanceof MusterError) return undefined;
    throw error instanceof Finding
      ? error
      : new Finding(`${name} rejects with no MusterError: ${String(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
