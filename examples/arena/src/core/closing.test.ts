import { expect, test } from "vitest";
import { EMPTY_MAX_MS, isDeserted, type Vacancy, watchVacancy } from "./closing.ts";

const rows = [
  {
    name: "goes on while somebody holds a seat",
    looks: [
      [0, 1],
      [EMPTY_MAX_MS * 9, 1],
    ],
    deserted: false,
  },
  {
    name: "goes on right after the last one left",
    looks: [
      [0, 1],
      [10, 0],
    ],
    deserted: false,
  },
  {
    name: "goes on 1 ms before the wait is over",
    looks: [
      [0, 0],
      [EMPTY_MAX_MS - 1, 0],
    ],
    deserted: false,
  },
  {
    name: "ends when the wait is over",
    looks: [
      [0, 0],
      [EMPTY_MAX_MS, 0],
    ],
    deserted: true,
  },
  {
    name: "waits anew after somebody came and went",
    looks: [
      [0, 0],
      [EMPTY_MAX_MS - 1, 1],
      [EMPTY_MAX_MS, 0],
    ],
    deserted: false,
  },
] as const;
for (const { name, looks, deserted } of rows) {
  test(`a battle ${name}`, () => {
    let vacancy: Vacancy = { phase: "taken" };
    for (const [nowMs, seatsUsed] of looks) vacancy = watchVacancy(vacancy, seatsUsed, nowMs);
    expect(isDeserted(vacancy, looks[looks.length - 1]?.[0] ?? 0)).toBe(deserted);
  });
}
