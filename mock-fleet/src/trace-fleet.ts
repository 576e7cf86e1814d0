// The fleet's part of the traces of tickets: how long a placement took, and how long until each player was let in.
import type { CommittedFact } from "@muster/journal";
import { type Tracer, ticketSpan } from "@muster/service";
import type { FleetFact } from "./core/fleet-fact.ts";
import type { FleetRunner } from "./fleet-runner.ts";

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
        tracer.add(ticketSpan(id, { name: "placement", key: request.placementId, ...times, attributes, error }));
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
      tracer.add(
        ticketSpan(seat.ticketId, { name: "accept player session", key: playerSessionId, ...times, attributes }),
      );
    }
  };
  runner.onCommitted((facts) => facts.forEach(trace));
}
