// Fills, updates, processes and the feed of FleetService: wire ↔ core.
import {
  type FillId,
  fieldInvalid,
  parseId,
  type ServerSessionId,
  writeBattleSession,
  writeEnum,
  writeSessionChange,
} from "@muster/proto";
import * as wire from "@muster/proto/fleet";
import { CreationPolicy, ProtectionPolicy } from "@muster/proto/session";
import type { FeedEvent } from "../core/feed.ts";
import type { Fill } from "../core/fill.ts";
import type { ServerProcess } from "../core/process.ts";
import type { SessionUpdate } from "../core/update-session.ts";
import type { FleetApp } from "../fleet-app.ts";
import { readSetting, wholeNumberIn } from "./field.ts";
import { readBackfillOf, readCapacity, readPlayers, readSessionName, writePlacement } from "./placement-wire.ts";
import { changeAtWall, sessionAtWall } from "./wall-time.ts";

/** How long a game may take to answer, in ms. */
const APPROVAL_MS = { min: 100, max: 5_000 };

/** `approvalTimeoutMs` 0: the game is not asked. @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readFill(message: wire.ApplyFillRequest): { readonly fill: Fill; readonly approvalTimeoutMs: number } {
  const newcomers = readPlayers("newcomers", message.newcomers);
  if (newcomers.length === 0) throw fieldInvalid("newcomers", "at least one player", 0);
  if (!message.backfill) throw fieldInvalid("backfill", "the backfill after the fill", "absent");
  const { approvalTimeoutMs: timeoutMs } = message;
  const { min, max } = APPROVAL_MS;
  const approvalTimeoutMs = timeoutMs === 0 ? 0 : wholeNumberIn("approval_timeout_ms", timeoutMs, min, max);
  const fill: Fill = {
    fillId: parseId<FillId>("fill_id", message.fillId),
    sessionId: parseId<ServerSessionId>("battle_session_id", message.battleSessionId),
    expectedRosterVersion: wholeNumberIn(
      "expected_roster_version",
      message.expectedRosterVersion,
      0,
      Number.MAX_SAFE_INTEGER,
    ),
    newcomers,
    backfill: readBackfillOf("backfill", message.backfill),
    toleratesLeavers: message.toleratesLeavers,
  };
  return { fill, approvalTimeoutMs };
}

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readUpdate(message: wire.UpdateServerSessionRequest): SessionUpdate {
  const { backfill, name, expectedRosterVersion: expected } = message;
  const settings = {
    backfill: backfill && readBackfillOf("backfill", backfill),
    capacity: message.capacity === undefined ? undefined : readCapacity(message.capacity),
    name: name === undefined ? undefined : readSessionName(name),
    creationPolicy: readSetting("creation_policy", CreationPolicy, message.creationPolicy),
    protection: readSetting("protection", ProtectionPolicy, message.protection),
  };
  if (Object.values(settings).every((setting) => setting === undefined)) {
    throw fieldInvalid("backfill", "one of the things to change", "absent");
  }
  return {
    updateId: parseId("update_id", message.updateId),
    sessionId: parseId<ServerSessionId>("battle_session_id", message.battleSessionId),
    ...settings,
    expectedRosterVersion:
      expected === undefined
        ? undefined
        : wholeNumberIn("expected_roster_version", expected, 0, Number.MAX_SAFE_INTEGER),
  };
}

export function writeServerProcess(
  process: ServerProcess,
  { isAttached, isDebugged }: { readonly isAttached: boolean; readonly isDebugged: boolean },
): wire.ServerProcess {
  const { status } = process;
  return {
    processId: process.processId,
    fleet: process.fleet,
    region: process.region,
    state: writeEnum(wire.ProcessState, status.phase),
    incarnation: process.incarnation,
    pid: process.pid ?? 0,
    address: { host: process.address.host, ports: { ...process.address.ports } },
    battleSessionIds: [...process.sessionIds],
    concurrentSessions: status.phase === "READY" ? status.concurrentSessions : 0,
    startedAt: new Date(process.startedAtWallMs),
    endReason: status.phase === "ENDED" ? status.reason : "",
    build: process.build,
    launch: process.launch,
    hostNumber: process.hostNumber,
    draining: process.draining !== undefined,
    debug: isDebugged,
    attached: isAttached && process.unreachableSinceMs === undefined,
  };
}

/** `isBrief`: as the request's `brief` says. Undefined: the watcher is not told of it then. */
export function writeFeedEvent(
  app: FleetApp,
  { event }: FeedEvent,
  { isBrief }: { readonly isBrief: boolean },
): wire.WatchSessionsResponse["event"] {
  const { wallOf } = app.runner;
  switch (event.type) {
    case "session":
      return { $case: "session", value: writeBattleSession(sessionAtWall(event.battle, wallOf)) };
    case "session-change":
      return { $case: "sessionChange", value: writeSessionChange(changeAtWall(event.change, wallOf)) };
    case "placement": {
      if (isBrief && !event.placement.end) return undefined;
      const battle = isBrief ? undefined : event.battle && sessionAtWall(event.battle, wallOf);
      return { $case: "placement", value: writePlacement(event.placement, battle) };
    }
  }
}

/** Where a watcher stands, for nobody but this journal to read. */
export function writeResumeToken(journalId: string, position: number): string {
  return Buffer.from(`${journalId} ${position}`).toString("base64url");
}

/** The position of a token; undefined if it is of another journal. @throws {MusterError} FIELD_INVALID for other text. */
export function readResumeToken(journalId: string, token: string): number | undefined {
  const [, id, position] = /^(\S+) (\d{1,15})$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  if (position === undefined) throw fieldInvalid("resume_token", "a token that a watch has given out", token);
  return id === journalId ? Number(position) : undefined;
}
