// A service that is kept running, as a machine's init would: started again whenever it ends, behind fronts that always lead
// to the present process. A process can be put aside to become a zombie, while another takes its place.
import { systemClock } from "@muster/kit";
import { answers } from "../../e2e/orphans.ts";
import type { Front } from "./front.ts";
import { type LifeSpec, type ServiceLife, startLife } from "./service-life.ts";

/** From a process's end to the start of the next, in ms. */
const RESTART_MS = 100;
const LOOK_MS = 20;

export type LifeEvent = { readonly what: "started" | "serving" | "ended"; readonly pid: number; readonly how: string };

export interface KeptService extends AsyncDisposable {
  readonly name: LifeSpec["service"];
  /** The present process; undefined between two. */
  readonly life: ServiceLife | undefined;
  /** Whether the present process has been seen to listen. */
  readonly isServing: boolean;
  /** For how long it has, in ms; 0 while it does not. */
  readonly servingForMs: number;
  /** Resolves once a process listens that was started after this call, or does already. */
  untilServing(signal: AbortSignal): Promise<void>;
  /** Puts the present process aside, nobody keeps it any more, and has another take its place. */
  replace(options: { readonly takeOver: boolean }): ServiceLife | undefined;
  /** Kills the present process and starts no other before `resume`. */
  hold(): Promise<void>;
  resume(): void;
  /** Ends of processes that nobody asked for, other than by signal: what they wrote last is worth a look. */
  readonly crashes: readonly string[];
}

export type KeptServiceOptions = {
  readonly spec: LifeSpec;
  readonly fronts: readonly Front[];
  readonly onEvent: (event: LifeEvent) => void;
};

/** Starts the service, which may take as many tries as it needs. */
export function keepService({ spec, fronts, onEvent }: KeptServiceOptions): KeptService {
  const closing = new AbortController();
  const crashes: string[] = [];
  const aside = new Set<ServiceLife>();
  let life: ServiceLife | undefined;
  let servingSinceMs: number | undefined;
  let isHeld = false;
  let takesOver = false;
  let wake: () => void = () => undefined;

  const keep = async () => {
    while (!closing.signal.aborted) {
      if (isHeld) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const present = await startLife(spec, { takeOver: takesOver });
      life = present;
      servingSinceMs = undefined;
      for (const front of fronts) front.pointAt(present.port);
      onEvent({ what: "started", pid: present.pid, how: takesOver ? "--take-over" : "" });
      void noticeServing(present);
      const replaced = new Promise<undefined>((resolve) => {
        wake = () => resolve(undefined);
      });
      const exit = await Promise.race([present.exited, replaced]);
      servingSinceMs = undefined;
      if (life === present) life = undefined;
      if (!exit) continue;
      onEvent({ what: "ended", pid: present.pid, how: exit.how });
      if (exit.code !== undefined && !closing.signal.aborted) crashes.push(`${present.pid} ${exit.how}`);
      await systemClock.sleep(RESTART_MS, closing.signal).catch(() => undefined);
    }
  };
  const noticeServing = async (present: ServiceLife) => {
    while (life === present && present.exit === undefined) {
      if (await answers(present.port)) {
        if (life !== present) return;
        servingSinceMs = systemClock.nowMs();
        takesOver = false;
        onEvent({ what: "serving", pid: present.pid, how: "" });
        return;
      }
      await systemClock.sleep(LOOK_MS);
    }
  };
  const keeping = keep();

  return {
    name: spec.service,
    get life() {
      return life;
    },
    get isServing() {
      return servingSinceMs !== undefined;
    },
    get servingForMs() {
      return servingSinceMs === undefined ? 0 : systemClock.nowMs() - servingSinceMs;
    },
    crashes,
    async untilServing(signal) {
      while (servingSinceMs === undefined) await systemClock.sleep(LOOK_MS, signal);
    },
    replace(options) {
      const old = life;
      takesOver = options.takeOver;
      life = undefined;
      if (old) aside.add(old);
      void old?.exited.then(() => aside.delete(old));
      wake();
      return old;
    },
    async hold() {
      isHeld = true;
      const present = life;
      present?.signal("SIGKILL");
      await present?.exited;
    },
    resume() {
      isHeld = false;
      wake();
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      isHeld = false;
      const all = [...(life ? [life] : []), ...aside];
      for (const one of all) {
        one.signal("SIGCONT");
        one.signal("SIGTERM");
      }
      wake();
      await Promise.all(all.map((one) => one.exited));
      await keeping;
    },
  };
}
