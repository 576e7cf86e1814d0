// Teams made alike, where the rule set says `balanced`: by numbers it was settled who plays and how large the teams are; who sits
// in which of them is still open, as no rule that is counted looks at single teams.
import type { SeatedTeam } from "@muster/rules";
import { balanceTeams, groupsByTeam, type Roster, type Tier } from "@muster/rules/plan";
import type { Placing } from "./placing.ts";

/** Changes of places of one match that are weighed, in the steps of a search. */
const STEPS_MAX = 400;

/** The placings with groups of one size changed over, so that the teams' averages come near to one another. */
export function balance(
  placings: readonly Placing[],
  tier: Tier,
  options: {
    /** Who sits there already. */
    readonly seated?: readonly SeatedTeam[];
    /** Whether who would sit where is a legal match. Default: no rule looks at single teams. */
    readonly isLegal?: (roster: Roster) => boolean;
  } = {},
): readonly Placing[] {
  const { seated = [], isLegal = () => true } = options;
  const { strategy, balancedAttribute: attribute } = tier.algorithm;
  if (strategy !== "balanced" || !attribute) return placings;
  const names = [...new Set(placings.flatMap(({ teams }) => teams))];
  const benches = names.map((name) => ({
    ...{ name, template: name, wanted: 0, hasTwins: false },
    seated: seated.find((team) => team.name === name)?.players ?? [],
  }));
  const owners: { readonly placing: number; readonly group: number }[] = [];
  const placed = placings.flatMap(({ ticket, teams }, placing) =>
    groupsByTeam(ticket.players).map(({ team, players }, group) => {
      owners.push({ placing, group });
      return { bench: names.indexOf(teams[group] ?? ""), group: { ticket, team, players } };
    }),
  );
  const balanced = balanceTeams({ benches, placed, attribute, isLegal }, { left: STEPS_MAX });
  const teams = placings.map((placing) => [...placing.teams]);
  for (const [index, { bench }] of balanced.entries()) {
    const owner = owners[index];
    const own = owner && teams[owner.placing];
    if (owner && own) own[owner.group] = names[bench] ?? "";
  }
  return placings.map(({ ticket }, index) => ({ ticket, teams: teams[index] ?? [] }));
}
