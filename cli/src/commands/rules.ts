// muster rules check: what a rule set says, what is wrong with it, and what its author may not have meant. Asks no service.
import { readFile } from "node:fs/promises";
import { describePlan, renderPlan } from "@muster/matcher";
import { checkRuleSet, describeProblem, explainRuleSet, parseRuleSet, renderExplanation } from "@muster/rules";
import { UsageError } from "../arguments/usage-error.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";

/** Prints the verdict on the rule set in `path`, or on that of a configuration there; exit code 1 if it is not legal. */
export async function checkRules(path: string, context: CommandContext): Promise<ExitCode> {
  const { document, root } = await readRuleSetFile(path);
  const problems = checkRuleSet(document).map((problem) => ({ ...problem, path: root + problem.path.slice(1) }));
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
  const ruleSet = parseRuleSet(document);
  const explanation = explainRuleSet(ruleSet);
  if (context.json) printJson(context, { legal: true, problems: [], ...explanation, plan: describePlan(ruleSet) });
  else {
    const lines = [`${path} is a legal rule set`, ...renderExplanation(explanation), ...renderPlan(ruleSet)];
    for (const line of lines) context.terminal.print(line);
  }
  return 0;
}

/** The rule set in the file, or in the configuration there, not checked yet. @throws {UsageError} if there is no such file. */
export async function readRuleSetFile(path: string): Promise<{ readonly document: unknown; readonly root: string }> {
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new UsageError(`Cannot read ${path}: ${error.message}`);
  });
  return findRuleSet(text);
}

/** What to check, and where it stands in the file: a configuration has its rule set in it. */
function findRuleSet(text: string): { readonly document: unknown; readonly root: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { document: text, root: "$" }; // The check says what is wrong with it.
    throw error;
  }
  if (typeof value !== "object" || value === null || !("ruleSet" in value) || "teams" in value) {
    return { document: text, root: "$" };
  }
  return { document: value.ruleSet, root: "$.ruleSet" };
}
