// What a search knows from the start, and what it finds: its candidates, and for each age that a match may have what holds then.
import { attributesRead, rosterOf } from "../judge.ts";
import { sourceOf } from "../language/expression.ts";
import type { JudgedTicket, SeatedTeam } from "../roster.ts";
import { type RuleSet, type Tier, tierAt } from "../rule-set.ts";
import type { Kinship } from "../rule-types/rule-type.ts";
import { typeOf } from "../rule-types/table.ts";
import type { Budget } from "./budget.ts";
import { byAge, type Candidate, isAdmissible, readCandidate, type Trait, traitsAt, traitsOf } from "./candidate.ts";
import { type Need, needsOf } from "./least-players.ts";
import type { Bench, Placed } from "./seat-tickets.ts";
import type { Sizes, Sizing } from "./team-sizes.ts";

export type Search = {
  readonly ruleSet: RuleSet;
  readonly seated: readonly SeatedTeam[];
  readonly candidates: readonly JudgedTicket[];
  readonly nowMs: number;
  /** What bounds the team sizes when the newcomers' age has reached `tier`. */
  readonly sizingAt: (tier: Tier) => Sizing;
  /** What the search may cost. Default: what the number of rules and candidates allows. */
  readonly budget?: Budget | undefined;
};

/** What was found: newcomers by open team, in the rule set's order. */
export type Found = {
  /** What holds at its age. */
  readonly tier: Tier;
  readonly tickets: readonly Candidate[];
  readonly teams: readonly { readonly bench: Bench; readonly added: readonly Placed[] }[];
};

export type Plan = {
  readonly search: Search;
  readonly candidates: readonly Candidate[];
  readonly tiers: ReadonlyMap<Tier, TierPlan>;
  /** The tier that each candidate's own age has reached. */
  readonly ownTiers: ReadonlyMap<Candidate, Tier>;
  /** Instances that somebody names: they have no twins. */
  readonly distinct: ReadonlySet<string>;
  /** What sizes there are among the candidates. */
  readonly partySizes: ReadonlySet<number>;
};

export type TierPlan = {
  readonly tier: Tier;
  readonly sizing: Sizing;
  readonly needs: readonly Need[];
  readonly kinships: readonly (Kinship | undefined)[];
  readonly seatedTraits: readonly Trait[];
  /** What the ticket alone has for each rule as it holds at this age. */
  readonly traitsOf: (candidate: Candidate) => readonly Trait[];
  readonly sizesByTotal: Map<number, readonly Sizes[]>;
  readonly admissible: Map<Candidate, boolean>;
};

export function planSearch(search: Search): Plan {
  const { ruleSet, seated, nowMs } = search;
  const [{ rules, teams }] = ruleSet.tiers;
  const needed = attributesRead(rules);
  const seatedIds = new Set(seated.flatMap((team) => team.players.map((player) => player.playerId)));
  const candidates = search.candidates
    .filter((ticket) => !ticket.players.some((player) => seatedIds.has(player.playerId)))
    .map((ticket) => readCandidate(ticket, rules, needed))
    .filter((candidate) => candidate !== undefined)
    .toSorted(byAge);
  const roster = rosterOf(teams, seated);
  const planTier = (tier: Tier): TierPlan => {
    const sizing = search.sizingAt(tier);
    return {
      tier,
      sizing,
      needs: needsOf(sizing),
      kinships: tier.rules.map((rule) => typeOf(rule).kinship(rule)),
      seatedTraits: traitsOf(roster, tier.rules),
      traitsOf: traitsAt(tier.rules, rules),
      sizesByTotal: new Map(),
      admissible: new Map(),
    };
  };
  return {
    search,
    candidates,
    tiers: new Map(ruleSet.tiers.map((tier) => [tier, planTier(tier)])),
    ownTiers: new Map(candidates.map((one) => [one, tierAt(ruleSet, nowMs - one.ticket.searchingSinceMs)])),
    distinct: namedInstances(ruleSet, search.candidates),
    partySizes: new Set(candidates.map((one) => one.size)),
  };
}

function namedInstances(ruleSet: RuleSet, tickets: readonly JudgedTicket[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const rule of ruleSet.tiers[0].rules) {
    for (const { teams } of typeOf(rule).expressions(rule).map(sourceOf)) {
      if (teams.namesInstance) for (const name of teams.instances) names.add(name);
    }
  }
  for (const { players } of tickets) for (const { team } of players) if (team !== undefined) names.add(team);
  return names;
}

/** The tier of a match of `tickets`: the lowest among them, or the highest, as the rule set says. */
export function tierOf(plan: Plan, tickets: readonly Candidate[]): TierPlan | undefined {
  const tiers = tickets.map((ticket) => plan.ownTiers.get(ticket)).filter((tier) => tier !== undefined);
  const byAgeReached = tiers.toSorted((one, other) => one.fromAgeMs - other.fromAgeMs);
  const tier = byAgeReached.at(plan.search.ruleSet.expansionAge === "newest" ? 0 : -1);
  return tier && plan.tiers.get(tier);
}

export function isAdmissibleAt({ admissible, tier }: TierPlan, candidate: Candidate): boolean {
  const known = admissible.get(candidate) ?? isAdmissible(tier.rules, candidate);
  admissible.set(candidate, known);
  return known;
}
