// For engines that compile rule sets against a pool of their own: the parts that judging and forming matches stand on.

export { compiledOnce } from "./compile/compiled-once.ts";
export { fillSizingAt } from "./fill-goal.ts";
export { attributesRead, judgeRules } from "./judge.ts";
export { type Expression, isPerPlayer, sourceOf } from "./language/expression.ts";
export { openInstances, type Roster, type RosterTeam, readAttribute } from "./roster.ts";
export { type AttributeSpec, type TeamSpec, type Tier, tierAt } from "./rule-set.ts";
export type { Kinship } from "./rule-types/rule-type.ts";
export { type Rule, typeOf } from "./rule-types/table.ts";
export { balanceTeams } from "./search/balance-teams.ts";
export {
  apartness,
  areKin,
  type Candidate,
  type Group,
  groupsByTeam,
  readCandidate,
  traitsAt,
} from "./search/candidate.ts";
export { needsOf, totalOf } from "./search/least-players.ts";
export { sortBeside } from "./search/sort-beside.ts";
export {
  isLegalSizes,
  listSizes,
  type Room,
  roomLeft,
  type Sizes,
  type Sizing,
  sizingOf,
} from "./search/team-sizes.ts";
export { suitingRegions } from "./suiting-regions.ts";
