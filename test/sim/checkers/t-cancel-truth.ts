// T-CANCEL-TRUTH: "cancelled" means that there is no match and no seat, now and ever; "too late" names the match.

import { readEnum } from "@muster/proto";
import { TicketState } from "@muster/proto/matchmaking";
import type { Books } from "./books/books.ts";
import { isCallOf, okOf } from "./books/call-book.ts";
import type { Change } from "./books/fleet-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "T-CANCEL-TRUTH";

export function tCancelTruth(books: Books): Checker {
  const { tickets } = books.matcher;
  const checkCancelled = (ticketId: string, told: string | undefined) => {
    const phase = tickets.get(ticketId)?.phase;
    if (phase === undefined) return; // Its retention has ended since.
    const isOut = phase === "CANCELLED" || phase === "TIMED_OUT" || phase === "FAILED";
    if (told !== phase || !isOut) {
      throw new BrokenPromise(NAME, `the cancel of ${ticketId} was answered with ${told} while it is ${phase}`);
    }
  };
  const checkTooLate = (ticketId: string, matchId: string | undefined) => {
    const ticket = tickets.get(ticketId);
    if (!ticket || ticket.matchIds.has(matchId ?? "")) return;
    throw new BrokenPromise(
      NAME,
      `the cancel of ${ticketId} came too late for match ${matchId}, which it never was in`,
    );
  };
  const checkSeats = ({ added, battleSessionId }: Change) => {
    for (const { ticketId } of added) {
      const phase = ticketId === undefined ? undefined : tickets.get(ticketId)?.phase;
      if (phase === undefined || phase === "PLACING" || phase === "CLAIMED") continue;
      throw new BrokenPromise(NAME, `${ticketId} gets a seat in ${battleSessionId} while it is ${phase}`);
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "matcher-fact") {
        for (const { ticketId, to } of books.steps) {
          if (tickets.get(ticketId)?.phase !== "CANCELLED") continue;
          throw new BrokenPromise(NAME, `${ticketId} was CANCELLED and is to be ${to}`);
        }
      }
      if (observation.type === "fleet-fact" && observation.fact.type === "session-changed") {
        checkSeats(observation.fact.change);
      }
      if (observation.type !== "answer") return;
      const call = books.calls.get(observation.callId);
      if (!isCallOf(call, "cancelMatching")) return;
      const { outcome } = observation;
      const { ticketId } = call.request;
      const ok = okOf(call, "cancelMatching", outcome);
      if (ok) checkCancelled(ticketId, ok.ticket && readEnum(TicketState, ok.ticket.state));
      if ("refused" in outcome && outcome.refused === "TICKET_ALREADY_MATCHED") {
        checkTooLate(ticketId, outcome.metadata.matchId);
      }
    },
  };
}
