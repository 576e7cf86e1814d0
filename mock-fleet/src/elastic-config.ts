// `elastic` of a fleet in muster.json: between which sizes it grows and shrinks, and what it keeps in reserve.
import { z } from "zod";
import type { ElasticSpec } from "./core/fleet-control.ts";

const PROCESSES_MAX = 100_000;
const processes = (min: number) => z.int().min(min).max(PROCESSES_MAX);

export const elasticSchema = z
  .strictObject({
    minProcesses: processes(0).default(0),
    maxProcesses: processes(1),
    reserveSessions: processes(0).optional().describe("Session slots that are kept free and ready"),
    reservePercent: z.int().min(0).max(90).optional().describe("Instead: of a hundred session slots, how many"),
    cooldownSeconds: z
      .number()
      .min(0)
      .max(86_400)
      .default(60)
      .describe("After it has grown or shrunk it does not shrink for so long"),
  })
  .refine(({ minProcesses, maxProcesses }) => minProcesses <= maxProcesses, "minProcesses of at most maxProcesses")
  .refine(
    ({ reserveSessions, reservePercent }) => reserveSessions === undefined || reservePercent === undefined,
    "one of reserveSessions and reservePercent",
  );

export function readElastic(elastic: z.output<typeof elasticSchema>): ElasticSpec {
  const { minProcesses, maxProcesses, reserveSessions = 0, reservePercent, cooldownSeconds } = elastic;
  return {
    minProcesses,
    maxProcesses,
    reserve:
      reservePercent === undefined
        ? { type: "sessions", sessions: reserveSessions }
        : { type: "percent", percent: reservePercent },
    cooldownMs: cooldownSeconds * 1_000,
  };
}
