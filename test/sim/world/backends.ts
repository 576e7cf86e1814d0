// All backends of a world, each run of which may be followed by another.
import type { Chance } from "../engine/chance.ts";
import { type Backend, type BackendParts, startBackend } from "./backend.ts";

export interface Backends {
  /** Their machines. */
  readonly names: readonly string[];
  /** Players who queue or play. */
  readonly busy: number;
  /** Kills one and starts it again; answers which. */
  restart(chance: Chance): string;
  /** Nobody new queues. */
  close(): void;
}

/** Starts them, each with its share of the players. */
export function startBackends(parts: Omit<BackendParts, "name" | "run" | "players">): Backends {
  const { knobs, eyes } = parts;
  const names = Array.from({ length: knobs.backends }, (_, index) => `backend${index + 1}`);
  const players = Array.from({ length: knobs.players }, (_, index) => `player${index + 1}`);
  let closed = false;
  const start = (index: number, run: number) => {
    const mine = players.filter((_, player) => player % names.length === index);
    const backend = startBackend({ ...parts, name: names[index] ?? "", run, players: mine });
    if (closed) backend.close();
    return { backend, run };
  };
  const present: { readonly backend: Backend; readonly run: number }[] = names.map((_, index) => start(index, 1));
  return {
    names,
    get busy() {
      return present.reduce((sum, { backend }) => sum + backend.busy, 0);
    },
    restart(chance) {
      const index = chance.below(names.length);
      const { backend, run } = present[index] ?? start(index, 0);
      backend.life.kill();
      eyes.see({ type: "life", node: backend.life.node, how: "kill -9" });
      present[index] = start(index, run + 1);
      return backend.life.node;
    },
    close() {
      closed = true;
      for (const { backend } of present) backend.close();
    },
  };
}
