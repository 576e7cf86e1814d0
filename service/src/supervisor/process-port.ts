// What the supervisor needs of the machine: real processes here, scripted ones in its tests.
import {
  type GroupGuard,
  guardGroup,
  type ProcessSpec,
  type RunningProcess,
  signalGroup,
  startProcess,
} from "@muster/kit/processes";

export interface ProcessPort {
  /** A program that cannot be started is an exit like any other. */
  start(spec: ProcessSpec): RunningProcess;
  /** Ends the group once this process is gone. */
  guard(groupId: number): GroupGuard;
  /** Whether the group has members. A zombie that nobody buries counts as one. */
  groupLives(groupId: number): boolean;
  /** Kills what is left of the group. */
  killGroup(groupId: number): void;
}

export const systemProcesses: ProcessPort = {
  start: startProcess,
  guard: (groupId) => guardGroup(groupId, 0),
  groupLives: (groupId) => signalGroup(groupId, 0),
  killGroup: (groupId) => void signalGroup(groupId, "SIGKILL"),
};
