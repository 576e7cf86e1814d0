// What may happen to placements, processes and sessions.
import type { Books } from "../checkers/books/books.ts";
import { isCallOf, okOf } from "../checkers/books/call-book.ts";
import type { Change } from "../checkers/books/fleet-book.ts";
import type { Observation } from "../observation.ts";
import { type Goal, when } from "./goal.ts";

function change(observation: Observation): Change | undefined {
  if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return undefined;
  return observation.fact.change;
}

function endsWith(cause: string, inState?: string) {
  return (observation: Observation, books: Books) => {
    const present = change(observation);
    if (present?.endCause !== cause) return false;
    return inState === undefined || books.fleet.sessions.get(present.battleSessionId)?.state === inState;
  };
}

function processEnds(reason: string) {
  return (observation: Observation) =>
    observation.type === "fleet-fact" &&
    observation.fact.type === "process-ended" &&
    observation.fact.reason.startsWith(reason);
}

export const fleetGoals: readonly Goal[] = [
  when("a placement was tried on another process", (observation, books) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "session-started") return false;
    return (books.fleet.placements.get(observation.fact.placementId)?.tried.size ?? 0) > 0;
  }),
  when("a match was placed again", (observation) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "placement-started") return false;
    return !observation.fact.request.placementId.endsWith(".1");
  }),
  when("a placement timed out", (observation) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "placement-ended") return false;
    return observation.fact.state === "TIMED_OUT";
  }),
  when("a placement fell back to the second fleet", (observation, books) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "session-started") return false;
    const queue = books.fleet.placements.get(observation.fact.placementId)?.request.queue;
    return queue === "both" && observation.fact.session.fleet === "us";
  }),
  when("a placement waited for a looser latency cap", (observation, books) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "session-started") return false;
    const { session, placementId } = observation.fact;
    const placement = books.fleet.placements.get(placementId);
    const capMs = placement?.firstCapMs ?? Number.POSITIVE_INFINITY;
    return placement?.request.players.some(({ latenciesMs }) => (latenciesMs[session.region] ?? 0) > capMs) === true;
  }),
  when("a placement failed at once as somebody is too far away", (observation) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "placement-ended") return false;
    return observation.fact.failure?.includes("everybody has to be within") === true;
  }),
  when("an alias was pointed elsewhere, or closed", (observation) => {
    return observation.type === "fleet-fact" && observation.fact.type === "alias-put";
  }),
  when("a session was created directly", (observation) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "placement-started") return false;
    return observation.fact.isDirect;
  }),
  when("a session that was created directly did not come alive", (observation, books) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "placement-ended") return false;
    const isDirect = books.fleet.placements.get(observation.fact.placementId)?.isDirect === true;
    return isDirect && observation.fact.state === "FAILED";
  }),
  when("a token was answered with a session that is over", (observation, books) => {
    const call = observation.type === "answer" ? books.calls.get(observation.callId) : undefined;
    if (!call || observation.type !== "answer") return false;
    const session = okOf(call, "createServerSession", observation.outcome)?.session;
    return session !== undefined && books.fleet.sessions.get(session.battleSessionId)?.state === "TERMINATED";
  }),
  when("a fleet without a free process refused a session", (observation) => {
    return (
      observation.type === "answer" && "refused" in observation.outcome && observation.outcome.refused === "FLEET_FULL"
    );
  }),
  when("a process was ended by force", (observation) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "process-terminating") return false;
    return observation.fact.reason === "FORCED";
  }),
  when("the capacity of a session was changed", (observation) => change(observation)?.capacity !== undefined),
  when("a search went on behind its first page", (observation, books) => {
    const call = observation.type === "answer" ? books.calls.get(observation.callId) : undefined;
    return isCallOf(call, "searchServerSessions") && call.request.pageToken !== "";
  }),
  when("a fleet grew for what was asked of it", (observation, books) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "fleet-scaled") return false;
    const { fleet, processes } = observation.fact;
    const living = [...books.fleet.processes.values()].filter((one) => one.fleet === fleet && one.phase !== "ENDED");
    return processes > living.length;
  }),
  when("a process drained with a battle on it", (observation) => {
    return observation.type === "fleet-fact" && observation.fact.type === "process-draining";
  }),
  when("a fleet was restarted", (observation) => {
    return observation.type === "fleet-fact" && observation.fact.type === "fleet-restarted";
  }),
  when("a process ended as its fleet was restarted", processEnds("FILES_CHANGED")),
  when("a process of an old build ended", processEnds("BUILD_REPLACED")),
  when("a process ended as its fleet shrank", processEnds("SCALE_IN")),
  when("a session did not come alive in time", endsWith("ACTIVATION_FAILED", "ACTIVATING")),
  when("a process crashed while activating", endsWith("PROCESS_CRASHED", "ACTIVATING")),
  when("a process crashed with a battle on it", endsWith("PROCESS_CRASHED", "ACTIVE")),
  when("a process became unhealthy with a battle on it", endsWith("PROCESS_UNHEALTHY")),
  when("a battle ended with its lost host", endsWith("HOST_LOST")),
  when("a battle was ended by an operator", endsWith("TERMINATED")),
  when("a game ended its battle", endsWith("GAME_ENDED")),
  when("a game that would not end a battle was ended", (observation) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "process-terminating") return false;
    return observation.fact.reason === "SESSION_NOT_ENDED";
  }),
  when("a host fell silent", (observation) => change(observation)?.unreachable === true),
  when("a silent host was heard again", (observation) => change(observation)?.unreachable === false),
  when("a host was given up", processEnds("HOST_LOST")),
  when("a sidecar attached again to a living battle", (observation, books) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "process-attached") return false;
    const process = books.fleet.processes.get(observation.fact.processId);
    const isNew = observation.fact.attachGeneration > (process?.attachGeneration ?? 0);
    return isNew && (process?.sessionIds.size ?? 0) > 0 && (process?.attachGeneration ?? 0) > 0;
  }),
  {
    name: "a sidecar was restarted beside its living game",
    detector: () => {
      const sidecars = new Map<string, string>();
      return (observation) => {
        if (observation.type !== "life" || observation.processId === undefined || observation.how !== "start")
          return false;
        const before = sidecars.get(observation.processId);
        sidecars.set(observation.processId, observation.node);
        return before !== undefined && before !== observation.node;
      };
    },
  },
  when("a session changed while the matcher was down", (observation, books) => {
    if (change(observation)?.state !== "TERMINATED" || observation.type !== "fleet-fact") return false;
    return observation.journalMs > 0 && books.watches.ofTickets.get("ticket-watcher")?.isOpen === false;
  }),
];
