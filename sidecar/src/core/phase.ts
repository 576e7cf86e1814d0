// The phases of the game process as its sidecar sees them, and which message fits which.
import { MusterError } from "@muster/proto";

export type Ready = { readonly ports: Readonly<Record<string, number>>; readonly concurrentSessions: number };

export type ProcessPhase =
  | { readonly phase: "starting" }
  | { readonly phase: "ready"; readonly ready: Ready }
  | { readonly phase: "terminating"; readonly deadlineMs: number; readonly reason: string }
  | { readonly phase: "ended" };

/**
 * The phase after the game said that it is ready. A repeat with the same words changes nothing.
 *
 * @throws {MusterError} PHASE_CONFLICT if it was ready with other words, or is ending.
 */
export function becomeReady(phase: ProcessPhase, ready: Ready): ProcessPhase {
  if (phase.phase === "starting") return { phase: "ready", ready };
  if (phase.phase === "ready" && sameReady(phase.ready, ready)) return phase;
  const why = phase.phase === "ready" ? "READY, with other ports or sessions" : phase.phase.toUpperCase();
  throw new MusterError("PHASE_CONFLICT", `Cannot become ready as a process does so once: it is ${why}`, {
    metadata: { phase: phase.phase.toUpperCase() },
  });
}

/** The phase after somebody asked the game to end; the earlier deadline of two stands. */
export function beginTerminating(phase: ProcessPhase, end: { deadlineMs: number; reason: string }): ProcessPhase {
  if (phase.phase === "ended") return phase;
  if (phase.phase === "terminating" && phase.deadlineMs <= end.deadlineMs) return phase;
  return { phase: "terminating", ...end };
}

function sameReady(a: Ready, b: Ready): boolean {
  const names = Object.keys(a.ports);
  return (
    a.concurrentSessions === b.concurrentSessions &&
    names.length === Object.keys(b.ports).length &&
    names.every((name) => a.ports[name] === b.ports[name])
  );
}
