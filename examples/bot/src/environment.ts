// The bots' environment, each variable read once; a bad one ends the start with a sentence that names it.

export type BotEnvironment = {
  readonly backendUrl: string;
  readonly playersPerSecond: number;
  readonly playersMax: number;
  readonly seed: number;
};

/**
 * Reads BACKEND_URL (http://127.0.0.1:7400), MUSTER_PLAYERS_PER_SECOND (0.01 to 1,000; 2), MUSTER_PLAYERS_MAX (1 to
 * 10,000; 100) and BOT_SEED (a whole number; `drawnSeed`).
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
    seed: number("BOT_SEED", { fallback: drawnSeed, min: 0, max: 2 ** 31 - 1, whole: true }),
  };
}

function readUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new RangeError(`Cannot read BACKEND_URL as an http address: it is "${text}"`);
}
