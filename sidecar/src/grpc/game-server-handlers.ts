// The calls of the game, each relayed to whoever decides it: seats and sessions to the fleet, backfill to the matcher. A
// relay is a few lines, so all of them stand in this file; what they may decide while the fleet is away is core/stand-in.ts.
import { createHash, timingSafeEqual } from "node:crypto";
import { type Clock, drawId, type Random } from "@muster/kit";
import { MusterError, type PlayerSession, parseId, readWord, writePlayerSession } from "@muster/proto";
import type { AcceptedSeat } from "@muster/proto/fleet";
import { isMatcherAllowed, type MatcherPeers } from "@muster/proto/grpc";
import { BackfillServiceDefinition } from "@muster/proto/matchmaking";
import type { CallContext, Client, Handlers } from "@muster/proto/rpc";
import type { AcceptPlayerSessionRequest, GameServerServiceDefinition } from "@muster/proto/sdk";
import * as session from "@muster/proto/session";
import type { Ready } from "../core/phase.ts";
import { selectSeats } from "../core/select-seats.ts";
import { type BookedSession, findSeat } from "../core/session-book.ts";
import { fleetIsAway, mayStandIn, type SeatFound, standInForAccept, standInForLeave } from "../core/stand-in.ts";
import type { CustomDataReports } from "../custom-data-reports.ts";
import type { Command, FleetLink } from "../fleet-link.ts";
import type { GameWatch } from "../game-watch.ts";
import type { SidecarState } from "../sidecar-state.ts";
import type { SidecarTrace } from "../trace-sidecar.ts";
import { checkSeatId, checkSecret, parseCustomData, parsePorts, parseSelection, parseSessions } from "./field.ts";

export type HandlerParts = {
  readonly state: SidecarState;
  readonly link: FleetLink;
  readonly clock: Clock;
  readonly random: Random;
  readonly matcherPeers: MatcherPeers;
  readonly matchers: readonly string[];
  readonly token: string;
  readonly watch: GameWatch;
  /** Undefined: nothing is told of traces. */
  readonly trace: SidecarTrace | undefined;
  readonly reports: CustomDataReports;
  readonly becomeReady: (ready: Ready) => void;
  /** The fleet has not refused it. */
  readonly onReady: (ready: Ready) => void;
  readonly reportHealth: (checkId: string, healthy: boolean) => void;
  /** The game said that it is about to exit. */
  readonly onEnding: () => void;
};

/** What a fleet that is away may be told later: beyond it the sidecar answers for it no more. */
const BACKLOG_MAX = 10_000;
/** Connection attempts whose secret is kept for a repeat: far more than arrive while a fleet is away. */
const SECRETS_KEPT = 10_000;

export function gameServerHandlers(parts: HandlerParts): Handlers<typeof GameServerServiceDefinition> {
  const { state, link, clock, random, watch, reports } = parts;
  const expected = Buffer.from(parts.token);
  const secrets = new Map<string, string>();

  /** Every call but one without a token to compare passes here first. */
  const checkToken = ({ token }: CallContext) => {
    if (parts.token !== "" && !isToken(token, expected)) {
      throw new MusterError("CREDENTIALS_INVALID", "Cannot serve the call as its token is not MUSTER_SIDECAR_TOKEN");
    }
  };
  const findBooked = (battleSessionId: string): BookedSession => {
    const booked = state.book.get(parseId("battle_session_id", battleSessionId));
    if (booked) return booked;
    if (!state.isBookComplete) throw fleetIsAway();
    throw new MusterError(
      "SERVER_SESSION_NOT_FOUND",
      `Cannot find the battle session ${battleSessionId}: this process has ${state.book.size} sessions`,
    );
  };
  /** As `findBooked`, in the words of backfill. */
  const findBattle = (battleSessionId: string): BookedSession => {
    if (state.isBookComplete && !state.book.has(battleSessionId)) {
      const why = `Cannot find battle session ${parseId("battle_session_id", battleSessionId)} as this process has none of the id`;
      throw new MusterError("BATTLE_SESSION_NOT_FOUND", why, { metadata: { battleSessionId } });
    }
    return findBooked(battleSessionId);
  };
  const command = (value: Command, { signal }: CallContext) => {
    if (!link.attached) throw fleetIsAway();
    return link.command(value, signal);
  };
  /** Whether the sidecar may still answer for the fleet: the fleet is away, and not for so long that it has given us up. */
  const standsIn = () => {
    if (link.attached) return false;
    const awayMs = clock.nowMs() - (link.awaySinceMs ?? 0);
    const hasRoom = link.backlog < BACKLOG_MAX;
    if (hasRoom && state.isBookComplete && link.welcome && mayStandIn({ ...link.welcome, awayMs })) return true;
    throw fleetIsAway();
  };
  const backfill = (booked: BookedSession): Client<typeof BackfillServiceDefinition> => {
    const { matcherEndpoint } = booked;
    if (matcherEndpoint === "") {
      throw new MusterError("BATTLE_SESSION_NOT_FOUND", "Cannot backfill the session as no matcher made it");
    }
    if (!isMatcherAllowed(matcherEndpoint, parts.matchers)) {
      const why = `Cannot call the matcher at ${matcherEndpoint} as MUSTER_MATCHERS does not name it`;
      throw new MusterError("MATCHER_NOT_ALLOWED", why, { metadata: { endpoint: matcherEndpoint } });
    }
    return parts.matcherPeers.peerOf(matcherEndpoint).client(BackfillServiceDefinition);
  };

  /** One secret for one connection attempt, whoever answers it: a repeat must not get another than the first try sent. */
  const secretOf = ({ playerSessionId, requestId }: { playerSessionId: string; requestId: string }): string => {
    // Of the seat too: a game that counts its request ids anew must not give two players one secret.
    const attempt = `${playerSessionId} ${requestId}`;
    const secret = secrets.get(attempt) ?? drawId("rc", random);
    secrets.delete(attempt);
    secrets.set(attempt, secret);
    if (secrets.size > SECRETS_KEPT) secrets.delete(secrets.keys().next().value ?? "");
    return secret;
  };

  const standInAccept = (found: SeatFound | undefined, request: AcceptPlayerSessionRequest) => {
    const own = found && state.standIns.get(found.seat.playerSessionId);
    const secretMatches = timingSafeEqual(digest(request.reconnectSecret), digest(own?.reconnectSecret ?? ""));
    const newSecret = secretOf(request);
    const decision = standInForAccept(found, own, { ...request, secretMatches, newSecret }, clock.wallMs());
    const { session: battle, seat } = found as SeatFound;
    if (!decision.repeat) {
      const { requestId } = request;
      const { reconnectSecret } = decision;
      state.standIns.set(seat.playerSessionId, { phase: "active", requestId, reconnectSecret });
      link.announce({
        $case: "acceptSeat",
        value: {
          playerSessionId: seat.playerSessionId,
          requestId,
          reconnectSecret: request.reconnectSecret,
          givenReconnectSecret: reconnectSecret,
        },
      });
    }
    const active: PlayerSession = { ...seat, state: "ACTIVE", expiresAtMs: undefined };
    return {
      battleSessionId: battle.battleSessionId,
      playerSession: writePlayerSession(active),
      reconnectSecret: decision.reconnectSecret,
    } satisfies AcceptedSeat;
  };
  const standInLeave = (playerSessionId: string, phase: "disconnected" | "removed") => {
    const own = state.standIns.get(playerSessionId);
    if (!standInForLeave(findSeat(state.book, playerSessionId), own, phase)) return;
    state.standIns.set(playerSessionId, {
      phase,
      requestId: own?.requestId,
      reconnectSecret: own?.reconnectSecret,
    });
    if (phase === "removed") link.announce({ $case: "removeSeat", value: { playerSessionId } });
    else link.announce({ $case: "disconnectSeat", value: { playerSessionId } });
  };

  return {
    watch: (request, context) => {
      checkToken(context);
      return watch.watch(request, context);
    },
    async processReady(request, context) {
      checkToken(context);
      const ready = { ports: parsePorts(request.ports), concurrentSessions: parseSessions(request.concurrentSessions) };
      const before = state.phase;
      parts.becomeReady(ready);
      try {
        const command = { $case: "processReady", value: ready } as const;
        if (link.attached) await link.command(command, context.signal);
        // A fleet that is away hears it when it is back: a Hello that is under way has said nothing of it.
        else if (state.phase !== before) link.announce(command);
      } catch (error) {
        const refused = error instanceof MusterError && error.reason !== "FLEET_UNREACHABLE";
        if (refused && state.phase.phase === "ready") state.phase = before;
        throw error;
      }
      parts.onReady(ready);
      return {};
    },
    async processEnding(_request, context) {
      checkToken(context);
      if (!state.ending) {
        state.ending = true;
        reports.hasten();
        state.phase = { phase: "ended" };
        parts.onEnding();
      }
      if (link.attached) await link.command({ $case: "processEnding", value: {} }, context.signal);
      else link.announce({ $case: "processEnding", value: {} });
      return {};
    },
    async activateBattleSession({ battleSessionId }, context) {
      checkToken(context);
      const booked = findBooked(battleSessionId);
      if (booked.session.state === "ACTIVE") return {};
      const activate = () => command({ $case: "activateSession", value: { battleSessionId } }, context);
      await (parts.trace?.activating(battleSessionId, activate) ?? activate());
      return {};
    },
    async terminateBattleSession({ battleSessionId }, context) {
      checkToken(context);
      parseId("battle_session_id", battleSessionId);
      reports.hasten();
      if (standsIn()) {
        findBooked(battleSessionId);
        link.announce({ $case: "endSession", value: { battleSessionId } });
      } else {
        await command({ $case: "endSession", value: { battleSessionId } }, context);
      }
      return {};
    },
    async acceptPlayerSession(request, context) {
      checkToken(context);
      checkSeatId(request.playerSessionId);
      parseId("request_id", request.requestId);
      checkSecret(request.reconnectSecret);
      const answeredBy = standsIn() ? "SIDECAR" : "FLEET";
      const accept = async () => {
        if (answeredBy === "SIDECAR") return standInAccept(findSeat(state.book, request.playerSessionId), request);
        const value = { ...request, givenReconnectSecret: secretOf(request) };
        const { acceptedSeat } = await command({ $case: "acceptSeat", value }, context);
        if (!acceptedSeat) throw new MusterError("INTERNAL_FAULT", "Cannot read the fleet's answer: it has no seat");
        return acceptedSeat;
      };
      if (!parts.trace) return await accept();
      const seat = findSeat(state.book, request.playerSessionId)?.seat;
      return await parts.trace.accepting({ requestId: request.requestId, seat, answeredBy }, accept);
    },
    async disconnectPlayerSession({ playerSessionId }, context) {
      checkToken(context);
      checkSeatId(playerSessionId);
      if (standsIn()) {
        standInLeave(playerSessionId, "disconnected");
        return { expiresAt: undefined };
      }
      const { seatExpiresAt } = await command({ $case: "disconnectSeat", value: { playerSessionId } }, context);
      return { expiresAt: seatExpiresAt };
    },
    async removePlayerSession({ playerSessionId }, context) {
      checkToken(context);
      checkSeatId(playerSessionId);
      if (standsIn()) standInLeave(playerSessionId, "removed");
      else await command({ $case: "removeSeat", value: { playerSessionId } }, context);
      return {};
    },
    async describePlayerSessions(request, context) {
      checkToken(context);
      const selection = parseSelection(request);
      if ("battleSessionId" in selection.by) findBooked(selection.by.battleSessionId);
      else if (!state.isBookComplete) throw fleetIsAway();
      const found = selectSeats(state.book, state.standIns, selection);
      const playerSessions = found.map(({ battleSessionId, seat }) => ({
        battleSessionId,
        playerSession: writePlayerSession(seat),
      }));
      return { playerSessions };
    },
    async reportCustomData(request, context) {
      checkToken(context);
      const customData = parseCustomData(request);
      const { session } = findBooked(request.battleSessionId);
      reports.note(session.battleSessionId, customData);
      return {};
    },
    async updatePlayerSessionCreationPolicy({ battleSessionId, creationPolicy }, context) {
      checkToken(context);
      findBooked(battleSessionId);
      readWord("creation_policy", session.CreationPolicy, creationPolicy);
      await command({ $case: "changeCreationPolicy", value: { battleSessionId, creationPolicy } }, context);
      return {};
    },
    async startBackfill(request, context) {
      checkToken(context);
      const booked = findBattle(request.battleSessionId);
      const { capability } = booked;
      const seenRevision = booked.session.revision;
      return await backfill(booked).startBackfill({ ...request, capability, seenRevision }, { signal: context.signal });
    },
    async cancelBackfill(request, context) {
      checkToken(context);
      const booked = findBattle(request.battleSessionId);
      const { capability } = booked;
      const seenRevision = booked.session.revision;
      return await backfill(booked).cancelBackfill(
        { ...request, capability, seenRevision },
        { signal: context.signal },
      );
    },
    async describeBackfill(request, context) {
      checkToken(context);
      const booked = findBattle(request.battleSessionId);
      const { capability } = booked;
      const told = { ...request, capability, seenRevision: booked.session.revision };
      return await backfill(booked).describeBackfill(told, { signal: context.signal });
    },
    async answerFill({ fillId, approved }, context) {
      checkToken(context);
      link.answerFill({ fillId: parseId("fill_id", fillId), approved });
      return {};
    },
    async reportHealth({ checkId, healthy }, context) {
      checkToken(context);
      parts.reportHealth(checkId, healthy);
      return {};
    },
  };
}

/** In constant time for its length, which is no secret. Without a digest, as every call passes here. */
function isToken(token: string, expected: Uint8Array): boolean {
  const given = Buffer.from(token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Reconnect secrets are compared by digest: of one length, in constant time. */
function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
