// What muster.json says of the join tokens of a configuration.
import { z } from "zod";
import {
  AUDIENCE_CHARS_MAX,
  JOIN_TOKEN_SECONDS_DEFAULT,
  JOIN_TOKEN_SECONDS_MAX,
  type JoinTokenSettings,
} from "../core/join-tokens/join-settings.ts";

export const joinTokensSection = z
  .strictObject({
    lifetimeSeconds: z.int().min(0).max(JOIN_TOKEN_SECONDS_MAX).default(JOIN_TOKEN_SECONDS_DEFAULT),
    audience: z.string().min(1).max(AUDIENCE_CHARS_MAX).optional(),
  })
  .transform(({ lifetimeSeconds, ...rest }): JoinTokenSettings => ({ ...rest, lifetimeMs: lifetimeSeconds * 1_000 }));
