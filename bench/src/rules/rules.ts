// The benchmark `rules`: what it costs to say whether a match is legal, by compiled closures and by the judge, who is right by
// definition and therefore the floor.
import { parseId, parsePlayerId, type TicketId } from "@muster/proto";
import { compileRules, parseRuleSet, type SeatedTeam } from "@muster/rules";
import { judgeRules, tierAt } from "@muster/rules/plan";
import type { Report } from "../report.ts";
import { median, medianRatio } from "../rpc/statistics.ts";

const ROUNDS = 15;
const WARM_UPS = 3;
/** Different rosters, so that no answer is known beforehand. */
const ROSTERS = 256;
const PASSES_PER_ROUND = 100;

/**
 * Figures: µs for one look at a legal match of ten players, five a side, in parties of one and two, by six rules (equal sizes,
 * team averages near that of all, everybody within a distance, one mode, a map that all have, a region that suits all);
 * by closures, by the judge, and by closures that only ask whether it may still become legal. Ratio: `closures`, the
 * closures' time ÷ the judge's (domain figure: 1.4 µs ÷ 4.4 µs), median of the rounds.
 */
export async function run(): Promise<Report> {
  const { rules } = tierAt(parseRuleSet(ruleSet), 0);
  const rosters = Array.from({ length: ROSTERS }, (_, index) => rosterOf(index));
  const compiled = compileRules(rules);
  const sides = {
    closures: (roster: readonly SeatedTeam[]) => compiled.holds(roster),
    pruning: (roster: readonly SeatedTeam[]) => compiled.mayStillHold(roster),
    judge: (roster: readonly SeatedTeam[]) => judgeRules(rules, roster).length === 0,
  };
  const rounds: { readonly closures: number; readonly pruning: number; readonly judge: number }[] = [];
  for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
    const closures = measureUs(rosters, sides.closures);
    const pruning = measureUs(rosters, sides.pruning);
    const judge = measureUs(rosters, sides.judge);
    if (round >= WARM_UPS) rounds.push({ closures, pruning, judge });
  }
  return {
    name: "rules",
    figures: {
      closuresUs: median(rounds.map((round) => round.closures)),
      pruningUs: median(rounds.map((round) => round.pruning)),
      judgeUs: median(rounds.map((round) => round.judge)),
    },
    ratios: {
      closures: medianRatio(
        rounds,
        (round) => round.closures,
        (round) => round.judge,
      ),
    },
  };
}

const skills = "teams[*].players.attributes[skill]";
const ruleSet = {
  ruleLanguageVersion: "1.0",
  playerAttributes: [
    { name: "skill", type: "number", default: 1000 },
    { name: "mode", type: "string", default: "ranked" },
    { name: "maps", type: "string_list", default: ["dust"] },
  ],
  teams: ["red", "blue"].map((name) => ({ name, minPlayers: 5, maxPlayers: 5 })),
  rules: [
    { name: "even", type: "comparison", measurements: ["count(teams[*].players)"], operation: "=" },
    {
      name: "fair",
      type: "distance",
      measurements: [`avg(${skills})`],
      referenceValue: `avg(flatten(${skills}))`,
      maxDistance: 50,
    },
    { name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 200 },
    {
      name: "mode",
      type: "comparison",
      measurements: ["flatten(teams[*].players.attributes[mode])"],
      operation: "=",
    },
    {
      name: "maps",
      type: "collection",
      measurements: ["flatten(teams[*].players.attributes[maps])"],
      operation: "intersection",
      minCount: 1,
    },
    { name: "region", type: "latency", maxLatency: 90 },
  ],
};

/** Legal whatever the index: values differ within what the rules allow. The first two of each team are a party. */
function rosterOf(index: number): readonly SeatedTeam[] {
  return ["red", "blue"].map((name, team) => ({
    name,
    players: Array.from({ length: 5 }, (_, seat) => {
      const drawn = (index * 7 + team * 3 + seat * 11) % 40;
      return {
        playerId: parsePlayerId("playerId", `${name}.${index}.${seat}`),
        ticketId: parseId<TicketId>("ticketId", `${name}.${index}.${seat < 2 ? 0 : seat}`),
        attributes: { skill: 1000 + drawn + seat / 4, mode: "ranked", maps: ["inferno", "dust", `m${drawn}`] },
        latenciesMs: { asia: 180 + drawn, eu: 20 + drawn, us: 70 + drawn },
      };
    }),
  }));
}

function measureUs(
  rosters: readonly (readonly SeatedTeam[])[],
  look: (roster: readonly SeatedTeam[]) => boolean,
): number {
  const from = performance.now();
  for (let pass = 0; pass < PASSES_PER_ROUND; pass += 1) {
    for (const roster of rosters)
      if (!look(roster)) throw new Error("Cannot measure: a roster of the benchmark is not legal");
  }
  return ((performance.now() - from) * 1000) / (PASSES_PER_ROUND * rosters.length);
}
