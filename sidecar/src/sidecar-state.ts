// What changes in a sidecar, in the one place where its parts share it.
import type { ProcessPhase } from "./core/phase.ts";
import type { BookedSession } from "./core/session-book.ts";
import type { StandInSeat } from "./core/stand-in.ts";

export type SidecarState = {
  phase: ProcessPhase;
  book: ReadonlyMap<string, BookedSession>;
  /** The fleet has said once what the process runs: what is not in the book is not there. */
  isBookComplete: boolean;
  readonly standIns: Map<string, StandInSeat>;
  pid: number;
  ending: boolean;
};
