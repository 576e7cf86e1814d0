// For the matcher and for tools: read rule sets; judge, form and fill matches by them.

export { type CompiledRules, compileRule, compileRules } from "./compile/compile-rules.ts";
export { type Constraint, constraintKinds, isIndexed } from "./explain/constraint.ts";
export { type Explanation, explainRuleSet, renderExplanation } from "./explain/explain.ts";
export { type Lint, lintCodes } from "./explain/lint.ts";
export { type TierChange, tierChanges } from "./explain/tier-changes.ts";
export {
  type FillGoal,
  type FillStrategy,
  fillGoalOf,
  isFillPossible,
  isFull,
  type SeatedSizes,
} from "./fill-goal.ts";
export { type Fill, type FillAddition, findFill } from "./find-fill.ts";
export { type FormedMatch, type FormedTeam, formMatch } from "./form-match.ts";
export { type JudgeOptions, judge, type Violation } from "./judge.ts";
export type { Dialect } from "./language/dialect.ts";
export { ruleSetJsonSchema } from "./language/json-schema.ts";
export { checkRuleSet, parseRuleSet } from "./language/parse-rule-set.ts";
export { describeProblem, type Problem } from "./language/spot.ts";
export { describeQuery } from "./query/describe-query.ts";
export { type BestPool, createBestPool } from "./query/engine/best-pool.ts";
export { type CompatiblePool, createCompatiblePool } from "./query/engine/compatible-pool.ts";
export type { Work } from "./query/engine/work.ts";
export { scoreOf } from "./query/evaluate.ts";
export { explainSearch, type SearchExplanation } from "./query/explain-search.ts";
export { describeQueryProblem, isQuery, parseQuery, weightOfQuery } from "./query/parse-query.ts";
export { findBestMatch } from "./query/pool/best-match.ts";
export {
  checkQuerySettings,
  INTERVAL_SECONDS_DEFAULT,
  INTERVAL_SECONDS_MAX,
  INTERVALS_MAX,
  MAX_INTERVALS_DEFAULT,
  type QuerySettings,
  TICKETS_PER_PLAYER_DEFAULT,
  TICKETS_PER_PLAYER_MAX,
} from "./query/pool/query-settings.ts";
export {
  allowsSize,
  checkQueryTicket,
  type QueryTicket,
  readQuery,
  type WrittenQueryTicket,
} from "./query/pool/query-ticket.ts";
export { type QueryDocument, type QueryProfile, queryDocument } from "./query/query-document.ts";
export { requiredTextsOf } from "./query/required-texts.ts";
export { type Query, type QueryMode, type QueryProblem, queryModes } from "./query/syntax.ts";
export { readsLatencies } from "./reads-latencies.ts";
export type { JudgedPlayer, JudgedTicket, SeatedPlayer, SeatedTeam } from "./roster.ts";
export type { RuleSet } from "./rule-set.ts";
export { spreadsOf } from "./spreads.ts";
export { survivesLeavers } from "./survives-leavers.ts";
export { capacityOf, hasTeam, type TeamShape, teamShapes } from "./team-shapes.ts";
export { checkTicketAttributes } from "./ticket-attributes.ts";
export { writeAttributeTypes } from "./typescript-of.ts";
