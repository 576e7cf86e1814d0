// The lines between sidecars and fleet as a fault plan makes them: messages are held, late, or come twice; connections break
// and cannot be opened again. In order all the same: a stream loses nothing in its middle, as no connection does. A line that
// nothing is wrong with passes everything on at once.
import type { ProcessId } from "@muster/proto";
import type { Direction } from "../core/faults/fault.ts";
import type { Timers } from "../simulated/timers.ts";

export interface HostLines {
  /** Hands a message to the sidecar by `deliver`, when the line lets it through. */
  toHost(processId: ProcessId, deliver: () => void): void;
  /** Hands a message to the fleet by `take`. */
  toFleet(processId: ProcessId, take: () => void): void;
  /** Whether nothing of the process gets through to the fleet: not even that it lives. */
  isDeaf(processId: ProcessId): boolean;
  /** Whether the sidecar cannot open a connection. */
  isCut(processId: ProcessId): boolean;
}

export interface FaultyLines extends HostLines {
  /** Holds messages for `forMs` (undefined: for good). `isDeaf` false: it still counts as heard. */
  hold(
    processId: ProcessId,
    how: { readonly direction: Direction; readonly forMs: number | undefined; readonly isDeaf: boolean },
  ): void;
  /** No connection can be opened for `forMs` (undefined: for good). */
  cut(processId: ProcessId, forMs: number | undefined): void;
  /** The process has ended. */
  forget(processId: ProcessId): void;
  /** Nothing is wrong with any line any more: what waited is handed over. */
  straighten(): void;
}

export type FaultyLinesOptions = {
  readonly nowMs: () => number;
  readonly timers: Timers;
  /** How late the next message of the process is, in ms, and whether it comes twice. */
  readonly weather: (processId: ProcessId) => { readonly delayMs: number; readonly twice: boolean };
};

type Way = {
  heldUntilMs: number;
  deafUntilMs: number;
  /** When the last message is due: none overtakes it. */
  lastDueMs: number;
  waiting: { readonly dueMs: number; readonly run: () => void }[];
};

type Line = { readonly toHost: Way; readonly toFleet: Way; cutUntilMs: number };

export function createFaultyLines({ nowMs, timers, weather }: FaultyLinesOptions): FaultyLines {
  const lines = new Map<ProcessId, Line>();
  const lineOf = (processId: ProcessId) => {
    const known = lines.get(processId);
    if (known) return known;
    const line = { toHost: createWay(), toFleet: createWay(), cutUntilMs: 0 };
    lines.set(processId, line);
    return line;
  };
  const flush = (way: Way) => {
    const now = nowMs();
    if (now < way.heldUntilMs) return;
    // One by one: what is handed over may make the next wait again.
    for (let first = way.waiting[0]; first && first.dueMs <= now && now >= way.heldUntilMs; first = way.waiting[0]) {
      way.waiting.shift();
      first.run();
    }
  };
  const pass = (processId: ProcessId, which: "toHost" | "toFleet", run: () => void) => {
    const { delayMs, twice } = weather(processId);
    const known = lines.get(processId);
    if (!known && delayMs === 0 && !twice) return run();
    const way = lineOf(processId)[which];
    const now = nowMs();
    const dueMs = Math.max(now + delayMs, way.lastDueMs);
    way.lastDueMs = dueMs;
    for (let times = twice ? 2 : 1; times > 0; times -= 1) way.waiting.push({ dueMs, run });
    if (dueMs > now) timers.after(dueMs - now, () => flush(way));
    else flush(way);
  };

  return {
    toHost: (processId, deliver) => pass(processId, "toHost", deliver),
    toFleet: (processId, take) => pass(processId, "toFleet", take),
    isDeaf: (processId) => (lines.get(processId)?.toFleet.deafUntilMs ?? 0) > nowMs(),
    isCut: (processId) => (lines.get(processId)?.cutUntilMs ?? 0) > nowMs(),
    hold(processId, { direction, forMs, isDeaf }) {
      const line = lineOf(processId);
      const untilMs = forMs === undefined ? Number.POSITIVE_INFINITY : nowMs() + forMs;
      const ways =
        direction === "BOTH" ? [line.toHost, line.toFleet] : [line[direction === "TO_HOST" ? "toHost" : "toFleet"]];
      for (const way of ways) {
        way.heldUntilMs = Math.max(way.heldUntilMs, untilMs);
        if (isDeaf) way.deafUntilMs = Math.max(way.deafUntilMs, untilMs);
        if (forMs !== undefined) timers.after(forMs, () => flush(way));
      }
    },
    cut(processId, forMs) {
      lineOf(processId).cutUntilMs = forMs === undefined ? Number.POSITIVE_INFINITY : nowMs() + forMs;
    },
    forget: (processId) => void lines.delete(processId),
    straighten() {
      const waiting = [...lines.values()].flatMap(({ toHost, toFleet }) => [...toHost.waiting, ...toFleet.waiting]);
      lines.clear();
      for (const { run } of waiting) run();
    },
  };
}

function createWay(): Way {
  return { heldUntilMs: 0, deafUntilMs: 0, lastDueMs: 0, waiting: [] };
}
