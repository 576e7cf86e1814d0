// The `expansions` section: values that loosen with waiting, worked out into tiers so that judging never looks back here.
import { invariant } from "@muster/kit";
import { limits } from "@muster/proto";
import type { Algorithm, TeamSpec, Tier } from "../rule-set.ts";
import type { BoundMember } from "../rule-types/rule-type.ts";
import { type Rule, typeOf } from "../rule-types/table.ts";
import { playersAt } from "./check-size.ts";
import { dialects } from "./dialect.ts";
import { didYouMean } from "./did-you-mean.ts";
import { algorithmFields, checkAlgorithm, expandAlgorithm, isAlgorithmField } from "./parse-algorithm.ts";
import type { Declared } from "./parse-expression.ts";
import { checkTotal } from "./parse-teams.ts";
import { readCount, readList, readObject, refuse, type Spot } from "./spot.ts";

/** Different waiting times in one rule set: each is a tier that a search may have to try. */
const TIERS_MAX = 64;
const WAIT_SECONDS_MAX = 43_200;

const SOME_TARGETS = "a target such as teams[red].minPlayers, rules[fair].maxDistance or algorithm.strategy";

type Sections = Declared & {
  readonly rules: ReadonlyMap<string, Rule | undefined>;
  readonly algorithm: Algorithm;
};

/** One value that one field takes on from an age: what the tiers are folded from. */
type Step = { readonly fromAgeMs: number; readonly target: Target; readonly spot: Spot };

type Target =
  | { readonly type: "team"; readonly team: string; readonly field: "minPlayers" | "maxPlayers" }
  | { readonly type: "rule"; readonly rule: string; readonly field: string }
  | { readonly type: "algorithm"; readonly field: keyof Algorithm };

/** What holds at which age: the sections as they stand first, then what each step changes. */
export function parseExpansions(spot: Spot, sections: Sections): Tier[] {
  const steps: Step[] = [];
  const taken = new Set<string>();
  for (const item of readList(spot, { min: 0, max: dialects[sections.dialect].expansionsMax }) ?? []) {
    const fields = readObject(item, { known: ["target", "steps"] });
    if (!fields) continue;
    const targets = readTargets(fields("target"), sections);
    for (const target of targets) {
      const key = JSON.stringify(target);
      if (taken.has(key)) refuse(fields("target"), "must expand nothing that another expansion expands");
      taken.add(key);
    }
    steps.push(...readSteps(fields("steps"), targets, dialects[sections.dialect].stepsMax));
  }
  return foldTiers(spot, steps, sections);
}

function readTargets(spot: Spot, { teams, rules }: Sections): readonly Target[] {
  if (typeof spot.value !== "string") {
    refuse(spot, `must be ${SOME_TARGETS}`);
    return [];
  }
  const [, kind, names, field] = /^(teams|rules)\[([^\]]*)\]\.([A-Za-z]+)$/.exec(spot.value) ?? [];
  if (kind === undefined || names === undefined || field === undefined) return readAlgorithmTarget(spot);
  if (kind === "rules") return readRuleTarget(spot, { name: names.trim(), field }, rules);
  if (field !== "minPlayers" && field !== "maxPlayers") {
    refuse(spot, `must be minPlayers or maxPlayers of a team${didYouMean(field, ["minPlayers", "maxPlayers"])}`);
    return [];
  }
  const wanted = names.trim() === "*" ? [...teams.keys()] : names.split(",").map((name) => name.trim());
  if (new Set(wanted).size < wanted.length) {
    refuse(spot, "must name each team once");
    return [];
  }
  const unknown = wanted.find((name) => !teams.has(name));
  if (unknown === undefined) return wanted.map((team) => ({ type: "team", team, field }));
  refuse(spot, `must name teams of the rule set, not "${unknown.slice(0, 64)}"${didYouMean(unknown, teams.keys())}`);
  return [];
}

function readAlgorithmTarget(spot: Spot): readonly Target[] {
  const [, field] = /^algorithm\.([A-Za-z]+)$/.exec(String(spot.value)) ?? [];
  if (field !== undefined && isAlgorithmField(field)) return [{ type: "algorithm", field }];
  refuse(
    spot,
    field === undefined
      ? `must be ${SOME_TARGETS}`
      : `must be one of ${algorithmFields.join(", ")} of the algorithm${didYouMean(field, algorithmFields)}`,
  );
  return [];
}

function readRuleTarget(
  spot: Spot,
  wanted: { readonly name: string; readonly field: string },
  rules: Sections["rules"],
): readonly Target[] {
  if (!rules.has(wanted.name)) {
    refuse(
      spot,
      `must name a rule of the rule set, not "${wanted.name.slice(0, 64)}"${didYouMean(wanted.name, rules.keys())}`,
    );
    return [];
  }
  const rule = rules.get(wanted.name);
  if (!rule) return []; // Declared, and reported there.
  const { expandable } = typeOf(rule);
  if (expandable.includes(wanted.field)) return [{ type: "rule", rule: wanted.name, field: wanted.field }];
  const hint = didYouMean(wanted.field, expandable);
  refuse(spot, `must be one of ${expandable.join(", ")} of a ${rule.type} rule${hint}`);
  return [];
}

function readSteps(spot: Spot, targets: readonly Target[], stepsMax: number): readonly Step[] {
  const steps: Step[] = [];
  let waited = -1;
  for (const item of readList(spot, { min: 1, max: stepsMax }) ?? []) {
    const fields = readObject(item, { known: ["waitTimeSeconds", "value"] });
    const seconds = fields && readCount(fields("waitTimeSeconds"), { min: 0, max: WAIT_SECONDS_MAX });
    if (!fields || seconds === undefined) continue;
    if (seconds <= waited) refuse(fields("waitTimeSeconds"), `must be more than the step before, which is ${waited}`);
    waited = seconds;
    for (const target of targets) steps.push({ fromAgeMs: seconds * 1000, target, spot: fields("value") });
  }
  return steps;
}

function foldTiers(spot: Spot, steps: readonly Step[], sections: Sections): Tier[] {
  const teams = new Map(sections.teams);
  const rules = new Map(sections.rules);
  let { algorithm } = sections;
  const now = (fromAgeMs: number): Tier => ({
    fromAgeMs,
    teams: [...teams.values()].filter((team) => team !== undefined),
    rules: enforcedRules([...rules.values()].filter((rule) => rule !== undefined)),
    algorithm,
  });
  const tiers = [now(0)];
  const ages = [...new Set(steps.map((step) => step.fromAgeMs))].toSorted((one, other) => one - other);
  if (ages.length > TIERS_MAX) {
    refuse({ ...spot, value: ages.length }, `must have at most ${TIERS_MAX} different waiting times`);
    return tiers;
  }
  for (const age of ages) {
    const due = steps.filter((step) => step.fromAgeMs === age);
    for (const { target, spot: value } of due) {
      if (target.type === "team") expandTeam(teams, target, value);
      else if (target.type === "rule") expandRule(rules, target, value);
      else
        algorithm = expandAlgorithm(algorithm, { field: target.field, spot: value, declared: sections }) ?? algorithm;
    }
    if (due.some(({ target }) => target.type === "algorithm"))
      checkAlgorithm({ ...spot, path: "$.algorithm" }, algorithm);
    for (const { target, spot: value } of due) {
      if (target.type === "team") checkBounds(teams.get(target.team), value);
    }
    const tier = now(age);
    checkTotal(spot, playersAt(tier));
    if (age === 0) tiers.pop();
    tiers.push(tier);
  }
  return tiers;
}

/** The rules that hold each on its own: those that others judge by are bound to them. */
function enforcedRules(rules: readonly Rule[]): readonly Rule[] {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const named = new Set(rules.flatMap((rule) => typeOf(rule).members?.(rule) ?? []));
  return rules
    .filter((rule) => !named.has(rule.name))
    .map((rule) => {
      const { members, bind } = typeOf(rule);
      if (!members || !bind) return rule;
      const bound = members(rule).flatMap((name) => {
        const member = byName.get(name);
        return member ? [[name, bindMember(member)] as const] : [];
      });
      return bind(rule, new Map(bound));
    });
}

function bindMember(rule: Rule): BoundMember {
  const type = typeOf(rule);
  return {
    rule,
    expressions: type.expressions(rule),
    readsLatencies: type.readsLatencies?.(rule) ?? false,
    constraints: type.constraints(rule),
    findBreach: (roster) => type.findBreach(rule, roster),
    mayStillHold: (roster) => type.mayStillHold(rule, roster),
  };
}

function expandTeam(teams: Map<string, TeamSpec | undefined>, target: Target, spot: Spot): void {
  invariant(target.type === "team", "only steps of teams come here");
  const team = teams.get(target.team);
  const min = target.field === "minPlayers" ? 0 : 1;
  const players = readCount(spot, { min, max: limits.MATCH_PLAYERS_MAX });
  if (team && players !== undefined) teams.set(target.team, { ...team, [target.field]: players });
}

function expandRule(rules: Map<string, Rule | undefined>, target: Target, spot: Spot): void {
  invariant(target.type === "rule", "only steps of rules come here");
  const rule = rules.get(target.rule);
  if (rule) rules.set(target.rule, typeOf(rule).expand(rule, target.field, spot));
}

function checkBounds(team: TeamSpec | undefined, spot: Spot): void {
  if (team && team.minPlayers > team.maxPlayers) {
    refuse(
      spot,
      `must leave minPlayers of ${team.name} (${team.minPlayers}) at or below maxPlayers (${team.maxPlayers})`,
    );
  }
}
