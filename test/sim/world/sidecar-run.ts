// One run of a sidecar as its process would be: the real sidecar, and around it what sidecar/src/run-sidecar.ts does with a
// machine, on simulated processes. When you change that file, change this one.
import type { Clock } from "@muster/kit";
import type { ServerLaunch } from "@muster/mock-fleet";
import { MusterError } from "@muster/proto";
import type { MemoryNetwork } from "@muster/proto/rpc";
import { createSidecar } from "@muster/sidecar";
import type { Chance } from "../engine/chance.ts";
import type { Life } from "../engine/life.ts";
import { type Eyes, eyesOf } from "./eyes.ts";
import type { Game } from "./game.ts";

export interface SidecarRun {
  readonly life: Life;
  /** Resolves with how it ended. */
  readonly exited: Promise<{ readonly how: string }>;
  /** SIGTERM. */
  terminate(): void;
  /** Ends at once. */
  end(how: string): void;
}

/** What outlives a sidecar on its machine, as its record does. */
export type SidecarRecord = {
  attachGeneration: number;
  ready: Parameters<NonNullable<Parameters<typeof createSidecar>[0]["onReady"]>>[0] | undefined;
};

export type SidecarParts = {
  readonly launch: ServerLaunch;
  readonly life: Life;
  /** Where the game reaches it. */
  readonly address: string;
  readonly memory: MemoryNetwork;
  readonly chance: Chance;
  readonly eyes: Eyes;
  readonly record: SidecarRecord;
  readonly token: string;
  /** The fleet that started it is dead: its lifeline is broken. */
  readonly lifeline: Promise<void>;
  /** The game: started by the first run, found by a later one. Undefined: it is gone. */
  readonly findGame: () => Game | undefined;
};

const END_MS = 10_000;
const REPORT_EXIT_MS = 2_000;
/** Games wait so long for a lost supervisor. Production's is a minute; here it must happen within a run. */
export const ORPHAN_GRACE_MS = 20_000;
const ORPHAN_LOOK_MS = 1_000;
/** Share of the time to the deadline that a game with an SDK has before SIGTERM. */
const POLITE_SHARE = 2 / 3;

export function startSidecarRun(parts: SidecarParts): SidecarRun {
  const { launch, life, memory, record } = parts;
  const { clock, node } = life;
  const eyes = eyesOf(life, parts.eyes);
  const exited = Promise.withResolvers<{ readonly how: string }>();
  const { processId } = launch;
  let attachGeneration = record.attachGeneration;
  const end = (how: string) => {
    if (life.dead) return;
    life.kill();
    parts.eyes.see({ type: "life", node, how, processId });
    exited.resolve({ how });
  };

  const sidecar = createSidecar({
    clock,
    random: parts.chance,
    network: life.network,
    log: (level, message, fields) =>
      eyes.see({ type: "log", node, text: `${level} ${message} ${JSON.stringify(fields ?? {})}` }),
    fleetAddress: launch.hostAddress,
    fleet: launch.fleet.name,
    processId,
    incarnation: launch.incarnation,
    secret: launch.secret,
    token: parts.token,
    matchers: ["matcher"],
    ready: record.ready,
    nextAttachGeneration: () => {
      record.attachGeneration += 1;
      attachGeneration = record.attachGeneration;
      return attachGeneration;
    },
    onReady: (ready) => {
      record.ready = ready;
    },
  });
  eyes.see({ type: "life", node, how: "start", processId });
  memory.serve(parts.address, sidecar.services, node);
  const game = parts.findGame();

  const run = async () => {
    if (!game) return end("gone while its sidecar was away");
    sidecar.reportStarted(1);
    const stop = new AbortController();
    sidecar.onEndRequested(({ deadlineWallMs }) => inBackground(endGame(game, clock, deadlineWallMs, sidecar.watched)));
    sidecar.onEnding(() => inBackground(endGame(game, clock, clock.wallMs() + END_MS, true)));
    inBackground(watchOrphanage());
    const turnedAway = sidecar.run(stop.signal).catch(() => {
      const replaced = record.attachGeneration > attachGeneration;
      if (!replaced) sidecar.requestEnd({ reason: "FENCED", deadlineWallMs: clock.wallMs() + END_MS });
      return replaced;
    });
    const how = await Promise.race([
      life.within(game.exited),
      turnedAway.then((replaced) => (replaced === true ? undefined : game.exited)),
    ]);
    if (how !== undefined) await sidecar.reportExit(how, REPORT_EXIT_MS);
    stop.abort();
    end(how ?? "replaced");
  };
  const inBackground = (work: Promise<void>) => {
    work.catch(eyes.fail);
  };
  const watchOrphanage = async () => {
    await life.within(parts.lifeline);
    const brokenMs = clock.nowMs();
    for (;;) {
      await clock.sleep(ORPHAN_LOOK_MS);
      const { awaySinceMs } = sidecar;
      if (awaySinceMs === undefined || clock.nowMs() - Math.max(brokenMs, awaySinceMs) < ORPHAN_GRACE_MS) continue;
      return void sidecar.requestEnd({ reason: "ORPHANED", deadlineWallMs: clock.wallMs() + END_MS });
    }
  };
  run().catch((error: unknown) => {
    if (!(error instanceof MusterError)) eyes.fail(error);
    end("exit 1");
  });

  return {
    life,
    exited: exited.promise,
    end,
    terminate: () =>
      life.enter(() => void sidecar.requestEnd({ reason: "SHUTDOWN", deadlineWallMs: clock.wallMs() + END_MS })),
  };
}

/** As sidecar/src/game-end.ts. */
async function endGame(game: Game, clock: Clock, deadlineWallMs: number, asked: boolean): Promise<void> {
  const leftMs = Math.max(deadlineWallMs - clock.wallMs(), 0);
  const politeMs = asked ? leftMs * POLITE_SHARE : 0;
  if (politeMs > 0) await clock.sleep(politeMs);
  if (!game.life.dead) game.terminate();
  await clock.sleep(leftMs - politeMs);
  game.end("SIGKILL");
}
