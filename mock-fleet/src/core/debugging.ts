// A fleet whose servers are debugged. One that stands at a breakpoint is neither ill nor late: what would end it, its battles or its
// seats because time has passed does not happen. A deadline that is held is only looked past, not changed: a fleet that starts again
// without debugging finds it in its journal, and overdue.
import { findAlias } from "./alias.ts";
import type { Deadline } from "./deadline.ts";
import type { Moment } from "./decision.ts";
import { findFleet } from "./fleet-config.ts";
import type { FleetState } from "./fleet-state.ts";
import type { Placement } from "./placement.ts";

/** Whether the deadline passes without a verdict. An end that was asked for still comes: of a process, of a drain. */
export function isHeld(state: FleetState, deadline: Deadline, { config }: Pick<Moment, "config">): boolean {
  const isDebugged = (fleet: string | undefined) => fleet !== undefined && findFleet(config, fleet)?.debug === true;
  switch (deadline.type) {
    case "ready-due":
      return isDebugged(state.processes.get(deadline.processId)?.fleet);
    case "activation-due":
    case "session-closes":
    case "seat-expires":
      return isDebugged(state.sessions.get(deadline.sessionId)?.battle.fleet);
    case "placement-expires": {
      const placement = state.pendingPlacements.get(deadline.placementId);
      return placement !== undefined && destinationsOf(state, placement, { config }).some(isDebugged);
    }
    default:
      return false;
  }
}

/** The fleets that the placement may go to, by name. */
function destinationsOf(
  state: FleetState,
  { request, isDirect }: Placement,
  { config }: Pick<Moment, "config">,
): readonly string[] {
  const queue = isDirect ? undefined : config.queues.find(({ name }) => name === request.queue);
  return (queue?.destinations ?? [request.queue]).map((name) => {
    const target = findAlias({ aliases: state.aliases, config }, name);
    return target?.type === "fleet" ? target.fleet : name;
  });
}
