// muster logs FLEET --follow: everything that the servers of a fleet print from now on, each line behind the beginning of its process's
// id, over restarts: who starts meanwhile is followed too.
import type { Clock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { FleetConnection } from "../contract/connection.ts";
import { readProcess, type ServerProcess } from "../contract/session.ts";
import { shortId } from "../view/describe-event.ts";

/** From one look for new processes to the next, in ms. */
const LOOK_MS = 500;
/** Characters of a line that has not ended; a longer one is parted. */
const LINE_CHARS_MAX = 65_536;

export type FollowedLine = { readonly processId: string; readonly text: string };

export type FollowOptions = {
  readonly name: string;
  /** Of what they have printed before. 0: all. */
  readonly tailBytes: number;
  readonly clock: Clock;
  readonly onLine: (line: FollowedLine) => void;
};

/** Follows until `signal` aborts; rejects when the fleet goes away. */
export async function followFleet(
  { fleet, mock }: Pick<FleetConnection, "fleet" | "mock">,
  { name, tailBytes, clock, onLine }: FollowOptions,
  signal: AbortSignal,
): Promise<void> {
  const followed = new Set<string>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined); // Awaited below.
  const follow = async ({ processId }: ServerProcess, isNew: boolean) => {
    const request = { processId, tailBytes: isNew ? 0 : tailBytes, follow: true };
    const lines = splitLines((text) => onLine({ processId, text }));
    for await (const { chunk } of mock.readProcessLog(request, { signal })) lines.push(chunk);
    lines.end();
  };
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const { processes } = await fleet.describeProcesses({ includeEnded: true }, { signal });
    for (const process of processes.map(readProcess)) {
      if (process.fleet !== name || followed.has(process.processId)) continue;
      followed.add(process.processId);
      // What had ended before the first look says nothing any more.
      if (isFirst && process.state === "ENDED") continue;
      follow(process, !isFirst).catch((error: unknown) => {
        // It was forgotten meanwhile: nothing more comes of it.
        if (!(error instanceof MusterError && error.reason === "PROCESS_NOT_FOUND")) failed.reject(error);
      });
    }
    await Promise.race([failed.promise, clock.sleep(LOOK_MS, signal)]);
  }
}

/** "proc_z5tfhxm03g… | ada comes". */
export function prefixed({ processId, text }: FollowedLine): string {
  return `${shortId(processId)} | ${text}`;
}

function splitLines(onLine: (text: string) => void) {
  const decoder = new TextDecoder();
  let rest = "";
  return {
    push(chunk: Uint8Array) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) onLine(part.replace(/\r$/, ""));
      if (rest.length < LINE_CHARS_MAX) return;
      onLine(rest);
      rest = "";
    },
    end() {
      if (rest !== "") onLine(rest);
    },
  };
}
