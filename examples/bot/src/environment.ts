// The bots' environment, each variable read once; a bad one ends the start with a sentence that names it.

import { type Shares, type Stay, USUAL_SHARES, USUAL_STAY, type Ways } from "./core/plan.ts";

export type BotEnvironment = {
  readonly backendUrl: string;
  /** The matchmaking configuration to play in. */
  readonly mode: string;
  readonly ways: Ways;
  readonly playersPerSecond: number;
  readonly playersMax: number;
  readonly seed: number;
};

/**
 * Reads BACKEND_URL (http://127.0.0.1:7400), MUSTER_PLAYERS_PER_SECOND (0.01 to 1,000; 2), MUSTER_PLAYERS_MAX (1 to
 * 10,000; 100), BOT_SEED (a whole number; `drawnSeed`), BOT_MODE (arena), BOT_STAY_SECONDS ("10-30", at least 2) and
 * BOT_HABITS ("returns=0.1,vanishes=0.04,no-show=0.03,cancels=0.03": of all bots, how many do so; 1 in sum at most; who is
 * not named is as it was).
 *
 * @throws {RangeError} naming the variable that is out of its range.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>, drawnSeed: number): BotEnvironment {
  const number = (name: string, range: { fallback: number; min: number; max: number; whole: boolean }): number => {
    const text = env[name]?.trim();
    if (text === undefined || text === "") return range.fallback;
    const value = Number(text);
    if (value >= range.min && value <= range.max && (!range.whole || Number.isInteger(value))) return value;
    const kind = range.whole ? "a whole number" : "a number";
    throw new RangeError(`Cannot read ${name} as ${kind} from ${range.min} to ${range.max}: it is "${text}"`);
  };
  return {
    backendUrl: readUrl(env.BACKEND_URL || "http://127.0.0.1:7400"),
    playersPerSecond: number("MUSTER_PLAYERS_PER_SECOND", { fallback: 2, min: 0.01, max: 1_000, whole: false }),
    playersMax: number("MUSTER_PLAYERS_MAX", { fallback: 100, min: 1, max: 10_000, whole: true }),
    mode: env.BOT_MODE?.trim() || "arena",
    ways: { shares: readShares(env.BOT_HABITS), stayMs: readStay(env.BOT_STAY_SECONDS) },
    seed: number("BOT_SEED", { fallback: drawnSeed, min: 0, max: 2 ** 31 - 1, whole: true }),
  };
}

function readStay(text: string | undefined): Stay {
  if (text === undefined || text.trim() === "") return USUAL_STAY;
  const { from, to } = /^(?<from>\d+)-(?<to>\d+)$/.exec(text.trim())?.groups ?? {};
  const [min, max] = [Number(from) * 1_000, Number(to) * 1_000];
  if (min >= 2_000 && max >= min) return { min, max };
  throw new RangeError(`Cannot read BOT_STAY_SECONDS as seconds from 2 on, such as 10-30: it is "${text}"`);
}

function readShares(text: string | undefined): Shares {
  if (text === undefined || text.trim() === "") return USUAL_SHARES;
  const shares: Record<string, number> = { ...USUAL_SHARES };
  let known = true;
  for (const pair of text.split(",")) {
    const { habit = "", share } = /^(?<habit>[a-z-]+)=(?<share>[01](?:\.\d+)?)$/.exec(pair.trim())?.groups ?? {};
    known &&= Object.hasOwn(USUAL_SHARES, habit);
    shares[habit] = Number(share);
  }
  const sum = Object.values(shares).reduce((so, share) => so + share, 0);
  if (known && sum <= 1) return { ...USUAL_SHARES, ...shares };
  const names = Object.keys(USUAL_SHARES).join(", ");
  throw new RangeError(`Cannot read BOT_HABITS as shares of ${names}, 1 in sum at most: it is "${text}"`);
}

function readUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new RangeError(`Cannot read BACKEND_URL as an http address: it is "${text}"`);
}
