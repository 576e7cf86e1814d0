// The stream of one sidecar: wire ↔ core.
import { createHmac, createSecretKey } from "node:crypto";
import {
  type BattleSession,
  type CustomData,
  fieldInvalid,
  type MusterError,
  type PlayerSessionId,
  type ProcessId,
  parseId,
  readWord,
  type ServerSessionId,
  writeAttributes,
  writeBattleSession,
  writePlayerSession,
  writeSessionChange,
} from "@muster/proto";
import type * as wire from "@muster/proto/fleet";
import { CreationPolicy, type ProposedFill } from "@muster/proto/session";
import type { OutboundMessage } from "../attachments.ts";
import type { NumberedCommand } from "../core/command.ts";
import type { KnownSession } from "../core/delivery.ts";
import { findFleet } from "../core/fleet-config.ts";
import type { CommandResult, HostCommand } from "../core/host-command.ts";
import type { Hello } from "../core/process.ts";
import { FLEET_VERSION, type FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { atMost, nameIn, wholeNumberIn } from "./field.ts";
import { changeForHost, seatForHost, sessionForHost } from "./host-seats.ts";

/** Sessions that one process takes at once. */
const CONCURRENT_SESSIONS_MAX = 1_000;
const TEXT_CHARS_MAX = 256;
/** Ports that one process names, as many as a fleet can assign. */
const PORTS_MAX = 16;
/** Characters of a reconnect secret: theirs have 29. */
const SECRET_CHARS_MAX = 128;
/** What a game counts: the largest that the wire has. */
const COUNT_MAX = 2 ** 31 - 1;

type ReadyToTakeSessions = Extract<HostCommand, { readonly type: "process-ready" }>;

export type FullHello = Hello & {
  readonly known: readonly KnownSession[];
  /** Undefined: the game has not said that it is ready. */
  readonly ready: ReadyToTakeSessions | undefined;
  /** As they came: each is judged, and refused, by itself. */
  readonly carriedOut: readonly wire.HostCommand[];
};

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readHello(message: wire.Hello): FullHello {
  return {
    processId: parseId<ProcessId>("hello.process_id", message.processId),
    incarnation: message.incarnation,
    attachGeneration: wholeNumberIn("hello.attach_generation", message.attachGeneration, 1, Number.MAX_SAFE_INTEGER),
    secret: atMost("hello.secret", message.secret, SECRET_CHARS_MAX),
    fleet: atMost("hello.fleet", message.fleet, 128),
    pid: message.pid === 0 ? undefined : wholeNumberIn("hello.pid", message.pid, 1, 2 ** 31 - 1),
    known: message.knownSessions.map(({ battleSessionId, revision, matcherEndpoint }) => ({
      sessionId: parseId<ServerSessionId>("hello.known_sessions.battle_session_id", battleSessionId),
      revision,
      matcherEndpoint,
    })),
    ready: message.ready && readReady(message.ready),
    carriedOut: message.carriedOut,
  };
}

function readReady(message: wire.ProcessReady): ReadyToTakeSessions {
  const ports = Object.entries(message.ports);
  if (ports.length > PORTS_MAX) throw fieldInvalid("process_ready.ports", `at most ${PORTS_MAX} ports`, ports.length);
  for (const [name, port] of ports) {
    nameIn("process_ready.ports", name);
    wholeNumberIn(`process_ready.ports.${name.slice(0, 64)}`, port, 1, 65_535);
  }
  return {
    type: "process-ready",
    ports: message.ports,
    concurrentSessions: wholeNumberIn(
      "process_ready.concurrent_sessions",
      message.concurrentSessions,
      0,
      CONCURRENT_SESSIONS_MAX,
    ),
  };
}

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readCommand(message: wire.HostCommand): NumberedCommand {
  const command = readBody(message.command);
  const commandId = parseId("command.command_id", message.commandId);
  return { commandId, command, bodyDigest: bodyDigest(command) };
}

function readBody(command: wire.HostCommand["command"]): HostCommand {
  switch (command?.$case) {
    case "processStarted":
      return { type: "process-started", pid: wholeNumberIn("process_started.pid", command.value.pid, 1, 2 ** 31 - 1) };
    case "processReady":
      return readReady(command.value);
    case "processEnding":
      return { type: "process-ending" };
    case "processExited":
      return { type: "process-exited", how: command.value.how.slice(0, TEXT_CHARS_MAX) };
    case "processUnhealthy":
      return { type: "process-unhealthy", why: command.value.why.slice(0, TEXT_CHARS_MAX) };
    case "activateSession":
      return { type: "activate-session", sessionId: readSessionId("activate_session", command.value) };
    case "endSession":
      return { type: "end-session", sessionId: readSessionId("end_session", command.value) };
    case "acceptSeat":
      return {
        type: "accept-seat",
        playerSessionId: readSeatId("accept_seat", command.value),
        requestId: parseId("accept_seat.request_id", command.value.requestId),
        reconnectSecret: readSecret("accept_seat.reconnect_secret", command.value.reconnectSecret),
        givenReconnectSecret: readSecret("accept_seat.given_reconnect_secret", command.value.givenReconnectSecret),
      };
    case "disconnectSeat":
      return { type: "disconnect-seat", playerSessionId: readSeatId("disconnect_seat", command.value) };
    case "removeSeat":
      return { type: "remove-seat", playerSessionId: readSeatId("remove_seat", command.value) };
    case "changeCreationPolicy":
      return {
        type: "change-creation-policy",
        sessionId: readSessionId("change_creation_policy", command.value),
        creationPolicy: readWord(
          "change_creation_policy.creation_policy",
          CreationPolicy,
          command.value.creationPolicy,
        ),
      };
    case "reportCustomData":
      return {
        type: "report-custom-data",
        sessionId: readSessionId("report_custom_data", command.value),
        customData: readCustomData(command.value.customData),
      };
    default:
      throw fieldInvalid("command", "a command that this fleet knows", "absent or newer");
  }
}

function readCustomData({ currentCount, maxCount }: Partial<CustomData> = {}): CustomData {
  return {
    currentCount: wholeNumberIn("report_custom_data.custom_data.current_count", currentCount ?? -1, 0, COUNT_MAX),
    maxCount: wholeNumberIn("report_custom_data.custom_data.max_count", maxCount ?? -1, 0, COUNT_MAX),
  };
}

function readSecret(field: string, secret: string): string | undefined {
  return atMost(field, secret, SECRET_CHARS_MAX) || undefined;
}

function readSessionId(command: string, value: { readonly battleSessionId: string }): ServerSessionId {
  return parseId<ServerSessionId>(`${command}.battle_session_id`, value.battleSessionId);
}

function readSeatId(command: string, value: { readonly playerSessionId: string }): PlayerSessionId {
  // The id is a secret, and a wrong one is likely a client's input: the error must not show it.
  if (/^[A-Za-z0-9_.:-]{1,128}$/.test(value.playerSessionId)) return value.playerSessionId as PlayerSessionId;
  throw fieldInvalid(`${command}.player_session_id`, "1 to 128 of A-Z a-z 0-9 _ . : -", "something else");
}

export function writeOutbound(app: FleetApp, message: OutboundMessage): wire.AttachResponse {
  const { wallOf } = app.runner;
  switch (message.type) {
    case "welcome":
      return { message: { $case: "welcome", value: writeWelcome(app, message) } };
    case "result":
      return { message: { $case: "result", value: writeResult(app, message.commandId, message.result) } };
    case "refusal":
      return { message: { $case: "result", value: writeRefusal(message.commandId, message.error) } };
    case "start-session":
      return {
        message: {
          $case: "startSession",
          value: withCapability(message, {
            session: writeBattleSession(sessionForHost(app, message.battle)),
            activateBy: new Date(wallOf(message.activateByMs)),
            matcherEndpoint: message.matcherEndpoint,
            traceparents: startTraceparents(app, message),
          }),
        },
      };
    case "session-change":
      return { message: { $case: "sessionChange", value: writeSessionChange(changeForHost(app, message.change)) } };
    case "terminate-session":
      return { message: { $case: "terminateSession", value: { battleSessionId: message.sessionId } } };
    case "terminate-process": {
      const { reason, deadlineMs } = message;
      return { message: { $case: "terminateProcess", value: { reason, deadline: new Date(wallOf(deadlineMs)) } } };
    }
    case "approve-fill":
      return { message: { $case: "approveFill", value: { fill: writeProposedFill(message) } } };
    case "heartbeat":
      return { message: { $case: "heartbeat", value: {} } };
  }
}

/** Nobody tells of the start of a session that has started. */
function startTraceparents(
  app: FleetApp,
  { battle, placementId }: Extract<OutboundMessage, { type: "start-session" }>,
) {
  return battle.state === "ACTIVATING" ? [...(app.traceparents?.ofPlacement(placementId) ?? [])] : [];
}

function writeProposedFill({ fill, timeoutMs }: Extract<OutboundMessage, { type: "approve-fill" }>): ProposedFill {
  return {
    fillId: fill.fillId,
    battleSessionId: fill.sessionId,
    newcomers: fill.newcomers.map(({ playerId, team, ticketId, attributes, data }) => ({
      playerId,
      team: team ?? "",
      ticketId: ticketId ?? "",
      attributes: writeAttributes(attributes),
      data,
    })),
    timeoutMs,
  };
}

/** The message with its capability, which is made when it is read: simulated servers, who take messages as they are, seldom read it. */
function withCapability(
  { battle, capabilityKey }: Extract<OutboundMessage, { type: "start-session" }>,
  message: Omit<wire.StartSession, "capability">,
): wire.StartSession {
  let made: string | undefined;
  return {
    ...message,
    get capability() {
      made ??= capabilityOf(battle, capabilityKey);
      return made;
    },
  };
}

/** What backfill commands of the session present to its matcher. Empty for a session that takes none. */
function capabilityOf(battle: BattleSession, key: Uint8Array): string {
  if (key.length === 0) return "";
  const what = `${battle.battleSessionId}:${battle.processId}:${battle.incarnation}`;
  // As a key object: bytes cost three times as much.
  return createHmac("sha256", createSecretKey(key)).update(what).digest("base64url");
}

function writeWelcome(app: FleetApp, message: Extract<OutboundMessage, { type: "welcome" }>): wire.Welcome {
  const process = app.runner.state.processes.get(message.processId);
  const { config } = app.runner;
  const { health, hostSilentAfterMs, hostLostAfterMs } = config.settings;
  const isDebugged = process !== undefined && findFleet(config, process.fleet)?.debug === true;
  return {
    fleetVersion: FLEET_VERSION,
    region: process?.region ?? "",
    address: process && { host: process.address.host, ports: { ...process.address.ports } },
    heartbeatIntervalMs: heartbeatIntervalMs(hostSilentAfterMs),
    healthIntervalMs: isDebugged ? 0 : health.intervalMs,
    healthTimeoutMs: health.timeoutMs,
    healthMissesMax: health.missesMax,
    hostLostAfterMs,
    endedSessionIds: [...message.endedSessionIds],
    followingSessionIds: [...message.followingSessionIds],
  };
}

/** Three heartbeats may be lost, or late, before a side counts as silent. */
export function heartbeatIntervalMs(hostSilentAfterMs: number): number {
  return Math.max(50, Math.floor(hostSilentAfterMs / 4));
}

function writeResult(app: FleetApp, commandId: string, result: CommandResult): wire.CommandResult {
  const { acceptedSeat, seatExpiresAtMs } = result;
  const { wallOf } = app.runner;
  return {
    commandId,
    error: undefined,
    acceptedSeat: acceptedSeat && {
      battleSessionId: acceptedSeat.sessionId,
      playerSession: writePlayerSession(seatForHost(app, acceptedSeat.playerSession)),
      reconnectSecret: acceptedSeat.reconnectSecret,
    },
    seatExpiresAt: seatExpiresAtMs === undefined ? undefined : new Date(wallOf(seatExpiresAtMs)),
  };
}

function writeRefusal(commandId: string, error: MusterError): wire.CommandResult {
  return {
    commandId,
    error: { reason: error.reason, message: error.message, metadata: { ...error.metadata } },
    acceptedSeat: undefined,
    seatExpiresAt: undefined,
  };
}
