// The section `retention` of muster.json: how long the services remember what is over. Matcher and fleet read it alike.
import { limits, MusterError } from "@muster/proto";
import { z } from "zod";
import type { MusterFile } from "./muster-file.ts";
import { parseSection } from "./parse-section.ts";

export type Retention = {
  /** How long ended tickets, placements and sessions are remembered, in ms: repeats of their ids are recognised that long. */
  readonly endedMs: number;
  /** How long facts stay in the journal after a snapshot holds them, in ms, for whoever reads what happened. */
  readonly journalMs: number;
  /** How long events are kept after they are pushed to everybody, in ms: what can be pushed again. */
  readonly eventsMs: number;
};

const HOUR_MS = 3_600_000;
/** A caller that was cut off asks again within the hour, and must not start a second match under the same id. */
const ENDED_HOURS_MIN = 1;
/** What has ended is held in memory: a month of it is more than any machine should carry for the sake of repeats. */
const ENDED_HOURS_MAX = 720;

/** A file that keeps every fact of a month is as large as a busy machine's disk; what is older belongs into an export. */
const JOURNAL_HOURS_MAX = 720;

/** What holds where muster.json says nothing. */
export const RETENTION_DEFAULT: Retention = { endedMs: limits.ENDED_KEPT_MS, journalMs: 0, eventsMs: 3_600_000 };

export const retentionSchema = z
  .strictObject({
    endedHours: z
      .number()
      .min(ENDED_HOURS_MIN)
      .max(ENDED_HOURS_MAX)
      .default(RETENTION_DEFAULT.endedMs / HOUR_MS)
      .describe("How long ended tickets, placements and sessions are remembered, with the ids of their requests."),
    journalHours: z
      .number()
      .min(0)
      .max(JOURNAL_HOURS_MAX)
      .default(RETENTION_DEFAULT.journalMs / HOUR_MS)
      .describe("How long facts stay in the journals after a snapshot holds them. 0: until then."),
    eventHours: z
      .number()
      .min(0)
      .max(JOURNAL_HOURS_MAX)
      .default(RETENTION_DEFAULT.eventsMs / HOUR_MS)
      .describe("How long events are kept after every target has them, to be pushed again by Replay."),
  })
  .prefault({});

/** @throws {MusterError} CONFIG_INVALID naming the file and the path in it. */
export function readRetention(file: Pick<MusterFile, "path" | "sections">): Retention {
  try {
    const { endedHours, journalHours, eventHours } = parseSection(
      retentionSchema,
      file.sections.retention,
      "$.retention",
    );
    return {
      endedMs: Math.round(endedHours * HOUR_MS),
      journalMs: Math.round(journalHours * HOUR_MS),
      eventsMs: Math.round(eventHours * HOUR_MS),
    };
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    const { reason, metadata } = error;
    throw new MusterError(reason, `Cannot read ${file.path}:\n${error.message}`, { metadata, cause: error });
  }
}
