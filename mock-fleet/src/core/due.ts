// What a deadline does when its time has come, if it still holds. An entry of the agenda is a hint; the state decides.
import { unreachable } from "@muster/kit";
import { activationDue, sessionCloses } from "./activation.ts";
import type { Deadline } from "./deadline.ts";
import { isHeld } from "./debugging.ts";
import type { Moment } from "./decision.ts";
import { drainDue } from "./draining.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import { placementExpires } from "./placement.ts";
import { processExited, READY_TIMEOUT, terminateProcess } from "./process.ts";
import { seatExpires } from "./seat.ts";

/** The facts of one deadline; none if what it waited for has happened, or is waited for without end. */
export function whenDue(state: FleetState, deadline: Deadline, moment: Moment): readonly FleetFact[] {
  if (isHeld(state, deadline, moment)) return [];
  switch (deadline.type) {
    case "placement-expires": {
      const placement = state.pendingPlacements.get(deadline.placementId);
      return placement ? placementExpires(state, placement, moment) : [];
    }
    case "activation-due": {
      const session = state.sessions.get(deadline.sessionId);
      return session ? activationDue(state, session, moment) : [];
    }
    case "session-closes": {
      const session = state.sessions.get(deadline.sessionId);
      return session ? sessionCloses(state, session, moment) : [];
    }
    case "seat-expires": {
      const session = state.sessions.get(deadline.sessionId);
      return session ? seatExpires(session, deadline.playerSessionId, moment) : [];
    }
    case "ready-due": {
      const process = state.processes.get(deadline.processId);
      return process?.status.phase === "STARTING" ? terminateProcess(process, READY_TIMEOUT, moment) : [];
    }
    case "process-killed": {
      const process = state.processes.get(deadline.processId);
      return process?.status.phase === "TERMINATING" ? processExited(state, process, "SIGKILL") : [];
    }
    case "drain-due": {
      const process = state.processes.get(deadline.processId);
      return process ? drainDue(process, moment) : [];
    }
    case "launch-allowed":
    case "cooldown-over":
    case "latency-cap-rises":
      return []; // The fleet looks after its processes, and who waits for them, after every deadline.
    default:
      return unreachable(deadline);
  }
}
