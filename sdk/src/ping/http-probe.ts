// Asks by HTTP: what every browser can. A connection is kept, so that one question is one round trip.
import type { Probe } from "./measure-latencies.ts";

export async function openHttpProbe(url: string): Promise<Probe> {
  return {
    async ask(timeoutMs, signal) {
      const late = AbortSignal.timeout(timeoutMs);
      const beganMs = performance.now();
      try {
        const response = await fetch(url, {
          cache: "no-store",
          credentials: "omit",
          redirect: "error",
          referrerPolicy: "no-referrer",
          signal: signal ? AbortSignal.any([signal, late]) : late,
        });
        await response.text();
        return response.ok ? performance.now() - beganMs : undefined;
      } catch (error) {
        if (late.aborted && !signal?.aborted) return undefined;
        throw error;
      }
    },
    close: () => undefined,
  };
}
