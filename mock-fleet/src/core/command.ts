// Carries out one command of a sidecar. A command that was carried out before gets its result again and changes nothing.
import { unreachable } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { activateSession, endSession } from "./activation.ts";
import { reportCustomData } from "./custom-data.ts";
import { type Decision, type Moment, unchanged } from "./decision.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import type { CommandResult, HostCommand } from "./host-command.ts";
import { becomeReady, closeSessions, processExited, type ServerProcess, terminateProcess } from "./process.ts";
import { acceptSeat, changeCreationPolicy, disconnectSeat, removeSeat } from "./seat.ts";

/** `isRepeat`: the result is of an earlier time; no fact tells of it. */
export type CommandReply = { readonly result: CommandResult; readonly isRepeat: boolean };

export type NumberedCommand = {
  readonly commandId: string;
  readonly command: HostCommand;
  /** Tells a repeat from another command under the same id. */
  readonly bodyDigest: string;
};

/**
 * @throws {MusterError} PROCESS_FENCED if the process has ended; ID_REUSED if another command had the id; else the reasons of the command. Nothing changes then.
 */
export function carryOut(
  state: FleetState,
  process: ServerProcess,
  { commandId, command, bodyDigest }: NumberedCommand,
  moment: Moment,
): Decision<CommandReply> {
  const known = state.answeredCommands.get(process.processId)?.results.get(commandId);
  if (known && known.bodyDigest !== "" && known.bodyDigest !== bodyDigest) {
    throw new MusterError("ID_REUSED", `Cannot carry out command ${commandId} as the id came before with another body`);
  }
  if (known) return unchanged({ result: known.result, isRepeat: true });
  if (process.status.phase === "ENDED") {
    throw new MusterError("PROCESS_FENCED", `Cannot take a command of process ${process.processId} as it has ended`);
  }
  const { facts, reply } = decide(state, process, command, moment);
  const answered: FleetFact = {
    type: "command-answered",
    processId: process.processId,
    commandId,
    bodyDigest,
    result: reply,
  };
  return { facts: [...facts, answered], reply: { result: reply, isRepeat: false } };
}

function decide(
  state: FleetState,
  process: ServerProcess,
  command: HostCommand,
  moment: Moment,
): Decision<CommandResult> {
  const done = (facts: readonly FleetFact[]) => ({ facts, reply: {} });
  switch (command.type) {
    case "process-started": {
      const { processId, attachGeneration } = process;
      return done([{ type: "process-attached", processId, attachGeneration, pid: command.pid }]);
    }
    case "process-ready":
      return done(becomeReady(process, command, moment));
    case "process-ending":
      return done([
        ...terminateProcess(process, "PROCESS_ENDING", moment),
        ...closeSessions(state, process, "PROCESS_ENDED"),
      ]);
    case "process-exited":
      return done(processExited(state, process, command.how));
    case "process-unhealthy":
      return done([
        ...terminateProcess(process, "UNHEALTHY", moment),
        ...closeSessions(state, process, "PROCESS_UNHEALTHY"),
      ]);
    case "activate-session":
      return done(activateSession(state, process, command.sessionId, moment));
    case "end-session":
      return done(endSession(state, process, command.sessionId, moment));
    case "accept-seat":
      return acceptSeat(state, process, command, moment);
    case "disconnect-seat":
      return disconnectSeat(state, process, command.playerSessionId, moment);
    case "remove-seat":
      return done(removeSeat(state, process, command.playerSessionId));
    case "change-creation-policy":
      return done(changeCreationPolicy(state, process, command));
    case "report-custom-data":
      return done(reportCustomData(state, process, command));
    default:
      return unreachable(command);
  }
}
