// Carries a fault plan out: looks at what becomes of processes and sessions, finds the times of faults that come by
// themselves, and strikes.
import type { CommittedFact } from "@muster/journal";
import { MusterError, type ProcessId, type ServerSessionId } from "@muster/proto";
import type { HostCommand } from "@muster/proto/fleet";
import type { Log } from "@muster/service";
import type { Attachments } from "../attachments.ts";
import { type Fault, type FaultSpec, faultKinds, type Opportunity, type Target } from "../core/faults/fault.ts";
import { type FaultPlan, fits } from "../core/faults/fault-plan.ts";
import type { FleetFact } from "../core/fleet-fact.ts";
import { isEnded, terminateProcess } from "../core/process.ts";
import type { FleetRunner } from "../fleet-runner.ts";
import type { ServerProcesses } from "../ports.ts";
import type { Timers } from "../simulated/timers.ts";
import type { FaultyLines } from "./host-lines.ts";
import { LIE_COMMANDS, type Lie } from "./lies.ts";

export type FaultDriverOptions = {
  readonly runner: FleetRunner;
  readonly attachments: Attachments;
  readonly processes: ServerProcesses;
  readonly lines: FaultyLines;
  readonly plan: FaultPlan;
  readonly timers: Timers;
  /** Carries a command out as if the sidecar of the process had sent it. */
  readonly sayFor: (processId: ProcessId, command: HostCommand) => void;
  readonly jumpClock: (jumpMs: number) => void;
  readonly log: Log;
};

export interface FaultDriver {
  /** In the order in which they were added. */
  readonly faults: readonly Fault[];
  add(spec: FaultSpec): Fault;
  /** What it has struck stays struck. @throws {MusterError} FAULT_NOT_FOUND */
  remove(faultId: string): void;
  /** The plan is over, and whoever stood still goes on: the fleet is about to end its processes in order. */
  end(): void;
}

/** Strikes nobody until a fault is added. */
export function createFaultDriver(options: FaultDriverOptions): FaultDriver {
  const { runner, attachments, processes, lines, plan, timers, log } = options;
  let lies = 0;

  const targetOf = (processId: ProcessId): Target | undefined => {
    const process = runner.state.processes.get(processId);
    return process && !isEnded(process) ? process : undefined;
  };
  const strikeAll = (opportunity: Opportunity, processId: ProcessId, sessionId?: ServerSessionId) => {
    const target = plan.isEmpty ? undefined : targetOf(processId);
    if (!target) return;
    for (const fault of plan.strike(opportunity, target, runner.nowMs())) hit(fault, processId, sessionId);
  };
  const hit = (fault: Fault, processId: ProcessId, sessionId?: ServerSessionId) => {
    log.info({ faultId: fault.faultId, kind: fault.kind, processId, sessionId }, "A fault strikes");
    const { kind, forMs, delayMs } = fault;
    switch (kind) {
      case "SLOW_START":
        return lines.hold(processId, { direction: "TO_FLEET", forMs, isDeaf: false });
      case "CRASH_IN_ACTIVATION":
        return afflict(processId, "crash");
      case "CRASH_IN_PLAY":
        return timers.after(delayMs, () => {
          const isOver = sessionId !== undefined && runner.state.sessions.get(sessionId)?.battle.state !== "ACTIVE";
          if (!isOver) afflict(processId, "crash");
        });
      case "HANG":
        lines.hold(processId, { direction: "BOTH", forMs, isDeaf: true });
        afflict(processId, "freeze");
        if (forMs !== undefined) timers.after(forMs, () => afflict(processId, "thaw"));
        return;
      case "UNHEALTHY":
        return afflict(processId, "freeze-game");
      case "ACTIVATES_TWICE":
      case "ACCEPTS_UNKNOWN":
      case "REPORTS_NONSENSE":
        return lie(kind, processId, sessionId);
      case "CUT":
        lines.cut(processId, forMs);
        return breakStream(processId);
      case "SILENCE":
        return lines.hold(processId, { direction: fault.direction, forMs, isDeaf: fault.direction !== "TO_HOST" });
      case "HOST_LOST":
        lines.hold(processId, { direction: "BOTH", forMs: undefined, isDeaf: true });
        lines.cut(processId, undefined);
        return afflict(processId, "freeze");
      case "SPOT_NOTICE":
        return runner.act((state, moment) => {
          const process = state.processes.get(processId);
          return process ? terminateProcess(process, "SPOT_NOTICE", moment, fault.noticeMs) : [];
        });
      case "CLOCK_JUMP":
        return options.jumpClock(fault.jumpMs);
      case "DELAY":
      case "DOUBLE":
      case "CAPACITY_GONE":
        return; // They stand: the lines and the launches ask for them.
    }
  };
  const afflict = (processId: ProcessId, blow: Parameters<ServerProcesses["afflict"]>[1]) => {
    const process = runner.state.processes.get(processId);
    if (process && !isEnded(process)) processes.afflict(processId, blow);
  };
  const lie = (kind: Lie, processId: ProcessId, sessionId: ServerSessionId | undefined) => {
    for (const command of LIE_COMMANDS[kind](sessionId ?? "")) {
      lies += 1;
      options.sayFor(processId, { commandId: `lie.${lies}`, command });
    }
  };
  const breakStream = (processId: ProcessId) => {
    attachments.breakOff(processId, new MusterError("PEER_UNREACHABLE", `The line of process ${processId} is cut`));
  };

  /** Strikes the process when its time has come, then looks for the next time. */
  const haunt = (fault: Fault, processId: ProcessId) => {
    const target = targetOf(processId);
    if (!target || !isThere(fault)) return;
    timers.after(Math.max(plan.untilNextMs(fault, target), 1), () => {
      if (!targetOf(processId) || !isThere(fault)) return;
      const { kind } = fault;
      const isPlaying = kind !== "CRASH_IN_PLAY" || (runner.state.processes.get(processId)?.sessionIds.size ?? 0) > 0;
      if (isPlaying && plan.count(fault.faultId, runner.nowMs())) hit(fault, processId);
      haunt(fault, processId);
    });
  };
  const isThere = ({ faultId }: Fault) => plan.faults.some((fault) => fault.faultId === faultId);
  const hauntNewcomer = (processId: ProcessId) => {
    const target = plan.isEmpty ? undefined : targetOf(processId);
    if (!target) return;
    for (const fault of plan.faults) if (fault.perHour !== undefined && fits(fault, target)) haunt(fault, processId);
  };
  /** The time of a fault has come that strikes those who live then. */
  const strikePresent = (fault: Fault) => {
    if (!isThere(fault)) return;
    for (const processId of [...runner.state.livingProcesses.keys()]) {
      const target = targetOf(processId);
      if (!target || !fits(fault, target)) continue;
      for (const struck of plan.strike("process", target, runner.nowMs())) {
        if (struck.faultId === fault.faultId) hit(struck, processId);
      }
    }
  };
  const look = ({ fact }: CommittedFact<FleetFact>) => {
    switch (fact.type) {
      case "process-launched":
        strikeAll("launch", fact.processId);
        return hauntNewcomer(fact.processId);
      case "session-started":
        return strikeAll("session", fact.session.processId, fact.session.battleSessionId);
      case "session-changed": {
        if (fact.change.state !== "ACTIVE") return;
        const sessionId = fact.change.battleSessionId;
        const processId = runner.state.sessions.get(sessionId)?.battle.processId;
        return processId && strikeAll("battle", processId, sessionId);
      }
      case "process-ended":
        lines.forget(fact.processId);
        return plan.forget(fact.processId);
    }
  };
  runner.onCommitted((facts) => {
    for (const fact of facts) look(fact);
  });

  return {
    get faults() {
      return plan.faults;
    },
    add(spec) {
      const fault = plan.add(spec, runner.nowMs());
      const { strikes } = faultKinds[fault.kind];
      if (fault.perHour !== undefined) {
        for (const [processId, process] of runner.state.livingProcesses)
          if (fits(fault, process)) haunt(fault, processId);
      } else if (strikes === "process") {
        timers.after(fault.afterMs, () => strikePresent(fault));
      } else if (strikes === "fleet") {
        timers.after(fault.afterMs, () => {
          if (isThere(fault) && plan.count(fault.faultId, runner.nowMs())) options.jumpClock(fault.jumpMs);
        });
      }
      return fault;
    },
    end() {
      for (const { faultId } of plan.faults) plan.remove(faultId);
      lines.straighten();
      for (const processId of runner.state.livingProcesses.keys()) afflict(processId, "thaw");
    },
    remove(faultId) {
      if (plan.remove(faultId)) return;
      throw new MusterError("FAULT_NOT_FOUND", `Cannot remove fault ${faultId} as there is none of that id`);
    },
  };
}
