// What the simulated services are configured to be: fleets, queues, rule sets, and one configuration for each way in which
// battles are filled.
import type { Configuration, MatcherConfig } from "@muster/matcher";
import { defaultBackfillSettings } from "@muster/matcher/testing";
import { parseFleetConfig } from "@muster/mock-fleet";
import { GATE, GATE_MS } from "./hook-twin.ts";
import { type Knobs, RULE_SETS, type RuleSetName } from "./knobs.ts";
import { writeRuleSet } from "./rule-sets.ts";

/** Names of the configurations that players queue in. */
export const CONFIGURATIONS = ["auto", "manual", "duel", "group", "ranked", "ready"] as const;

/** Where players who seek others by queries queue, in worlds that have such. */
export const SEEKING = ["seek", "original"] as const;

/** Where sessions that no matcher asks for are placed. */
export const OUTSIDER_QUEUE = "both";

/** A fleet that no queue knows. */
export const SIMULATED_FLEET = "far";

/** Two fleets; the queue `both` knows both, the second by an alias. */
export function fleetConfigOf(knobs: Knobs): ReturnType<typeof parseFleetConfig> {
  const fleet = (name: string, processes: number) => ({
    name,
    region: name,
    builds: ["v1", "v2"].map((build) => ({ name: build, command: ["game"] })),
    ...(name === "us" && knobs.isElastic
      ? { elastic: { maxProcesses: Math.max(processes, 1), reservePercent: 20, cooldownSeconds: 4 } }
      : { processes }),
    protection: knobs.protection,
    processesPerHost: knobs.processesPerHost,
    concurrentActivations: knobs.concurrentActivations,
    concurrentSessions: knobs.concurrentSessions,
    host: name,
    portRange: "7000-7999",
    readyTimeoutSeconds: 60,
    activationTimeoutSeconds: knobs.activationSeconds,
    reservationSeconds: knobs.reservationSeconds,
    disconnectGraceSeconds: knobs.graceSeconds,
    hosting: name === "us" ? "ONE_SHOT" : "REUSABLE",
    cost: name === "us" ? 1 : 2,
  });
  const us = Math.floor(knobs.servers / 3);
  return parseFleetConfig({
    path: "muster.json",
    directory: "/",
    sections: {
      fleets: [fleet("eu", knobs.servers - us), fleet("us", us), ...(knobs.isSimulated ? [simulatedFleet(knobs)] : [])],
      queues: [
        {
          ...{ name: "both", destinations: ["eu", "second"], timeoutSeconds: knobs.placementTimeoutSeconds },
          latencyPolicies: knobs.latencyCaps,
          ...(knobs.priorities && { priorities: knobs.priorities, locationOrder: ["us"] }),
        },
        { name: "eu", destinations: ["eu"], timeoutSeconds: knobs.placementTimeoutSeconds },
      ],
      aliases: [{ name: "second", fleet: "us" }],
      fleetSettings: {
        hostSilentAfterMs: knobs.hostSilentAfterMs,
        hostLostAfterMs: knobs.hostLostAfterMs,
        health: { intervalMs: knobs.healthIntervalMs },
      },
    },
  });
}

/** Its games load, play and end by themselves, and so do its players. */
function simulatedFleet(knobs: Knobs) {
  return {
    ...{ name: SIMULATED_FLEET, region: SIMULATED_FLEET, processes: 2, cost: 3, protection: knobs.protection },
    reservationSeconds: knobs.reservationSeconds,
    disconnectGraceSeconds: knobs.graceSeconds,
    activationTimeoutSeconds: knobs.activationSeconds,
    simulated: {
      ...{ readySeconds: [0, 2], activationSeconds: [0, 1.5], sessionSeconds: [2, 12], acceptSeconds: [0, 3] },
      ...{ noShowRatio: 0.2, leavesPerMinute: 8, disconnectRatio: 0.5, concurrentSessions: 2 },
    },
  };
}

/** The document of a rule set as the matcher's file has it (0), or as the operator puts it for a while (1). */
export function ruleSetOf({ teamSize, flavours }: Knobs, name: RuleSetName, variant: 0 | 1): string {
  const shape = { teamSize: name === "duel" ? 1 : teamSize, isEven: name !== "open" };
  return writeRuleSet(flavours[name][variant], shape);
}

export function matcherConfigOf(knobs: Knobs): MatcherConfig {
  const configuration = (
    name: (typeof CONFIGURATIONS)[number] | (typeof SEEKING)[number],
    more: Partial<Configuration>,
  ): Configuration => ({
    name,
    ruleSet: "open",
    queue: "both",
    requestTimeoutMs: knobs.requestTimeoutSeconds * 1_000,
    autoBackfill: false,
    settleMs: knobs.settleMs,
    properties: {},
    data: "",
    placementRetries: 2,
    ...more,
  });
  const backfill = { ...defaultBackfillSettings, approvalTimeoutMs: knobs.approvalMs };
  const hooks = knobs.hookOnFailure && {
    hooks: {
      beforeTicket: { hook: GATE, timeoutMs: GATE_MS, onFailure: knobs.hookOnFailure },
      matched: {
        ...{ hook: GATE, timeoutMs: GATE_MS },
        onFailure: knobs.hookOnFailure === "ADMIT" ? ("PROCEED" as const) : ("REFUSE" as const),
      },
    },
  };
  const acceptance = { timeoutMs: knobs.acceptSeconds * 1_000, autoContinue: knobs.autoContinue };
  return {
    ruleSets: RULE_SETS.map((name) => ({ name, document: ruleSetOf(knobs, name, 0) })),
    configurations: [
      configuration("auto", {
        ...hooks,
        autoBackfill: true,
        backfill: { ...backfill, preferRunning: knobs.prefersRunning },
      }),
      configuration("manual", {
        ...{ ruleSet: "even", queue: "eu", properties: { backfill: "manual" }, backfill },
        duplicatePlayers: { scope: "CONFIGURATION", onDuplicate: "REFUSE", onSeated: "REJOIN" },
      }),
      configuration("duel", {
        ...{ ruleSet: "duel", placementRetries: 0 },
        duplicatePlayers: { scope: "PROJECT", onDuplicate: "SUPERSEDE", onSeated: "REFUSE" },
      }),
      configuration("group", {
        ...hooks,
        ...{ queue: undefined, alternatives: [{ ruleSet: "duel", queue: undefined }] },
        duplicatePlayers: { scope: "CONFIGURATION", onDuplicate: "SUPERSEDE", onSeated: "ALLOW" },
      }),
      configuration("ranked", { ruleSet: "even", queue: "eu", acceptance, requestTimeoutFrom: "RETURN" }),
      configuration("ready", { ruleSet: "duel", queue: undefined, acceptance }),
      ...(knobs.hasSeekers ? SEEKING : []).map((name) => {
        return configuration(name, { ruleSet: undefined, queue: undefined, query: querySettings(name) });
      }),
    ],
  };
}

function querySettings(name: (typeof SEEKING)[number]): NonNullable<Configuration["query"]> {
  const shared = { intervalMs: 2_000, maxIntervals: 2, reversePrecision: false, reverseThreshold: 1 };
  if (name === "seek") return { ...shared, mode: "best", onMatched: "cancelOthers", maxTicketsPerPlayer: 3 };
  return { ...shared, mode: "compatible", onMatched: "keepOthers", maxTicketsPerPlayer: 2 };
}
