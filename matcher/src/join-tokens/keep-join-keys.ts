// Sees to it that there is a key to sign with, and that none signs for too long.
import { repeat } from "@muster/kit";
import { newId } from "@muster/proto";
import { decideDueKey } from "../core/join-tokens/decide-keys.ts";
import { record, type Workshop } from "../workshop.ts";

export type JoinKeyPatience = {
  /** How long a key signs, in ms. 0: until somebody rotates. */
  readonly everyMs: number;
  /** How long the next one is published before it signs, in ms. */
  readonly delayMs: number;
  /** How often it is seen to, in ms. Default: 600,000. */
  readonly lookMs?: number;
};

const DAY_MS = 86_400_000;
export const joinKeyPatience: JoinKeyPatience = { everyMs: 30 * DAY_MS, delayMs: DAY_MS };
/** How often it looks, in ms. */
const LOOK_MS = 600_000;

/** Makes the first key, if there is none, before it resolves. */
export async function keepJoinKeys(
  workshop: Pick<Workshop, "ledger" | "clock" | "random" | "onFatal">,
  patience: JoinKeyPatience = joinKeyPatience,
): Promise<AsyncDisposable> {
  const { clock, random, onFatal } = workshop;
  const look = () =>
    record(workshop, (state, nowMs) => {
      const drawn = { keyId: newId("join-key", random), secret: random.bytes(32) };
      return decideDueKey(state, { ...drawn, ...patience }, nowMs);
    });
  await look();
  return repeat({ clock, everyMs: patience.lookMs ?? LOOK_MS, onError: onFatal }, look);
}
