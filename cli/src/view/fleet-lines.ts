// Fleets with their processes as lines of the live view, in the room that there is: who does not fit is counted.
import type { Fleet } from "@muster/proto/fleet";
import type { ServerProcess } from "../contract/session.ts";
import { describeFleet, describeProcess } from "./describe-fleet.ts";
import type { ViewLine } from "./render-view.ts";

export type FleetsState = {
  /** As `muster.json` names them. */
  readonly fleets: readonly Fleet[];
  /** Ended ones too. */
  readonly processes: readonly ServerProcess[];
  /** By process id: the last line that each printed. Those of some processes are not known. */
  readonly lastLines: ReadonlyMap<string, string>;
  /** By process id: what those that have ended unasked since the look before printed last. */
  readonly lastWords: ReadonlyMap<string, readonly string[]>;
};

/** Living processes, fleet by fleet in turn, so that of each some are among the first. */
export function processesInTurn({
  fleets,
  processes,
}: Pick<FleetsState, "fleets" | "processes">): readonly ServerProcess[] {
  const queues = fleets.map(({ name }) => processes.filter((one) => one.fleet === name && one.state !== "ENDED"));
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  const turns: ServerProcess[] = [];
  for (let turn = 0; turn < longest; turn += 1) {
    for (const queue of queues) {
      const process = queue[turn];
      if (process) turns.push(process);
    }
  }
  return turns;
}

/** At most `room` lines: each fleet, and under it as many of its processes as there is room for. */
export function fleetLines(state: FleetsState, room: number): readonly ViewLine[] {
  const inTurn = processesInTurn(state);
  const { fleets, lastLines } = state;
  const all = fleets.length + inTurn.length;
  // A line that counts the others takes the place of a process.
  const shown = inTurn.slice(0, all <= room ? inTurn.length : Math.max(room - fleets.length - 1, 0));
  const more = inTurn.length - shown.length;
  const lines = fleets.flatMap((fleet): ViewLine[] => [
    { text: describeFleet(fleet), tone: fleet.readyProcesses < fleet.targetProcesses ? "plain" : "good" },
    ...shown
      .filter((process) => process.fleet === fleet.name)
      .map((process): ViewLine => {
        const text = describeProcess(process, lastLines.get(process.processId) ?? "");
        return { text, tone: process.state === "READY" ? "plain" : "dim" };
      }),
  ]);
  if (more > 0) lines.push({ text: `    and ${more} more: npx muster logs`, tone: "dim" });
  return lines.slice(0, room);
}
