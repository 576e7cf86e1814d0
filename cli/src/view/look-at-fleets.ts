// One look at the fleets: sizes, processes, and the last line of as many processes as a screen could show.
import { MusterError } from "@muster/proto";
import type { FleetConnection } from "../contract/connection.ts";
import { readProcess } from "../contract/session.ts";
import { lastLineOf } from "./describe-fleet.ts";
import { type FleetsState, processesInTurn } from "./fleet-lines.ts";
import { lastWordsOf, wasAsked } from "./last-words.ts";

/** Processes whose output is looked at: more do not fit on a screen. */
const LINES_MAX = 32;
/** Of a log's end, which holds its last line unless that is very long, and its last words. */
const TAIL_BYTES = 4_096;
/** Processes that have ended at once and whose last words are asked for: those of one say it all as a rule. */
const WORDS_MAX = 4;

/**
 * `withLines`: the last line of each process is wanted. `known`: ids of processes that had ended at the look before; undefined at the
 * first.
 *
 * @throws {MusterError} what the fleet refuses with, or that it is away.
 */
export async function lookAtFleets(
  { fleet, mock }: FleetConnection,
  { withLines, known }: { readonly withLines: boolean; readonly known: ReadonlySet<string> | undefined },
  signal: AbortSignal,
): Promise<FleetsState> {
  const [{ fleets }, described] = await Promise.all([
    fleet.describeFleets({}, { signal }),
    fleet.describeProcesses({ includeEnded: true }, { signal }),
  ]);
  const processes = described.processes.map(readProcess);
  const shown = withLines ? processesInTurn({ fleets, processes }).slice(0, LINES_MAX) : [];
  const readTail = async (processId: string): Promise<string> => {
    const decoder = new TextDecoder();
    let text = "";
    try {
      const request = { processId, tailBytes: TAIL_BYTES, follow: false };
      for await (const { chunk } of mock.readProcessLog(request, { signal })) {
        text += decoder.decode(chunk, { stream: true });
      }
    } catch (error) {
      // It is gone by now, or its fleet keeps no output: then there is none to show.
      if (!(error instanceof MusterError)) throw error;
    }
    return text;
  };
  // One after the other: they are short, and a fleet with other work is not to notice.
  const lastLines = new Map<string, string>();
  for (const { processId } of shown) lastLines.set(processId, lastLineOf(await readTail(processId)));
  const crashed = processes.filter(
    ({ processId, state, endReason }) => state === "ENDED" && known?.has(processId) === false && !wasAsked(endReason),
  );
  const lastWords = new Map<string, readonly string[]>();
  for (const { processId } of crashed.slice(0, WORDS_MAX)) {
    lastWords.set(processId, lastWordsOf(await readTail(processId)));
  }
  return { fleets, processes, lastLines, lastWords };
}
