// When a game that does not answer is unhealthy: asked every interval, asked again at once after a miss, given up after so
// many misses in a row (design of agones' pushes turned round: the sidecar asks). Pure: the loop around it keeps the time.

export type HealthSettings = {
  /** From one answered check to the next, in ms. 0: never ask. */
  readonly intervalMs: number;
  /** How long an answer may take, in ms. */
  readonly timeoutMs: number;
  /** Misses in a row, of 1 or more, that make the game unhealthy. */
  readonly missesMax: number;
};

export type HealthState = { readonly phase: "asking"; readonly misses: number } | { readonly phase: "unhealthy" };

export type HealthAnswer = "healthy" | "unhealthy" | "silent";

export const HEALTH_AT_START: HealthState = { phase: "asking", misses: 0 };

/** What one check's outcome makes of the state, and how long to wait before the next check. */
export function stepHealth(
  state: HealthState,
  answer: HealthAnswer,
  settings: HealthSettings,
): { readonly next: HealthState; readonly waitMs: number } {
  if (state.phase === "unhealthy") return { next: state, waitMs: 0 };
  if (answer === "healthy") return { next: HEALTH_AT_START, waitMs: settings.intervalMs };
  const misses = state.misses + 1;
  if (misses >= settings.missesMax) return { next: { phase: "unhealthy" }, waitMs: 0 };
  return { next: { phase: "asking", misses }, waitMs: 0 };
}
