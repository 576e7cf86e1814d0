// Whether a population's players can enter the pool of a rule set at all: told before a run in which every ticket is refused.
import { MusterError } from "@muster/proto";
import { hasTeam, type RuleSet } from "@muster/rules";
import type { Population } from "./population.ts";

/**
 * @throws {MusterError} CONFIG_INVALID with one line for each place of the population that `ruleSet` does not take;
 * `metadata.path` is the first.
 */
export function checkPopulation(population: Population, ruleSet: RuleSet): void {
  const problems = [...attributeProblems(population, ruleSet), ...teamProblems(population, ruleSet)];
  const [first] = problems;
  if (!first) return;
  const lines = problems.map(({ path, rule, value }) => `Cannot play ${path} as ${rule}: it is ${value}`);
  throw new MusterError("CONFIG_INVALID", lines.join("\n"), { metadata: { path: first.path } });
}

type Problem = { readonly path: string; readonly rule: string; readonly value: string };

function attributeProblems({ attributes }: Population, ruleSet: RuleSet): readonly Problem[] {
  return ruleSet.attributes.flatMap(({ name, type, default: given }): readonly Problem[] => {
    const path = `$.attributes.${name}`;
    const drawn = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (drawn && drawn.type !== type)
      return [{ path, rule: `the rule set declares a ${type}`, value: `a ${drawn.type}` }];
    if (drawn || given !== undefined) return [];
    return [{ path, rule: `the rule set declares a ${type} without a default`, value: "missing" }];
  });
}

function teamProblems({ teams = [] }: Population, ruleSet: RuleSet): readonly Problem[] {
  return teams.flatMap(({ team }, index): readonly Problem[] => {
    if (team === undefined || hasTeam(ruleSet, team)) return [];
    return [{ path: `$.teams[${index}].team`, rule: "the rule set has such a team", value: JSON.stringify(team) }];
  });
}
