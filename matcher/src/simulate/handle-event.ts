// One event of a simulation: it is read as a request to the API would be, decided by the production core, and refused with the
// reason that a caller would get.
import {
  fieldInvalid,
  type MatchId,
  MusterError,
  newId,
  parseId,
  type ServerSessionId,
  type TicketId,
  writeEnum,
} from "@muster/proto";
import { MatchAnswer, noProperties } from "@muster/proto/matchmaking";
import { BackfillStrategy } from "@muster/proto/session";
import { decideAcceptMatch } from "../core/accept-match.ts";
import { decideCancelBackfill } from "../core/cancel-backfill.ts";
import { decideCancelMatching, getTicket } from "../core/cancel-matching.ts";
import { decideSessionEnded } from "../core/fleet-reports.ts";
import { decideDeclineMatching, decideJoinMatching } from "../core/join-matching.ts";
import { decideStartBackfill } from "../core/start-backfill.ts";
import { decideStartMatching } from "../core/start-matching.ts";
import { readPhase } from "../core/ticket.ts";
import { readBattleSessionId, readStartBackfill } from "../grpc/backfill-request-wire.ts";
import { readJoinMatching } from "../grpc/join-matching.ts";
import { readAcceptMatch, readPlayer, readStartMatching } from "../grpc/wire.ts";
import { declareSession } from "./declare-session.ts";
import { countOf, countsOf, flagOf, playerIdOf, playersOf, textOf, textsOf, wordOf } from "./event-fields.ts";
import type { SimulatedMatcher } from "./simulated-matcher.ts";
import type { SimulationEvent } from "./simulation-event.ts";

type Handler = (matcher: SimulatedMatcher, event: SimulationEvent) => void;

const handlers: Readonly<Record<string, Handler>> = {
  start(matcher, event) {
    const { state, random, configuration } = matcher;
    const message = {
      ...noProperties,
      configuration: configuration.name,
      ticketId: textOf(event, "ticketId"),
      players: playersOf(event),
      ...askedOf(event),
    };
    const request = readStartMatching(message, () => newId("ticket", random));
    matcher.perform(decideStartMatching(state, request, matcher.nowMs()));
  },
  cancel(matcher, event) {
    const decision = decideCancelMatching(matcher.state, ticketIdOf(event), matcher.nowMs());
    if (decision.type === "decided") matcher.perform(decision.facts);
  },
  join(matcher, event) {
    const request = readJoinMatching({ ticketId: textOf(event, "ticketId"), players: playersOf(event) });
    matcher.perform(decideJoinMatching(matcher.state, request, matcher.nowMs()));
  },
  decline(matcher, event) {
    const request = { ticketId: ticketIdOf(event), playerId: playerIdOf(event) };
    matcher.perform(decideDeclineMatching(matcher.state, request));
  },
  session(matcher, event) {
    const region = textOf(event, "region");
    declareSession(matcher, {
      battleSessionId: sessionIdOf(event),
      region: region === "" ? "" : parseId("region", region),
      players: playersOf(event).map((player, index) => readPlayer(player, `players[${index}]`)),
    });
  },
  startBackfill(matcher, event) {
    const { fleet, state, random } = matcher;
    const strategy = wordOf(event, "strategy", ["MAX_POSSIBLE", "CUSTOM"]);
    const message = {
      battleSessionId: textOf(event, "battleSessionId"),
      strategy: writeEnum(BackfillStrategy, strategy),
      addPlayers: { ...countsOf(event, "addPlayers") },
      replace: flagOf(event, "replace"),
      ...{ requestId: textOf(event, "requestId"), capability: "", seenRevision: 0 },
    };
    const request = readStartBackfill(message, () => newId("backfill", random));
    const { facts } = decideStartBackfill(state, request, fleet.getActive(request.battleSessionId));
    matcher.perform(facts, startedAtMsOf(event));
  },
  cancelBackfill(matcher, event) {
    const battleSessionId = sessionIdOf(event);
    const requestId = textOf(event, "requestId") || undefined;
    if (!matcher.fleet.find(battleSessionId)) matcher.fleet.getActive(battleSessionId);
    matcher.perform(decideCancelBackfill(matcher.state, { battleSessionId, requestId }).facts);
  },
  playerLeft: freeSeat,
  reservationExpired: freeSeat,
  playerReturned(matcher, event) {
    const before = matcher.fleet.getActive(sessionIdOf(event));
    const after = matcher.fleet.bringBack(before.battleSessionId, playerIdOf(event));
    if (after !== before) matcher.review(after);
  },
  policy(matcher, event) {
    const before = matcher.fleet.getActive(sessionIdOf(event));
    const field = event.policy === undefined ? "creationPolicy" : "policy";
    const policy = wordOf(event, field, ["ACCEPT_ALL", "DENY_ALL"]);
    const after = matcher.fleet.setPolicy(before.battleSessionId, policy);
    if (after !== before) matcher.review(after);
  },
  endSession(matcher, event) {
    const session = matcher.fleet.end(sessionIdOf(event));
    matcher.perform(decideSessionEnded(matcher.state, session.battleSessionId, session.endCause));
  },
  placementFailed(matcher, event) {
    const outcomes = ["FAILED", "TIMED_OUT", "CANCELLED"] as const;
    const outcome = event.outcome === undefined ? "FAILED" : wordOf(event, "outcome", outcomes);
    matcher.failPlacement(parseId<MatchId>("matchId", failingMatch(event) ?? ""), outcome);
  },
  round(matcher, event) {
    const [sessions, withheld] = [textsOf(event, "sessions"), textsOf(event, "withheld")];
    matcher.runRecorded({ decisions: countOf(event, "decisions"), sessions, withheld });
  },
  accept: (matcher, event) => answerFor(matcher, event, "ACCEPT"),
  reject: (matcher, event) => answerFor(matcher, event, "REFUSE"),
};

/** Whether the op says what players answer to a match that is proposed. */
export function isAnswer(op: string): boolean {
  return op === "accept" || op === "reject";
}

/** Every op of an event. */
export const simulationOps: readonly string[] = Object.keys(handlers);

/** The match whose placement the event ends; undefined for any other event. */
export function failingMatch(event: SimulationEvent): string | undefined {
  if (event.op !== "placementFailed") return undefined;
  const { matchId, battleSessionId } = event;
  const named = matchId ?? battleSessionId;
  return typeof named === "string" ? named : undefined;
}

/** Does what the event says. @throws {MusterError} What a caller would be answered; nothing has changed then. */
export function handleEvent(matcher: SimulatedMatcher, event: SimulationEvent): void {
  const handler = Object.hasOwn(handlers, event.op) ? handlers[event.op] : undefined;
  if (!handler) throw fieldInvalid("op", `one of ${simulationOps.join(", ")}`, event.op);
  handler(matcher, event);
}

function freeSeat(matcher: SimulatedMatcher, event: SimulationEvent): void {
  const { battleSessionId } = matcher.fleet.getActive(sessionIdOf(event));
  matcher.review(matcher.fleet.free(battleSessionId, playerIdOf(event)));
}

/** For all players of the ticket and the match that it is asked about, unless the event names some, or another. */
function answerFor(matcher: SimulatedMatcher, event: SimulationEvent, answer: "ACCEPT" | "REFUSE"): void {
  const { state } = matcher;
  const { ticketId, state: at, players } = getTicket(state, ticketIdOf(event));
  const named = textsOf(event, "playerIds");
  const present = at.phase === "REQUIRES_ACCEPTANCE" ? at.matchId : undefined;
  const matchId = textOf(event, "matchId") || present;
  if (matchId === undefined) {
    const phase = readPhase(at);
    const why = `Cannot ${event.op} for ticket ${ticketId} as a match must be proposed to it: it is ${phase}`;
    throw new MusterError("PROPOSAL_NOT_FOUND", why, { metadata: { state: phase } });
  }
  const request = readAcceptMatch({
    ticketId,
    matchId,
    playerIds: named.length > 0 ? [...named] : players.map(({ playerId }) => playerId),
    answer: MatchAnswer[answer],
  });
  matcher.perform(decideAcceptMatch(state, request, matcher.nowMs()));
}

/** Who has to join first; nothing where nobody has to. */
function askedOf(event: SimulationEvent): { readonly asked?: { playerIds: string[]; timeoutSeconds: number } } {
  const playerIds = [...textsOf(event, "askedPlayerIds")];
  const hasTimeout = event.askedSeconds !== undefined;
  if (playerIds.length === 0 && !hasTimeout) return {};
  return { asked: { playerIds, timeoutSeconds: hasTimeout ? countOf(event, "askedSeconds") : 0 } };
}

/** When a recorded backfill began: older ones are filled first. */
function startedAtMsOf({ startedAt }: SimulationEvent): number | undefined {
  if (startedAt === undefined) return undefined;
  if (typeof startedAt === "number") return startedAt * 1_000;
  throw fieldInvalid("startedAt", "a number of seconds", startedAt);
}

function ticketIdOf(event: SimulationEvent): TicketId {
  return parseId("ticketId", textOf(event, "ticketId"));
}

function sessionIdOf(event: SimulationEvent): ServerSessionId {
  return readBattleSessionId({ battleSessionId: textOf(event, "battleSessionId") });
}
