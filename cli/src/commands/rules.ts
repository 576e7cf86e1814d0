// muster rules check: what a rule set says, what is wrong with it, and what its author may not have meant. Asks no service.
import { readFile } from "node:fs/promises";
import { checkRuleSet, describeProblem, explainRuleSet, parseRuleSet, renderExplanation } from "@muster/rules";
import { UsageError } from "../arguments/usage-error.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";

/** Prints the verdict on the rule set in `path`; exit code 1 if it is not legal. */
export async function checkRules(path: string, context: CommandContext): Promise<ExitCode> {
  const document = await readFile(path, "utf8").catch((error: Error) => {
    throw new UsageError(`Cannot read ${path}: ${error.message}`);
  });
  const problems = checkRuleSet(document);
  if (problems.length > 0) {
    if (context.json) printJson(context, { legal: false, problems });
    else
      for (const line of [
        `${path} is not a legal rule set`,
        ...problems.map((problem) => `  ${describeProblem(problem)}`),
      ])
        context.terminal.print(line);
    return 1;
  }
  const explanation = explainRuleSet(parseRuleSet(document));
  if (context.json) printJson(context, { legal: true, problems: [], ...explanation });
  else
    for (const line of [`${path} is a legal rule set`, ...renderExplanation(explanation)]) context.terminal.print(line);
  return 0;
}
