// Aliases: wire ↔ core, for the journal too.
import { fieldInvalid, parseId } from "@muster/proto";
import type * as wire from "@muster/proto/fleet";
import type { AliasSpec, AliasTarget } from "../core/alias.ts";
import { atMost } from "./field.ts";

/** Characters of what a closed alias says. */
const MESSAGE_CHARS_MAX = 1_024;

export function writeAlias({ name, target }: AliasSpec): wire.Alias {
  return { name, target: writeAliasTarget(target) };
}

export function writeAliasTarget(target: AliasTarget): wire.AliasTarget {
  if (target.type === "fleet") return { target: { $case: "fleet", value: target.fleet } };
  return { target: { $case: "message", value: target.message } };
}

/** @throws {MusterError} ID_MALFORMED, FIELD_INVALID. */
export function readAlias(message: wire.Alias | undefined): AliasSpec {
  const name = parseId("alias.name", message?.name ?? "");
  return { name, target: readAliasTarget(message?.target) };
}

/** @throws {MusterError} ID_MALFORMED, FIELD_INVALID. */
export function readAliasTarget(message: wire.AliasTarget | undefined): AliasTarget {
  switch (message?.target?.$case) {
    case "fleet":
      return { type: "fleet", fleet: parseId("alias.target.fleet", message.target.value) };
    case "message": {
      const text = atMost("alias.target.message", message.target.value, MESSAGE_CHARS_MAX);
      if (text === "") throw fieldInvalid("alias.target.message", "a sentence that says why it is closed", text);
      return { type: "closed", message: text };
    }
    default:
      throw fieldInvalid("alias.target", "a fleet or a message", "neither");
  }
}
