// Matchmaking configurations: muster.matchmaking.v1 ↔ the matcher's own words.
import { fieldInvalid, parseId, readWord, writeEnum } from "@muster/proto";
import {
  type Alternative as AlternativeMessage,
  BattleOrder,
  type MatchmakingConfiguration,
  PlacementFailurePolicy,
  RequestTimeoutFrom,
} from "@muster/proto/matchmaking";
import type { BackfillSettings } from "../core/backfill-settings.ts";
import {
  ACCEPTANCE_TIMEOUT_SECONDS_DEFAULT,
  type AcceptanceSettings,
  type Alternative,
  type Configuration,
  checkConfiguration,
  PLACEMENT_RETRIES_DEFAULT,
  REQUEST_TIMEOUT_MS_DEFAULT,
  SETTLE_MS_DEFAULT,
} from "../core/configuration.ts";
import type { HeldConfiguration } from "../core/versions.ts";
import { readDuplicatePlayers, writeDuplicatePlayers } from "./duplicate-players-wire.ts";
import { readHookSettings, writeHookSettings } from "./hook-settings-wire.ts";
import { readJoinTokenSettings, writeJoinTokenSettings } from "./join-tokens/join-settings-wire.ts";
import { readPresence, writePresence } from "./presence-wire.ts";
import { readQuerySettings, writeQuerySettings } from "./query-wire.ts";
import { readSessionSettings, writeSessionSettings } from "./session-settings-wire.ts";

export function readConfiguration(message: MatchmakingConfiguration | undefined): Configuration {
  if (!message) throw fieldInvalid("configuration", "a configuration", "missing");
  const timeoutSeconds = message.requestTimeoutSeconds;
  return checkConfiguration({
    name: parseId("name", message.name),
    ruleSet: message.query && message.ruleSet === "" ? undefined : parseId("rule_set", message.ruleSet),
    ...(message.query && { query: readQuerySettings(message.query) }),
    queue: message.queue === "" ? undefined : parseId("queue", message.queue),
    alternatives: message.alternatives.length === 0 ? undefined : message.alternatives.map(readAlternative),
    requestTimeoutMs:
      timeoutSeconds === 0 ? (message.query ? undefined : REQUEST_TIMEOUT_MS_DEFAULT) : timeoutSeconds * 1_000,
    autoBackfill: message.autoBackfill,
    settleMs: message.settleMs ?? SETTLE_MS_DEFAULT,
    properties: message.properties,
    data: message.data,
    placementRetries: message.placementRetries ?? PLACEMENT_RETRIES_DEFAULT,
    onPlacementFailed: message.onPlacementFailed
      ? readWord("on_placement_failed", PlacementFailurePolicy, message.onPlacementFailed)
      : undefined,
    backfill: message.backfill && readBackfillSettings(message.backfill),
    duplicatePlayers: message.duplicatePlayers && readDuplicatePlayers(message.duplicatePlayers),
    requestTimeoutFrom: message.requestTimeoutFrom
      ? readWord("request_timeout_from", RequestTimeoutFrom, message.requestTimeoutFrom)
      : undefined,
    ...readPresence(message.presenceGraceSeconds, 1),
    acceptance: message.acceptance && readAcceptanceSettings(message.acceptance),
    session: message.session && readSessionSettings(message.session),
    hooks: message.hooks && readHookSettings(message.hooks),
    joinTokens: message.joinTokens && readJoinTokenSettings(message.joinTokens),
  });
}

function readAlternative({ ruleSet, queue }: AlternativeMessage, index: number): Alternative {
  const path = `alternatives[${index}]`;
  return {
    ruleSet: parseId(`${path}.rule_set`, ruleSet),
    queue: queue === "" ? undefined : parseId(`${path}.queue`, queue),
  };
}

function readAcceptanceSettings(message: NonNullable<MatchmakingConfiguration["acceptance"]>): AcceptanceSettings {
  const { timeoutSeconds, autoContinue = true } = message;
  return {
    timeoutMs: 1_000 * (timeoutSeconds === 0 ? ACCEPTANCE_TIMEOUT_SECONDS_DEFAULT : timeoutSeconds),
    autoContinue,
  };
}

function readBackfillSettings(message: NonNullable<MatchmakingConfiguration["backfill"]>): BackfillSettings {
  const { order, preferRunning, fillPlayersMax, approvalTimeoutMs } = message;
  return {
    order: order === BattleOrder.UNSPECIFIED ? "OLDEST_FIRST" : readWord("backfill.order", BattleOrder, order),
    preferRunning,
    fillPlayersMax: fillPlayersMax === 0 ? undefined : fillPlayersMax,
    approvalTimeoutMs: approvalTimeoutMs === 0 ? undefined : approvalTimeoutMs,
  };
}

/** As answers tell of it. */
export function writeHeldConfiguration(held: HeldConfiguration): MatchmakingConfiguration {
  return {
    ...writeConfiguration(held),
    version: held.version,
    putAt: new Date(held.putAtWallMs),
    olderVersions: held.older.map(({ version }) => version),
  };
}

/** As it is put. */
export function writeConfiguration(configuration: Configuration): MatchmakingConfiguration {
  return {
    name: configuration.name,
    ruleSet: configuration.ruleSet ?? "",
    ...(configuration.query && { query: writeQuerySettings(configuration.query) }),
    queue: configuration.queue ?? "",
    alternatives: (configuration.alternatives ?? []).map(({ ruleSet, queue }) => ({ ruleSet, queue: queue ?? "" })),
    olderVersions: [],
    requestTimeoutSeconds: (configuration.requestTimeoutMs ?? 0) / 1_000,
    autoBackfill: configuration.autoBackfill,
    settleMs: configuration.settleMs,
    properties: { ...configuration.properties },
    data: configuration.data,
    placementRetries: configuration.placementRetries,
    onPlacementFailed: configuration.onPlacementFailed && PlacementFailurePolicy[configuration.onPlacementFailed],
    backfill: configuration.backfill && {
      ...configuration.backfill,
      order: writeEnum(BattleOrder, configuration.backfill.order),
      fillPlayersMax: configuration.backfill.fillPlayersMax ?? 0,
      approvalTimeoutMs: configuration.backfill.approvalTimeoutMs ?? 0,
    },
    duplicatePlayers: configuration.duplicatePlayers && writeDuplicatePlayers(configuration.duplicatePlayers),
    requestTimeoutFrom: configuration.requestTimeoutFrom && RequestTimeoutFrom[configuration.requestTimeoutFrom],
    ...writePresence(configuration),
    acceptance: configuration.acceptance && {
      timeoutSeconds: configuration.acceptance.timeoutMs / 1_000,
      autoContinue: configuration.acceptance.autoContinue,
    },
    session: configuration.session && writeSessionSettings(configuration.session),
    hooks: configuration.hooks && writeHookSettings(configuration.hooks),
    joinTokens: configuration.joinTokens && writeJoinTokenSettings(configuration.joinTokens),
  };
}
