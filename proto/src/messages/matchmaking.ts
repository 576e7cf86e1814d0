// The one door to the generated messages of muster.matchmaking.v1, to explanations as plain values, and to what requests leave out.
export * from "../../gen/muster/matchmaking/v1/backfill.ts";
export * from "../../gen/muster/matchmaking/v1/configuration.ts";
export * from "../../gen/muster/matchmaking/v1/events.ts";
export * from "../../gen/muster/matchmaking/v1/join_tokens.ts";
export * from "../../gen/muster/matchmaking/v1/matchmaking.ts";
export * from "../../gen/muster/matchmaking/v1/party.ts";
export * from "../../gen/muster/matchmaking/v1/player_data.ts";
export {
  type ExplainedConstraint,
  type ExplainedCount,
  type ExplainedQuery,
  type ExplainedRuleSet,
  type Explanation,
  readExplanations,
} from "../matchmaking/explanation.ts";
export { noProperties } from "../matchmaking/no-properties.ts";
