import { expect, test } from "vitest";
import { ruleTypeSpellings } from "../rule-types/table.ts";
import { ruleSetJsonSchema } from "./json-schema.ts";

test("the JSON Schema describes every key of every rule type", () => {
  const text = JSON.stringify(ruleSetJsonSchema);
  const bare = ruleTypeSpellings.flatMap(({ type, keys }) =>
    keys.filter((key) => text.includes(`"${key}":{}`)).map((key) => `${type}.${key}`),
  );
  expect(bare).toEqual([]);
});
