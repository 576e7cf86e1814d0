// Hooks in muster.json: what each of them is (the section `hooks`), and which of them a configuration asks.
import { resolve } from "node:path";
import { limits, MusterError } from "@muster/proto";
import { type MusterFile, parseSection } from "@muster/service";
import { z } from "zod";
import {
  HOOK_TIMEOUT_MS_DEFAULT,
  HOOK_TIMEOUT_MS_MAX,
  HOOK_TIMEOUT_MS_MIN,
  type HookSettings,
  matchHookFailures,
  ticketHookFailures,
} from "../core/hooks/hook-settings.ts";
import { parseSecret } from "../events/sign-request.ts";

const name = z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/, "1 to 128 of A-Z a-z 0-9 _ . : -");
const timeoutMs = z.int().min(HOOK_TIMEOUT_MS_MIN).max(HOOK_TIMEOUT_MS_MAX).default(HOOK_TIMEOUT_MS_DEFAULT);

/** Of a configuration. */
export const hookSettingsSection = z
  .strictObject({
    beforeTicket: z
      .strictObject({ hook: name, timeoutMs, onFailure: z.enum(ticketHookFailures).default("REFUSE") })
      .optional(),
    matched: z
      .strictObject({ hook: name, timeoutMs, onFailure: z.enum(matchHookFailures).default("PROCEED") })
      .optional(),
  })
  .transform(({ beforeTicket, matched }): HookSettings => {
    return { ...(beforeTicket && { beforeTicket }), ...(matched && { matched }) };
  });

const byHttp = z.strictObject({
  url: z.string().min(1).max(limits.EVENT_URL_CHARS_MAX),
  secret: z.string().describe('"whsec_" and 24 to 64 bytes in base64, to sign with.'),
});
const byModule = z.strictObject({
  module: z.string().min(1).describe("Path of a JavaScript module, from the folder of muster.json."),
});

/** `hooks`: what each name stands for. */
export const hooksSchema = z.record(name, z.union([byHttp, byModule]));

export type HookDefinition =
  | { readonly type: "http"; readonly url: string; readonly secret: string }
  | { readonly type: "module"; readonly path: string };

/** By name. @throws {MusterError} CONFIG_INVALID naming the file and the path in it. */
export function readHooks(file: MusterFile): ReadonlyMap<string, HookDefinition> {
  try {
    const section = parseSection(hooksSchema, file.sections.hooks ?? {}, "$.hooks");
    return new Map(
      Object.entries(section).map(([hook, one]): [string, HookDefinition] => {
        if ("module" in one) return [hook, { type: "module", path: resolve(file.directory, one.module) }];
        return [hook, { type: "http", url: one.url, secret: parseSecret(`$.hooks.${hook}.secret`, one.secret) }];
      }),
    );
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    const { metadata } = error;
    throw new MusterError("CONFIG_INVALID", `Cannot read ${file.path}:\n${error.message}`, { metadata, cause: error });
  }
}
