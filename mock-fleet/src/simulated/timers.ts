// The timers of everything that is simulated, on one sleep of the clock: a hundred thousand sessions have a few each.
import { type Clock, isAbortError } from "@muster/kit";
import { type Agenda, createAgenda } from "../core/agenda.ts";

export interface Timers extends Disposable {
  /** Calls `act` after `delayMs`, at once on a later turn if it is 0 or less. Timers of one instant go off in call order. */
  after(delayMs: number, act: () => void): void;
}

type Timer = { readonly atMs: number; readonly type: ""; readonly order: number; readonly act: () => void };

/** None yet. `act` must not throw. Disposed, none goes off any more. */
export function createTimers(clock: Clock): Timers {
  const agenda: Agenda<Timer> = createAgenda(({ order }) => order);
  let order = 0;
  let armedFor = Number.POSITIVE_INFINITY;
  let disarm = new AbortController();
  let disposed = false;

  const goOff = () => {
    armedFor = Number.POSITIVE_INFINITY;
    for (const { act } of agenda.takeDue(clock.nowMs())) if (!disposed) act();
    arm();
  };
  const arm = () => {
    const nextMs = agenda.nextMs;
    if (disposed || nextMs === undefined || nextMs >= armedFor) return;
    disarm.abort();
    disarm = new AbortController();
    armedFor = nextMs;
    clock.sleep(nextMs - clock.nowMs(), disarm.signal).then(goOff, (error: unknown) => {
      if (!isAbortError(error)) throw error;
    });
  };

  return {
    after(delayMs, act) {
      if (delayMs <= 0) return queueMicrotask(() => !disposed && act());
      agenda.add({ atMs: clock.nowMs() + delayMs, type: "", order: order++, act });
      arm();
    },
    [Symbol.dispose]() {
      disposed = true;
      disarm.abort();
    },
  };
}
