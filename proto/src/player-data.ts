// What a backend gives a game server of a player: text of its own, that nothing between them looks at.
import { PLAYER_DATA_CHARS_MAX } from "./limits.ts";
import { fieldInvalid } from "./muster-error.ts";

/** As it came; nothing where there is none. @throws {MusterError} FIELD_INVALID for more than 2,048 characters. */
export function parsePlayerData(field: string, data: string | undefined): { readonly data?: string } {
  if (data === undefined) return {};
  if (data.length <= PLAYER_DATA_CHARS_MAX) return { data };
  throw fieldInvalid(field, `at most ${PLAYER_DATA_CHARS_MAX} characters`, data.length);
}
