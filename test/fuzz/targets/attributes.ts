// Attributes of players, which may be any JSON: refused by name, or taken as a value that is the same after a journey.
import { parseAttributes, writeAttributes } from "@muster/proto";
import { checkPrototypes, checkRefusal } from "../clean-refusal.ts";
import { Finding } from "../finding.ts";
import { withoutBlock } from "../loop-block.ts";
import { editJson, jsonEdits } from "../mutate-json.ts";
import { defineTarget } from "../target.ts";

const good = { skill: 1_500, mode: "ctf", maps: ["dust", "aztec"], modes: { ctf: 1, dm: 2.5 } };

export const attributes = defineTarget({
  name: "attributes",
  about: "attributes of players, of any JSON type",
  input: jsonEdits(["skill", "mode", 1, [], {}]),
  open: async () => ({
    async attempt(edits) {
      const value = editJson(good, edits);
      if (typeof value !== "object" || value === null || Array.isArray(value)) return;
      const given: Readonly<Record<string, unknown>> = { ...value };
      const parsed = await withoutBlock(() => tryParse(given));
      checkPrototypes();
      if (!parsed) return;
      const again = parseAttributes("attributes", writeAttributes(parsed));
      if (JSON.stringify(again) !== JSON.stringify(parsed))
        throw new Finding("What was taken is not taken as the same again");
    },
    async [Symbol.asyncDispose]() {
      // Nothing is held.
    },
  }),
});

function tryParse(value: Readonly<Record<string, unknown>>) {
  try {
    return parseAttributes("attributes", value);
  } catch (error) {
    checkRefusal(error);
    return undefined;
  }
}
