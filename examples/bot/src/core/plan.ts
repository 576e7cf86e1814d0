// What one bot is going to do, drawn before it starts: most play and leave politely, a few behave as real players do.
import { drawBetween, type Random } from "./random.ts";

export type Plan = {
  readonly player: string;
  readonly skill: number;
  readonly story: Story;
};

export type Story =
  /** Joins, plays for a while, says goodbye. */
  | { readonly type: "plays"; readonly playMs: number }
  /** Its connection breaks in the middle; it comes back with its reconnect secret and plays on. */
  | { readonly type: "returns"; readonly playMs: number; readonly breaksAfterMs: number; readonly awayMs: number }
  /** Its connection breaks and it never comes back: the grace has to free its seat. */
  | { readonly type: "vanishes"; readonly breaksAfterMs: number }
  /** Gets a seat and never shows up: the reservation has to run out. */
  | { readonly type: "no-show" }
  /** Loses patience while it waits, and takes its ticket back if it still can. */
  | { readonly type: "cancels"; readonly patienceMs: number };

/** Of all bots, how many take each story, 0 to 1; the rest plays to the end. */
export type Shares = { readonly [Type in Exclude<Story["type"], "plays">]: number };

export const USUAL_SHARES: Shares = { returns: 0.1, vanishes: 0.04, "no-show": 0.03, cancels: 0.03 };

/** How long a bot stays in a battle, in ms. */
export type Stay = { readonly min: number; readonly max: number };

export const USUAL_STAY: Stay = { min: 10_000, max: 30_000 };

/** How the bots of a stream are. */
export type Ways = { readonly shares: Shares; readonly stayMs: Stay };

/** Shorter than the grace of any sensible server. */
const AWAY_MS = { min: 500, max: 5_000 } as const;

/** The first break of a connection comes no sooner, in ms: the player has arrived by then. */
const BREAKS_AFTER_MS_MIN = 1_000;

/** The plan of the bot of that name; the same random gives the same plan. */
export function drawPlan(random: Random, player: string, { shares, stayMs }: Ways): Plan {
  // Around 1,000 and rarely far from it: the sum of three dice.
  const skill = Math.round(drawBetween(random, 700, 900) + drawBetween(random, 0, 200) + drawBetween(random, 0, 200));
  const playMs = Math.round(drawBetween(random, stayMs.min, stayMs.max));
  return { player, skill, story: drawStory(random, playMs, shares) };
}

function drawStory(random: Random, playMs: number, shares: Shares): Story {
  let die = random.fraction();
  const breaksAfterMs = Math.round(drawBetween(random, BREAKS_AFTER_MS_MIN, playMs / 2));
  const awayMs = Math.round(drawBetween(random, AWAY_MS.min, AWAY_MS.max));
  const patienceMs = Math.round(drawBetween(random, 0, 3_000));
  const falls = (share: number) => {
    const hit = die >= 0 && die < share;
    die -= share;
    return hit;
  };
  if (falls(shares.returns)) return { type: "returns", playMs, breaksAfterMs, awayMs };
  if (falls(shares.vanishes)) return { type: "vanishes", breaksAfterMs };
  if (falls(shares["no-show"])) return { type: "no-show" };
  if (falls(shares.cancels)) return { type: "cancels", patienceMs };
  return { type: "plays", playMs };
}
