import { expect, test } from "vitest";
import { USUAL_SHARES, USUAL_STAY } from "./core/plan.ts";
import { readEnvironment } from "./environment.ts";

test("readEnvironment() has a default for everything", () => {
  expect(readEnvironment({}, 7)).toEqual({
    backendUrl: "http://127.0.0.1:7400",
    playersPerSecond: 2,
    playersMax: 100,
    mode: "arena",
    ways: { shares: USUAL_SHARES, stayMs: USUAL_STAY },
    seed: 7,
  });
});

const refused = [
  { MUSTER_PLAYERS_PER_SECOND: "0" },
  { MUSTER_PLAYERS_PER_SECOND: "many" },
  { MUSTER_PLAYERS_MAX: "1.5" },
  { BOT_SEED: "-1" },
  { BACKEND_URL: "ftp://host" },
  { BACKEND_URL: "host" },
  { BOT_STAY_SECONDS: "10" },
  { BOT_STAY_SECONDS: "1-3" },
  { BOT_STAY_SECONDS: "9-3" },
  { BOT_HABITS: "dances=0.1" },
  { BOT_HABITS: "returns=2" },
  { BOT_HABITS: "returns=0.9,no-show=0.9" },
];
for (const env of refused) {
  const [[name, value] = ["", ""]] = Object.entries(env);
  test(`readEnvironment() refuses ${name}=${value}`, () => {
    expect(() => readEnvironment(env, 7)).toThrow(new RegExp(`^Cannot read ${name} as .+: it is "${value}"$`));
  });
}

test("readEnvironment() reads what bots are like, and where they play", () => {
  const env = { BOT_MODE: "lobby", BOT_STAY_SECONDS: "5-9", BOT_HABITS: "returns=0.5, no-show=0" };
  expect(readEnvironment(env, 7)).toMatchObject({
    mode: "lobby",
    ways: { shares: { ...USUAL_SHARES, returns: 0.5, "no-show": 0 }, stayMs: { min: 5_000, max: 9_000 } },
  });
});
