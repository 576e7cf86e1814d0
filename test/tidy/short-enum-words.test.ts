import {
  BackfillStrategy,
  creationPolicyFromJSON,
  creationPolicyToJSON,
  SessionState,
  sessionStateToJSON,
} from "@muster/proto/session";
import { expect, test } from "vitest";
import { shortEnumWords } from "./short-enum-words.ts";

test("states in JSON are words, read with or without the name of their enum", () => {
  expect(sessionStateToJSON(SessionState.TERMINATED)).toBe("TERMINATED");
  for (const word of [2, "DENY_ALL", "CREATION_POLICY_DENY_ALL"]) {
    expect(creationPolicyToJSON(creationPolicyFromJSON(word))).toBe("DENY_ALL");
  }
  expect(() => creationPolicyFromJSON("deny_all")).toThrow("Unrecognized enum value");
  expect(BackfillStrategy.CUSTOM).toBe(2);
});

test("shortEnumWords() changes nothing else", () => {
  const code = 'switch (tag) {\n  case "x":\n    return parse(y);\n  case Kind.ONE:\n    return "KIND_ONE";\n}';
  expect(shortEnumWords(code)).toBe(code.replace("KIND_ONE", "ONE"));
});
