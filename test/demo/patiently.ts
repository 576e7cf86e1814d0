// Calls as every client of Muster should make them: again, a little later, while the error says that this may help.
import { backoffMs, systemClock, systemRandom } from "@muster/kit";
import { MusterError } from "@muster/proto";

const PATIENCE_MS = 10_000;

/** The answer of `call`, which is made again while its error asks for backoff, for up to 10 s. */
export async function patiently<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  const giveUpMs = systemClock.nowMs() + PATIENCE_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const mayHelp = error instanceof MusterError && error.retry === "backoff";
      if (!mayHelp || systemClock.nowMs() > giveUpMs) throw error;
      await systemClock.sleep(backoffMs(attempt, systemRandom, { firstMs: 50, maxMs: 500 }));
    }
  }
}
