// A configuration that matches by queries, as a simulation plays it.

import { limits } from "@muster/proto";
import { checkQuerySettings, type QuerySettings } from "@muster/rules";
import { parseSection } from "@muster/service";
import { z } from "zod";
import { REQUEST_TIMEOUT_SECONDS_MAX, SETTLE_MS_DEFAULT, SETTLE_MS_MAX } from "../../core/configuration.ts";
import { querySection } from "../../query-section.ts";
import { withCamelKeys } from "../read-simulation-setting.ts";

export type QuerySimulationSetting = {
  readonly name: string;
  readonly query: QuerySettings;
  /** Undefined: tickets wait for ever. */
  readonly requestTimeoutMs: number | undefined;
  /** Best reading: how long arrivals gather before they are looked at. */
  readonly settleMs: number;
  /** How long a ticket outlives the connection of one of its players. */
  readonly presenceGraceMs: number;
};

const settingSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1).max(128),
  query: querySection,
  requestTimeoutSeconds: z.int().min(0).max(REQUEST_TIMEOUT_SECONDS_MAX).default(0),
  settleMs: z.int().min(0).max(SETTLE_MS_MAX).default(SETTLE_MS_DEFAULT),
  presenceGraceSeconds: z.int().min(0).max(limits.PRESENCE_GRACE_SECONDS_MAX).default(0),
  // A simulation places nothing, but the file that a matcher takes may be taken as it is.
  queue: z.string().optional(),
  autoBackfill: z.literal(false, { error: "false: a simulation fills no battles of queries" }).optional(),
  properties: z.record(z.string(), z.string()).optional(),
  data: z.string().optional(),
  placementRetries: z.int().min(0).optional(),
});

/** Whether the parsed JSON value is a configuration that matches by queries. */
export function isQueryDocument(document: unknown): document is { query: unknown } {
  return typeof document === "object" && document !== null && "query" in document;
}

/**
 * The setting that `document` is, a parsed JSON value. Keys may be spelled as in the .proto too (`interval_seconds`).
 *
 * @throws {MusterError} FIELD_INVALID with a line for each mistake.
 */
export function readQuerySetting(document: unknown): QuerySimulationSetting {
  const value = withCamelKeys(document);
  if (isQueryDocument(value)) value.query = withCamelKeys(value.query);
  const { name, query, requestTimeoutSeconds, settleMs, presenceGraceSeconds } = parseSection(
    settingSchema,
    value,
    "$",
  );
  const isCompatible = query.mode === "compatible";
  return {
    name,
    query: checkQuerySettings(query),
    requestTimeoutMs: requestTimeoutSeconds === 0 ? undefined : requestTimeoutSeconds * 1_000,
    settleMs,
    presenceGraceMs: isCompatible ? 0 : presenceGraceSeconds * 1_000,
  };
}
