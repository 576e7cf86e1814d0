// Everything that goes on at once in a run beside the faults: visitors, backends of the SDK, watches, and the eyes on the
// fleet. All draw on one seed, each from a stream of its own.
import { createSeededRandom, systemRandom } from "@muster/kit";
import type { ChaosWorld } from "../world/chaos-world.ts";
import type { Address } from "./game-client.ts";
import { bandTogether } from "./party-band.ts";
import { matchAgainAndAgain } from "./sdk-backend.ts";
import { askForSessions, watchFeed } from "./session-watcher.ts";
import { watchTickets } from "./ticket-follower.ts";
import { visitAgainAndAgain } from "./visitor.ts";

export interface Load extends AsyncDisposable {
  /** No new tickets from now on; resolves when those under way have been followed as far as they go. */
  stopVisitors(): Promise<void>;
}

/** Tickets and players. Disposing stops all of it; what failed by a mistake of ours rejects then. */
export function startLoad(world: ChaosWorld, options: { readonly seed: number; readonly visitors: number }): Load {
  const { history } = world;
  const leaving = new AbortController();
  const connections = new AsyncDisposableStack();
  const addresses: Address[] = [];
  const randomOf = (stream: number) => createSeededRandom(options.seed * 1_000 + stream);
  const visitors = Array.from({ length: options.visitors }, (_, index) => {
    const parts = { history, random: randomOf(index), signal: leaving.signal, addresses };
    return visitAgainAndAgain({ ...parts, matcher: connections.use(world.connectMatcher()), name: `v${index + 1}` });
  });
  const backends = ["sdk1", "sdk2"].map((name, index) => {
    const { address } = world.fronts.matcher;
    const random = randomOf(options.visitors + index);
    return matchAgainAndAgain({ history, address, random, name, signal: leaving.signal });
  });
  const bands = ["band1", "band2"].map((name, index) => {
    const parts = { history, random: randomOf(options.visitors + 2 + index), name, signal: leaving.signal };
    const { address } = world.fronts.matcher;
    return bandTogether({ ...parts, address, matcher: connections.use(world.connectMatcher()) });
  });
  const all = [...visitors, ...backends, ...bands];
  for (const one of all) one.catch(() => undefined); // Told at the end.

  const stopVisitors = async () => {
    leaving.abort();
    await Promise.all(all);
  };
  return {
    stopVisitors,
    async [Symbol.asyncDispose]() {
      await stopVisitors();
      await connections.disposeAsync();
    },
  };
}

/** Watches of all tickets, the fleet's feed, and questions to the fleet, all noted in the history, until it is disposed. */
export function watchWorld(world: ChaosWorld): AsyncDisposable {
  const { history } = world;
  const closing = new AbortController();
  const { signal } = closing;
  const connections = new AsyncDisposableStack();
  const random = systemRandom; // For waits only.
  const watches = ["duel", "crowd", "ranked"].map(async (configuration) => {
    const matcher = connections.use(world.connectMatcher());
    const seen = watchTickets(
      { ticketIds: [], configuration },
      { history, matcher, random, signal, watcher: `watch of all ${configuration}` },
    );
    for (let next = await seen.next(); !next.done; ) next = await seen.next(); // The history has it.
  });
  const eyes = { history, fleet: connections.use(world.connectFleet()), signal, random };
  const all = [...watches, watchFeed(eyes), askForSessions(eyes)];
  for (const one of all) one.catch(() => undefined); // Told at the end.
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.all(all);
      await connections.disposeAsync();
    },
  };
}
