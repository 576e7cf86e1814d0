// The deadlock that other sidecars have: one reader of the watch and many callers whose calls all make it news. Here 64 players
// come, break off and return as fast as they can, while the reader reads, then takes nothing, then is gone, and comes back.
import { type GameEar, openGameEar, openStage, type Stage } from "@muster/cli";
import { systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { grpcNetwork } from "@muster/proto/grpc";
import type { Client } from "@muster/proto/rpc";
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import { startSidecarHere, TOKEN } from "../sidecar-here.ts";

export type StormPlan = {
  readonly setters: number;
  /** How long each of the three acts lasts: so many rounds of every setter, or so many ms. */
  readonly act: { readonly rounds: number } | { readonly ms: number };
};

export type StormReport = {
  readonly calls: number;
  /** What calls were refused with. Empty: nothing. */
  readonly refusals: readonly string[];
  /** Calls answered in the slowest second of the storm; Infinity for one that is shorter. */
  readonly slowestSecond: number;
  /** The longest that one call took, in ms. */
  readonly longestMs: number;
  /** What was wrong with what the reader heard. */
  readonly fault: string | undefined;
  /** Whether the reader that came back knows what the fleet knows. */
  readonly agrees: boolean;
};

/** Before a call counts as hung, in ms. */
const CALL_MS = 10_000;

export async function runStorm({ setters, act }: StormPlan): Promise<StormReport> {
  await using stage = await openStage({ healthIntervalMs: 0, terminateMs: 100 });
  await using sidecar = await startSidecarHere(stage);
  await using peer = grpcNetwork.connect(sidecar.address, { token: TOKEN });
  const game = peer.client(GameServerServiceDefinition);
  let ear = openGameEar(game);
  const id = await begin(stage, game, { ear, setters });
  const seats = ear.sessions.get(id)?.playerSessions ?? [];
  const book = createCallBook();
  const players = await Promise.all(seats.map((seat) => comeIn(game, seat.playerSessionId)));
  const blow = () => Promise.all(players.map((player) => drive(game, player, { act, book, id })));

  await blow();
  const first = ear.fault;
  const read = ear.sessions.get(id)?.revision ?? 0;
  ear.close(); // Killed half-way through its news: the rest of the storm begins at once.
  await using idle = grpcNetwork.connect(sidecar.address, { token: TOKEN });
  const request = { sdkName: "never reads", sdkVersion: "", sdkLanguage: "", resumeAfter: { [id]: read } };
  const stalled = idle.client(GameServerServiceDefinition).watch(request)[Symbol.asyncIterator]();
  await stalled.next();
  await blow();
  await idle[Symbol.asyncDispose](); // Its connection breaks with all that it never read.
  await blow();

  ear = openGameEar(game);
  const agrees = await sees(stage, ear, id);
  ear.close();
  return { ...book.report(), fault: first ?? ear.fault, agrees };
}

type Game = Client<typeof GameServerServiceDefinition>;
type Player = { readonly playerSessionId: string; readonly reconnectSecret: string };

async function begin(stage: Stage, game: Game, { ear, setters }: { ear: GameEar; setters: number }): Promise<string> {
  await ear.next("Opened", () => true, 30_000);
  await game.processReady({ ports: {}, concurrentSessions: 1 });
  const names = Array.from({ length: setters }, (_, index) => `player ${index}`);
  const id = await stage.place(names, { capacity: setters });
  await ear.next("StartBattleSession", ({ $case }) => $case === "startBattleSession");
  await game.activateBattleSession({ battleSessionId: id });
  await ear.next("the battle", ({ $case }) => $case === "battleSessionUpdated");
  return id;
}

async function comeIn(game: Game, playerSessionId: string): Promise<Player> {
  const request = { playerSessionId, requestId: "first", reconnectSecret: "" };
  const { reconnectSecret } = await game.acceptPlayerSession(request);
  return { playerSessionId, reconnectSecret };
}

type Drive = { readonly act: StormPlan["act"]; readonly book: CallBook; readonly id: string };

/** One player breaks off and returns, and counts, over and over. */
async function drive(game: Game, player: Player, { act, book, id }: Drive): Promise<void> {
  const endsMs = "ms" in act ? systemClock.nowMs() + act.ms : Number.POSITIVE_INFINITY;
  const rounds = "rounds" in act ? act.rounds : Number.POSITIVE_INFINITY;
  const { playerSessionId, reconnectSecret } = player;
  for (let round = 0; round < rounds && systemClock.nowMs() < endsMs; round += 1) {
    await book.note((how) => game.disconnectPlayerSession({ playerSessionId }, how));
    await book.note((how) => game.reportCustomData({ battleSessionId: id, currentCount: round, maxCount: 64 }, how));
    const requestId = `back-${Math.floor(systemClock.nowMs() * 1_000)}`;
    await book.note((how) => game.acceptPlayerSession({ playerSessionId, requestId, reconnectSecret }, how));
  }
}

type CallBook = ReturnType<typeof createCallBook>;

function createCallBook() {
  const startedMs = systemClock.nowMs();
  const bySecond: number[] = [];
  const refusals = new Set<string>();
  let calls = 0;
  let longestMs = 0;
  return {
    async note(call: (how: { readonly deadlineMs: number }) => Promise<unknown>): Promise<void> {
      const beganMs = systemClock.nowMs();
      try {
        await call({ deadlineMs: CALL_MS });
      } catch (error) {
        if (!(error instanceof MusterError)) throw error;
        refusals.add(`${error.reason}: ${error.message}`);
      }
      const nowMs = systemClock.nowMs();
      calls += 1;
      longestMs = Math.max(longestMs, nowMs - beganMs);
      const second = Math.floor((nowMs - startedMs) / 1_000);
      while (bySecond.length <= second) bySecond.push(0);
      bySecond[second] = (bySecond[second] ?? 0) + 1;
    },
    report: () => ({
      calls,
      refusals: [...refusals],
      // The last one is not whole.
      slowestSecond: Math.min(...bySecond.slice(0, -1), Number.POSITIVE_INFINITY),
      longestMs: Math.round(longestMs),
    }),
  };
}

/** Whether the reader gets to know what the fleet knows. */
async function sees(stage: Stage, ear: GameEar, id: string): Promise<boolean> {
  await ear.next("SessionSnapshot", ({ $case }) => $case === "sessionSnapshot");
  const told = await stage.until(id, ({ revision }) => revision <= (ear.sessions.get(id)?.revision ?? 0));
  const seatsOf = (session: typeof told | undefined) =>
    session?.playerSessions.map(({ playerSessionId, state }) => `${playerSessionId} ${state}`).join();
  return (
    seatsOf(ear.sessions.get(id)) === seatsOf(told) && told.playerSessions.every(({ state }) => state === "ACTIVE")
  );
}
