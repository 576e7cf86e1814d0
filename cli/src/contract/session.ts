// Battle sessions, their changes and server processes as this command knows them. What is printed leaves out the secrets.
import {
  type BattleSession,
  type EnumWord,
  fieldInvalid,
  readBattleSession,
  readSessionChange,
  readWord,
  type SessionChange,
} from "@muster/proto";
import * as wire from "@muster/proto/fleet";
import { type Placement, readPlacement } from "./placement.ts";

export type ProcessState = EnumWord<typeof wire.ProcessState>;

export type FeedMessage = { readonly resumeToken: string } & (
  | { readonly type: "snapshot-begin" | "snapshot-end" | "heartbeat" | "unknown" }
  | { readonly type: "session"; readonly session: BattleSession }
  | { readonly type: "change"; readonly change: SessionChange }
  | { readonly type: "placement"; readonly placement: Placement }
);

export type ServerProcess = {
  readonly processId: string;
  readonly fleet: string;
  readonly region: string;
  readonly state: ProcessState;
  readonly pid: number | undefined;
  readonly battleSessionIds: readonly string[];
  readonly endReason: string | undefined;
  /** Its health is not judged, and nothing of it times out. */
  readonly debug: boolean;
};

export function readFeedMessage({ resumeToken, event }: wire.WatchSessionsResponse): FeedMessage {
  switch (event?.$case) {
    case "snapshotBegin":
      return { resumeToken, type: "snapshot-begin" };
    case "snapshotEnd":
      return { resumeToken, type: "snapshot-end" };
    case "heartbeat":
      return { resumeToken, type: "heartbeat" };
    case "session":
      return { resumeToken, type: "session", session: readBattleSession(event.value) };
    case "sessionChange":
      return { resumeToken, type: "change", change: readSessionChange(event.value) };
    case "placement":
      return { resumeToken, type: "placement", placement: readPlacement(event.value) };
    default:
      return { resumeToken, type: "unknown" }; // Of a newer fleet.
  }
}

export function readProcess(message: wire.ServerProcess): ServerProcess {
  return {
    processId: message.processId,
    fleet: message.fleet,
    region: message.region,
    state: readWord("process.state", wire.ProcessState, message.state),
    pid: message.pid || undefined,
    battleSessionIds: message.battleSessionIds,
    endReason: message.endReason || undefined,
    debug: message.debug,
  };
}

/** @throws {MusterError} FIELD_INVALID if the peer left out what it promised. */
export function present<Value>(field: string, value: Value | undefined): Value {
  if (value === undefined) throw fieldInvalid(field, "present", value);
  return value;
}
