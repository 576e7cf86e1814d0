// A snapshot of the matcher: what the state is now, taken in one go, and written slice by slice while the state moves on.
import { type ColumnSlice, sliceColumns, writeColumns } from "@muster/journal";
import type { MatcherState } from "../core/matcher-state.ts";
import { encodeJoinKey, encodeRedemption, redemptionsOf } from "./join-wire.ts";
import {
  encodeConfiguration,
  encodeMatch,
  encodeRefusal,
  encodeRuleSet,
  encodeSession,
  encodeSessionEvent,
} from "./kept-documents.ts";
import { encodeProposal } from "./kept-proposal.ts";
import { encodeNotice } from "./notice-wire.ts";
import { encodeParty } from "./party-wire.ts";
import { SNAPSHOT_SCHEMA } from "./snapshot-schema.ts";
import { rowsOf, ticketSlices } from "./ticket-slices.ts";

/**
 * The bytes of `state` as it is now, to be walked once. What changes in place is copied at once (some 20 ms for a million
 * tickets), everything else is shared. The same facts make the same bytes, restored in between or not.
 */
export function captureMatcherState(state: MatcherState): Iterable<Uint8Array> {
  const parties = Array.from(state.parties.byId.values(), (party) => {
    return [party, [...(state.parties.tickets.get(party.partyId) ?? [])]] as const;
  });
  const counters = [
    ...[state.arrivals, state.events.last, state.sessionEvents.last],
    ...[state.parties.changes, state.parties.forgotten, state.notices.last],
  ];
  const ruleSets = Array.from(state.ruleSets);
  const configurations = Array.from(state.configurations.values());
  const deleted = [...state.deleted.ruleSets, ...state.deleted.configurations];
  const weighed = Array.from(state.weighed.values());
  const matches = Array.from(state.matches.values());
  const joinKeys = Array.from(state.joins.keys.values());
  const refused = Array.from(state.refused.values());
  const redeemed = Array.from(state.joins.redeemed);
  const proposals = Array.from(state.proposals.values());
  const sessions = Array.from(state.sessions.values());
  const told = state.sessionEvents.capture();
  const notices = state.notices.capture();
  const tickets = ticketSlices(Array.from(state.tickets.values()), state.events.capture());
  const others = sliceColumns<OtherColumns>({
    counters,
    ruleSet: rowsOf(ruleSets, encodeRuleSet),
    configuration: rowsOf(configurations, encodeConfiguration),
    deletedName: rowsOf(deleted, ([name]) => name),
    deletedVersion: rowsOf(deleted, ([, version]) => version),
    deletedRuleSets: [state.deleted.ruleSets.size],
    match: rowsOf(matches, encodeMatch),
    weighed: rowsOf(weighed, (match) => encodeMatch({ ...match, attempt: 0 })),
    proposalOpen: rowsOf(proposals, encodeProposal),
    session: rowsOf(sessions, encodeSession),
    sessionEvent: rowsOf(told.list.slice(told.from, told.until), encodeSessionEvent),
    notice: rowsOf(notices.list.slice(notices.from, notices.until), encodeNotice),
    party: rowsOf(parties, encodeParty),
    joinKey: rowsOf(joinKeys, encodeJoinKey),
    joinRedeemed: rowsOf(redeemed.flatMap(redemptionsOf), encodeRedemption),
    refusal: rowsOf(refused, encodeRefusal),
    erasureId: Array.from(state.erasures.keys()),
    erasureDigest: Array.from(state.erasures.values()),
  });
  return writeColumns(SNAPSHOT_SCHEMA, concat<ColumnSlice<typeof SNAPSHOT_SCHEMA>>(tickets, others));
}

type OtherColumns = Pick<
  typeof SNAPSHOT_SCHEMA,
  | "counters"
  | "ruleSet"
  | "deletedName"
  | "deletedVersion"
  | "deletedRuleSets"
  | "configuration"
  | "match"
  | "weighed"
  | "proposalOpen"
  | "session"
  | "sessionEvent"
  | "notice"
  | "party"
  | "joinKey"
  | "joinRedeemed"
  | "refusal"
  | "erasureId"
  | "erasureDigest"
>;

function* concat<Item>(...lists: readonly Iterable<Item>[]): Generator<Item, void> {
  for (const list of lists) yield* list;
}
