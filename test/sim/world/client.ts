// A player's game client: it presents its player session id at the door of its server, plays, leaves, loses its connection
// and comes back; and sometimes it does what no honest client does.
import { type Address, MusterError } from "@muster/sdk";
import type { Chance } from "../engine/chance.ts";
import type { Life } from "../engine/life.ts";
import type { Knobs } from "./knobs.ts";
import type { ServerPark } from "./server-park.ts";

export type ClientParts = {
  /** The client's own machine. */
  readonly life: Life;
  readonly chance: Chance;
  readonly knobs: Knobs;
  readonly park: ServerPark;
};

/** How long a client waits for its server's answer, in ms. */
const PATIENCE_MS = 15_000;

/** Plays one battle to its end, or as much of it as there is. */
export async function playBattle(
  address: Address | undefined,
  playerSessionId: string,
  { life, chance, knobs, park }: ClientParts,
): Promise<void> {
  const { clock } = life;
  if (!address || chance.happens(knobs.absentRatio)) return;
  await clock.sleep(chance.fraction() * 2_000);
  const game = park.findGame(`${address.host}:${Object.values(address.ports)[0]}`);
  if (!game) return;
  /** What the game answers; undefined if it refuses, is gone, or takes too long. */
  const ask = async <Value>(work: Promise<Value>): Promise<Value | undefined> => {
    const stop = new AbortController();
    const late = clock.sleep(PATIENCE_MS, stop.signal).then(nothing, nothing);
    try {
      return await Promise.race([work, late, game.life.over.then(nothing)]);
    } catch (error) {
      if (error instanceof MusterError) return undefined;
      throw error;
    } finally {
      stop.abort();
    }
  };
  const join = (secret?: string) => ask(game.join(playerSessionId, secret));

  const accepted = (await join()) ?? (chance.happens(0.5) ? await join() : undefined);
  if (!accepted) return;
  if (chance.happens(knobs.mischiefRatio)) await join(); // A second client with the same id: must be turned away.
  const { player, session, reconnectSecret } = accepted;

  if (chance.happens(knobs.disconnectRatio)) {
    await clock.sleep(chance.wait(knobs.battleMs / 4));
    await ask(player.disconnect());
    await clock.sleep(chance.fraction() * knobs.graceSeconds * 1_200);
    if (chance.happens(knobs.mischiefRatio)) await join("not-the-secret");
    if (!(await join(reconnectSecret))) return;
  }
  if (chance.happens(knobs.leaveRatio)) {
    await clock.sleep(chance.wait(knobs.battleMs / 3));
    await ask(player.remove());
    return;
  }
  while (!game.life.dead && session.state === "ACTIVE" && player.state !== "COMPLETED") {
    await clock.sleep(knobs.battleMs / 5);
  }
}

function nothing(): undefined {
  return undefined;
}
