// One run of a simulated process: what it was given stops working the moment it is killed, as everything does for a process
// that gets SIGKILL. Its sleeps never end, its writes never return, its calls fail.
import type { Journal } from "@muster/journal";
import type { Clock } from "@muster/kit";
import type { MemoryNetwork, Network } from "@muster/proto/rpc";

export type Life = {
  readonly node: string;
  readonly clock: Clock;
  readonly network: Network;
  readonly dead: boolean;
  journal(journal: Journal): Journal;
  kill(): void;
};

const never = () => new Promise<never>(() => undefined);

export function startLife(node: string, clock: Clock, memory: MemoryNetwork): Life {
  let dead = false;
  const alive =
    <Args extends readonly unknown[], Value>(call: (...args: Args) => Promise<Value>) =>
    async (...args: Args): Promise<Value> => {
      if (dead) return await never();
      try {
        const value = await call(...args);
        return dead ? await never() : value;
      } catch (error) {
        if (dead) return await never();
        throw error;
      }
    };
  return {
    node,
    clock: { nowMs: clock.nowMs, wallMs: clock.wallMs, sleep: alive(clock.sleep) },
    network: memory.from(node),
    get dead() {
      return dead;
    },
    journal: (journal) => ({
      ...journal,
      acquire: alive(journal.acquire),
      renew: alive(journal.renew),
      release: alive(journal.release),
      append: alive(journal.append),
      writeSnapshot: alive(journal.writeSnapshot),
      compact: alive(journal.compact),
      eraseBodies: alive(journal.eraseBodies),
      moveCursor: alive(journal.moveCursor),
      removeCursor: alive(journal.removeCursor),
    }),
    kill() {
      dead = true;
      memory.breakNode(node);
    },
  };
}
