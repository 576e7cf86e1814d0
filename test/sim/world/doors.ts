// Players of a match without a session show their join tokens where it is hosted: once, twice, at two doors at once, too late, or never.
import { MusterError } from "@muster/proto";
import type { JoinTokenServiceDefinition } from "@muster/proto/matchmaking";
import type { Client } from "@muster/proto/rpc";
import type { Chance } from "../engine/chance.ts";

export type DoorParts = {
  readonly chance: Chance;
  readonly joins: Client<typeof JoinTokenServiceDefinition>;
  readonly patiently: <Value>(ask: () => Promise<Value>) => Promise<Value>;
  readonly sleep: (ms: number) => Promise<void>;
};

/** Longer than a token lives. */
const LATE_MS = 75_000;

/** Resolves when the player is in, or is not let in. */
export async function joinByToken(token: string, { chance, joins, patiently, sleep }: DoorParts): Promise<void> {
  const redeem = (requestId: string) =>
    patiently(() => joins.redeemJoinToken({ token, matchId: "", requestId }))
      .then(() => undefined)
      .catch((error: unknown) => {
        if (!(error instanceof MusterError)) throw error;
      });
  if (chance.happens(0.1)) return;
  await sleep(chance.happens(0.05) ? LATE_MS : chance.wait(800));
  const door = `door-${chance.below(1_000_000)}`;
  const others = chance.happens(0.3) ? [redeem(`${door}-other`)] : [];
  await Promise.all([redeem(door), ...others]);
  if (chance.happens(0.3)) await redeem(door); // Its answer may have been lost.
  if (chance.happens(0.2)) await redeem("");
}
