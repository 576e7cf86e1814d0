// What a failed command says: one sentence with the cause, and what to do next.
import type { MusterError, Reason } from "@muster/proto";

const NEXT: { readonly [Name in Reason]?: string } = {
  SERVICE_NOT_READY: "try again in a moment",
  DEADLINE_PASSED: "try again, or see whether the service is overloaded",
  METHOD_UNKNOWN: "use the muster command of the same version as the service",
  TICKET_NOT_FOUND: "see what happens with `npx muster ticket watch`",
  TICKET_NOT_SEARCHING: "see what has become of it with `npx muster ticket show`",
  PLAYER_ALREADY_QUEUED: "cancel that ticket first with `npx muster ticket cancel`",
  BATTLE_SESSION_NOT_FOUND: "list the sessions with `npx muster sessions`",
  SERVER_SESSION_NOT_FOUND: "list the sessions with `npx muster sessions`",
  BACKFILL_ALREADY_RUNNING: "end it in the same step with --replace",
  BACKFILL_NOT_RUNNING: "start one with `npx muster backfill start`",
  SESSION_NOT_ACTIVE: "see how it is with `npx muster sessions --all`",
  TEAM_UNKNOWN: "see its teams with `npx muster sessions`",
  TEAM_SIZE_EXCEEDED: "see how many it has with `npx muster sessions`",
  PROCESS_NOT_FOUND: "list processes and services with `npx muster logs`",
  POOL_FULL: "wait until tickets are matched",
};

/** The sentence for `error`; `target` is the address that was asked, where one was. */
export function errorSentence(error: MusterError, target?: string): string {
  if (error.reason === "PEER_UNREACHABLE" && target !== undefined) return unreachable(error, target);
  const next = NEXT[error.reason];
  return next === undefined ? error.message : `${error.message}: ${next}`;
}

function unreachable(error: MusterError, target: string): string {
  const details = error.message;
  if (/ECONNREFUSED|ENOENT/.test(details)) {
    return `Cannot reach ${target} as nobody answers there: start it with \`npx muster dev\``;
  }
  if (/ENOTFOUND|EAI_AGAIN|Name resolution/.test(details)) {
    return `Cannot reach ${target} as there is no such host: check the address`;
  }
  return `Cannot reach ${target} as the connection does not hold: check that a service of Muster listens there`;
}
