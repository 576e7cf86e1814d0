// Everything that happens to the fleet by the passing of time.
import type { PlacementId, PlayerSessionId, ProcessId, ServerSessionId } from "@muster/proto";

export type Deadline =
  | { readonly atMs: number; readonly type: "placement-expires"; readonly placementId: PlacementId }
  /** A pending placement may go further away from now on. */
  | { readonly atMs: number; readonly type: "latency-cap-rises"; readonly placementId: PlacementId }
  | { readonly atMs: number; readonly type: "activation-due"; readonly sessionId: ServerSessionId }
  | { readonly atMs: number; readonly type: "session-closes"; readonly sessionId: ServerSessionId }
  | {
      readonly atMs: number;
      readonly type: "seat-expires";
      readonly sessionId: ServerSessionId;
      readonly playerSessionId: PlayerSessionId;
    }
  | { readonly atMs: number; readonly type: "ready-due"; readonly processId: ProcessId }
  /** Sessions of a process that drains are protected no more. */
  | { readonly atMs: number; readonly type: "drain-due"; readonly processId: ProcessId }
  /** An elastic fleet may shrink again. */
  | { readonly atMs: number; readonly type: "cooldown-over"; readonly fleet: string }
  | { readonly atMs: number; readonly type: "process-killed"; readonly processId: ProcessId }
  /** A crash loop may launch again. */
  | { readonly atMs: number; readonly type: "launch-allowed"; readonly fleet: string };

/** Tells deadlines of one type and instant apart. */
export function deadlineId(deadline: Deadline): string {
  switch (deadline.type) {
    case "placement-expires":
    case "latency-cap-rises":
      return deadline.placementId;
    case "activation-due":
    case "session-closes":
      return deadline.sessionId;
    case "seat-expires":
      return deadline.playerSessionId;
    case "ready-due":
    case "process-killed":
    case "drain-due":
      return deadline.processId;
    case "launch-allowed":
    case "cooldown-over":
      return deadline.fleet;
  }
}
