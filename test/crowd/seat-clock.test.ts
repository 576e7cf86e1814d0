import { expect, test } from "vitest";
import { noteFreeSeats, noteWaiting, type SeatClock, startedClock, stillEmptyMs } from "./seat-clock.ts";

type Step = (clock: SeatClock) => SeatClock;
const free =
  (atMs: number, count: number, session = "s"): Step =>
  (clock) =>
    noteFreeSeats(clock, session, count, atMs);
const waits =
  (atMs: number, who: string, does = true): Step =>
  (clock) =>
    noteWaiting(clock, who, does, atMs);

const rows: readonly { name: string; steps: readonly Step[]; empty: readonly number[]; still?: readonly number[] }[] = [
  {
    name: "counts from when the seat fell free, where somebody waited",
    steps: [waits(0, "a"), free(10, 1), free(14, 0)],
    empty: [4],
  },
  {
    name: "counts from when somebody came, where none waited",
    steps: [free(10, 1), waits(20, "a"), free(23, 0)],
    empty: [3],
  },
  { name: "counts nothing while nobody waits", steps: [free(10, 1), free(90, 0)], empty: [0] },
  {
    name: "begins anew after a time in which nobody waited",
    steps: [waits(0, "a"), free(10, 2), free(15, 1), waits(15, "a", false), waits(50, "b"), free(57, 0)],
    empty: [5, 7],
  },
  {
    name: "takes the seat that was free for longest first, of each session",
    steps: [waits(0, "a"), free(10, 1), free(20, 2), free(12, 1, "t"), free(30, 1), free(33, 0, "t")],
    empty: [20, 21],
    still: [80],
  },
];
for (const { name, steps, empty, still = [] } of rows) {
  test(`a seat clock ${name}`, () => {
    const clock = steps.reduce((at, step) => step(at), startedClock);
    expect(clock.emptyMs).toEqual(empty);
    expect(stillEmptyMs(clock, 100)).toEqual(still);
  });
}
