// The sections `fleets`, `queues`, `aliases`, `fleetSettings` and `retention` of muster.json: schema, defaults, and what no schema can say.
import { limits, MusterError } from "@muster/proto";
import { PROJECT_NAME } from "@muster/proto/rpc";
import { type MusterFile, parseSection, readRetention } from "@muster/service";
import { z } from "zod";
import { buildsSchema, commandSchema, countProcesses, launchesSchema, readBuilds } from "./builds-config.ts";
import type { AliasSpec } from "./core/alias.ts";
import type { BuildSpec } from "./core/build.ts";
import type { FaultSpec } from "./core/faults/fault.ts";
import {
  type CreatorLimit,
  type FleetConfig,
  type FleetSpec,
  PLAIN_QUEUE,
  PRIORITIES,
  type QueueSpec,
} from "./core/fleet-config.ts";
import { opensDebugger } from "./debug-config.ts";
import { elasticSchema, readElastic } from "./elastic-config.ts";
import { faultsSchema, readFault } from "./faults/fault-config.ts";
import { readRegions } from "./ping/regions-config.ts";
import { readSimulated, simulatedSchema } from "./simulated-config.ts";

const name = z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/, "1 to 128 of A-Z a-z 0-9 _ . : -");
const project = z
  .string()
  .regex(PROJECT_NAME, "1 to 32 of A-Z a-z 0-9 _ -")
  .optional()
  .describe("Whose it is alone. Default: projects share it");
const seconds = (min: number, max: number) => z.number().min(min).max(max);

/** Of one fleet: real ones take memory and ports each, simulated ones some kilobytes. */
const PROCESSES_MAX = 1_000;
const SIMULATED_PROCESSES_MAX = 100_000;

export const fleetSchema = z.strictObject({
  name,
  project,
  region: name.default("local"),
  /** Program and arguments of the dedicated server. */
  command: commandSchema.optional(),
  launches: launchesSchema
    .optional()
    .describe("Instead of `command`: several programs or arguments, each for so many of the processes"),
  builds: buildsSchema.optional().describe("Instead of both: builds by name, of which `build` is started"),
  build: name.optional().describe("Of `builds`; default: the first. Without them a name for what is started"),
  /** Instead of `command`: servers that run inside the fleet, and behave like this. */
  simulated: simulatedSchema.optional(),
  /** Relative to muster.json. */
  cwd: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
  /** At most 1,000 of `command`, 100,000 simulated. */
  processes: z
    .int()
    .min(0)
    .max(SIMULATED_PROCESSES_MAX)
    .optional()
    .describe("Processes that are kept running. Default: as many as the launches say, or 1"),
  elastic: elasticSchema.optional().describe("Instead of `processes`: it grows and shrinks with what is asked of it"),
  processesPerHost: z
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe("Further processes count as on another host. Default: all are on one"),
  concurrentActivations: z
    .int()
    .min(1)
    .max(20_000)
    .optional()
    .describe("Sessions of one host that may be activating at a time. Default: any number"),
  concurrentSessions: z.int().min(1).max(1_000).optional(),
  ports: z
    .array(z.strictObject({ name, protocol: z.enum(["tcp", "udp"]).default("tcp") }))
    .max(16)
    .default([{ name: "game", protocol: "tcp" }]),
  portRange: z
    .string()
    .regex(/^\d{1,5}-\d{1,5}$/, 'two ports as in "7500-7599"')
    .default("7500-7599"),
  host: z.string().min(1).default("127.0.0.1"),
  /** From launch to ready. 0: no limit. */
  readyTimeoutSeconds: seconds(0, 3_600).default(120),
  activationTimeoutSeconds: seconds(1, 600).default(60),
  hosting: z.enum(["REUSABLE", "ONE_SHOT"]).default("REUSABLE"),
  reservationSeconds: seconds(1, 3_600).default(60),
  disconnectGraceSeconds: seconds(0, 3_600).default(60),
  protection: z
    .enum(["NONE", "TIME_LIMITED", "FULL"])
    .default("NONE")
    .describe("How long its sessions may go on once they are asked to end, unless a session says otherwise"),
  protectionMinutes: z.number().min(5).max(1_440).default(60).describe("Of TIME_LIMITED"),
  creatorLimit: z
    .strictObject({
      sessions: z.int().min(1).max(1_000).default(2),
      periodSeconds: seconds(1, 86_400).default(180),
    })
    .optional()
    .describe("How many sessions one creator may create directly in a while, of those that are still remembered"),
  cost: z
    .number()
    .min(0)
    .max(1e9)
    .default(0)
    .describe("Of a process, in a unit of your own. Queues prefer the cheaper where their priorities say so"),
  debug: z
    .boolean()
    .optional()
    .describe(
      "Its servers are debugged: their health is not judged, and nothing of them times out. Default: whether a command of it has --inspect, --inspect-brk or --inspect-wait",
    ),
});
export const fleetsSchema = z.array(fleetSchema).min(1);

export const queueSchema = z.strictObject({
  name,
  project,
  destinations: z.array(name).min(1),
  timeoutSeconds: seconds(1, 600).default(60),
  latencyPolicies: z
    .array(
      z.strictObject({
        maxIndividualLatencyMs: z
          .int()
          .min(0)
          .max(limits.LATENCY_MS_MAX)
          .describe("Bars regions where a single player has more, or has measured nothing"),
        durationSeconds: seconds(1, 600)
          .optional()
          .describe(
            "How long the cap holds before the next. The highest cap holds for the rest of the placement's time",
          ),
      }),
    )
    .max(16)
    .default([])
    .describe("Caps on every player's latency, the lowest first. They hold where players bring latencies"),
  priorities: z
    .array(z.enum(PRIORITIES))
    .max(PRIORITIES.length)
    .optional()
    .describe(
      "What decides between destinations, the most telling first; those left out follow. Default: latency, then the stated order",
    ),
  locationOrder: z
    .array(name)
    .max(limits.LATENCIES_PER_PLAYER_MAX)
    .default([])
    .describe("Regions, the best first, for the priority LOCATION. Others follow by name"),
});
export const queuesSchema = z.array(queueSchema).min(1);

export const aliasSchema = z
  .strictObject({
    name: name.describe("Usable wherever a destination is named. No fleet may have it"),
    fleet: name.optional().describe("What it stands for"),
    message: z
      .string()
      .min(1)
      .max(1_024)
      .optional()
      .describe("In place of a fleet: it is closed, and a placement that has no other destination fails with this"),
  })
  .refine(({ fleet, message }) => (fleet === undefined) !== (message === undefined), "either a fleet or a message");
export const aliasesSchema = z.array(aliasSchema).default([]);

export const fleetSettingsSchema = z
  .strictObject({
    hostSilentAfterMs: z.int().min(200).max(600_000).default(15_000),
    hostLostAfterMs: z.int().min(400).max(3_600_000).default(120_000),
    health: z
      .strictObject({
        intervalMs: z.int().min(0).max(600_000).default(5_000),
        timeoutMs: z.int().min(10).max(60_000).default(2_500),
        missesMax: z.int().min(1).max(100).default(3),
      })
      .prefault({}),
    processTerminateMs: z.int().min(0).max(600_000).default(10_000),
    /** "virtual": the fleet's time stands still until `muster fleet clock advance` moves it. Only where all servers are simulated. */
    clock: z.enum(["system", "virtual"]).optional(),
  })
  .prefault({});

/**
 * The fleet's configuration. `debug`: all fleets are debugged, whatever the file says. `watched`: what servers are started of is being
 * changed.
 *
 * @throws {MusterError} CONFIG_INVALID with the path of everything that breaks a rule.
 */
export function parseFleetConfig(
  file: Pick<MusterFile, "path" | "directory" | "sections">,
  { debug = false, watched = false }: { readonly debug?: boolean; readonly watched?: boolean } = {},
): FleetConfig {
  const fleets = parseSection(fleetsSchema, file.sections.fleets, "$.fleets").map((fleet, index) =>
    readFleet({ ...fleet, ...(debug && { debug }) }, `$.fleets[${index}]`, file.directory),
  );
  const queues = parseSection(queuesSchema, file.sections.queues, "$.queues").map((queue, index) =>
    readQueue(queue, `$.queues[${index}]`),
  );
  const settings = parseSection(fleetSettingsSchema, file.sections.fleetSettings, "$.fleetSettings");
  const aliases = parseSection(aliasesSchema, file.sections.aliases, "$.aliases").map(readAlias);
  checkUnique(fleets, "$.fleets");
  checkUnique(aliases, "$.aliases");
  for (const [index, { name: alias, target }] of aliases.entries()) {
    const isFleet = (one: string) => fleets.some((fleet) => fleet.name === one);
    if (isFleet(alias)) throw refuse(`$.aliases[${index}].name`, "a name that no fleet has", alias);
    if (target.type === "closed" || isFleet(target.fleet)) continue;
    throw refuse(`$.aliases[${index}].fleet`, "the name of a fleet", target.fleet);
  }
  checkUnique(queues, "$.queues");
  for (const [index, queue] of queues.entries()) {
    for (const [place, destination] of queue.destinations.entries()) {
      const path = `$.queues[${index}].destinations[${place}]`;
      const fleet = fleets.find((one) => one.name === destination);
      if (fleet?.project !== undefined && queue.project !== undefined && fleet.project !== queue.project) {
        throw refuse(path, `a fleet that project ${queue.project} may use`, `${destination}, of ${fleet.project}`);
      }
      if (fleet || aliases.some((one) => one.name === destination)) continue;
      throw refuse(path, "the name of a fleet or alias", destination);
    }
  }
  if (settings.clock === "virtual" && fleets.some(({ simulated }) => !simulated)) {
    throw refuse("$.fleetSettings.clock", '"system" where a fleet has a command', settings.clock);
  }
  if (settings.hostLostAfterMs <= settings.hostSilentAfterMs) {
    throw refuse("$.fleetSettings.hostLostAfterMs", "more than hostSilentAfterMs", settings.hostLostAfterMs);
  }
  const { endedMs: endedKeptMs, journalMs: journalKeptMs } = readRetention(file);
  const faults = readFaults(file, fleets);
  const regions = readRegions(file.sections.regions, new Set(fleets.map(({ region }) => region)));
  const kept = { endedKeptMs, journalKeptMs };
  return { fleets, queues, aliases, settings: { ...settings, ...kept, ...(watched && { watched }) }, faults, regions };
}

function readFaults({ sections }: Pick<MusterFile, "sections">, fleets: readonly FleetSpec[]): readonly FaultSpec[] {
  const faults = parseSection(faultsSchema, sections.faults, "$.faults");
  for (const [index, { fleet: meant }] of faults.entries()) {
    if (meant === undefined || fleets.some((fleet) => fleet.name === meant)) continue;
    throw refuse(`$.faults[${index}].fleet`, "the name of a fleet", meant);
  }
  return faults.map(readFault);
}

function readFleet(fleet: z.output<typeof fleetSchema>, path: string, directory: string): FleetSpec {
  const { simulated } = fleet;
  const programs = (["command", "launches", "builds", "simulated"] as const).filter((one) => fleet[one] !== undefined);
  if (programs.length !== 1) {
    const present = programs.join(" and ") || "none of them";
    throw refuse(`${path}.command`, "one of command, launches, builds and simulated", present);
  }
  const builds = readBuilds(fleet, directory);
  checkPrograms(builds, path);
  const build = fleet.build ?? builds[0]?.name ?? "";
  const current = builds.find((one) => one.name === build);
  if (!current) throw refuse(`${path}.build`, "the name of one of its builds", build);
  if (fleet.elastic && fleet.processes !== undefined) {
    throw refuse(`${path}.processes`, "absent where `elastic` says how many", fleet.processes);
  }
  const processes = fleet.elastic?.maxProcesses ?? fleet.processes ?? countProcesses(current);
  if (!simulated && processes > PROCESSES_MAX) {
    throw refuse(`${path}.processes`, `at most ${PROCESSES_MAX} of a command`, processes);
  }
  const [first = 0, last = 0] = fleet.portRange.split("-").map(Number);
  const room = last - first + 1;
  // Nobody binds the ports of simulated servers: when all have been given out, they are given out again.
  const needed = fleet.ports.length * (simulated ? 1 : processes);
  if (first < 1 || last > 65_535 || room < needed) {
    throw refuse(`${path}.portRange`, `a range of 1 to 65535 with room for ${needed} ports`, fleet.portRange);
  }
  return {
    name: fleet.name,
    project: fleet.project,
    region: fleet.region,
    builds,
    build,
    simulated: simulated && readSimulated(simulated, directory),
    processes,
    ...(fleet.elastic && { elastic: readElastic(fleet.elastic) }),
    processesPerHost: fleet.processesPerHost,
    concurrentActivations: fleet.concurrentActivations,
    concurrentSessions: fleet.concurrentSessions,
    ports: fleet.ports,
    portRange: { first, last },
    host: fleet.host,
    readyTimeoutMs: fleet.readyTimeoutSeconds * 1_000,
    activationTimeoutMs: fleet.activationTimeoutSeconds * 1_000,
    hosting: fleet.hosting,
    reservationMs: fleet.reservationSeconds * 1_000,
    disconnectGraceMs: fleet.disconnectGraceSeconds * 1_000,
    cost: fleet.cost,
    debug: fleet.debug ?? opensDebugger(builds),
    protection: { policy: fleet.protection, limitMs: fleet.protectionMinutes * 60_000 },
    ...(fleet.creatorLimit && { creatorLimit: readCreatorLimit(fleet.creatorLimit) }),
  };
}

function checkPrograms(builds: readonly BuildSpec[], path: string): void {
  checkUnique(builds, `${path}.builds`);
  for (const [index, { launches }] of builds.entries()) {
    checkUnique(launches, builds.length > 1 ? `${path}.builds[${index}].launches` : `${path}.launches`);
  }
}

function readCreatorLimit({ sessions, periodSeconds }: { sessions: number; periodSeconds: number }): CreatorLimit {
  return { sessionsMax: sessions, periodMs: periodSeconds * 1_000 };
}

function readQueue(queue: z.output<typeof queueSchema>, path: string): QueueSpec {
  const listed = queue.priorities ?? PLAIN_QUEUE.priorities;
  const policies = queue.latencyPolicies.toSorted((a, b) => a.maxIndividualLatencyMs - b.maxIndividualLatencyMs);
  for (const [index, priority] of listed.entries()) {
    if (listed.indexOf(priority) !== index) {
      throw refuse(`${path}.priorities[${index}]`, "a priority that is named once", priority);
    }
  }
  for (const [index, { maxIndividualLatencyMs, durationSeconds }] of policies.entries()) {
    const next = policies[index + 1];
    if (next === undefined) continue;
    if (next.maxIndividualLatencyMs === maxIndividualLatencyMs) {
      throw refuse(`${path}.latencyPolicies`, "caps of which no two are the same", maxIndividualLatencyMs);
    }
    if (durationSeconds === undefined) {
      const rule = "a durationSeconds for every cap but the highest, which holds for the rest of the time";
      throw refuse(`${path}.latencyPolicies`, rule, { maxIndividualLatencyMs });
    }
  }
  return {
    name: queue.name,
    project: queue.project,
    destinations: queue.destinations,
    timeoutMs: queue.timeoutSeconds * 1_000,
    latencyPolicies: policies.map(({ maxIndividualLatencyMs, durationSeconds }) => ({
      maxIndividualLatencyMs,
      durationMs: durationSeconds === undefined ? undefined : durationSeconds * 1_000,
    })),
    priorities: [...listed, ...PRIORITIES.filter((one) => !listed.includes(one))],
    locationOrder: queue.locationOrder,
  };
}

function readAlias({ name: alias, fleet, message = "" }: z.output<typeof aliasSchema>): AliasSpec {
  return { name: alias, target: fleet === undefined ? { type: "closed", message } : { type: "fleet", fleet } };
}

function checkUnique(named: readonly { readonly name: string }[], path: string): void {
  for (const [index, { name: one }] of named.entries()) {
    if (named.findIndex((other) => other.name === one) === index) continue;
    throw refuse(`${path}[${index}].name`, "a name that no other has", one);
  }
}

function refuse(path: string, rule: string, value: unknown): MusterError {
  return new MusterError("CONFIG_INVALID", `Cannot read ${path} as ${rule}: it is ${JSON.stringify(value)}`, {
    metadata: { path },
  });
}
