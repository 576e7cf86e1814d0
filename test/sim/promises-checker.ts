// The promises that an outsider can judge, fed with what the simulation sees.
import { readBattleSession, readEnum, readSessionChange } from "@muster/proto";
import type { WatchSessionsResponse } from "@muster/proto/fleet";
import { type DescribeMatchingProgressResponse, TicketState } from "@muster/proto/matchmaking";
import type { Checker } from "./checkers/checker.ts";
import type { Happening, Outcome } from "./observation.ts";
import { createPromises } from "./promises.ts";

type Call = Happening & { readonly type: "call" };

export function createCheckers(): readonly Checker[] {
  const promises = createPromises();
  const calls = new Map<number, Call>();
  const accepted = new Set<string>();

  const answered = ({ method, request }: Call, outcome: Outcome) => {
    if (method === "startMatching" && "ok" in outcome) {
      promises.ticketAcknowledged((request as { ticketId: string }).ticketId);
    }
    if (method === "describeMatchingProgress" && "ok" in outcome) {
      for (const ticket of (outcome.ok as DescribeMatchingProgressResponse).tickets) {
        const { ticketId, matchId, assignment } = ticket;
        const state = readEnum(TicketState, ticket.state) ?? "";
        promises.ticketRead(ticketId, { state, matchId, battleSessionId: assignment?.battleSessionId ?? "" });
      }
    }
    if (method === "acceptPlayerSession" && "ok" in outcome) {
      const accept = request as { playerSessionId: string; requestId: string; reconnectSecret: string };
      const attempt = `${accept.playerSessionId} ${accept.requestId}`;
      if (accept.reconnectSecret === "" && !accepted.has(attempt)) promises.seatAccepted(accept.playerSessionId);
      accepted.add(attempt);
    }
  };
  const heard = ({ event }: WatchSessionsResponse) => {
    if (event?.$case === "session") promises.sessionSeen(readBattleSession(event.value));
    if (event?.$case === "sessionChange") promises.sessionChanged(readSessionChange(event.value));
  };
  return [
    {
      name: "PROMISES",
      see(observation) {
        if (observation.type === "call") calls.set(observation.callId, observation);
        if (observation.type === "session-event") heard(observation.event);
        if (observation.type !== "answer") return;
        const call = calls.get(observation.callId);
        calls.delete(observation.callId);
        if (call) answered(call, observation.outcome);
      },
    },
  ];
}
