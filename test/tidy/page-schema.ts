// docs/reference/*.schema.json: muster.json, rule sets and populations for editors, from what the services and the parser read them by.
import { companionsSchema } from "@muster/cli";
import {
  configurationsSchema,
  eventTargetsSchema,
  hooksSchema,
  populationSchema,
  projectsSchema,
  ruleSetsSchema,
} from "@muster/matcher";
import {
  aliasesSchema,
  faultsSchema,
  fleetSettingsSchema,
  fleetsSchema,
  queuesSchema,
  regionsSchema,
} from "@muster/mock-fleet";
import { ruleSetJsonSchema } from "@muster/rules";
import { accessSchema, retentionSchema } from "@muster/service";
import { z } from "zod";

const file = z
  .strictObject({
    $schema: z.string().optional(),
    fleets: fleetsSchema,
    queues: queuesSchema,
    aliases: aliasesSchema,
    regions: regionsSchema,
    fleetSettings: fleetSettingsSchema,
    faults: faultsSchema,
    ruleSets: ruleSetsSchema,
    configurations: configurationsSchema,
    eventTargets: eventTargetsSchema,
    hooks: hooksSchema,
    projects: projectsSchema,
    retention: retentionSchema,
    access: accessSchema,
    companions: companionsSchema,
  })
  .partial();

/** The schema of rule sets as JSON. */
export function writeRuleSetSchema(): string {
  return `${JSON.stringify(ruleSetJsonSchema, null, 2)}\n`;
}

/** The schema of muster.json as JSON. */
export function writeMusterSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(file, { io: "input" }), null, 2)}\n`;
}

/** The schema of populations as JSON. */
export function writePopulationSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(populationSchema, { io: "input" }), null, 2)}\n`;
}
