// The fleet's part of the traces of tickets: how long a placement took, and how long until each player was let in. What sidecars tell
// hangs under these two, by the traceparents that they are given.
import type { CommittedFact } from "@muster/journal";
import { type Tracer, writeTraceparent } from "@muster/kit/trace";
import type { PlacementId, PlayerSession } from "@muster/proto";
import { ticketSpan, ticketSpanPlace } from "@muster/service";
import type { FleetFact } from "./core/fleet-fact.ts";
import type { FleetRunner } from "./fleet-runner.ts";

/** Traces that a session's start is told in: a battle of thousands is one story, and not thousands. */
const TRACES_OF_START_MAX = 64;
const PLACEMENT = "placement";
const ACCEPT = "accept player session";

/** Where what a sidecar tells belongs. All are the same each time they are asked for. */
export interface Traceparents {
  /** Of the placement, in the traces of its tickets, of the first 64 that are told. */
  ofPlacement(placementId: PlacementId): readonly string[];
  /** Of the seat in the trace of its ticket. Undefined: it has none, or its trace is not told. */
  ofSeat(seat: Pick<PlayerSession, "ticketId" | "playerSessionId">): string | undefined;
}

export function createTraceparents(tracer: Tracer, { state }: Pick<FleetRunner, "state">): Traceparents {
  const told = (ticketId: string, step: { readonly name: string; readonly key: string }) => {
    const place = ticketSpanPlace(ticketId, step);
    return tracer.tells(place) ? writeTraceparent(place) : undefined;
  };
  return {
    ofPlacement(placementId) {
      const placement = state.placements.get(placementId);
      const found: string[] = [];
      for (const ticketId of new Set(placement?.request.players.flatMap(({ ticketId }) => ticketId ?? []))) {
        const traceparent = told(ticketId, { name: PLACEMENT, key: placementId });
        if (traceparent !== undefined) found.push(traceparent);
        if (found.length === TRACES_OF_START_MAX) break;
      }
      return found;
    },
    ofSeat: ({ ticketId, playerSessionId }) => {
      // The seat's id is a secret: it only goes into a hash.
      return ticketId === undefined ? undefined : told(ticketId, { name: ACCEPT, key: playerSessionId });
    },
  };
}

/** Tells `tracer` as long as the runner tells of facts. */
export function traceFleet(tracer: Tracer, runner: FleetRunner): void {
  const trace = ({ fact, timeMs }: CommittedFact<FleetFact>) => {
    if (fact.type === "placement-ended") {
      const placement = runner.state.placements.get(fact.placementId);
      if (!placement) return;
      const { request, createdAtWallMs } = placement;
      const attributes = { "muster.placement_id": request.placementId, "muster.queue": request.queue };
      const error = fact.state === "FULFILLED" ? undefined : fact.state;
      for (const id of new Set(request.players.flatMap(({ ticketId }) => ticketId ?? []))) {
        const times = { startMs: createdAtWallMs, endMs: fact.endedAtWallMs };
        tracer.add(ticketSpan(id, { name: PLACEMENT, key: request.placementId, ...times, attributes, error }));
      }
    }
    if (fact.type === "session-changed" && fact.accepted) {
      const { playerSessionId } = fact.accepted;
      const { battleSessionId } = fact.change;
      const seat = runner.state.sessions.get(battleSessionId)?.seats.get(playerSessionId);
      if (seat?.ticketId === undefined || seat.acceptIds.length > 1) return; // A return is none of the ticket's story.
      const times = { startMs: runner.wallOf(seat.createdAtMs), endMs: runner.wallOf(timeMs) };
      const attributes = { "muster.battle_session_id": battleSessionId };
      // The seat's id is a secret: it only goes into a hash.
      tracer.add(ticketSpan(seat.ticketId, { name: ACCEPT, key: playerSessionId, ...times, attributes }));
    }
  };
  runner.onCommitted((facts) => facts.forEach(trace));
}
