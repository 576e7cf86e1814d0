// What the fleet is told to be: fleets, queues and the patience of each rule. Parsed in config.ts, used by every decision.

import type { AliasSpec } from "./alias.ts";
import type { BuildSpec } from "./build.ts";
import type { FaultSpec } from "./faults/fault.ts";
import type { ElasticSpec } from "./fleet-control.ts";
import type { LatencyPolicy } from "./latency-policy.ts";
import type { ProtectionSpec } from "./protection.ts";
import type { RegionSpec } from "./region-spec.ts";
import type { SimulatedSpec } from "./simulated-spec.ts";

export type PortSpec = { readonly name: string; readonly protocol: "tcp" | "udp" };

/** What one creator may create in a while. */
export type CreatorLimit = { readonly sessionsMax: number; readonly periodMs: number };

export type FleetSpec = {
  readonly name: string;
  /** Whose it is alone. Absent: projects share it. */
  readonly project?: string | undefined;
  readonly region: string;
  /** What it can start: at least one. */
  readonly builds: readonly BuildSpec[];
  /** Name of the build that new processes are started of. */
  readonly build: string;
  /** How servers behave that run inside the fleet. Absent: each is a process of its build's command. */
  readonly simulated?: SimulatedSpec | undefined;
  /** Processes that are kept running. 0: none, ever. */
  readonly processes: number;
  /** It grows and shrinks with what is asked of it. Absent: it keeps `processes`. */
  readonly elastic?: ElasticSpec | undefined;
  /** Processes of one host; further ones are on further hosts. Undefined: all are on one. */
  readonly processesPerHost: number | undefined;
  /** Sessions of one host that may be activating at a time. Undefined: any number. */
  readonly concurrentActivations: number | undefined;
  /** Cap on what a process says it can run at once. Undefined: as the process says. */
  readonly concurrentSessions: number | undefined;
  readonly ports: readonly PortSpec[];
  /** First and last port, both included. */
  readonly portRange: { readonly first: number; readonly last: number };
  /** What clients are told to connect to. */
  readonly host: string;
  /** From launch until the process must have said that it is ready. 0: it may take for ever. */
  readonly readyTimeoutMs: number;
  readonly activationTimeoutMs: number;
  /** ONE_SHOT: a process ends after its session. REUSABLE: it takes another. */
  readonly hosting: "REUSABLE" | "ONE_SHOT";
  readonly reservationMs: number;
  readonly disconnectGraceMs: number;
  /** Of sessions that say nothing themselves. Undefined: none. */
  readonly protection?: ProtectionSpec | undefined;
  /** Of sessions that are created directly and name a creator. Undefined: none. */
  readonly creatorLimit?: CreatorLimit | undefined;
  /** Of a process, in whatever unit all fleets share: queues that prefer the cheap go by it. */
  readonly cost: number;
  /** Its servers are debugged: their health is not judged, and they may take as long as they like. Absent: no. */
  readonly debug?: boolean | undefined;
};

/** What a queue can rank its destinations by, in the order in which those that it does not name follow those that it does. */
export const PRIORITIES = ["LATENCY", "COST", "DESTINATION", "LOCATION"] as const;
export type Priority = (typeof PRIORITIES)[number];

export type QueueSpec = {
  readonly name: string;
  /** As of a fleet. */
  readonly project?: string | undefined;
  /** Names of fleets and aliases, first choice first. */
  readonly destinations: readonly string[];
  readonly timeoutMs: number;
  /** Lowest cap first. */
  readonly latencyPolicies: readonly LatencyPolicy[];
  /** What destinations are ranked by, the most telling first: all of them. */
  readonly priorities: readonly Priority[];
  /** Regions, the best first; those that it does not name come after them, by name. */
  readonly locationOrder: readonly string[];
};

export type HealthSpec = { readonly intervalMs: number; readonly timeoutMs: number; readonly missesMax: number };

export type FleetSettings = {
  /** Silence of a host after which its reservations are frozen and nothing is placed on it, in ms. */
  readonly hostSilentAfterMs: number;
  /** Silence after which it is given up, in ms. */
  readonly hostLostAfterMs: number;
  readonly health: HealthSpec;
  /** What a process, or a session, is given to end by itself, in ms. */
  readonly processTerminateMs: number;
  /** How long ended processes, placements and sessions are remembered, in ms. */
  readonly endedKeptMs: number;
  /** "virtual": time stands still until somebody moves it. Absent: the machine's. */
  readonly clock?: "system" | "virtual" | undefined;
  /** How long facts stay in the journal after a snapshot holds them, in ms. */
  readonly journalKeptMs: number;
  /** Servers are being changed: after a start that failed nothing is started until the fleet is restarted. Absent: no. */
  readonly watched?: boolean | undefined;
};

export type FleetConfig = {
  /** Of muster.json. What is set at run time holds before them: alias.ts. */
  readonly aliases: readonly AliasSpec[];
  readonly fleets: readonly FleetSpec[];
  readonly queues: readonly QueueSpec[];
  readonly settings: FleetSettings;
  /** The plan of faults that it starts with. Absent: none. */
  readonly faults?: readonly FaultSpec[];
  /** Of regions that more is said of than that fleets are in them. Absent: none. */
  readonly regions?: readonly RegionSpec[];
};

/** A queue that nothing more is said of: by latency where players bring any, else in the stated order; no caps. */
export const PLAIN_QUEUE = {
  latencyPolicies: [],
  priorities: ["LATENCY", "DESTINATION", "COST", "LOCATION"],
  locationOrder: [],
} as const satisfies Partial<QueueSpec>;

export function findFleet(config: FleetConfig, name: string): FleetSpec | undefined {
  return config.fleets.find((fleet) => fleet.name === name);
}
