// One run of a simulated process. What it was given stops working the moment it is killed, as everything does for a process
// that gets SIGKILL: its sleeps never end, its writes never return, its calls never answer. While it stands still (SIGSTOP)
// whatever reaches it waits, and happens in order when it goes on.
import type { Clock } from "@muster/kit";
import type { MemoryNetwork, Network } from "@muster/proto/rpc";

/** How the clock of a machine goes. */
export type Dial = {
  /** Of the wall clock, in ms; changes at any moment. */
  wallOffsetMs: number;
  /** Its seconds in one of the simulation's. Fixed for a life. */
  readonly rate: number;
};

export type Life = {
  readonly node: string;
  readonly clock: Clock;
  readonly network: Network;
  readonly dead: boolean;
  readonly paused: boolean;
  /** Called at the moment of its death. */
  atDeath(listener: () => void): void;
  /** Resolves when the process is dead. */
  readonly over: Promise<void>;
  /** Runs what reaches the process from outside: now, when it goes on, or never. */
  enter(run: () => void): void;
  /** The same for the end of a promise. */
  within<Value>(work: Promise<Value>): Promise<Value>;
  /** An object whose promises and streams go on only while the process lives. */
  guard<Port extends object>(port: Port): Port;
  kill(): void;
  pause(): void;
  resume(): void;
};

export interface Lives {
  start(node: string, dial?: Dial): Life;
  /** How many sleeps of living processes are under way. */
  readonly sleepers: number;
  /** For the network: what becomes of a frame that reaches `node`. */
  readonly arrive: (node: string, run: () => void) => void;
}

export type LivesOptions = {
  readonly clock: Clock;
  readonly network: () => MemoryNetwork;
  /** Wall-clock ms at which the simulation starts. */
  readonly wallStartMs: number;
};

const TRUE_DIAL: Dial = { wallOffsetMs: 0, rate: 1 };

export function createLives({ clock, network, wallStartMs }: LivesOptions): Lives {
  const lives = new Map<string, Life>();
  const dead = new Set<string>();
  const sleeping = new Map<string, number>();
  return {
    start(node, dial = TRUE_DIAL) {
      let isDead = false;
      const over = Promise.withResolvers<void>();
      const mourners: (() => void)[] = [];
      let parked: (() => void)[] | undefined;
      const enter = (run: () => void) => {
        if (isDead) return;
        if (parked) parked.push(run);
        else run();
      };
      const within = <Value>(work: Promise<Value>): Promise<Value> =>
        new Promise((resolve, reject) => {
          work.then(
            (value) => enter(() => resolve(value)),
            (error: unknown) => enter(() => reject(error)),
          );
        });
      const memory = network();
      const life: Life = {
        node,
        clock: {
          nowMs: dial.rate === 1 ? clock.nowMs : () => clock.nowMs() * dial.rate,
          wallMs: () => wallStartMs + clock.nowMs() * dial.rate + dial.wallOffsetMs,
          sleep: (delayMs, signal) =>
            new Promise((resolve, reject) => {
              sleeping.set(node, (sleeping.get(node) ?? 0) + 1);
              const wake = (go: () => void) => {
                const others = sleeping.get(node);
                if (others !== undefined) sleeping.set(node, others - 1);
                enter(go);
              };
              clock.sleep(delayMs / dial.rate, signal).then(
                () => wake(resolve),
                (error: unknown) => wake(() => reject(error)),
              );
            }),
        },
        network: memory.from(node),
        get dead() {
          return isDead;
        },
        get paused() {
          return parked !== undefined;
        },
        atDeath: (listener) => void mourners.push(listener),
        over: over.promise,
        enter,
        within,
        guard: (port) => guardPort(port, { isDead: () => isDead, within }),
        kill() {
          if (isDead) return;
          isDead = true;
          parked = undefined;
          lives.delete(node);
          sleeping.delete(node);
          dead.add(node);
          for (const mourner of mourners) mourner();
          memory.breakNode(node);
          over.resolve();
        },
        pause() {
          if (!isDead) parked ??= [];
        },
        resume() {
          const waiting = parked ?? [];
          parked = undefined;
          for (const run of waiting) enter(run);
        },
      };
      lives.set(node, life);
      return life;
    },
    get sleepers() {
      return [...sleeping.values()].reduce((sum, count) => sum + count, 0);
    },
    arrive(node, run) {
      const life = lives.get(node);
      if (life) life.enter(run);
      else if (!dead.has(node)) run(); // An address without a process: the network says that nobody answers.
    },
  };
}

type Guard = { readonly isDead: () => boolean; readonly within: <Value>(work: Promise<Value>) => Promise<Value> };

function guardPort<Port extends object>(port: Port, { isDead, within }: Guard): Port {
  return new Proxy(port, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== "function") return value;
      return (...args: readonly unknown[]) => {
        if (isDead()) return new Promise(() => undefined);
        const result: unknown = Reflect.apply(value, target, args);
        if (result instanceof Promise) return within(result);
        return isStream(result) ? guardStream(result, within) : result;
      };
    },
  });
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

async function* guardStream(stream: AsyncIterable<unknown>, within: Guard["within"]): AsyncGenerator<unknown> {
  const items = stream[Symbol.asyncIterator]();
  for (;;) {
    const next = await within(items.next());
    if (next.done) return;
    yield next.value;
  }
}
