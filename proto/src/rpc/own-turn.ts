// Large requests are worked off in several turns of the event loop, so that nobody else waits for all of one. Small ones never give the
// turn away: who comes in between would cost them more than they cost it.

/** Bytes of a request from which on each step of its work has a turn of its own: some 2 ms of reading. */
export const OWN_TURN_BYTES = 32 * 1_024;

/** Resolves in a later turn of the event loop, when others who wait now have had theirs. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
