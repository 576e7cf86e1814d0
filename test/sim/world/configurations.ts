// What the simulated services are configured to be: fleets, queues, rule sets, and one configuration for each way in which
// battles are filled.
import type { Configuration, MatcherConfig } from "@muster/matcher";
import { parseFleetConfig } from "@muster/mock-fleet";
import type { Knobs } from "./knobs.ts";

/** Names of the configurations that players queue in. */
export const CONFIGURATIONS = ["auto", "manual", "duel", "group"] as const;

/** Two fleets; the queue `both` knows both. */
export function fleetConfigOf(knobs: Knobs): ReturnType<typeof parseFleetConfig> {
  const fleet = (name: string, processes: number) => ({
    name,
    region: name,
    command: ["game"],
    processes,
    concurrentSessions: knobs.concurrentSessions,
    host: name,
    portRange: "7000-7999",
    readyTimeoutSeconds: 60,
    activationTimeoutSeconds: knobs.activationSeconds,
    reservationSeconds: knobs.reservationSeconds,
    disconnectGraceSeconds: knobs.graceSeconds,
    hosting: name === "us" ? "ONE_SHOT" : "REUSABLE",
  });
  const us = Math.floor(knobs.servers / 3);
  return parseFleetConfig({
    path: "muster.json",
    directory: "/",
    sections: {
      fleets: [fleet("eu", knobs.servers - us), fleet("us", us)],
      queues: [
        { name: "both", destinations: ["eu", "us"], timeoutSeconds: knobs.placementTimeoutSeconds },
        { name: "eu", destinations: ["eu"], timeoutSeconds: knobs.placementTimeoutSeconds },
      ],
      fleetSettings: {
        hostSilentAfterMs: knobs.hostSilentAfterMs,
        hostLostAfterMs: knobs.hostLostAfterMs,
        health: { intervalMs: knobs.healthIntervalMs },
      },
    },
  });
}

export function matcherConfigOf(knobs: Knobs): MatcherConfig {
  const team = (name: string, maxPlayers: number) => ({
    name,
    minPlayers: 1,
    maxPlayers,
    minQuantity: 1,
    maxQuantity: 1,
  });
  const ruleSet = (name: string, teamSize: number) => ({
    name,
    document: JSON.stringify({
      version: "v1.0",
      teams: [team("red", teamSize), team("blue", teamSize)],
      rules: [{ name: "even", type: "comparisonRule", measurements: ["count(teams[*].players)"], operation: "=" }],
    }),
  });
  const open = {
    name: "open",
    document: JSON.stringify({ version: "v1.0", teams: [team("red", knobs.teamSize), team("blue", knobs.teamSize)] }),
  };
  const configuration = (name: (typeof CONFIGURATIONS)[number], more: Partial<Configuration>): Configuration => ({
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
  return {
    ruleSets: [open, ruleSet("even", knobs.teamSize), ruleSet("duel", 1)],
    configurations: [
      configuration("auto", { autoBackfill: true }),
      configuration("manual", { ruleSet: "even", queue: "eu", properties: { backfill: "manual" } }),
      configuration("duel", { ruleSet: "duel", placementRetries: 0 }),
      configuration("group", { queue: undefined }),
    ],
  };
}
