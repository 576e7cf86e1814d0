// The section `eventTargets` of muster.json: where events are pushed to from the start.
import { limits, MusterError } from "@muster/proto";
import { type MusterFile, parseSection } from "@muster/service";
import { z } from "zod";
import { EVENT_TYPES } from "../core/events/event.ts";
import {
  EVENT_CONCURRENCY_DEFAULT,
  EVENTS_PER_REQUEST_DEFAULT,
  type EventTargetSettings,
} from "../core/events/event-target.ts";
import { parseSecret } from "./sign-request.ts";

export type ConfiguredTarget = { readonly settings: EventTargetSettings; readonly secret: string | undefined };

const name = z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/, "1 to 128 of A-Z a-z 0-9 _ . : -");

export const eventTargetsSchema = z.array(
  z.strictObject({
    name,
    url: z
      .string()
      .max(limits.EVENT_URL_CHARS_MAX)
      .default("")
      .describe("Absent: nothing is pushed; WatchEvents tells them."),
    secret: z
      .string()
      .optional()
      .describe('"whsec_" and 24 to 64 bytes in base64, to sign with. Absent: the matcher draws one.'),
    configurations: z.array(name).max(limits.EVENT_TARGET_CONFIGURATIONS_MAX).default([]),
    types: z.array(z.enum(EVENT_TYPES)).default([]),
    eventsPerRequest: z.int().min(1).max(limits.EVENTS_PER_REQUEST_MAX).default(EVENTS_PER_REQUEST_DEFAULT),
    concurrency: z.int().min(1).max(limits.EVENT_CONCURRENCY_MAX).default(EVENT_CONCURRENCY_DEFAULT),
    matchTokens: z.boolean().default(false),
    behindSecondsMax: z
      .int()
      .min(limits.EVENT_BEHIND_SECONDS_MIN)
      .max(limits.EVENT_BEHIND_SECONDS_MAX)
      .optional()
      .describe("How long its oldest event may wait before it is disabled, in s. Absent: a day."),
    pendingMbMax: z
      .int()
      .min(1)
      .max(limits.EVENT_PENDING_MB_MAX)
      .optional()
      .describe("How much may wait for it before it is disabled, in MiB. Absent: 4096."),
  }),
);

/** @throws {MusterError} CONFIG_INVALID naming the file and the path in it. */
export function readEventTargets(file: Pick<MusterFile, "path" | "sections">): readonly ConfiguredTarget[] {
  try {
    const targets = parseSection(eventTargetsSchema, file.sections.eventTargets ?? [], "$.eventTargets");
    return targets.map(({ secret, ...settings }, index) => ({
      settings,
      secret: secret === undefined ? undefined : parseSecret(`$.eventTargets[${index}].secret`, secret),
    }));
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    throw new MusterError("CONFIG_INVALID", `Cannot read ${file.path}:\n${error.message}`, {
      metadata: error.metadata,
      cause: error,
    });
  }
}
