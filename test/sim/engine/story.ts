// What happened, to be read by a person: the last lines of a run, or all of them. Lines are written only when somebody reads
// them, so that a run that ends well pays nothing for its prose.

export interface Story {
  /** `line` is asked when the story is read, soon or never: what it shows must not change meanwhile. */
  tell(atMs: number, line: () => string): void;
  /** Nothing is told any more. */
  end(): void;
  /** The lines that are kept, oldest first. */
  read(): readonly string[];
}

/** Keeps the last `linesMax` lines. */
export function createStory(linesMax: number): Story {
  const kept: { readonly atMs: number; readonly line: () => string }[] = [];
  let oldest = 0;
  let ended = false;
  return {
    end() {
      ended = true;
    },
    tell(atMs, line) {
      if (ended) return;
      if (kept.length < linesMax) {
        kept.push({ atMs, line });
        return;
      }
      kept[oldest] = { atMs, line };
      oldest = (oldest + 1) % linesMax;
    },
    read: () =>
      [...kept.slice(oldest), ...kept.slice(0, oldest)].map(
        ({ atMs, line }) => `t=${(atMs / 1_000).toFixed(3).padStart(9)} s  ${line()}`,
      ),
  };
}

/** Fields that say best what a message is about, the best first. */
const TELLING = [
  "ticketId",
  "ticketIds",
  "fillId",
  "placementId",
  "matchId",
  "battleSessionId",
  "playerSessionId",
  "processId",
  "commandId",
  "checkId",
  "configuration",
  "name",
] as const;

/** A message in a few words: its kind and the first telling ids in it. */
export function gistOf(message: unknown, depth = 0): string {
  if (typeof message !== "object" || message === null || depth > 4) return "";
  const fields = Object.entries(message);
  const kind = fields.find(([name]) => name === "$case")?.[1];
  const words = typeof kind === "string" ? [kind] : [];
  for (const name of TELLING) {
    const value = fields.find(([field]) => field === name)?.[1];
    if (typeof value === "string" && value !== "") words.push(value);
    if (Array.isArray(value) && value.length > 0) words.push(String(value[0]));
    if (words.length > 2) break;
  }
  if (words.length <= 1) {
    for (const [, value] of fields) {
      const inner = typeof value === "object" && !Array.isArray(value) ? gistOf(value, depth + 1) : "";
      if (inner !== "") return [...words, inner].join(" ");
    }
  }
  return words.join(" ");
}
