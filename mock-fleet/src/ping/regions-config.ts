// `regions` of muster.json: where game clients measure how far a region is.
import { limits, MusterError } from "@muster/proto";
import { parseSection } from "@muster/service";
import { z } from "zod";
import type { RegionSpec } from "../core/region-spec.ts";

const hostName = z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/, "a host name or address");
const hostPort = z.string().regex(/^(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253}):\d{1,5}$/, '"host:port"');
const ms = z.number().min(0).max(limits.LATENCY_MS_MAX);

const beaconSchema = z.strictObject({
  bind: hostName.default("127.0.0.1").describe("Address to listen at"),
  host: hostName.optional().describe("What clients are told. Default: `bind`"),
  port: z.int().min(0).max(65_535).default(0).describe("Of UDP and HTTP both. 0: one that is free"),
  delayMs: ms.default(0).describe("How long an answer is held back: the round trip that clients measure"),
  jitterMs: ms.default(0).describe("Up to so much more, drawn anew for every answer"),
  lossPercent: z.number().min(0).max(100).default(0).describe("Of a hundred datagrams, so many are lost"),
});

export const regionsSchema = z
  .array(
    z
      .strictObject({
        name: z.string().describe("Of a fleet's region"),
        beacon: beaconSchema.optional().describe("Served by the mock fleet, as far away as it says"),
        udpPing: hostPort.optional().describe("Where an echo of UDP datagrams runs"),
        httpPing: z
          .url({ protocol: /^https?$/ })
          .optional()
          .describe("What answers a GET at once, and lets pages of other origins read the answer"),
      })
      .refine(({ beacon, udpPing, httpPing }) => beacon === undefined || (udpPing ?? httpPing) === undefined, {
        path: ["beacon"],
        error: "absent where udpPing or httpPing says where to measure",
      }),
  )
  .max(limits.LATENCIES_PER_PLAYER_MAX)
  .default([]);

/**
 * The regions that the file says more of than that fleets are in them.
 *
 * @throws {MusterError} CONFIG_INVALID with the path of what breaks a rule.
 */
export function readRegions(section: unknown, known: ReadonlySet<string>): readonly RegionSpec[] {
  const regions = parseSection(regionsSchema, section, "$.regions");
  for (const [index, { name }] of regions.entries()) {
    const isSecond = regions.findIndex((other) => other.name === name) !== index;
    if (known.has(name) && !isSecond) continue;
    const rule = isSecond ? "a name that no other has" : "the region of a fleet";
    const path = `$.regions[${index}].name`;
    throw new MusterError("CONFIG_INVALID", `Cannot read ${path} as ${rule}: it is ${JSON.stringify(name)}`, {
      metadata: { path },
    });
  }
  return regions.map(({ beacon, ...region }) => ({
    ...region,
    ...(beacon && { beacon: { ...beacon, host: beacon.host ?? beacon.bind } }),
  }));
}
