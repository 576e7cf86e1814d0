// A configuration as muster.json writes it, and as calls carry it: what tools put and show is what the file says.
import type { MatchmakingConfiguration } from "@muster/proto/matchmaking";
import { parseSection } from "@muster/service";
import { configurationOf, configurationsSchema } from "./config.ts";
import { readConfiguration, writeConfiguration } from "./grpc/configuration-wire.ts";
import { writeQuerySection } from "./query-section.ts";

/**
 * The message of `document`, one entry of `configurations` in a muster.json.
 *
 * @throws {MusterError} CONFIG_INVALID with a line for each mistake; FIELD_INVALID, BACKFILL_WITH_ACCEPTANCE.
 */
export function readConfigurationDocument(document: unknown): MatchmakingConfiguration {
  return writeConfiguration(configurationOf(parseSection(configurationsSchema.element, document, "$")));
}

/** The document of a message that a matcher answered; it reads back as the same configuration. */
export function writeConfigurationDocument(message: MatchmakingConfiguration): Readonly<Record<string, unknown>> {
  const { ruleSet, query, requestTimeoutMs, acceptance, backfill, queue, alternatives, onPlacementFailed, ...rest } =
    readConfiguration(message);
  return {
    ...rest,
    ...(ruleSet === undefined ? {} : { ruleSet }),
    ...(query && { query: writeQuerySection(query) }),
    ...(queue === undefined ? {} : { queue }),
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutSeconds: requestTimeoutMs / 1_000 }),
    ...(alternatives && { alternatives: alternatives.map((one) => defined(one)) }),
    ...(onPlacementFailed && { onPlacementFailed }),
    ...(acceptance && {
      acceptance: { timeoutSeconds: acceptance.timeoutMs / 1_000, autoContinue: acceptance.autoContinue },
    }),
    ...(backfill && { backfill: defined(backfill) }),
  };
}

/** Without what is undefined. */
function defined(value: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}
