// What a server that is gone printed last, for whoever wonders why: the lines that tell, without its sidecar's log.

/** More would push everything else out of sight. */
const LINES_MAX = 8;

const OF_SIDECAR = /^\{"level":.*"service":"sidecar"/;
/** Where Node and installed packages were at that moment, and which Node. */
const OF_OTHERS = /^\s+at .*(?:\(?node:|[\\/]node_modules[\\/])|^Node\.js v/;

/** Reasons of ends that somebody asked for. */
const ASKED: ReadonlySet<string> = new Set([
  ...["exit 0", "SHUTDOWN", "SCALE_IN", "DRAINED", "ONE_SHOT", "BUILD_REPLACED", "FLEET_REMOVED", "FORCED"],
  ...["FILES_CHANGED", "RESTARTED"],
]);

export function wasAsked(endReason: string | undefined): boolean {
  return endReason === undefined || ASKED.has(endReason);
}

/** At most eight lines of `text`, the end of a log. */
export function lastWordsOf(text: string): readonly string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.replace(/\p{Cc}(\[[0-9;]*[A-Za-z])?/gu, " ").trimEnd())
    .filter((line) => line.trim() !== "" && !OF_SIDECAR.test(line) && !OF_OTHERS.test(line))
    .slice(-LINES_MAX);
}
