// How much one address may ask of a beacon. What is above it gets no answer: two echoes that were set on one another by a forged
// address would otherwise never stop.

/** Pings of one address in a second: some dozens of players behind one router, at five each. */
export const PINGS_PER_SECOND_MAX = 200;
/** Addresses that are told apart in one second. Further ones share one count. */
const SOURCES_MAX = 10_000;

/** Counts by address, in seconds that begin when the last has ended. */
export function createSourceRate(nowMs: () => number): { admit(address: string): boolean } {
  const counts = new Map<string, number>();
  let beganMs = Number.NEGATIVE_INFINITY;
  return {
    admit(address) {
      const now = nowMs();
      if (now - beganMs >= 1_000) {
        counts.clear();
        beganMs = now;
      }
      const key = counts.has(address) || counts.size < SOURCES_MAX ? address : "";
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count <= PINGS_PER_SECOND_MAX;
    },
  };
}
