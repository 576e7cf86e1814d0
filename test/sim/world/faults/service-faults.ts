// What happens to matcher and fleet.
import type { Fault } from "./fault.ts";

/** A service is down between nothing and this, in ms. */
const DOWN_MS_MAX = 5_000;

export const serviceFaults = {
  /** The page cache survives: what was written is there, whether or not the disk had confirmed it. */
  "kill -9": ({ services, chance, later }) => {
    const service = chance.pick(services);
    service.kill("kill -9");
    // Whoever starts it again takes the journal over, or waits for the lease to run out.
    const takeOver = chance.happens(0.6);
    later(chance.fraction() * DOWN_MS_MAX, () => service.start({ takeOver }));
    return `${service.name}, ${takeOver ? "its successor takes over" : "its successor waits for the lease"}`;
  },
  /** What was not durable is lost. */
  "power cut": ({ services, chance, later }) => {
    const service = chance.pick(services);
    service.kill("power cut");
    later(chance.fraction() * DOWN_MS_MAX, () => service.start({ takeOver: true }));
    return service.name;
  },
  /** Killed again and again on its way up. */
  "crash loop": ({ services, chance, later }) => {
    const service = chance.pick(services);
    const times = 2 + chance.below(4);
    const again = (left: number) => {
      service.kill("kill -9");
      service.start({ takeOver: true });
      if (left > 0) later(chance.fraction() * 60, () => again(left - 1));
    };
    again(times);
    return `${service.name}, ${times} times`;
  },
  /** It stands still, and goes on as if nothing had been. */
  pause: ({ services, chance, pause }) => {
    const { life } = chance.pick(services);
    if (life.dead || life.paused) return undefined;
    const pauseMs = chance.between({ min: 50, max: 15_000 });
    pause(life, pauseMs);
    return `${life.node} for ${Math.round(pauseMs)} ms`;
  },
  /** It stands still, is replaced, and goes on: nothing that it does then may count. */
  zombie: ({ services, chance, later, pause }) => {
    const service = chance.pick(services);
    const { life } = service;
    if (life.dead || life.paused) return undefined;
    const takeOver = chance.happens(0.5);
    pause(life, chance.between({ min: 500, max: 20_000 }));
    later(chance.fraction() * 1_000, () => service.start({ takeOver }));
    return `${life.node}, ${takeOver ? "taken over from" : "its lease runs out"}`;
  },
  /** The wall clock of its machine jumps. No rule depends on it. */
  "clock jump": ({ services, dials, chance }) => {
    const { name } = chance.pick(services);
    const jumpMs = chance.between({ min: -3_600_000, max: 3_600_000 });
    dials[name].wallOffsetMs += jumpMs;
    return `${name} by ${Math.round(jumpMs / 1_000)} s`;
  },
} as const satisfies Record<string, Fault>;
