// One seed from its first moment to its last: a while in which everything may fail, then the world is healed and has to
// become quiet.
import { BrokenPromise, type Checker } from "./checkers/checker.ts";
import { createCheckers } from "./checkers/table.ts";
import { fleetConfigOf } from "./world/configurations.ts";
import { drawKnobs, type Knobs } from "./world/knobs.ts";
import { createWorld, type World } from "./world/world.ts";

export type SeedPlan = {
  readonly seed: number;
  /** How long faults go on, in ms. */
  readonly troubleMs: number;
  /** Heal the world then, and demand that it becomes quiet. */
  readonly liveness: boolean;
  readonly knobs?: Knobs;
  /** Those who look on beside the checkers, to count what happened. */
  readonly onlookers?: readonly Checker[];
  /** Lines of the story to keep. Default 60. */
  readonly linesMax?: number;
};

export type SeedResult = {
  readonly story: readonly string[];
  /** The same for the same seed. */
  readonly digest: string;
  /** Messages delivered, timers fired, disk operations done, facts made durable. */
  readonly events: number;
  readonly simulatedMs: number;
  /** What went wrong. */
  readonly failure: unknown;
};

/** How long a healed world may take until every ticket has ended and every battle is over, in ms. */
const QUIET_MS_MAX = 400_000;
const LOOK_MS = 1_000;
/** How long nobody does anything before what is left is measured, in ms: the longest wait of a process that has died. */
const REST_MS = 40_000;

export async function runSeed(plan: SeedPlan): Promise<SeedResult> {
  const { seed, troubleMs, liveness, knobs = drawKnobs(seed), onlookers = [], linesMax = 60 } = plan;
  const { queues, fleets, aliases: specs } = fleetConfigOf(knobs);
  const aliases = new Map(specs.flatMap(({ name, target }) => (target.type === "fleet" ? [[name, target.fleet]] : [])));
  const checkers = createCheckers({ hostLostAfterMs: knobs.hostLostAfterMs, queues, fleets, aliases });
  const world = createWorld({ seed, knobs, checkers: [checkers, ...onlookers], linesMax });
  const { eye, clock } = world;
  await world.run(troubleMs);
  if (liveness) {
    world.heal();
    await becomeQuiet(world);
  }
  eye.see({ type: "end" });
  return {
    story: world.story.read(),
    digest: world.trace.digest,
    events: clock.woken + eye.facts,
    simulatedMs: clock.nowMs(),
    failure: eye.failure,
  };
}

/** Waits until whoever plays has played. */
async function becomeQuiet(world: World): Promise<void> {
  const { eye, clock, players } = world;
  const healedMs = clock.nowMs();
  await world.run(15_000);
  players.close();
  while (players.busy > 0 && eye.failure === undefined) {
    if (clock.nowMs() - healedMs > QUIET_MS_MAX) {
      eye.fail(new BrokenPromise("L-PROGRESS", `${players.busy} players still queue or play`));
    }
    await world.run(LOOK_MS);
  }
  await world.run(REST_MS);
  for (const gauge of world.gauges()) eye.see({ type: "gauge", ...gauge });
}
