// Rule set documents: whatever they hold, they are read or refused with places, and both ways of asking agree.
import { MusterError } from "@muster/proto";
import { checkRuleSet, parseRuleSet } from "@muster/rules";
import fc from "fast-check";
import { checkPrototypes, checkRefusal } from "../clean-refusal.ts";
import { Finding } from "../finding.ts";
import { jsonInput, textOf } from "../json-input.ts";
import { withoutBlock } from "../loop-block.ts";
import { ruleSetDocuments, ruleSetWords } from "../rule-set-documents.ts";
import { defineTarget } from "../target.ts";

export const ruleSet = defineTarget({
  name: "rule-set",
  about: "rule sets in every dialect: expressions, expansions, misspelt words",
  input: jsonInput(fc.constantFrom(...ruleSetDocuments), ruleSetWords),
  open: async () => ({
    async attempt(input) {
      const text = textOf(input);
      const problems = await withoutBlock(() => checkRuleSet(text));
      for (const { path, message } of problems) {
        if (!path.startsWith("$") || message === "")
          throw new Finding(`It has a problem without a place: ${path} ${message}`);
      }
      const accepted = await withoutBlock(() => accepts(text));
      if (accepted !== (problems.length === 0)) {
        throw new Finding(
          `checkRuleSet finds ${problems.length} problems and parseRuleSet ${accepted ? "accepts" : "refuses"} it`,
        );
      }
      checkPrototypes();
    },
    async [Symbol.asyncDispose]() {
      // Nothing is held.
    },
  }),
});

function accepts(text: string): boolean {
  try {
    parseRuleSet(text);
    return true;
  } catch (error) {
    checkRefusal(error);
    if (error instanceof MusterError && error.reason === "RULE_SET_INVALID") return false;
    throw error;
  }
}
