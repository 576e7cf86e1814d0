// What happened, in one line: for the last lines of the live view and for plain output.
import { unreachable } from "@muster/kit";
import type { ConfigEvent } from "@muster/matcher";
import type { BattleSession, SessionChange } from "@muster/proto";
import type { ServiceEvent } from "@muster/service";
import { formatDuration } from "../arguments/duration.ts";
import type { FeedMessage, ServerProcess } from "../contract/session.ts";
import type { Ticket, TicketEvent } from "../contract/ticket.ts";
import type { WatchEvent } from "../watch/restart-on-change.ts";
import { describeBackfill } from "./describe-session.ts";
import { wasAsked } from "./last-words.ts";

/** A line, and whether it is good or bad news or neither. */
export type EventLine = { readonly text: string; readonly tone: "plain" | "good" | "bad" | "dim" };

export function describeService(event: ServiceEvent): EventLine {
  switch (event.type) {
    case "ready":
      return { text: `${event.name} READY after ${formatDuration(event.tookMs)} (process ${event.pid})`, tone: "good" };
    case "crashed":
      return {
        text: `${event.name} CRASHED (${event.how}), starts again in ${event.restartInMs.toFixed(0)} ms: see ${event.name}.log`,
        tone: "bad",
      };
    case "stopped":
      return { text: `${event.name} STOPPED (${event.how}${event.killed ? ", killed" : ""})`, tone: "dim" };
    default:
      return { text: `${event.name} ${event.type.toUpperCase()}`, tone: "dim" };
  }
}

/** Of muster.json while it is edited: a line for each mistake. */
export function describeConfigEvent(event: ConfigEvent): readonly EventLine[] {
  switch (event.type) {
    case "taken-over":
      return [{ text: `muster.json TAKEN OVER: ${event.changed.join(", ")}`, tone: "good" }];
    case "refused":
      return event.why.split("\n").map((why) => ({ text: `muster.json REFUSED, the old stays: ${why}`, tone: "bad" }));
    case "mended":
      return [{ text: "muster.json MENDED", tone: "good" }];
    default:
      return unreachable(event);
  }
}

/** Of the files that servers are started of. */
export function describeWatchEvent(event: WatchEvent): EventLine {
  switch (event.type) {
    case "watching":
      return {
        text: `files WATCHED in ${event.folders.join(", ") || "no folder: no fleet runs processes"}`,
        tone: "dim",
      };
    case "restarted": {
      const { changed, fleet, processes, battles } = event;
      const end = `${count(processes, "process", "processes")} with ${count(battles, "battle", "battles")} to end`;
      return { text: `files CHANGED (${changed}): fleet ${fleet} starts anew, ${end}`, tone: "good" };
    }
    case "problem":
      return { text: event.why, tone: "bad" };
    default:
      return unreachable(event);
  }
}

function count(number: number, one: string, several: string): string {
  return `${number} ${number === 1 ? one : several}`;
}

export function describeProcessEnd({ processId, fleet, endReason }: ServerProcess): EventLine {
  const wanted = wasAsked(endReason);
  const hint = wanted ? "" : `: see npx muster logs ${processId.slice(0, 12)}`;
  return {
    text: `server ${shortId(processId)} of ${fleet} ENDED (${endReason ?? "?"})${hint}`,
    tone: wanted ? "dim" : "bad",
  };
}

export function describeTicketEvent(event: TicketEvent): EventLine | undefined {
  if (event.type === "HEARTBEAT") return undefined;
  const { ticket } = event;
  const players = ticket.players.map(({ playerId }) => playerId).join(", ");
  const id = shortId(ticket.ticketId);
  if (event.type === "SESSION_ENDED") {
    return { text: `ticket ${id} SESSION_ENDED ${event.sessionEndCause ?? ""}: ${players}`, tone: "dim" };
  }
  const { state, cause, assignment } = ticket;
  switch (state) {
    case "PREPARING":
      return { text: `ticket ${id} PREPARING ${describePreparation(ticket)}: ${players}`, tone: "plain" };
    case "SEARCHING":
      return { text: `ticket ${id} SEARCHING ${ticket.configuration}: ${players}`, tone: "plain" };
    case "COMPLETED": {
      const where = assignment ? ` in session ${shortId(assignment.battleSessionId)}` : "";
      return { text: `ticket ${id} COMPLETED${where}: ${players}`, tone: "good" };
    }
    case "REQUIRES_ACCEPTANCE":
      return { text: `ticket ${id} REQUIRES_ACCEPTANCE ${describeAcceptance(ticket)}: ${players}`, tone: "plain" };
    case "PLACING":
      return { text: `ticket ${id} PLACING match ${shortId(ticket.matchId ?? "")}: ${players}`, tone: "plain" };
    default:
      return { text: `ticket ${id} ${state}${cause === undefined ? "" : ` (${cause})`}: ${players}`, tone: "bad" };
  }
}

/** "1 of 3 joined". */
export function describePreparation({ preparation }: Pick<Ticket, "preparation">): string {
  const { players = [] } = preparation ?? {};
  return `${players.filter(({ joined }) => joined).length} of ${players.length} joined`;
}

/** "3 of 10 accepted match_06qj…". */
export function describeAcceptance({ proposal, matchId = "" }: Pick<Ticket, "proposal" | "matchId">): string {
  const { players = [] } = proposal ?? {};
  const accepted = players.filter((player) => player.accepted).length;
  return `${accepted} of ${players.length} accepted match ${shortId(matchId)}`;
}

/** `before` is the session as it was known, for what a change does not repeat. */
export function describeFeedMessage(message: FeedMessage, before: BattleSession | undefined): EventLine | undefined {
  if (message.type === "session") {
    if (before || message.session.state === "TERMINATED") return undefined;
    const { battleSessionId, state, fleet, region } = message.session;
    return { text: `session ${shortId(battleSessionId)} ${state} on ${fleet} in ${region}`, tone: "plain" };
  }
  if (message.type === "placement") {
    const { placementId, state, failure } = message.placement;
    if (state !== "FAILED" && state !== "TIMED_OUT") return undefined;
    return { text: `placement ${shortId(placementId)} ${state}${failure ? `: ${failure}` : ""}`, tone: "bad" };
  }
  return message.type === "change" ? describeChange(message.change, before) : undefined;
}

function describeChange(change: SessionChange, before: BattleSession | undefined): EventLine {
  const session = `session ${shortId(change.battleSessionId)}`;
  const names = [...change.added, ...change.updated, ...change.removed].map(
    ({ playerId, team }) => `${playerId}${team === undefined ? "" : ` (${team})`}`,
  );
  switch (change.reason) {
    case "SESSION_ACTIVATED": {
      const { address = before?.address } = change;
      const where = address ? ` at ${address.host}:${Object.values(address.ports).join(",")}` : "";
      return { text: `${session} ACTIVE${where}`, tone: "good" };
    }
    case "SESSION_ENDED":
      return { text: `${session} ENDED ${change.endCause ?? ""}`.trimEnd(), tone: isCrash(change) ? "bad" : "dim" };
    case "BACKFILL_UPDATED": {
      const { backfill = before?.backfill } = change;
      return { text: `${session} backfill ${backfill ? describeBackfill(backfill) : ""}`.trimEnd(), tone: "plain" };
    }
    case "CUSTOM_DATA_REPORTED": {
      const { currentCount = 0, maxCount = 0 } = change.customData ?? {};
      return { text: `${session} reports ${currentCount}/${maxCount}`, tone: "dim" };
    }
    case "HOST_REACHABILITY_CHANGED":
      return { text: `${session} ${change.unreachable ? "UNREACHABLE" : "reachable again"}`, tone: "bad" };
    default:
      return { text: `${session} ${[change.reason, ...names].join(" ")}`, tone: "plain" };
  }
}

function isCrash({ endCause }: SessionChange): boolean {
  return endCause !== "GAME_ENDED" && endCause !== "TERMINATED" && endCause !== undefined;
}

/** Enough of an id to find it again; commands take the whole, which `muster sessions` shows. */
export function shortId(id: string): string {
  return id.length <= 16 ? id : `${id.slice(0, 15)}…`;
}
