import { expect, test } from "vitest";
import { readEnvironment } from "./environment.ts";

test("readEnvironment() has a default for everything", () => {
  expect(readEnvironment({}, 7)).toEqual({
    backendUrl: "http://127.0.0.1:7400",
    playersPerSecond: 2,
    playersMax: 100,
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
];
for (const env of refused) {
  const [[name, value] = ["", ""]] = Object.entries(env);
  test(`readEnvironment() refuses ${name}=${value}`, () => {
    expect(() => readEnvironment(env, 7)).toThrow(new RegExp(`^Cannot read ${name} as .+: it is "${value}"$`));
  });
}
