// The section `companions` of muster.json: programs that `muster dev` runs beside the services, such as a game backend.
import { MusterError } from "@muster/proto";
import { type MusterFile, parseSection } from "@muster/service";
import { z } from "zod";

export const companionsSchema = z
  .array(
    z
      .strictObject({
        name: z
          .string()
          .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "1 to 32 of a-z 0-9 and -")
          .refine((name) => name !== "matcher" && name !== "fleet", "another name than matcher and fleet")
          .describe("Unique; names its log file."),
        command: z.array(z.string()).min(1).describe("Program and arguments."),
        cwd: z.string().optional().describe("Where it runs, from the folder of this file. Default: that folder."),
        env: z.record(z.string(), z.string()).default({}).describe("Added to its environment."),
        readyUrl: z
          .url({ protocol: /^https?$/ })
          .optional()
          .describe("Answers with a status of success once the program is ready."),
      })
      .describe("A program that is started after matcher and fleet, and stopped before them."),
  )
  .default([]);

export type Companion = z.output<typeof companionsSchema>[number];

/** @throws {MusterError} CONFIG_INVALID naming the path and the rule. */
export function readCompanions(file: MusterFile): readonly Companion[] {
  const companions = parseSection(companionsSchema, file.sections.companions, "$.companions");
  for (const [index, { name }] of companions.entries()) {
    if (companions.findIndex((other) => other.name === name) === index) continue;
    const path = `$.companions[${index}].name`;
    throw new MusterError("CONFIG_INVALID", `Cannot read ${path} as a name that no other has: it is "${name}"`, {
      metadata: { path },
    });
  }
  return companions;
}
