// docs/reference/muster.schema.json: muster.json for editors, from the schemas that the services read it by.
import { companionsSchema } from "@muster/cli";
import { configurationsSchema, ruleSetsSchema } from "@muster/matcher";
import { fleetSettingsSchema, fleetsSchema, queuesSchema } from "@muster/mock-fleet";
import { retentionSchema } from "@muster/service";
import { z } from "zod";

const file = z
  .strictObject({
    $schema: z.string().optional(),
    fleets: fleetsSchema,
    queues: queuesSchema,
    fleetSettings: fleetSettingsSchema,
    ruleSets: ruleSetsSchema,
    configurations: configurationsSchema,
    retention: retentionSchema,
    companions: companionsSchema,
  })
  .partial();

/** The schema as JSON. */
export function writeMusterSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(file, { io: "input" }), null, 2)}\n`;
}
