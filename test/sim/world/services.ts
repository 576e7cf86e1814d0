// Matcher and fleet as whoever operates them sees them: started, killed, started again with or without taking the journal
// over, and while an older run is only standing still.
import type { Journal } from "@muster/journal";
import type { Clock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { Implementation, MemoryNetwork } from "@muster/proto/rpc";
import type { Eye } from "../engine/eye.ts";
import type { Dial, Life, Lives } from "../engine/life.ts";
import type { ServiceName } from "../observation.ts";
import type { Store } from "./store.ts";

/** One run of a service. */
export type ServiceRun = {
  readonly life: Life;
  readonly journal: Journal;
  readonly takeOver: boolean;
  readonly leaseHolder: string;
  readonly onFatal: (error: unknown) => void;
};

export type ServiceSpec = {
  readonly name: ServiceName;
  readonly store: Store;
  readonly create: (run: ServiceRun) => Promise<{ readonly services: readonly Implementation[] }>;
};

export interface Service {
  readonly name: ServiceName;
  readonly store: Store;
  /** The newest run; it may be dead, or still on its way up. */
  readonly life: Life;
  /** Runs that live, replaced ones included. */
  readonly living: readonly Life[];
  /** Whether the newest run serves. */
  readonly up: boolean;
  /** Starts a run; again, after a wait, until one serves. A repeat while one is being started changes nothing. */
  start(how: { readonly takeOver: boolean }): void;
  /** Ends every run. `power`: what its disk had not made durable is lost, and peers hear nothing. */
  kill(how: "kill -9" | "power cut"): void;
}

export type ServiceParts = {
  readonly clock: Clock;
  readonly lives: Lives;
  readonly memory: MemoryNetwork;
  readonly eye: Eye;
  readonly dial: Dial;
};

/** How long whoever supervises a service waits before it starts it again, in ms. */
const RESTART_MS = 500;

export function createService(spec: ServiceSpec, { clock, lives, memory, eye, dial }: ServiceParts): Service {
  const { name, store } = spec;
  let runs = 0;
  let up = false;
  let living: Life[] = [];
  let newest = lives.start(`${name}~0`);
  newest.kill();
  /** Rises when nobody wants the runs any more that are on their way up. */
  let wish = 0;
  let starting = false;

  const begin = (): Life => {
    runs += 1;
    const life = lives.start(`${name}~${runs}`, dial);
    newest = life;
    up = false;
    living = [...living.filter(({ dead }) => !dead), life];
    eye.see({ type: "life", node: life.node, how: "start", service: name });
    return life;
  };
  const end = (life: Life, how: string) => {
    if (life.dead) return;
    life.kill();
    living = living.filter((one) => one !== life);
    if (life === newest) up = false;
    eye.see({ type: "life", node: life.node, how, service: name });
  };
  /** A service that can go on no more stops, as its process would, and is started again. */
  const stopFatally = (life: Life, error: unknown) => {
    if (life.dead) return;
    // What the disk or another owner did to it. Anything else is a mistake of ours.
    if (!(error instanceof MusterError) || !FATES.has(error.reason)) eye.fail(error);
    end(life, "fatal");
    if (life === newest) start({ takeOver: true });
  };
  /** Whether a new run serves. */
  const startOnce = async (takeOver: boolean): Promise<boolean> => {
    const life = begin();
    try {
      const journal = store.open(life);
      const onFatal = (error: unknown) => stopFatally(life, error);
      const { services } = await spec.create({ life, journal, takeOver, leaseHolder: life.node, onFatal });
      if (life.dead) return false;
      memory.serve(name, services, life.node);
      up = true;
      return true;
    } catch (error) {
      if (!(error instanceof MusterError) || !FATES.has(error.reason)) eye.fail(error);
      end(life, "exit 1");
      return false;
    }
  };
  const startUntilUp = async (takeOver: boolean) => {
    const mine = wish;
    while (wish === mine) {
      const started = startOnce(takeOver);
      // A run that is killed on its way up never answers.
      if (await Promise.race([started, newest.over.then(() => false)])) return;
      await clock.sleep(RESTART_MS);
    }
  };
  const start = ({ takeOver }: { readonly takeOver: boolean }) => {
    if (starting) return;
    starting = true;
    const mine = wish;
    startUntilUp(takeOver)
      .catch(eye.fail)
      .finally(() => {
        if (wish === mine) starting = false;
      });
  };

  return {
    name,
    store,
    get life() {
      return newest;
    },
    get living() {
      return living.filter(({ dead }) => !dead);
    },
    get up() {
      return up && !newest.dead;
    },
    start,
    kill(how) {
      wish += 1;
      starting = false;
      for (const life of living) end(life, how);
      if (how === "power cut") store.disk.powerCut();
    },
  };
}

/** What may end a run, or keep it from starting, without anybody's mistake. */
const FATES: ReadonlySet<string> = new Set([
  "PARTITION_OWNED",
  "EPOCH_STALE",
  "JOURNAL_FAILED",
  "JOURNAL_FULL",
  "SERVICE_NOT_READY",
]);
