import { expect, test } from "vitest";
import { drawPlan, type Story, USUAL_SHARES, USUAL_STAY } from "./plan.ts";
import { createRandom } from "./random.ts";

const WAYS = { shares: USUAL_SHARES, stayMs: USUAL_STAY };

function drawMany(seed: number, count: number) {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => drawPlan(random, `bot-${index}`, WAYS));
}

const plans = drawMany(1, 10_000);

test("drawPlan() repeats with its seed, and differs with another", () => {
  expect(drawMany(7, 20)).toEqual(drawMany(7, 20));
  expect(drawMany(7, 20)).not.toEqual(drawMany(8, 20));
});

const shares: readonly { readonly type: Story["type"]; readonly ratio: number }[] = [
  { type: "plays", ratio: 0.8 },
  { type: "returns", ratio: 0.1 },
  { type: "vanishes", ratio: 0.04 },
  { type: "no-show", ratio: 0.03 },
  { type: "cancels", ratio: 0.03 },
];
for (const { type, ratio } of shares) {
  test(`drawPlan(): about ${ratio * 100} % have the story "${type}"`, () => {
    const found = plans.filter(({ story }) => story.type === type).length / plans.length;
    expect(found).toBeGreaterThan(ratio * 0.75);
    expect(found).toBeLessThan(ratio * 1.25);
  });
}

test("drawPlan() keeps all times and skills in their ranges", () => {
  for (const { skill, story } of plans) {
    expect(skill).toBeGreaterThanOrEqual(700);
    expect(skill).toBeLessThanOrEqual(1_300);
    if ("playMs" in story) {
      expect(story.playMs).toBeGreaterThanOrEqual(USUAL_STAY.min);
      expect(story.playMs).toBeLessThanOrEqual(USUAL_STAY.max);
    }
    if (story.type === "returns") expect(story.breaksAfterMs).toBeLessThan(story.playMs);
  }
});
