// The fold: one fact after the other makes the state. It decides nothing, asks nobody, and takes every fact as true.
// What each kind of fact does stands in folds/.
import { unreachable } from "@muster/kit";
import { erasePlayer } from "./erase-player.ts";
import { tellDuplicate } from "./events/notices.ts";
import type { StampedFact } from "./fact.ts";
import { deleteConfiguration, deleteRuleSet, putConfiguration, putRuleSet } from "./folds/configurations.ts";
import { refuseTicket } from "./folds/hooks.ts";
import { addJoinKey, redeemJoinToken, revokeJoinKey } from "./folds/join-tokens.ts";
import { acceptMatch, endPlacement, endProposal, formMatch, placeMatch, weighMatch } from "./folds/matches.ts";
import { changeParty } from "./folds/parties.ts";
import { rejoinTicket } from "./folds/rejoined.ts";
import {
  adoptSession,
  applyFill,
  changeBackfill,
  decideFill,
  dropFill,
  endSession,
  startBackfill,
} from "./folds/sessions.ts";
import { addTicket, changeTicket, joinPlayers } from "./folds/tickets.ts";
import { forgetJoinKeys } from "./join-tokens/join-book.ts";
import type { MatcherState } from "./matcher-state.ts";
import { forgetParty } from "./party/party-book.ts";

/** Applies `stamped` to `state`, in place, and answers it. */
export function evolve(state: MatcherState, stamped: StampedFact): MatcherState {
  const { fact } = stamped;
  switch (fact.type) {
    case "rule-set-put":
      return putRuleSet(state, fact, stamped);
    case "configuration-put":
      return putConfiguration(state, fact, stamped);
    case "rule-set-deleted":
      return deleteRuleSet(state, fact);
    case "configuration-deleted":
      return deleteConfiguration(state, fact, stamped);
    case "ticket-created":
      return addTicket(state, fact, stamped);
    case "players-joined":
      return joinPlayers(state, fact, stamped);
    case "preparation-declined":
      return changeTicket(state, fact.ticketId, { type: "declined" }, stamped);
    case "ticket-cancelled":
      return changeTicket(state, fact.ticketId, { type: "cancelled", cause: fact.cause }, stamped);
    case "ticket-rejoined":
      return rejoinTicket(state, fact, stamped);
    case "duplicate-noted":
      return tellDuplicate(state, fact, stamped);
    case "party-changed":
      return changeParty(state, fact, stamped);
    case "ticket-timed-out":
      return changeTicket(state, fact.ticketId, { type: "timed-out" }, stamped);
    case "match-formed":
      return formMatch(state, fact, stamped);
    case "match-accepted":
      return acceptMatch(state, fact, stamped);
    case "proposal-ended":
      return endProposal(state, fact, stamped);
    case "match-placed":
      return placeMatch(state, fact, stamped);
    case "placement-ended":
      return endPlacement(state, fact, stamped);
    case "session-adopted":
      return adoptSession(state, fact);
    case "backfill-started":
      return startBackfill(state, fact, stamped);
    case "backfill-changed":
      return changeBackfill(state, fact, stamped);
    case "fill-decided":
      return decideFill(state, fact, stamped);
    case "fill-applied":
      return applyFill(state, fact, stamped);
    case "fill-dropped":
      return dropFill(state, fact, stamped);
    case "session-ended":
      return endSession(state, fact, stamped);
    case "ended-forgotten":
      return forgetEnded(state, fact.endedUntilMs, stamped.atMs);
    case "join-key-added":
      return addJoinKey(state, fact, stamped);
    case "join-key-revoked":
      return revokeJoinKey(state, fact);
    case "ticket-refused":
      return refuseTicket(state, fact, stamped);
    case "match-weighed":
      return weighMatch(state, fact, stamped);
    case "join-token-redeemed":
      return redeemJoinToken(state, fact);
    case "player-erased":
      erasePlayer(state, fact.playerId);
      state.erasures.set(fact.erasureId, fact.playerDigest);
      return state;
    case "erasure-completed":
      state.erasures.delete(fact.erasureId);
      return state;
    default:
      return unreachable(fact);
  }
}

function forgetEnded(state: MatcherState, untilMs: number, nowMs: number): MatcherState {
  const { ended } = state;
  let count = 0;
  for (let next = ended[count]; next && next.atMs <= untilMs; next = ended[count]) {
    if (next.type === "ticket") {
      state.tickets.delete(next.ticketId);
      state.joins.redeemed.delete(next.ticketId);
    } else if (next.type === "refusal") state.refused.delete(next.ticketId);
    else if (next.type === "party") forgetParty(state.parties, next.partyId);
    else state.sessions.delete(next.battleSessionId);
    count += 1;
  }
  ended.splice(0, count);
  state.events.forget(untilMs);
  forgetJoinKeys(state.joins, { untilMs, nowMs });
  return state;
}
