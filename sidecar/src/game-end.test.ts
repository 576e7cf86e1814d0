import { isAbortError } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import { expect, test } from "vitest";
import { endGame } from "./game-end.ts";

/** When the game was sent what, by the clock, until it exited or nothing more came. */
async function end(options: { leftMs: number; asked: boolean; exitsAtMs?: number }) {
  const clock = createVirtualClock();
  const signals: string[] = [];
  const game = { signal: (name: string) => void signals.push(`${name} at ${clock.nowMs()}`) };
  const exited = new AbortController();
  const { leftMs, asked, exitsAtMs } = options;
  const ending = endGame({ game, clock, deadlineWallMs: clock.wallMs() + leftMs, asked }, exited.signal);
  const outcome = ending.then(
    () => "killed",
    (error: unknown) => (isAbortError(error) ? "exited" : error),
  );
  if (exitsAtMs !== undefined) {
    await clock.advance(exitsAtMs);
    exited.abort();
  }
  await clock.advance(60_000);
  return { signals, outcome: await outcome };
}

const rows = [
  {
    name: "gives a game that was asked two thirds of its time, SIGTERM the rest, and kills it at the deadline",
    options: { leftMs: 9_000, asked: true },
    signals: ["SIGTERM at 6000", "SIGKILL at 9000"],
    outcome: "killed",
  },
  {
    name: "begins with SIGTERM where nobody could be asked",
    options: { leftMs: 9_000, asked: false },
    signals: ["SIGTERM at 0", "SIGKILL at 9000"],
    outcome: "killed",
  },
  {
    name: "sends nothing to a game that exits when it is asked",
    options: { leftMs: 9_000, asked: true, exitsAtMs: 100 },
    signals: [],
    outcome: "exited",
  },
  {
    name: "does not kill a game that exits at SIGTERM",
    options: { leftMs: 9_000, asked: true, exitsAtMs: 6_500 },
    signals: ["SIGTERM at 6000"],
    outcome: "exited",
  },
  {
    name: "kills at once after a deadline that has passed",
    options: { leftMs: -1_000, asked: true },
    signals: ["SIGTERM at 0", "SIGKILL at 0"],
    outcome: "killed",
  },
];
for (const { name, options, signals, outcome } of rows) {
  test(`endGame() ${name}`, async () => expect(await end(options)).toEqual({ signals, outcome }));
}
