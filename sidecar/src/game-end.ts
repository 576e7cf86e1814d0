// How a game is brought to its end: asked by its SDK, then by SIGTERM, then killed, all within one deadline.
import { type Clock, isAbortError } from "@muster/kit";
import type { GameProcess } from "./game-process.ts";

/** Share of the time until the deadline that a game with an SDK has before SIGTERM. */
const POLITE_SHARE = 2 / 3;

export type GameEnd = {
  readonly game: Pick<GameProcess, "signal">;
  readonly clock: Clock;
  /** Wall-clock ms after which the game is killed. */
  readonly deadlineWallMs: number;
  /** An SDK listens and has been asked. */
  readonly asked: boolean;
};

/** Resolves after the kill; rejects with an AbortError as soon as `signal` aborts, because the game has exited. */
export async function endGame({ game, clock, deadlineWallMs, asked }: GameEnd, signal: AbortSignal): Promise<void> {
  const leftMs = Math.max(deadlineWallMs - clock.wallMs(), 0);
  const politeMs = asked ? leftMs * POLITE_SHARE : 0;
  if (politeMs > 0) await clock.sleep(politeMs, signal);
  game.signal("SIGTERM");
  await clock.sleep(leftMs - politeMs, signal);
  game.signal("SIGKILL");
}

/** For promises that end with the game: being called off is their good end. */
export function ignoreAbort(error: unknown): void {
  if (!isAbortError(error)) throw error;
}
