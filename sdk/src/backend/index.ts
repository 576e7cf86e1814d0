// For game backends.
export {
  type Address,
  type Attributes,
  type AttributeValue,
  MusterError,
  type Reason,
  type SessionEndCause,
} from "@muster/proto";
export type {
  ExplainedConstraint,
  ExplainedCount,
  ExplainedQuery,
  ExplainedRuleSet,
  Explanation,
} from "@muster/proto/matchmaking";
// For test kits and simulations. May change in a minor version.
export {
  type ConnectMatcherOptions,
  type ConnectMatcherWithOptions,
  connectMatcher,
  connectMatcherWith,
} from "./connect-matcher.ts";
export { type DescribeRegionsOptions, describeRegions, type Region } from "./describe-regions.ts";
export { backendEnvironment, fleetClientEnvironment } from "./environment.ts";
// For what the matcher pushes.
export type { BackendEvent, EventBackfill, EventSession, EventTicket } from "./events/event.ts";
export { type EventReceiver, type ReceiveOptions, receiveEvents } from "./events/receive-events.ts";
export { type EventRequest, type VerifyOptions, verifyEvents } from "./events/verify-events.ts";
// For whoever hosts matches without a battle session.
export type { JoinKeySet } from "./join-tokens/key-set.ts";
export {
  createJoinTokenVerifier,
  type JoinedPlayer,
  type JoinTokenVerifier,
  type JoinTokenVerifierOptions,
} from "./join-tokens/verify-join-tokens.ts";
export type { TicketFilter, TicketPage } from "./list-tickets.ts";
export type { MatchResult } from "./match.ts";
export type { CallWaiting, Matcher, MatchWaiting, TicketExplanation } from "./matcher.ts";
export type { ByLeader, ByPlayer, Parties } from "./parties/parties.ts";
export type { CreateParty, Party, PartyChangeType, PartyOffer } from "./parties/party.ts";
export type { WatchParties } from "./parties/watch-parties.ts";
export type {
  AskedPlayers,
  Assignment,
  JoinMatching,
  MatchAnswer,
  MatchedPlayer,
  MatchedProperties,
  Preparation,
  Proposal,
  ProposedPlayer,
  StartedTicket,
  StartMatching,
  Ticket,
  TicketEvent,
  TicketPlayer,
  TicketQuery,
  TicketState,
} from "./ticket.ts";
export type { WatchTickets } from "./watch-tickets.ts";
