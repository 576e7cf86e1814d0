// One seed from its first step to the last ticket's end.
import { createWorld, type World } from "./world.ts";

const TERMINAL = new Set(["COMPLETED", "CANCELLED", "TIMED_OUT", "FAILED"]);

export type SeedResult = {
  readonly story: readonly string[];
  readonly checked: number;
  readonly tickets: ReadonlyMap<string, string>;
};

/**
 * Runs `steps` steps with faults, then until every ticket has ended.
 *
 * @throws {Error} with the promise that was broken and the end of the story.
 */
export async function runSeed(seed: number, steps: number): Promise<SeedResult> {
  let world: World | undefined;
  try {
    world = await createWorld({ seed, faultRatio: 0.02, arrivalRatio: 0.25 });
    for (let step = 0; step < steps; step += 1) await world.step();
    world.heal();
    const { tickets } = world.promises;
    const waiting = () => [...tickets].filter(([, state]) => !TERMINAL.has(state)).map(([ticketId]) => ticketId);
    for (let step = 0; waiting().length > 0; step += 1) {
      // The longest that a ticket may take: to time out, and the last placement with its retries.
      if (step > 800) throw new Error(`T-ONE-TERMINAL: still waiting are ${waiting().join(", ")}`);
      await world.step();
    }
    return { story: world.story, checked: world.promises.checked, tickets };
  } catch (error) {
    const end = world?.story.slice(-30).join("\n") ?? "";
    throw new Error(`Seed ${seed} (repeat: npm run sim -- --seed ${seed})\n${end}`, { cause: error });
  } finally {
    world?.end();
  }
}
