// A game on virtual time beside a scripted sidecar: no socket, no wait. Used by the SDK's own tests.
import { createSeededRandom } from "@muster/kit";
import { createVirtualClock, type VirtualClock } from "@muster/kit/testing";
import type { MusterError } from "@muster/proto";
import { createMemoryNetwork, type MemoryNetwork } from "@muster/proto/rpc";
import type { ErrorContext } from "./callbacks.ts";
import { type ConnectWithOptions, connectWith } from "./connect.ts";
import {
  createScriptedSidecar,
  type ScriptedSidecar,
  type SidecarScript,
  sessionOf,
} from "./scripted-sidecar.fixture.ts";
import type { BattleSessionUpdate } from "./sessions.ts";
import type { Sidecar } from "./sidecar.ts";

export type ScriptedGame = AsyncDisposable & {
  readonly sidecar: Sidecar;
  readonly script: ScriptedSidecar;
  readonly clock: VirtualClock;
  readonly memory: MemoryNetwork;
  /** What onError heard. */
  readonly errors: { readonly error: unknown; readonly context: ErrorContext }[];
  readonly exits: number[];
  /** Lets everything that is on its way arrive. */
  settle(): Promise<void>;
  /** The outcome of a promise of the SDK's, with time going on until it is there. */
  outcome<Value>(work: Promise<Value>): Promise<Value>;
  /** Ends the scripted sidecar's node and lets another take its place. */
  restart(next?: SidecarScript): ScriptedSidecar;
};

/** A game that has connected. */
export async function startGame(
  script: SidecarScript = {},
  options: Partial<ConnectWithOptions> = {},
): Promise<ScriptedGame> {
  const clock = createVirtualClock(1_000);
  const random = createSeededRandom(7);
  const memory = createMemoryNetwork({ clock, random });
  const scripted = createScriptedSidecar(script);
  memory.serve("sidecar", scripted.services);
  const exits: number[] = [];
  const outcome = <Value>(work: Promise<Value>) => runUntilSettled(clock, work);
  const sidecar = await outcome(
    connectWith({
      network: memory.from("game"),
      address: "sidecar",
      token: "t0ken",
      clock,
      random,
      exit: (code) => exits.push(code),
      ...options,
    }),
  );
  const errors: { error: unknown; context: ErrorContext }[] = [];
  sidecar.onError((error, context) => errors.push({ error, context }));
  return {
    sidecar,
    script: scripted,
    clock,
    memory,
    errors,
    exits,
    settle: () => clock.advance(1),
    outcome,
    restart(next) {
      memory.breakNode("sidecar");
      const successor = createScriptedSidecar(next);
      memory.serve("sidecar", successor.services);
      return successor;
    },
    async [Symbol.asyncDispose]() {
      await sidecar.close();
    },
  };
}

/** Advances time, 10 ms at once and at most a minute, until the promise has settled. */
export async function runUntilSettled<Value>(clock: VirtualClock, work: Promise<Value>): Promise<Value> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  work.then(settle, settle);
  for (let i = 0; i < 6_000 && !settled; i += 1) await clock.advance(10);
  return await work;
}

/** The reason of the error that the promise rejects with; fails if it resolves. */
export async function reasonOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as MusterError).reason;
  }
  throw new Error("the call resolved");
}

/** Lets `game` start `bs_1` and return from its start handler; answers with the updates that it hears. */
export async function startBattle(game: ScriptedGame): Promise<{ readonly heard: BattleSessionUpdate[] }> {
  const heard: BattleSessionUpdate[] = [];
  game.sidecar.onStartBattleSession(() => undefined);
  game.sidecar.onBattleSessionUpdated((update) => void heard.push(update));
  game.script.start(sessionOf("bs_1"));
  await game.settle();
  return { heard };
}

/** The one item. */
export function only<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined || items.length > 1) throw new Error(`there are ${items.length}`);
  return item;
}
